"""What a score's uncertainty is made of: the sample of cases, the model's own randomness, and the judges'.

Nested analysis of variance, unbalanced, by the method of moments (Sokal & Rohlf 1995, box 10.1 and 10.6; Searle,
Casella & McCulloch 1992, ch. 3): draws within cases within clusters, every level's surplus over the one below. A
surplus below zero is zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from trustgauge.types import Groups, Record


class Seen(NamedTuple):
    """One scored answer: whose cluster and case it is of, its value, and how judges differ on it.

    judged  variance of the value that comes from who judged: sample variance of the judges' values over their number
    """

    cluster: Hashable
    case: Hashable
    value: float
    judged: float = 0.0


class Components(msgspec.Struct, frozen=True, kw_only=True):
    """Variances of a mean of n answers by their source; they add up to its variance.

    cases, draws, judges   variance of the mean from each; judges is None where none judged twice
    """

    cases: float
    draws: float
    judges: float | None = None
    n: int = 0

    @property
    def whole(self) -> float:
        """Variance of the mean."""
        return self.cases + self.draws + (self.judges or 0.0)

    def error_with(self, *, cases: float = 1.0, draws: float = 1.0) -> float:
        """Standard error with so many times the cases, or the draws of each, relative to that of now (1 where 0)."""
        if self.whole <= 0:
            return 1.0
        rest = self.draws + (self.judges or 0.0)
        return ((self.cases + rest / draws) / cases / self.whole) ** 0.5


class Nested(NamedTuple):
    """Variance components of single values: between clusters, between cases of a cluster, between draws of a case."""

    cluster: float
    case: float
    draw: float


def nested(seen: Sequence[Seen]) -> Nested | None:
    """The three components; None where no case was drawn twice, or there are fewer than two clusters.

    Where no cluster has two cases, cases and clusters are one, and what lies between is put down to the cluster.
    """
    cases, clusters = defaultdict[Hashable, list[float]](list), defaultdict[Hashable, list[Hashable]](list)
    for one in seen:
        key = (one.cluster, one.case)
        if key not in cases:
            clusters[one.cluster].append(key)
        cases[key].append(one.value)
    n, count = len(seen), len(cases)
    if n == count or len(clusters) < 2:
        return None
    means = {key: sum(values) / len(values) for key, values in cases.items()}
    sizes = {name: sum(len(cases[key]) for key in keys) for name, keys in clusters.items()}
    centres = {name: sum(sum(cases[key]) for key in keys) / sizes[name] for name, keys in clusters.items()}
    mean = sum(sum(values) for values in cases.values()) / n
    draw = sum((v - means[key]) ** 2 for key, values in cases.items() for v in values) / (n - count)
    inner = sum(len(cases[k]) * (means[k] - centres[name]) ** 2 for name, keys in clusters.items() for k in keys)
    outer = sum(sizes[name] * (centres[name] - mean) ** 2 for name in clusters) / (len(clusters) - 1)
    squares = {name: sum(len(cases[key]) ** 2 for key in keys) / sizes[name] for name, keys in clusters.items()}
    case = 0.0
    if count > len(clusters):
        per_case = (n - sum(squares.values())) / (count - len(clusters))
        case = max((inner / (count - len(clusters)) - draw) / per_case, 0.0)
    cases_there = (sum(squares.values()) - sum(len(v) ** 2 for v in cases.values()) / n) / (len(clusters) - 1)
    per_cluster = (n - sum(size * size for size in sizes.values()) / n) / (len(clusters) - 1)
    return Nested(max((outer - draw - cases_there * case) / per_cluster, 0.0), case, draw)


def components(seen: Sequence[Seen]) -> Components | None:
    """Sources of the variance of the mean of these answers; None where `nested` has none.

    judges: what differing judges add to the mean; it is part of what draws differ by, and is taken from there.
    """
    found = nested(seen)
    if not found:
        return None
    n, sizes = len(seen), defaultdict[Hashable, int](int)
    each = defaultdict[Hashable, int](int)
    for one in seen:
        sizes[one.cluster] += 1
        each[one.cluster, one.case] += 1
    cases = found.cluster * sum(m * m for m in sizes.values()) + found.case * sum(m * m for m in each.values())
    judged = sum(one.judged for one in seen) / n
    judges = min(judged, found.draw) / n if judged > 0 else None
    return Components(cases=cases / n**2, draws=found.draw / n - (judges or 0.0), judges=judges, n=n)


def components_of(
    groups: Iterable[Groups], arm: Callable[[Record], str], judged: Callable[[Record], Sequence[float]] | None = None
) -> Components | None:
    """Of a Rated score: each answer counts by what it adds to the score's error, so twins go together as they do.

    judged  what each of several judges said of a record (1 good, 0 bad); fewer than two say nothing of judges
    """
    rows = [
        (cluster, record, arm(record), 1.0 if record.label == "good" else 0.0)
        for cluster, records in enumerate(groups)
        for record in records
        if record.label in ("good", "bad")
    ]
    good, n = defaultdict[str, float](float), defaultdict[str, int](int)
    for _, _, name, value in rows:
        good[name] += value
        n[name] += 1
    # The mean of the scaled values has the score's own error: (value - rate) / (arms n) summed up.
    scale = {name: len(rows) / (len(n) * size) for name, size in n.items()}
    return components(
        [
            Seen(
                cluster,
                record.case.id,
                scale[name] * (value - good[name] / n[name]),
                scale[name] ** 2 * _judged(judged(record)) if judged else 0.0,
            )
            for cluster, record, name, value in rows
        ]
    )


def _judged(values: Sequence[float]) -> float:
    """Variance of the judges' mean: their sample variance over their number; 0 with fewer than two."""
    k = len(values)
    if k < 2:
        return 0.0
    mean = sum(values) / k
    return sum((value - mean) ** 2 for value in values) / (k - 1) / k


def mean_of_components(parts: Sequence[Components]) -> Components | None:
    """Of the equally weighted mean of independent scores; None without parts."""
    if not parts:
        return None
    k = len(parts)
    judged = [part.judges for part in parts if part.judges is not None]
    return Components(
        cases=sum(part.cases for part in parts) / k**2,
        draws=sum(part.draws for part in parts) / k**2,
        judges=sum(judged) / k**2 if judged else None,
        n=sum(part.n for part in parts),
    )
