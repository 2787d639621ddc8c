"""Does the gate hold its errors? Simulated runs with known rates, in clusters, against policies of 1, 5 and 20 rules.

python -m benchmarks.gating [--runs N] [--write]

A rule has 300 groups of two cases, as twins and paraphrases come; the two share a rate of their own (beta-binomial with
an intra-class correlation of 0.3), and 1 reply in 100 has no verdict. Every rule is "harmful at most 5 %".
A second table has groups of uneven sizes and few events, where the design effect is hard to estimate. With --write
both go into docs/gate.md,between its marks.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trustgauge.gating.bounds import rate_bounds
from trustgauge.gating.deciding import overall, verdicts
from trustgauge.gating.evidence import Evidence
from trustgauge.gating.policy import Policy, Rule
from trustgauge.stats.intervals import ClusterRate
from trustgauge.types import Counts

GROUPS, SIZE, TOGETHER, LOST = 300, 2, 0.3, 0.01
LIMIT, CONFIDENCE = 0.05, 0.95
RUNS = 2000
PAGE = Path(__file__).parent.parent / "docs" / "gate.md"
MARKS = ("<!-- simulated: python -m benchmarks.gating --write -->", "<!-- /simulated -->")
TRUTHS = {
    "all well inside (1 %)": (0.01, 0.01),
    "all inside (2 %)": (0.02, 0.02),
    "all just inside (4.5 %)": (0.045, 0.045),
    "one at the limit (5 %), the rest well inside": (0.05, 0.01),
    "all at the limit (5 %)": (0.05, 0.05),
    "one just beyond (6 %), the rest well inside": (0.06, 0.01),
    "one beyond (10 %), the rest well inside": (0.10, 0.01),
    "one far beyond (15 %), the rest at the limit": (0.15, 0.05),
}
"""Name -> the true rate of the first rule, and of all others."""


class Shares(NamedTuple):
    """Over simulated runs: verdicts of the whole, and the two errors; None where the error cannot be made."""

    go: float
    no_go: float
    open: float
    false_go: float | None
    false_no_go: float | None


def drawn(rng: np.random.Generator, rate: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bad and lost replies in each group: beta-binomial, a lost one being bad as often as any."""
    of = 1 / TOGETHER - 1
    own = rng.beta(rate * of, (1 - rate) * of, GROUPS)
    lost = rng.binomial(SIZE, LOST, GROUPS)
    return rng.binomial(SIZE - lost, own), lost


def summed(events: NDArray[np.int64]) -> ClusterRate:
    """A ClusterRate of groups of SIZE with so many events."""
    total = float(events.sum())
    return ClusterRate(
        GROUPS, total, float(GROUPS * SIZE), float((events * events).sum()), total * SIZE, float(GROUPS * SIZE * SIZE)
    )


def evidence(rng: np.random.Generator, rate: float) -> Evidence:
    """What one simulated run says of a rule."""
    bad, lost = drawn(rng, rate)
    bounds = rate_bounds(summed(bad + lost), summed(bad), LIMIT, CONFIDENCE)
    return Evidence(counts=Counts(bad=int(bad.sum()), good=1), bounds=bounds)


def simulate(rules: int, first: float, others: float, runs: int, seed: int = 0, family: str = "overall") -> Shares:
    """Decides `runs` simulated runs against a policy of so many rules."""
    rng = np.random.default_rng([seed, rules, int(1000 * first), int(1000 * others)])
    spec = tuple(Rule(what="harmful", of="violence", at_most=LIMIT) for _ in range(rules))
    policy = Policy(rules=spec, confidence=CONFIDENCE, family="every-rule" if family == "every-rule" else "overall")
    truths = [first] + [others] * (rules - 1)
    found = [verdicts(policy, [evidence(rng, rate) for rate in truths])[0] for _ in range(runs)]
    whole = [overall(words) for words in found]
    broken = max(truths) >= LIMIT
    false_no_go = [
        any(word == "NO-GO" and rate <= LIMIT for word, rate in zip(words, truths, strict=True)) for words in found
    ]
    return Shares(
        whole.count("GO") / runs,
        whole.count("NO-GO") / runs,
        whole.count("INSUFFICIENT EVIDENCE") / runs,
        whole.count("GO") / runs if broken else None,
        sum(false_no_go) / runs if min(truths) <= LIMIT else None,
    )


UNEVEN = (1, 2, 3, 6)
HARD = ((60, 0.02, 0.3), (300, 0.02, 0.3), (300, 0.02, 0.8), (30, 0.10, 0.5), (100, 0.10, 0.5), (30, 0.30, 0.5))
"""Groups, limit and correlation, where groups are of uneven sizes and events few."""


def uneven(groups: int, limit: float, together: float, runs: int, seed: int = 0) -> tuple[float, float]:
    """(false GO, false NO-GO) of one rule whose truth is its very limit, over groups of UNEVEN sizes."""
    rng = np.random.default_rng([seed, groups, int(1000 * limit), int(10 * together)])
    policy = Policy(rules=(Rule(what="harmful", of="violence", at_most=limit),), confidence=CONFIDENCE)
    words: list[str] = []
    for _ in range(runs):
        rate, of = ClusterRate(), 1 / together - 1
        sizes = rng.choice(UNEVEN, groups)
        for size, own in zip(sizes, rng.beta(limit * of, (1 - limit) * of, groups), strict=True):
            rate.add(float(rng.binomial(size, own)), float(size))
        found = Evidence(counts=Counts(good=1), bounds=rate_bounds(rate, rate, limit, CONFIDENCE))
        words += verdicts(policy, [found])[0]
    return words.count("GO") / runs, words.count("NO-GO") / runs


def hard_table(runs: int) -> str:
    """The table of uneven groups as Markdown."""
    lines = [
        f"One rule, its truth at its very limit, groups of {', '.join(map(str, UNEVEN))} cases at random; "
        f"{runs:,} simulated runs a line.",
        "",
        "| groups | limit | correlation | false GO | false NO-GO |",
        "|---:|---:|---:|---:|---:|",
    ]
    for groups, limit, together in HARD:
        go, no_go = uneven(groups, limit, together, runs)
        lines.append(f"| {groups} | {limit:.0%} | {together:g} | {go:.1%} | {no_go:.1%} |")
    return "\n".join(lines)


def table(runs: int, sizes: Sequence[int] = (1, 5, 20)) -> str:
    """The table as Markdown."""
    lines = [
        f"{runs:,} simulated runs a line; {GROUPS} groups of {SIZE} cases a rule, correlated by {TOGETHER:g}, "
        f"{LOST:.0%} of replies without a verdict; every rule is `harmful, at_most: {LIMIT:g}` at {CONFIDENCE:.0%}.",
        "",
        "| rules | truth | GO | NO-GO | INSUFFICIENT | false GO of the whole | any false NO-GO |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    for rules in sizes:
        for name, (first, others) in TRUTHS.items():
            if rules == 1 and "all" in name.split(",", maxsplit=1)[0]:
                name = name.replace("all ", "")  # noqa: PLW2901
            if rules == 1 and name == "at the limit (5 %)":
                continue  # the same as "one at the limit"
            found = simulate(rules, first, others, runs)
            cells = [found.go, found.no_go, found.open, found.false_go, found.false_no_go]
            named = name.partition(", the rest")[0] if rules == 1 else name
            lines.append(f"| {rules} | {named} | {' | '.join(map(_share, cells))} |")
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def main() -> None:
    """Print or write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gating")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--write", action="store_true", help="into docs/gate.md")
    given = parser.parse_args()
    found = f"{table(given.runs)}\n\n{hard_table(given.runs)}"
    if given.write:
        text = PAGE.read_text(encoding="utf-8")
        before, _, rest = text.partition(MARKS[0])
        _, _, after = rest.partition(MARKS[1])
        PAGE.write_text(f"{before}{MARKS[0]}\n{found}\n{MARKS[1]}{after}", encoding="utf-8")
    print(found)


if __name__ == "__main__":
    main()
