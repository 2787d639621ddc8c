"""Mix: how much of a training set each sub-category should be, by the run's own gaps."""

from __future__ import annotations

from trustgauge.reports import Profile
from trustgauge.stats.aiming import mix_weights


def mix(found: Profile, target: float = 1.0) -> dict[str, float]:
    """The weight of each scored sub-category, summing to 1: its gap to the target, shrunk by how unsure it is.

    The formula is that of stats.aiming.mix_weights. What nothing could be scored of is left out.
    """
    return mix_weights({sub.id: (sub.score, sub.low, sub.high) for sub in found.asked}, target)
