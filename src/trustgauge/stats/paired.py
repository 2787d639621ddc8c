"""Two runs on the same cases: exact McNemar, effect sizes, and differences with limits at any tail.

A difference is second minus first: positive where the second run is better. Limits are given for any two-sided tail, so
that an interval, a p-value, an equivalence and a non-inferiority test all come from the same limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import asin, expm1, hypot, inf, log, sqrt
from typing import NamedTuple

from trustgauge.stats.exact import exact_limits
from trustgauge.stats.intervals import Z95, mean_interval
from trustgauge.types import Measured

LEAST_P = 1e-15
"""The smallest p-value that is told: limits so far out have no meaning."""

Reach = Callable[[float], tuple[float, float]]
"""Two-sided tail probability -> how far the limits lie below and above the difference."""

Ends = tuple[float, float] | None


class McNemar(NamedTuple):
    """Two-sided p-values of a table of discordant pairs."""

    p: float
    mid_p: float


def mcnemar(gained: int, lost: int) -> McNemar:
    """Exact conditional McNemar test, and its mid-p version (Fagerland, Lydersen & Laake 2013, table 2).

    gained, lost: pairs that only the second, only the first run got right. p is 1 without discordant pairs. Pairs are
    taken as independent: with several cases in a group p is too small, and the clustered difference is what counts.
    """
    from scipy.special import bdtr

    n, fewer = gained + lost, min(gained, lost)
    if n == 0:
        return McNemar(1.0, 1.0)
    p = min(1.0, 2 * float(bdtr(fewer, n, 0.5)))
    at = float(bdtr(fewer, n, 0.5)) - (float(bdtr(fewer - 1, n, 0.5)) if fewer else 0.0)
    return McNemar(p, 1 - at / 2 if gained == lost else p - at)


class Odds(NamedTuple):
    """Odds ratio of discordant pairs with its 95 % limits; None where it has no end (nothing lost)."""

    value: float | None
    low: float
    high: float | None


def discordant_odds(gained: int, lost: int) -> Odds | None:
    """gained / lost, the conditional odds ratio of matched pairs; limits by Clopper-Pearson on gained / their sum.

    None without discordant pairs (Breslow & Day 1980, 5.2; limits: Fagerland, Lydersen & Laake 2014).
    """
    n = gained + lost
    if n == 0:
        return None
    low, high = exact_limits(gained, n)
    ends = low / (1 - low), high / (1 - high) if high < 1 else None
    return Odds(gained / lost if lost else None, *ends)


def cohens_h(first: float, second: float) -> float:
    """Cohen's h of two shares: 2 asin sqrt(second) - 2 asin sqrt(first); 0.2 small, 0.5 medium, 0.8 large (1988)."""
    ends = (2 * asin(sqrt(min(1.0, max(0.0, share)))) for share in (second, first))
    return next(ends) - next(ends)


@dataclass(frozen=True, slots=True)
class Difference:
    """Scores of two runs on the same cases, and how far their difference's limits reach.

    reach   None where there is no interval (fewer than two clusters)
    ends    95 % limits of the first score and of the second, None where there are none
    """

    first: float
    second: float
    reach: Reach | None = None
    ends: tuple[Ends, Ends] = (None, None)

    @property
    def value(self) -> float:
        """Second minus first."""
        return self.second - self.first

    def limits(self, tail: float = 0.05) -> tuple[float, float] | None:
        """Limits at the two-sided tail, within -1 and 1."""
        if self.reach is None:
            return None
        below, above = self.reach(tail)
        return max(-1.0, self.value - below), min(1.0, self.value + above)

    def p(self) -> float | None:
        """Two-sided p-value of no difference: the tail at which an end of the interval touches 0."""
        return _tail_at(self, 0.0)

    def p_below(self, limit: float) -> float | None:
        """One-sided p-value against "the difference is `limit` or less": small where it lies above for sure.

        Non-inferiority with a margin is limit = -margin.
        """
        tail = _tail_at(self, limit)
        return None if tail is None else tail / 2 if self.value > limit else 1 - tail / 2

    def p_above(self, limit: float) -> float | None:
        """One-sided p-value against "the difference is `limit` or more"."""
        tail = _tail_at(self, limit)
        return None if tail is None else tail / 2 if self.value < limit else 1 - tail / 2

    def p_outside(self, margin: float) -> float | None:
        """p-value of two one-sided tests (TOST, Schuirmann 1987) that the difference lies within +-margin."""
        low, high = self.p_below(-margin), self.p_above(margin)
        return None if low is None or high is None else max(low, high)


def _tail_at(found: Difference, null: float) -> float | None:
    """The two-sided tail at which the interval just touches `null`."""
    from scipy.special import ndtr, ndtri

    if found.reach is None:
        return None
    gap, end = abs(found.value - null), 0 if found.value > null else 1
    reach = found.reach
    if gap <= 1e-12 or (least := reach(1.0)[end]) >= gap:
        return 1.0
    furthest = float(-ndtri(LEAST_P / 2))
    if (most := reach(LEAST_P)[end]) <= gap:
        return LEAST_P
    z = _root(lambda z: reach(2 * float(ndtr(-z)))[end] - gap, (0.0, least - gap), (furthest, most - gap))
    return 2 * float(ndtr(-z))


def _root(rising: Callable[[float], float], low: tuple[float, float], high: tuple[float, float]) -> float:
    """Where a rising function crosses 0 between two points (x, value): regula falsi (Dowell & Jarratt 1971)."""
    (a, fa), (b, fb) = low, high
    last = 0
    for _ in range(100):
        x = b - fb * (b - a) / (fb - fa)
        fx = rising(x)
        if abs(fx) < 1e-10 or b - a < 1e-10:
            return x
        if fx < 0:
            a, fa, fb = x, fx, fb / 2 if last < 0 else fb
        else:
            b, fb, fa = x, fx, fa / 2 if last > 0 else fa
        last = -1 if fx < 0 else 1
    return (a + b) / 2


def mean_difference(parts: Sequence[Difference]) -> Difference | None:
    """Equally weighted mean of independent differences; limits by MOVER (Zou & Donner 2008).

    None of no parts; without limits where a part has none.
    """
    if not parts:
        return None
    n = len(parts)
    first, second = sum(p.first for p in parts) / n, sum(p.second for p in parts) / n
    ends = _mean_ends([(p.first, p.ends[0]) for p in parts]), _mean_ends([(p.second, p.ends[1]) for p in parts])
    reaches = [part.reach for part in parts if part.reach is not None]
    if len(reaches) < n:
        return Difference(first, second, ends=ends)

    def reach(tail: float) -> tuple[float, float]:
        below, above = zip(*(each(tail) for each in reaches), strict=True)
        return sqrt(sum(b * b for b in below)) / n, sqrt(sum(a * a for a in above)) / n

    return Difference(first, second, reach, ends)


def _mean_ends(parts: Sequence[tuple[float, Ends]]) -> Ends:
    whole = [(value, *ends) for value, ends in parts if ends]
    return mean_interval(whole)[1:] if len(whole) == len(parts) else None


def unmoved(tail: float, clusters: float) -> float:
    """Share of clusters that may have moved though none of them did: Clopper-Pearson's upper limit at no event.

    tail: two-sided, so half of it lies beyond. No difference is known more narrowly, however well two runs agree.
    """
    return -expm1(log(tail / 2) / clusters)


def jackknifed(first: Measured, second: Measured, left_out: Sequence[float | None], clusters: int) -> Difference | None:
    """Difference of two scores that are no plain rates, by a paired delete-a-block jackknife (Shao & Wu 1989).

    left_out: the difference with each block of clusters left out in both runs; t at blocks - 1. Where the blocks show
    no spread, or one leaves nothing to measure, the limits of the two scores are combined as if they were independent;
    so they are where these are narrower, for pairing cannot widen them: a jackknife is too wide for a smallest of
    several rates. clusters: in all blocks together; the limits are never nearer than `unmoved` has them, for blocks
    that hardly differ tell little of what rarely moves. None where a score is None.
    """
    if first.score is None or second.score is None:
        return None
    known = [value for value in left_out if value is not None]
    n = len(known)
    mean = sum(known) / n if n else 0.0
    error = sqrt(sum((value - mean) ** 2 for value in known) * (n - 1) / n) if n > 1 and n == len(left_out) else 0.0
    apart, ends = _apart(first, second), (_own(first), _own(second))
    half = student(0.05, n - 1) * error if error > 1e-12 else 0.0
    if not half or (apart and sum(apart(0.05)) < 2 * half):
        return Difference(first.score, second.score, apart, ends)

    def reach(tail: float) -> tuple[float, float]:
        far = max(student(tail, n - 1) * error, unmoved(tail, clusters))
        return far, far

    return Difference(first.score, second.score, reach, ends)


def _own(found: Measured) -> Ends:
    return None if found.low is None or found.high is None else (found.low, found.high)


def _apart(first: Measured, second: Measured) -> Reach | None:
    """Reach of the difference of two independent scores with 95 % limits (Newcombe 1998), scaled to other tails."""
    a, b = (
        (found.score - found.low, found.high - found.score)
        if found.score is not None and found.low is not None and found.high is not None
        else None
        for found in (first, second)
    )
    if a is None or b is None:
        return None
    below, above = hypot(b[0], a[1]), hypot(b[1], a[0])

    def reach(tail: float) -> tuple[float, float]:
        scale = student(tail, inf) / Z95
        return below * scale, above * scale

    return reach


@lru_cache(maxsize=10_000)  # the same tails and degrees come again in every share of a task, and in its slices
def student(tail: float, df: float) -> float:
    """Quantile of Student's t, the normal's at infinitely many degrees, that leaves the two-sided tail."""
    from scipy.special import ndtri, stdtrit

    return float(-ndtri(tail / 2) if df == inf else -stdtrit(df, tail / 2))
