"""Worst and best case of a score for what could not be scored, and the interval of all that lies between.

Manski (1989, 2003): with nothing assumed of the missing, a score is known only to lie between its value were every
missing case bad and were every one good. Imbens & Manski (2004) give the interval that holds the true score, wherever
it lies between, with the wanted confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt

import msgspec

from trustgauge.stats.clusters import Sums
from trustgauge.stats.intervals import Z95, mean_interval
from trustgauge.types import Counts, Measured

Z90 = 1.6448536269514722
"""Standard normal quantile at 0.95."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """worst: every missing case bad; best: every one good; low, high: 95 % interval of the true score between."""

    worst: float
    best: float
    low: float | None = None
    high: float | None = None


def bounds(sums: Sums) -> Bounds | None:
    """Of a mean over arms, arm by arm; None where nothing was asked.

    The limits are clustered Wilson limits of both ends at Imbens and Manski's critical value, so they hold at 0 and 1.
    """
    worst, best = sums.filled(good=False), sums.filled(good=True)
    low, high = worst.score, best.score
    if low is None or high is None:
        return None
    ends = _limits(worst, Z95), _limits(best, Z95)
    if ends[0] is None or ends[1] is None:
        return Bounds(worst=low, best=high)
    errors = [(end[1] - end[0]) / (2 * Z95) for end in ends if end]
    z = identified_z(high - low, max(errors))
    below, above = _limits(worst, z) or (None, None), _limits(best, z) or (None, None)
    return Bounds(worst=low, best=high, low=below[0], high=above[1])


def bounds_of_share(measured: Measured, counts: Counts) -> Bounds | None:
    """Of a score that is no mean over arms, taken as if it were one over all cases; None where nothing was asked.

    The ends of its own interval are moved as the score is, with no smaller critical value: wide enough or too wide.
    """
    if not counts.n:
        return None
    missing = (counts.unscored + counts.failed) / counts.n
    if measured.score is None:
        return Bounds(worst=0.0, best=1.0)
    low, high = (None if end is None else (1 - missing) * end for end in (measured.low, measured.high))
    worst = (1 - missing) * measured.score
    return Bounds(worst=worst, best=worst + missing, low=low, high=None if high is None else high + missing)


def bounds_of_mean(parts: Sequence[Bounds], weights: Sequence[float] | None = None) -> Bounds | None:
    """Of the weighted mean of independent parts; limits by MOVER, none where a part has none; None without parts."""
    if not parts:
        return None
    shares = [w / sum(weights) for w in weights] if weights is not None else [1 / len(parts)] * len(parts)
    worst = sum(w * p.worst for w, p in zip(shares, parts, strict=True))
    best = sum(w * p.best for w, p in zip(shares, parts, strict=True))
    below = [(p.worst, p.low, p.worst) for p in parts if p.low is not None]
    above = [(p.best, p.best, p.high) for p in parts if p.high is not None]
    if len(below) < len(parts) or len(above) < len(parts):
        return Bounds(worst=worst, best=best)
    return Bounds(worst=worst, best=best, low=mean_interval(below, shares)[1], high=mean_interval(above, shares)[2])


def identified_z(width: float, error: float) -> float:
    """Critical value c with Phi(c + width / error) - Phi(-c) = 0.95 (Imbens & Manski 2004, eq. 7).

    1.96 where nothing is missing (width 0), 1.64 where the width is many errors: the truth can't be at both ends.
    """
    if width <= 0:
        return Z95
    if error <= 0:
        return Z90
    least, most = Z90, Z95
    for _ in range(60):
        middle = (least + most) / 2
        held = _normal(middle + width / error) - _normal(-middle)
        least, most = (middle, most) if held < 0.95 else (least, middle)
    return (least + most) / 2


def _normal(z: float) -> float:
    """Phi(z), without waiting for scipy."""
    return erfc(-z / sqrt(2)) / 2


def _limits(sums: Sums, z: float) -> tuple[float, float] | None:
    parts = [(rate.good / rate.n, limits) for rate in sums.rates if (limits := rate.interval(z))]
    if len(parts) < len(sums.arms):
        return None
    return mean_interval([(rate, *limits) for rate, limits in parts], correlation=sums.correlation)[1:]
