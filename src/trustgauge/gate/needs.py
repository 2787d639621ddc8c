"""Needs: about how many times as many cases would settle a rule, if they turned out as those seen."""

from __future__ import annotations

from math import inf

from trustgauge.gate.bounds import effective, p_at_least, p_at_most
from trustgauge.gate.evidence import Evidence
from trustgauge.gate.policy import Part
from trustgauge.stats.intervals import ClusterRate

MOST = 100.0
"""Times as many cases, beyond which a rule is called undecidable: the truth lies on its limit."""


def factor_needed(part: Part, found: Evidence, confidence: float) -> float | None:
    """How many times as many cases, above 1, would settle it in either direction; None where none would.

    Missing replies are taken to stay as frequent as they are.
    """
    if found.missing or not found.counts.n:
        return None
    if part.rule.what == "scored":
        have = found.value or 0.0
        return part.rule.limit / have if 0 < have < part.rule.limit else None
    if found.rates:
        return _least(*found.rates, part.rule.limit, 1 - confidence)
    return _by_distance(part, found)


def _least(worst: ClusterRate, best: ClusterRate, limit: float, alpha: float) -> float | None:
    """The least factor at which one of the two p-values comes to alpha, by doubling and halving.

    None at 1: then it is settled but for the correction over the rules, or for cases that are owed.
    """
    if min(worst.clusters, best.clusters) < 2:
        return None
    most, least = effective(worst), effective(best)

    def settled(factor: float) -> bool:
        p = p_at_most(most.times(factor), limit), p_at_least(least.times(factor), limit)
        return min(p) <= alpha

    high = 1.0
    while high <= MOST and not settled(high):
        high *= 2
    if high > MOST or high == 1.0:
        return None
    low = high / 2
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if settled(middle) else (middle, high)
    return high


def _by_distance(part: Part, found: Evidence) -> float | None:
    """For scores and differences, whose bounds close in with the square root of the number of cases."""
    limit, bounds, (against, with_it) = part.rule.limit, found.bounds, found.centre
    if bounds.low is None or bounds.high is None or against is None or with_it is None:
        return None
    floor = part.rule.higher_is_better
    lower, upper = (against, with_it) if floor else (with_it, against)
    factors = [
        ((lower - bounds.low) / (lower - limit)) ** 2 if lower > limit else inf,
        ((bounds.high - upper) / (limit - upper)) ** 2 if upper < limit else inf,
    ]
    least = min(factors)
    return least if 1 < least <= MOST else None
