"""Comparing two runs: does it hold its errors, and how quick is it?

python -m benchmarks.comparing [--speed] [--simulations N] [--write]

Simulated are two runs on the same cases, in groups of cases that go well or badly together, with and without a true
difference. With --write the tables go into docs/comparing.md. --speed makes two runs of the reference panel of 100,000
records each and times the real command on one core.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from trustgauge.stats.intervals import ClusterRate
from trustgauge.stats.multiplicity import benjamini_hochberg, holm
from trustgauge.stats.paired import Difference, jackknifed, mcnemar, mean_difference
from trustgauge.stats.paired_bootstrap import bootstrap, mean_draws
from trustgauge.stats.paired_rates import Cluster, paired_difference, paired_sums
from trustgauge.types import Measured

PAGE = Path(__file__).parents[1] / "docs" / "comparing.md"
BEGIN, END = "<!-- table: python -m benchmarks.comparing --write -->", "<!-- end -->"
SIMULATIONS = 2000
RESAMPLES = 1000
RECORDS = 100_000
LEVEL = 0.05
MARGIN = 0.05


@dataclass(frozen=True)
class Design:
    """How a task's cases come: clusters, arms (a "don't" and its "do"), cases of an arm in a cluster."""

    clusters: int
    arms: int = 1
    size: int = 1

    @property
    def name(self) -> str:
        """In words."""
        cases = f"{self.size} case" + ("s" if self.size > 1 else "")
        return f"{self.clusters} groups of {cases}" + (f" in each of {self.arms} arms" if self.arms > 1 else "")


DESIGNS = (
    Design(30),
    Design(200),
    Design(30, 2),
    Design(100, 2),
    Design(30, 1, 2),
    Design(15, 1, 4),
    Design(50, 1, 6),
    Design(8, 1, 7),
)
MOVED = ((0.0, 0.0), (0.005, 0.005), (0.02, 0.02), (0.0, 0.02), (0.0, 0.05), (0.02, 0.07), (0.1, 0.15))
"""Shares of cases good in the second run alone, and in the first alone."""
RATES = ((0.6, 0.6), (0.9, 0.9), (0.98, 0.98), (0.9, 0.8), (0.98, 0.9))


def clusters(design: Design, first: float, second: float, rng: Generator) -> list[Cluster]:
    """A task of two runs at these rates. Half of the groups go as one, and half of the cases go alike in both runs."""
    shape = design.clusters, design.arms, design.size
    single, common = rng.random(shape), rng.random((*shape[:2], 1))
    luck = np.where(rng.random((shape[0], 1, 1)) < 0.5, common, single)
    other_single, other_common = rng.random(shape), rng.random((*shape[:2], 1))
    fresh = np.where(rng.random((shape[0], 1, 1)) < 0.5, other_common, other_single)
    alike = rng.random((shape[0], 1, 1)) < 0.5
    return summed(luck < first, np.where(alike, luck, fresh) < second)


def disagreeing(design: Design, up: float, down: float, rng: Generator) -> list[Cluster]:
    """A task of two runs that agree but for these shares of cases. Half of the groups go as one."""
    shape = design.clusters, design.arms, design.size
    luck = np.where(rng.random((shape[0], 1, 1)) < 0.5, rng.random((shape[0], 1, 1)), rng.random(shape))
    good = rng.random(shape) < 0.9
    second = np.where(luck < up, True, np.where(luck < up + down, False, good))
    first = np.where(luck < up, False, np.where(luck < up + down, True, good))
    return summed(first, second)


def summed(first: Any, second: Any) -> list[Cluster]:
    """Clusters of (clusters, arms, cases) booleans: was the case good in each run."""
    n = np.full(first.shape[:2], first.shape[2])
    kinds = (n, first & second, second & ~first, first & ~second)
    columns = [first.sum(axis=2), n, second.sum(axis=2), *(k if k is n else k.sum(axis=2) for k in kinds)]
    columns.insert(3, n)
    return [tuple(tuple(arm) for arm in cluster) for cluster in np.stack(columns, axis=2).tolist()]


def single_cases(rng: Generator, n: int, rate: float) -> tuple[int, int]:
    """Discordant pairs of independent cases."""
    luck, fresh = rng.random(n), rng.random(n)
    first, second = luck < rate, np.where(rng.random(n) < 0.5, luck, fresh) < rate
    return int((second & ~first).sum()), int((first & ~second).sum())


@dataclass
class Tried:
    """What came of the simulations of one setting: shares of p below 5 %, of intervals with the truth in them."""

    setting: str
    n: int = 0
    limits: int = 0
    resampled: int = 0
    larger: int = 0
    held: int = 0
    held_resampled: int = 0
    no_interval: int = 0
    extra: dict[str, float] = field(default_factory=dict[str, float])

    def add(self, found: Difference | None, draws: Any, truth: float) -> None:
        """One simulated comparison."""
        self.n += 1
        limits = found.limits() if found else None
        p = found.p() if found else None
        if limits is None or p is None or draws is None:
            self.no_interval += 1
            return
        again = draws.limits()
        self.limits += p < LEVEL
        self.resampled += draws.p() < LEVEL
        self.larger += max(p, draws.p()) < LEVEL
        self.held += limits[0] - 1e-9 <= truth <= limits[1] + 1e-9
        self.held_resampled += again[0] - 1e-9 <= truth <= again[1] + 1e-9

    def share(self, name: str) -> float:
        """Of those with an interval."""
        return getattr(self, name) / max(self.n - self.no_interval, 1)


def tried(parts: Sequence[Design], rates: tuple[float, float], times: int, rng: Generator, name: str = "") -> Tried:
    """Simulations of a task, or of the mean of several."""
    found = Tried(name or parts[0].name)
    for _ in range(times):
        data = [paired_sums(clusters(design, *rates, rng)) for design in parts]
        differences = [each for one in data if (each := paired_difference(one))]
        draws = [each for one in data if (each := bootstrap(one, RESAMPLES, rng))]
        found.add(mean_difference(differences), mean_draws(draws), rates[1] - rates[0])
    return found


@dataclass
class Margin:
    """Shares of simulations: the interval holds the truth, and what is wrongly called better, worse or not worse."""

    held: float
    moved: float
    not_worse: float
    equivalent: float


def at_margin(designs: Sequence[Design], up: float, down: float, times: int, rng: Generator) -> Margin:
    """Runs that mostly agree, tested against a margin that lies just at their difference (or at MARGIN, if none)."""
    truth, held, moved, not_worse, equivalent = up - down, 0, 0, 0, 0
    margin = abs(truth) or MARGIN
    for _ in range(times):
        parts = [paired_difference(paired_sums(disagreeing(design, up, down, rng))) for design in designs]
        found = mean_difference([part for part in parts if part])
        limits = found.limits() if found else None
        if not found or not limits:
            continue
        held += limits[0] - 1e-9 <= truth <= limits[1] + 1e-9
        moved += (found.p() or 0.0) < LEVEL
        not_worse += (found.p_below(-margin) or 0.0) < LEVEL
        equivalent += (found.p_outside(margin) or 0.0) < LEVEL
    return Margin(held / times, moved / times, not_worse / times, equivalent / times)


def smallest_rate(groups: int, size: int, times: int, rng: Generator) -> float:
    """Type-I error where the score is the smallest of three groups' rates, by jackknife: no plain rate."""
    wrong = 0
    for _ in range(times):
        luck, fresh = rng.random((groups, 3, size)), rng.random((groups, 3, size))
        runs = luck < 0.7, np.where(rng.random((groups, 1, 1)) < 0.5, luck, fresh) < 0.7
        good = [run.sum(axis=2) for run in runs]
        blocks = np.arange(groups) % 10
        left = [_smallest(good[1][blocks != b]) - _smallest(good[0][blocks != b]) for b in range(10)]
        scores = [_measured(one, size) for one in good]
        found = jackknifed(scores[0], scores[1], [value / size for value in left], groups)
        p = found.p() if found else None
        wrong += p is not None and p < LEVEL
    return wrong / times


def _smallest(good: Any) -> float:
    return float(good.mean(axis=0).min())


def _measured(good: Any, size: int) -> Measured:
    worst = ClusterRate()
    for value in good[:, int(good.mean(axis=0).argmin())]:
        worst.add(int(value), size)
    low, high = worst.interval() or (None, None)
    return Measured(score=worst.rate, low=low, high=high)


def families(times: int, rng: Generator) -> list[tuple[int, float, float, float, float]]:
    """(true differences, Holm's FWER, BH's FDR, Holm's power, BH's power) over 29 sub-categories."""
    rows: list[tuple[int, float, float, float, float]] = []
    for true in (0, 5, 15):
        wrong, false_share, holm_power, bh_power = 0, 0.0, 0.0, 0.0
        for _ in range(times):
            p = [_one_p(i < true, rng) for i in range(29)]
            by_holm, by_bh = (
                [value is not None and value < LEVEL for value in a(p)] for a in (holm, benjamini_hochberg)
            )
            wrong += any(by_holm[true:])
            false_share += sum(by_bh[true:]) / max(sum(by_bh), 1)
            holm_power += sum(by_holm[:true])
            bh_power += sum(by_bh[:true])
        found = max(true * times, 1)
        rows.append((true, wrong / times, false_share / times, holm_power / found, bh_power / found))
    return rows


def _one_p(differs: bool, rng: Generator) -> float | None:
    found = paired_difference(paired_sums(clusters(Design(100, 2), 0.8, 0.6 if differs else 0.8, rng)))
    return found.p() if found else None


def tables(times: int) -> list[str]:
    """All of them."""
    rng = np.random.default_rng(0)
    return [
        f"{times:,} simulated comparisons a row, {RESAMPLES:,} resamples each. Standard error of a share of 5 %: "
        f"{100 * sqrt(0.05 * 0.95 / times):.1f} points.",
        "",
        "| | rates | p < 5 %: interval | bootstrap | the larger | interval holds the truth | bootstrap's does |",
        "|---|---|---:|---:|---:|---:|---:|",
        *(_row(found, rates) for found, rates in _settings(times, rng)),
        "",
        "With equal rates the shares of p < 5 % are type-I errors (5 % allowed); else they are power.",
        "",
        "Runs that agree but for a few cases, against a margin. Where they differ the margin is their very difference, "
        "so that *not worse* and *equivalent* are errors (5 % allowed); where they do not it is 0.05, and both are "
        "power.",
        "",
        "| | only second / only first good | interval holds the truth | p < 5 % | not worse | equivalent |",
        "|---|---|---:|---:|---:|---:|",
        *_margin_rows(times, rng),
        "",
        "| exact McNemar, single cases | p < 5 % | mid-p < 5 % |",
        "|---|---:|---:|",
        *_mcnemar_rows(times, rng),
        "",
        "| score that is no rate (smallest of three), jackknife | p < 5 % |",
        "|---|---:|",
        *(
            f"| {g} groups of 3 x {s} cases | {smallest_rate(g, s, times, rng):.1%} |"
            for g, s in ((20, 1), (100, 1), (50, 4))
        ),
        "",
        "| true differences among 29 | Holm: any false | BH: share false | Holm: found | BH: found |",
        "|---:|---:|---:|---:|---:|",
        *(_family_row(row) for row in families(max(times // 4, 1), rng)),
    ]


def _settings(times: int, rng: Generator) -> Iterator[tuple[Tried, tuple[float, float]]]:
    for rates in RATES:
        for design in DESIGNS:
            yield tried([design], rates, times, rng), rates
        mixed = [Design(100, 2), Design(50, 1, 2), Design(15, 1, 4)]
        yield tried(mixed, rates, times, rng, "sub-category: mean of three tasks"), rates


def _row(found: Tried, rates: tuple[float, float]) -> str:
    names = ("limits", "resampled", "larger", "held", "held_resampled")
    shares = " | ".join(f"{found.share(name):.1%}" for name in names)
    return f"| {found.setting} | {rates[0]:g} / {rates[1]:g} | {shares} |"


def _margin_rows(times: int, rng: Generator) -> Iterator[str]:
    three = [Design(100, 2), Design(50, 1, 2), Design(15, 1, 4)]
    for up, down in MOVED:
        for design in (Design(40), Design(200), Design(100, 2), Design(50, 1, 6), Design(15, 1, 4), None):
            found = at_margin([design] if design else three, up, down, times, rng)
            shares = (found.held, found.moved, found.not_worse, found.equivalent)
            name = design.name if design else "sub-category: mean of three tasks"
            yield f"| {name} | {up:g} / {down:g} | {' | '.join(f'{share:.1%}' for share in shares)} |"


def _mcnemar_rows(times: int, rng: Generator) -> Iterator[str]:
    for n in (30, 200, 1000):
        found = [mcnemar(*single_cases(rng, n, 0.7)) for _ in range(times)]
        exact, mid = (sum(getattr(each, name) < LEVEL for each in found) / times for name in ("p", "mid_p"))
        yield f"| {n} cases | {exact:.1%} | {mid:.1%} |"


def _family_row(row: tuple[int, float, float, float, float]) -> str:
    true, wrong, false, by_holm, by_bh = row
    found = f"{by_holm:.0%} | {by_bh:.0%}" if true else "– | –"
    return f"| {true} | {wrong:.1%} | {false:.1%} | {found} |"


def write(lines: Sequence[str]) -> None:
    """The tables, between their marks on the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    PAGE.write_text("\n".join([before + BEGIN, "", *lines, "", END]) + after, encoding="utf-8")


def speed(records: int = RECORDS) -> dict[str, float]:
    """Seconds, CPU seconds and peak MB of `trustgauge compare` on one core, two runs of that many records each."""
    from benchmarks.__main__ import _timed
    from trustgauge.config import Config
    from trustgauge.runner import run
    from trustgauge.store import Store

    with tempfile.TemporaryDirectory() as folder:
        store, n = Path(folder) / "two.db", records // 95
        infos = run(Config(models=("panel/base-like", "panel/careful"), n=n, store=str(store)), env={})
        with Store(str(store)) as opened:
            sizes = [sum(counts.n for counts in opened.tasks(info.id).values()) for info in infos]
        words = [sys.executable, "-m", "trustgauge", "compare", *(info.id for info in infos), "--store", str(store)]
        core = {max(os.sched_getaffinity(0))}
        wall, cpu, peak = _timed([*words, "--json", "--resamples", "10000"], cores=core)
    return {"records": min(sizes), "wall_s": wall, "cpu_s": cpu, "peak_mb": peak}


def main() -> None:
    """Simulate, or time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.comparing", description=__doc__)
    parser.add_argument("--simulations", type=int, default=SIMULATIONS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--speed", action="store_true")
    given = parser.parse_args()
    if given.speed:
        print(", ".join(f"{name} {value:,.1f}" for name, value in speed().items()))
        return
    lines = tables(given.simulations)
    print("\n".join(lines))
    if given.write:
        write(lines)


if __name__ == "__main__":
    main()
