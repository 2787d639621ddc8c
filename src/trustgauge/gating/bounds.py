"""Bounds: one-sided confidence limits and p-values of a rate, a score or a difference against a policy's limit."""

from __future__ import annotations

from math import erfc, sqrt
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from trustgauge.stats.exact import at_least_p, at_most_p, exact_lower, exact_upper, few_clusters
from trustgauge.stats.intervals import Z95, ClusterRate

if TYPE_CHECKING:
    from trustgauge.stats.paired import Difference

PRIOR = 2.0
"""Events' worth of evidence for clusters wholly alike, see `effective`."""
Triple = tuple[float | None, float | None, float | None]


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What the evidence bounds, each side at the policy's confidence; None where there is no bound.

    low, high  one-sided limits: with missing replies counted for the model in low of a rate (high of a score), and
               against it on the other side
    p_go       p-value against "the limit is broken": small where the rule holds for sure
    p_no_go    p-value against "the rule holds": small where it is broken for sure
    """

    low: float | None = None
    high: float | None = None
    p_go: float | None = None
    p_no_go: float | None = None


class Effective(NamedTuple):
    """Events among n cases at the effective sample size, and the clusters that they came in."""

    events: float
    n: float
    clusters: float

    def times(self, factor: float) -> Effective:
        """As if there had been `factor` times as many such clusters."""
        return Effective(self.events * factor, self.n * factor, self.clusters * factor)


def rate_bounds(worst: ClusterRate, best: ClusterRate, limit: float, confidence: float) -> Bounds:
    """Of a rate that must stay at or below `limit`: the upper bound from `worst`, the lower from `best`.

    worst, best  the same clusters with every missing reply counted as an event, and as none
    Korn & Graubard (1998): Clopper-Pearson at the effective sample size; see `effective`. None with fewer than two
    clusters.
    """
    if min(worst.clusters, best.clusters) < 2:
        return Bounds()
    most, least = effective(worst), effective(best)
    return Bounds(
        low=lower(least, 1 - confidence),
        high=upper(most, 1 - confidence),
        p_go=p_at_most(most, limit),
        p_no_go=p_at_least(least, limit),
    )


def effective(rate: ClusterRate) -> Effective:
    """The rate at its effective sample size: n over the design effect, lessened for its few degrees of freedom.

    Korn & Graubard's (1998), as `stats.exact.effective_counts` but for the design effect: a gate looks at bounds of few
    events. They tell little of how alike a cluster's cases are, and least where by luck none repeats, which is where a
    bound looks best: so the design effect is drawn towards that of clusters wholly alike, as PRIOR events' worth of
    evidence beside those seen (docs/gate.md has the simulated error). Without any spread, at no events or nothing
    else, every cluster counts as one case (as ClusterRate has it) and no variance is estimated. At least two clusters.
    """
    if rate.good in (0, rate.n):
        return Effective(rate.clusters * rate.good / rate.n, rate.clusters, rate.clusters)
    seen = rate.n / rate.effective_n
    rarer = min(rate.good, rate.n - rate.good) / seen
    effect = max(seen, (rarer * seen + PRIOR * rate.full_effect) / (rarer + PRIOR))
    size = rate.n / effect * few_clusters(rate.n, rate.clusters)
    return Effective(rate.good / rate.n * size, size, rate.clusters)


def upper(rate: Effective, alpha: float) -> float:
    """Upper bound with error alpha; never below that of no event in as many clusters, so that it grows with events."""
    return max(exact_upper(rate.events, rate.n, alpha), exact_upper(0, rate.clusters, alpha))


def lower(rate: Effective, alpha: float) -> float:
    """Lower bound with error alpha; never above that of nothing but events in as many clusters."""
    return min(exact_lower(rate.events, rate.n, alpha), exact_lower(rate.clusters, rate.clusters, alpha))


def p_at_most(rate: Effective, limit: float) -> float:
    """p-value against "the rate is limit or more": upper(rate, p) is limit."""
    return max(at_most_p(rate.events, rate.n, limit), at_most_p(0, rate.clusters, limit))


def p_at_least(rate: Effective, limit: float) -> float:
    """p-value against "the rate is limit or less": lower(rate, p) is limit."""
    return max(at_least_p(rate.events, rate.n, limit), at_least_p(rate.clusters, rate.clusters, limit))


def score_bounds(worst: Triple, best: Triple, limit: float, confidence: float) -> Bounds:
    """Of a score that must stay at or above `limit`, from its 95 % interval: the lower bound from `worst`.

    worst, best  (value, low, high) with every missing reply counted as 0, and as 1. The distance to the limit is
    measured in half-widths of that side of the interval, as normal quantiles; an interval without width bounds nothing.
    """
    low = _side(worst[0], worst[1])
    high = _side(best[0], best[2])
    if low is None or high is None or worst[0] is None or best[0] is None:
        return Bounds()
    z = _quantile(confidence)
    return Bounds(
        low=max(0.0, worst[0] - z * low),
        high=min(1.0, best[0] + z * high),
        p_go=_tail((worst[0] - limit) / low) if low else 1.0 if worst[0] <= limit else None,
        p_no_go=_tail((limit - best[0]) / high) if high else 1.0 if best[0] >= limit else None,
    )


def difference_bounds(worst: Difference, best: Difference, limit: float, confidence: float, *, higher: bool) -> Bounds:
    """Of the difference run less baseline; `higher` where more is better and the limit is a floor (-by).

    worst, best  with what is missing counted against and for the run
    """
    tail = 2 * (1 - confidence)
    against, with_it = worst.limits(tail), best.limits(tail)
    if against is None or with_it is None:
        return Bounds()
    if higher:
        return Bounds(low=against[0], high=with_it[1], p_go=worst.p_below(limit), p_no_go=best.p_above(limit))
    return Bounds(low=with_it[0], high=against[1], p_go=worst.p_above(limit), p_no_go=best.p_below(limit))


def _side(value: float | None, end: float | None) -> float | None:
    """Standard error on that side of a 95 % interval."""
    return None if value is None or end is None else abs(end - value) / Z95


def _tail(z: float) -> float:
    """Upper tail of the standard normal."""
    return erfc(z / sqrt(2)) / 2


def _quantile(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(share))
