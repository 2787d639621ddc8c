"""What a score's uncertainty is made of: the sample of cases, the model's own randomness, and the judges'.

By the method of moments: the variance of the mean over clusters holds all of it, the spread of a case's draws tells
the part of the draws, and the spread of an answer's judges theirs; the rest is the sample's. Of balanced data it is the
nested analysis of variance (Sokal & Rohlf 1995, box 10.1); unlike that it holds where arms differ in size and spread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from statistics import variance
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

    cases, draws, judges   variance of the mean from each; judges is None where none judged twice. cases is what the
                           others leave, and may be estimated below zero: cut there, means of many would be too large
    """

    cases: float
    draws: float
    judges: float | None = None
    n: int = 0

    @property
    def whole(self) -> float:
        """Variance of the mean."""
        return self.cases + self.draws + (self.judges or 0.0)

    @property
    def shares(self) -> tuple[float, float, float | None] | None:
        """Parts of cases, draws and judges, nothing below zero; None where nothing varies."""
        cases = max(self.cases, 0.0)
        whole = cases + self.draws + (self.judges or 0.0)
        if whole <= 0:
            return None
        return cases / whole, self.draws / whole, None if self.judges is None else self.judges / whole

    def error_with(self, *, cases: float = 1.0, draws: float = 1.0) -> float:
        """Standard error with so many times the cases, or the draws of each, relative to that of now (1 where 0)."""
        if self.shares is None:
            return 1.0
        part = self.shares[0]
        return ((part + (1 - part) / draws) / cases) ** 0.5


def components(seen: Sequence[Seen]) -> Components | None:
    """Sources of the variance of the mean of these answers; None with fewer than two clusters, or no case drawn twice.

    cases   clusters' variance of the mean, c / (c - 1) times their squared errors, less the rest
    draws   sum over cases of (draws times their sample variance), over n squared; a case drawn once has the mean one
    judges  what differing judges add, which is part of what draws differ by, and is taken from there
    """
    cases = defaultdict[Hashable, list[float]](list)
    clusters = defaultdict[Hashable, float](float)
    n = len(seen)
    mean = sum(one.value for one in seen) / n if n else 0.0
    for one in seen:
        cases[one.cluster, one.case].append(one.value)
        clusters[one.cluster] += one.value - mean
    spreads = [(len(values), variance(values)) for values in cases.values() if len(values) > 1]
    if not spreads or len(clusters) < 2:
        return None
    whole = sum(error * error for error in clusters.values()) * len(clusters) / (len(clusters) - 1) / n**2
    repeated = sum(size for size, _ in spreads)
    draws = sum(size * spread for size, spread in spreads) / repeated / n
    judged = sum(one.judged for one in seen) / n**2
    judges = min(judged, draws) if judged > 0 else None
    return Components(cases=whole - draws, draws=draws - (judges or 0.0), judges=judges, n=n)


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
    return variance(values) / len(values) if len(values) > 1 else 0.0


def mean_of_components(parts: Sequence[Components], weights: Sequence[float] | None = None) -> Components | None:
    """Of the mean of independent scores, equally weighted unless weights say otherwise; None without parts."""
    if not parts:
        return None
    raw = [1.0] * len(parts) if weights is None else weights
    squares = [(w / sum(raw)) ** 2 for w in raw]
    judged = [w * part.judges for w, part in zip(squares, parts, strict=True) if part.judges is not None]
    return Components(
        cases=sum(w * part.cases for w, part in zip(squares, parts, strict=True)),
        draws=sum(w * part.draws for w, part in zip(squares, parts, strict=True)),
        judges=sum(judged) if judged else None,
        n=sum(part.n for part in parts),
    )
