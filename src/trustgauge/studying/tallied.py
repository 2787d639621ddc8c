"""Tallied: a score over arms summed up group by group, and how scores of models asked the same go together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING

from trustgauge.stats.intervals import ClusterRate, mean_interval
from trustgauge.stats.ranking import Scored

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Arm = tuple[str, str]
"""A task and one of its arms."""


@dataclass
class Tallied:
    """One model, one measure: its groups' (good, scored) by arm; the score is the mean over tasks of that over arms."""

    groups: dict[tuple[str, str], dict[str, tuple[float, float]]] = field(
        default_factory=dict[tuple[str, str], dict[str, tuple[float, float]]]
    )

    def add(self, task: str, group: str, arm: str, good: float, n: float) -> None:
        """Some records of a group; the same group may come in parts."""
        if n > 0:
            arms = self.groups.setdefault((task, group), {})
            had = arms.get(arm, (0.0, 0.0))
            arms[arm] = (had[0] + good, had[1] + n)

    def rates(self) -> dict[Arm, ClusterRate]:
        """The clustered rate of each arm of each task."""
        found = defaultdict[Arm, ClusterRate](ClusterRate)
        for (task, _), arms in self.groups.items():
            for arm, (good, n) in arms.items():
                found[task, arm].add(good, n)
        return dict(found)

    @property
    def n(self) -> int:
        """Scored records."""
        return round(sum(n for arms in self.groups.values() for _, n in arms.values()))

    def score(self) -> Scored | None:
        """The score, 95 % limits by MOVER over clustered Wilson limits; None where nothing is scored."""
        rates = self.rates()
        if not rates:
            return None
        weights = self._weights(rates)
        value = sum(weights[arm] * rate.good / rate.n for arm, rate in rates.items())
        limits = {arm: rate.interval() for arm, rate in rates.items()}
        parts = [(rates[arm].good / rates[arm].n, *found) for arm, found in limits.items() if found]
        if len(parts) < len(rates):
            return value, None, None
        return mean_interval(parts, [weights[arm] for arm in rates])

    def influences(self) -> dict[tuple[str, str], float]:
        """By how much each group moves the score (the linearised ratio): their squares sum to its variance."""
        rates = self.rates()
        weights = self._weights(rates)
        return {
            (task, group): sum(
                weights[task, arm] * (good - rates[task, arm].good / rates[task, arm].n * n) / rates[task, arm].n
                for arm, (good, n) in arms.items()
            )
            for (task, group), arms in self.groups.items()
        }

    @staticmethod
    def _weights(rates: dict[Arm, ClusterRate]) -> dict[Arm, float]:
        """Equal tasks, and equal arms in each."""
        arms = defaultdict[str, int](int)
        for task, _ in rates:
            arms[task] += 1
        return {(task, arm): 1 / (len(arms) * arms[task]) for task, arm in rates}


def together(tallied: Sequence[Tallied]) -> NDArray[np.float64]:
    """Correlation of the models' estimates, by their groups' influences: the identity where they share no group.

    The cluster-robust covariance of several ratios (Binder 1983), as a correlation; 0 with a score without spread.
    """
    import numpy as np

    found = [one.influences() for one in tallied]
    spread = [sqrt(sum(e * e for e in influence.values())) for influence in found]
    matrix = np.eye(len(found))
    for i, one in enumerate(found):
        for j in range(i):
            shared = sum(e * found[j].get(group, 0.0) for group, e in one.items())
            if spread[i] > 0 and spread[j] > 0:
                matrix[i, j] = matrix[j, i] = shared / (spread[i] * spread[j])
    return matrix
