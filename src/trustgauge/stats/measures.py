"""Measures: from the records of a task, group by group in one pass, to a score with its interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from trustgauge.stats.intervals import ClusterRate, mean_interval
from trustgauge.types import Groups, Measured

Measure = Callable[[Iterable[Groups]], Measured]


def _add_group(rate: ClusterRate, records: Groups) -> None:
    scored = [r for r in records if r.label in ("good", "bad")]
    rate.add(sum(r.label == "good" for r in scored), len(scored))


def accuracy(*, by: str | None = None) -> Measure:
    """Share of good among the scored, clustered by group; with `by`, also per value of that slot."""

    def measure(groups: Iterable[Groups]) -> Measured:
        total, parts = ClusterRate(), defaultdict[str, ClusterRate](ClusterRate)
        for records in groups:
            _add_group(total, records)
            if by:
                for value in {r.case.slots.get(by, "") for r in records}:
                    _add_group(parts[value], [r for r in records if r.case.slots.get(by, "") == value])
        metrics = {f"{by}: {value}": part.rate for value, part in sorted(parts.items())}
        return rate_measured(total, metrics, "share of good; Wilson at the clustered effective n")

    return measure


def rate_measured(rate: ClusterRate, metrics: dict[str, float | None], method: str) -> Measured:
    """A Measured from one clustered rate."""
    low, high = rate.interval() or (None, None)
    return Measured(score=rate.rate, low=low, high=high, metrics=metrics, method=method)


def balanced(dont: str, do: str, *, by: str | None = None) -> Measure:
    """Mean of the two sides' shares of good: restraint (`dont`) and the helpfulness it must not cost (`do`).

    The names are what the two shares are called in the metrics. Which side a case is on is its `twin`
    flag. With a side unscored there is no score: half an instrument proves nothing. With `by`, the
    `dont` side is also given per value of that slot.
    """

    def measure(groups: Iterable[Groups]) -> Measured:
        sides = {False: ClusterRate(), True: ClusterRate()}
        parts = defaultdict[str, ClusterRate](ClusterRate)
        for records in groups:
            for twin in (False, True):
                _add_group(sides[twin], [r for r in records if r.case.twin is twin])
            if by:
                for value in {r.case.slots.get(by, "") for r in records}:
                    mine = [r for r in records if not r.case.twin and r.case.slots.get(by, "") == value]
                    _add_group(parts[value], mine)
        metrics: dict[str, float | None] = {dont: sides[False].rate, do: sides[True].rate}
        metrics |= {f"{dont}, {by} {value}": part.rate for value, part in sorted(parts.items())}
        return balanced_measured(sides[False], sides[True], metrics)

    return measure


def balanced_measured(dont: ClusterRate, do: ClusterRate, metrics: dict[str, float | None]) -> Measured:
    """A Measured from the two sides of a "don't" and its "do"."""
    method = "mean of both sides; MOVER over clustered Wilson limits"
    if dont.rate is None or do.rate is None:
        return Measured(score=None, metrics=metrics, method=method, note="one side has nothing scored")
    limits = dont.interval(), do.interval()
    if limits[0] is None or limits[1] is None:
        return Measured(score=(dont.rate + do.rate) / 2, metrics=metrics, method=method)
    value, low, high = mean_interval([(dont.rate, *limits[0]), (do.rate, *limits[1])])
    return Measured(score=value, low=low, high=high, metrics=metrics, method=method)
