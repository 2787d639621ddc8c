"""Which interval when? Each method against clusters whose true rate is known.

python -m benchmarks.intervals [--runs N] [--write]

Cases come in clusters of one size, whose rates vary by a beta distribution with the intra-cluster correlation (icc).
With two arms each cluster has its cases once in either arm. With --write the page goes to docs/intervals.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator, default_rng

from trustgauge.stats.bootstrap import Kind, bootstrap_limits
from trustgauge.stats.clusters import Sums
from trustgauge.stats.limits import interval_of

RUNS = 200
DRAWS = 1000  # of one bootstrap, here only
SIZES = (5, 10, 30, 100, 400)
RATES = (0.01, 0.1, 0.5, 0.9, 0.99)
DESIGNS = ((1, 0.0, 1), (2, 0.3, 1), (6, 0.3, 1), (2, 0.3, 2))
SIBLINGS, ALIKE = 6, 20.0  # sibling tasks, and the weight of the beta distribution that their rates are from
PAGE = Path(__file__).parent.parent / "docs" / "intervals.md"

METHODS = {
    "wilson": "Wilson",
    "exact": "exact",
    "student": "bootstrap-t",
    "percentile": "percentile",
    "bca": "BCa",
    "robust": "robust t",
    "jeffreys": "Jeffreys",
    "bayes": "shrunk",
}


class Setting(NamedTuple):
    """Cases of one arm, true rate, cases of a cluster in an arm, intra-cluster correlation, arms."""

    n: int
    rate: float
    size: int
    icc: float
    arms: int

    @property
    def clusters(self) -> int:
        """As many as make n cases."""
        return self.n // self.size


class Held(NamedTuple):
    """Share of intervals that held the truth, their mean width, share of samples without an interval, samples."""

    share: float
    width: float
    none: float
    runs: int


def settings() -> Iterator[Setting]:
    """All that have at least two clusters."""
    for size, icc, arms in DESIGNS:
        for n in SIZES:
            for rate in RATES:
                found = Setting(n, rate, size, icc, arms)
                if found.clusters > 1:
                    yield found


def sample(at: Setting, rng: Generator, rate: float | None = None) -> Sums:
    """Clusters of that setting; of another true rate where one is given."""
    p = at.rate if rate is None else min(max(rate, 1e-4), 1 - 1e-4)
    shape = (at.clusters, 1)
    own = rng.beta(p * (1 / at.icc - 1), (1 - p) * (1 / at.icc - 1), shape) if at.icc else np.full(shape, p)
    good = rng.binomial(at.size, np.repeat(own, at.arms, axis=1)).astype(float)
    return Sums(tuple("ab"[: at.arms]), good, np.full(good.shape, float(at.size)), np.zeros(good.shape))


def siblings(at: Setting, rng: Generator) -> dict[str, list[tuple[float, float]]]:
    """Tasks of the same size; their true rates lie about a middle, and the middle about this one's rate."""
    middle = min(max(rng.beta(at.rate * ALIKE, (1 - at.rate) * ALIKE), 1e-3), 1 - 1e-3)
    rates = rng.beta(middle * ALIKE, (1 - middle) * ALIKE, SIBLINGS)
    drawn = [sample(at, rng, float(rate)) for rate in rates]
    return {
        arm: [(each.rates[i].good / each.rates[i].n * (m := each.rates[i].effective_n), m) for each in drawn]
        for i, arm in enumerate("ab"[: at.arms])
    }


def limits(name: str, sums: Sums, at: Setting, rng: Generator) -> Sequence[float] | None:
    """(low, high) by that method."""
    kinds: dict[str, Kind] = {"student": "student", "percentile": "percentile", "bca": "bca"}
    if name in kinds:
        found = bootstrap_limits(sums, rng, kind=kinds[name], draws=DRAWS)
        return found or (part[1:] if (part := interval_of(sums, "bootstrap")[0]) else None)  # all alike: Wilson
    method: Any = "bayes" if name == "jeffreys" else name
    part = interval_of(sums, method, siblings=siblings(at, rng) if name == "bayes" else None)[0]
    return part[1:] if part else None


def held(at: Setting, name: str, runs: int = RUNS) -> Held:
    """A method's intervals over simulated samples of a setting; the same samples for every method."""
    rng = default_rng([at.n, round(1000 * at.rate), at.size, round(100 * at.icc), at.arms])
    found = [limits(name, sums, at, default_rng(i)) for i, sums in enumerate(sample(at, rng) for _ in range(runs))]
    known = [each for each in found if each]
    hit = sum(low - 1e-12 <= at.rate <= high + 1e-12 for low, high in known)
    return Held(hit / len(known), sum(high - low for low, high in known) / len(known), 1 - len(known) / runs, runs)


Found = dict[tuple[Setting, str], Held]


def simulate(runs: int) -> Found:
    """Everything, on all cores."""
    wanted = [(at, name) for at in settings() for name in METHODS]
    with ProcessPoolExecutor() as pool:
        found = pool.map(held, *zip(*wanted, strict=True), [runs] * len(wanted), chunksize=8)
        return dict(zip(wanted, found, strict=True))


def main() -> None:
    """Print or write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intervals")
    parser.add_argument("--runs", type=int, default=RUNS, help="samples of each setting")
    parser.add_argument("--write", action="store_true", help="to docs/intervals.md")
    given = parser.parse_args()
    from benchmarks.intervals_page import page

    text = page(simulate(given.runs), given.runs)
    if given.write:
        PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
