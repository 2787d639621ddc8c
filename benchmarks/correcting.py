"""Do the corrected intervals hold the truth? Runs judged by scripted judges of known sensitivity and specificity.

python -m benchmarks.correcting [--simulations N] [--write]

Every cell of the grid is simulated N times: a run with its true rate, the judge's calibration, and the interval. The
other ways to make an interval are simulated on the same draws. With --write the tables go into docs/correction.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import sqrt
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from trustgauge.stats.agreement import Share
from trustgauge.stats.correction import Corrected, JudgeError, corrected_mean, corrected_rate
from trustgauge.stats.intervals import Z95, ClusterRate
from trustgauge.stats.prediction_powered import PartLabelled, prediction_powered, score_limits_of

PAGE = Path(__file__).parents[1] / "docs" / "correction.md"
BEGIN, END = "<!-- table: python -m benchmarks.correcting --write -->", "<!-- end -->"
SIMULATIONS = 1000
RATES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)
JUDGES = ((0.95, 0.95), (0.9, 0.8), (0.8, 0.9), (0.7, 0.7), (0.99, 0.9))
SIZES = (100, 200, 1000)
LABELS = (50, 100, 400)  # of each class, in the calibration
RANDOM_LABELS = (20, 30, 40, 60, 100)  # of the run itself
FARTHEST = 4  # cells above 97 % that are named
ALIKE = 0.3  # correlation of two replies of one group
TWINS = ((0.9, 0.9), (0.98, 0.7), (0.3, 0.95), (0.5, 0.5), (0.02, 0.98))

Floats = NDArray[np.float64]
Limits = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Share of a cell's intervals that held the truth, with the mean width and how many were refused."""

    where: str
    held: float
    width: float
    refused: int = 0


def cell(where: str, truth: float, found: Sequence[Limits]) -> Cell:
    """From the intervals, None for a refusal."""
    given = [limits for limits in found if limits]
    held = sum(low - 1e-9 <= truth <= high + 1e-9 for low, high in given) / max(len(given), 1)
    width = sum(high - low for low, high in given) / max(len(given), 1)
    return Cell(where, held, width, len(found) - len(given))


def limits(found: Corrected) -> Limits:
    """An answer's interval."""
    return None if found.low is None or found.high is None else (found.low, found.high)


def group_sizes(rng: np.random.Generator, n: int, grouped: bool) -> list[int]:
    """Sizes of the groups of n replies: 1, or 2 to 5."""
    sizes, left = list[int](), n
    while left > 0:
        sizes.append(min(left, int(rng.integers(2, 6)) if grouped else 1))
        left -= sizes[-1]
    return sizes


def truths(rng: np.random.Generator, rate: float, sizes: Sequence[int], runs: int) -> NDArray[np.bool_]:
    """(runs, replies): good or not; two replies of one group have the correlation ALIKE."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    of_group = (rng.random((runs, len(sizes))) < rate)[:, group]
    alone = rng.random((runs, len(group))) < rate
    return np.where(rng.random(alone.shape) < sqrt(ALIKE), of_group, alone)


def verdicts(rng: np.random.Generator, good: NDArray[np.bool_], judge: tuple[float, float]) -> NDArray[np.bool_]:
    """What a judge of known sensitivity and specificity says."""
    return np.where(good, rng.random(good.shape) < judge[0], rng.random(good.shape) >= judge[1])


def judged(
    rng: np.random.Generator, rate: float, judge: tuple[float, float], n: int, runs: int, *, grouped: bool
) -> list[ClusterRate]:
    """The judged rate of every run."""
    sizes = group_sizes(rng, n, grouped)
    said = verdicts(rng, truths(rng, rate, sizes, runs), judge)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    found = list[ClusterRate]()
    for row in np.add.reduceat(said.astype(int), starts, axis=1).tolist():
        found.append(ClusterRate())
        for good, size in zip(row, sizes, strict=True):
            found[-1].add(good, size)
    return found


def calibrations(rng: np.random.Generator, judge: tuple[float, float], labels: int, runs: int) -> list[JudgeError]:
    """What calibrations with so many labels of each class measure."""
    right = zip(*(rng.binomial(labels, rate, runs).tolist() for rate in judge), strict=True)
    return [JudgeError(s / labels, labels, t / labels, labels) for s, t in right]


def lang(raw: ClusterRate, judge: JudgeError, *, plus: bool = True) -> Limits:
    """Lang & Reiczigel (2014), Prev. Vet. Med. 113, 13; without `plus`, the plain delta method (Rogan & Gladen)."""
    extra, one = (Z95 * Z95, 1) if plus else (0.0, 0)
    size = raw.effective_n + extra
    rate = ((raw.rate or 0.0) * raw.effective_n + extra / 2) / size
    m1, m0 = judge.positives + 2 * one, judge.negatives + 2 * one
    s, t = (judge.sensitivity * judge.positives + one) / m1, (judge.specificity * judge.negatives + one) / m0
    index = s + t - 1
    true = (rate + t - 1) / index
    of_s, of_t = s * (1 - s) / m1, t * (1 - t) / m0
    error = sqrt(rate * (1 - rate) / size + true**2 * of_s + (1 - true) ** 2 * of_t) / index
    centre = true + 2 * extra * (true * of_s - (1 - true) * of_t)
    return max(0.0, min(1.0, centre - Z95 * error)), min(1.0, max(0.0, centre + Z95 * error))


def beta(rng: np.random.Generator, raw: ClusterRate, judge: JudgeError, draws: int = 400) -> Limits:
    """Parametric resampling: 95 % of what rates drawn from their Beta (1/2, 1/2) posteriors correct to."""
    sides = (
        (raw.rate or 0.0, raw.effective_n),
        (judge.sensitivity, judge.positives),
        (judge.specificity, judge.negatives),
    )
    p, s, t = (rng.beta(rate * n + 0.5, n - rate * n + 0.5, draws) for rate, n in sides)
    low, high = np.quantile(np.clip((p + t - 1) / np.maximum(s + t - 1, 1e-9), 0, 1), (0.025, 0.975))
    return float(low), float(high)


def rogan_gladen(runs: int, *, grouped: bool) -> dict[str, list[Cell]]:
    """The grid for one rate, by method."""
    rng, drawn = np.random.default_rng(51 + grouped), np.random.default_rng(7)
    found: dict[str, list[Cell]] = {}
    for rate, judge, n, labels in product(RATES, JUDGES, SIZES, LABELS):
        raws = judged(rng, rate, judge, n, runs, grouped=grouped)
        pairs = list(zip(raws, calibrations(rng, judge, labels, runs), strict=True))
        fit = [(raw, known) for raw, known in pairs if not known.refusal]
        where = f"rate {rate}, judge {judge[0]}/{judge[1]}, n {n}, labels {labels} a class"
        for name, limited in {
            "used here": [limits(corrected_rate(raw, known)) for raw, known in pairs],
            "Lang & Reiczigel": [lang(raw, known) for raw, known in fit],
            "delta method": [lang(raw, known, plus=False) for raw, known in fit],
            "parametric resampling": [beta(drawn, raw, known) for raw, known in fit],
        }.items():
            found.setdefault(name, []).append(cell(where, rate, limited))
    return found


def two_sided(runs: int, *, shared: bool) -> list[Cell]:
    """The grid for the mean of two sides; with `shared`, one calibration, flipped for the second side."""
    rng, found = np.random.default_rng(61 + shared), list[Cell]()
    for rates, judge, n, labels in product(TWINS, JUDGES, (100, 500), LABELS):
        # Good on the second side is what the judge calls negative.
        second = (judge[1], judge[0])
        raws = zip(
            judged(rng, rates[0], judge, n, runs, grouped=False),
            judged(rng, rates[1], second, n, runs, grouped=False),
            strict=True,
        )
        one = calibrations(rng, judge, labels, runs)
        two = [known.flipped for known in one] if shared else calibrations(rng, second, labels, runs)
        both = zip(raws, zip(one, two, strict=True), strict=True)
        where = f"rates {rates[0]} and {rates[1]}, judge {judge[0]}/{judge[1]}, n {n}, labels {labels} a class"
        limited = [limits(corrected_mean(pair, known, shared="flipped" if shared else None)) for pair, known in both]
        found.append(cell(where, sum(rates) / 2, limited))
    return found


def part_labelled_runs(
    rng: np.random.Generator, rate: float, judge: tuple[float, float], n: int, labels: int, runs: int
) -> Floats:
    """(runs, 6): counts in PartLabelled's order."""
    (s, t), bad = judge, 1 - rate
    chances = (rate * s, bad * (1 - t), rate * (1 - s), bad * t)
    seen, rest = rng.multinomial(labels, chances, runs), rng.multinomial(n - labels, chances, runs)
    return np.column_stack([seen, rest[:, 0] + rest[:, 1], rest[:, 2] + rest[:, 3]]).astype(float)


def power_tuned(counts: Floats) -> list[Limits]:
    """PPI++ with its tuned weight and a normal interval (Angelopoulos, Duchi & Zrnic 2023, arXiv 2311.01453)."""
    gg, gb, bg, _, more, fewer = counts.T
    n, rest = counts[:, :4].sum(axis=1), more + fewer
    people, judge, whole = (gg + bg) / n, (gg + gb) / n, more / rest
    together, spread = gg / n - people * judge, judge * (1 - judge)
    weight = np.clip(together / np.where(spread > 0, spread, 1) / (1 + n / rest), 0, 1)
    value = people + weight * (whole - judge)
    variance = (people * (1 - people) - 2 * weight * together + weight**2 * spread) / n
    half = Z95 * np.sqrt(np.maximum(variance, 0) + weight**2 * whole * (1 - whole) / rest)
    return list(zip((value - half).tolist(), (value + half).tolist(), strict=True))


def random_part(runs: int) -> dict[str, list[Cell]]:
    """The grid for a run whose random part is labelled, by method."""
    rng, found = np.random.default_rng(71), dict[str, list[Cell]]()
    for rate, judge, n, labels in product(RATES, JUDGES, SIZES, RANDOM_LABELS):
        if labels >= n:
            continue
        counts = part_labelled_runs(rng, rate, judge, n, labels, runs)
        tables = [PartLabelled(*row) for row in counts.tolist()]
        low, high = score_limits_of(counts, np.array([table.estimate for table in tables]))
        where = f"rate {rate}, judge {judge[0]}/{judge[1]}, n {n}, {labels} labels"
        for name, limited in {
            "used here": list(zip(low.tolist(), high.tolist(), strict=True)),
            "PPI++, normal limits": power_tuned(counts),
            "people's labels alone, Wilson": [Share(int(t.good_good + t.bad_good), labels).interval for t in tables],
        }.items():
            found.setdefault(f"{labels} labels, {name}", []).append(cell(where, rate, limited))
    return found


def random_part_grouped(runs: int) -> list[Cell]:
    """The same in groups of 2 to 5 alike replies, through the whole function; a smaller grid."""
    rng, found = np.random.default_rng(72), list[Cell]()
    for rate, judge, n, labels in product((0.1, 0.5, 0.9), JUDGES[:4:3], (200,), (30, 60)):
        sizes, limited = group_sizes(rng, n, True), list[Limits]()
        cuts = np.cumsum(sizes)[:-1].tolist()
        good = truths(rng, rate, sizes, runs)
        for people, said in zip(good, verdicts(rng, good, judge), strict=True):
            asked = set(rng.permutation(n)[:labels].tolist())
            row = [
                (bool(j), bool(g) if i in asked else None) for i, (j, g) in enumerate(zip(said, people, strict=True))
            ]
            edges = zip([0, *cuts], [*cuts, n], strict=True)
            limited.append(limits(prediction_powered([row[a:b] for a, b in edges])))
        found.append(cell(f"rate {rate}, judge {judge[0]}/{judge[1]}, n {n}, {labels} labels", rate, limited))
    return found


def summary(blocks: Mapping[str, Sequence[Cell]], ours: str = "used here") -> Iterator[str]:
    """A row for each block of cells, and beneath them where our own are farthest out of 93 to 97 %."""
    yield "| what | cells | least | median | most | within 93 to 97 % | below | above | mean width | refused |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, cells in blocks.items():
        held, n = [c.held for c in cells], len(cells)
        below, above = sum(h < 0.93 - 1e-9 for h in held), sum(h > 0.97 + 1e-9 for h in held)
        figures = f"{min(held):.1%} | {median(held):.1%} | {max(held):.1%} | {n - below - above} | {below} | {above}"
        refused = sum(c.refused for c in cells)
        yield f"| {name} | {n} | {figures} | {sum(c.width for c in cells) / n:.3f} | {refused:,} |"
    yield ""
    named = f"every cell below 93 %, and of each row the {FARTHEST} highest above 97 %"
    yield f"<details><summary>Used here: {named}</summary>\n"
    yield "| what | cell | hold the truth |\n|---|---|---:|"
    for name, cells in blocks.items():
        ordered = sorted(cells, key=lambda c: c.held)
        below = [c for c in ordered if c.held < 0.93 - 1e-9]
        above = [c for c in ordered if c.held > 0.97 + 1e-9]
        if ours in name:
            what = name.removesuffix(f": {ours}").removesuffix(f", {ours}")
            yield from (f"| {what} | {c.where} | {c.held:.1%} |" for c in (*below, *above[-FARTHEST:]))
    yield "\n</details>\n"


def page(runs: int) -> str:
    """All tables."""
    blocks: dict[str, list[Cell]] = {}
    for grouped, replies in ((False, "each reply for itself"), (True, "groups of 2 to 5")):
        blocks |= {f"one rate, {replies}: {name}": cells for name, cells in rogan_gladen(runs, grouped=grouped).items()}
    for shared, of in ((False, "a calibration each"), (True, "one calibration for both")):
        blocks[f"mean of two sides, {of}: used here"] = two_sided(runs, shared=shared)
    blocks |= {f"random part: {name}": cells for name, cells in random_part(runs).items()}
    blocks["random part, groups of 2 to 5: used here"] = random_part_grouped(runs)
    return "\n".join([f"{runs:,} simulations a cell.", "", *summary(blocks)])


def main() -> None:
    """Print or write the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.correcting")
    parser.add_argument("--simulations", type=int, default=SIMULATIONS, help="of each cell")
    parser.add_argument("--write", action="store_true", help="into docs/correction.md")
    given = parser.parse_args()
    tables = page(given.simulations)
    if given.write:
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")
    print(tables)


if __name__ == "__main__":
    main()
