"""Good, scored and missing by cluster and arm, summed in one pass: what intervals of a Rated score are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from trustgauge.stats.intervals import ClusterPair, ClusterRate
from trustgauge.types import Groups, Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

Key = Literal["group", "template", "both"]
"""What makes a cluster: a group, all records of a template, or the records of one template in one group."""


@dataclass(frozen=True)
class Sums:
    """Clusters in rows, arms in columns: how many were good, scored, and missing (unscored or failed)."""

    arms: tuple[str, ...]
    good: NDArray[Any]
    n: NDArray[Any]
    missing: NDArray[Any]

    @property
    def score(self) -> float | None:
        """Mean over the arms of good / scored; None where an arm has nothing scored, or there is none."""
        scored = self.n.sum(axis=0)
        if not self.arms or not scored.all():
            return None
        return float((self.good.sum(axis=0) / scored).mean())

    @property
    def influence(self) -> NDArray[Any]:
        """What each scored cluster adds to the score's error, linearised: mean over arms of (good - rate n) / N."""
        scored = self.n.sum(axis=0)
        rates = self.good.sum(axis=0) / scored
        mine = self.n.any(axis=1)
        return ((self.good[mine] - rates * self.n[mine]) / scored).mean(axis=1)

    @property
    def rates(self) -> list[ClusterRate]:
        """One clustered rate for each arm."""
        return [_rate(self.good[:, i], self.n[:, i]) for i in range(len(self.arms))]

    @property
    def bad(self) -> dict[str, ClusterRate]:
        """By arm, the clustered rate of bad among the scored."""
        return {arm: _rate(self.n[:, i] - self.good[:, i], self.n[:, i]) for i, arm in enumerate(self.arms)}

    @property
    def correlation(self) -> float:
        """Correlation of the estimated rates of two arms; 0 where there is but one, or more."""
        if len(self.arms) != 2:
            return 0.0
        first, second = self.rates
        (g, h), (n, m) = self.good.T, self.n.T
        return ClusterPair(first, second, len(g), float(g @ h), float(g @ m), float(n @ h), float(n @ m)).correlation

    def filled(self, *, good: bool) -> Sums:
        """The same with all that is missing scored: as good, or as bad."""
        return Sums(self.arms, self.good + self.missing * good, self.n + self.missing, self.missing * 0)


def _rate(good: NDArray[Any], n: NDArray[Any]) -> ClusterRate:
    """What adding the clusters one by one comes to: sums of whole numbers are exact in any order."""
    good = good[n > 0]
    n = n[n > 0]
    sums = (good.sum(), n.sum(), good @ good, good @ n, n @ n)
    return ClusterRate(len(n), *map(float, sums))


class Cells:
    """Counts by group, template and arm; `by` gives the sums of any clusters that these make."""

    def __init__(self, arm: Callable[[Record], str]) -> None:
        self._arm = arm
        self._groups = 0
        self._counts: dict[tuple[int, str, str], list[int]] = {}

    def add(self, records: Groups) -> None:
        """One group."""
        group, counts, arm_of = self._groups, self._counts, self._arm
        for record in records:
            key = group, record.case.template, arm_of(record)
            count = counts.get(key)
            if count is None:
                count = counts[key] = [0, 0, 0]
            label = record.label
            if label in ("good", "bad"):
                count[0] += label == "good"
                count[1] += 1
            else:
                count[2] += 1
        self._groups += 1

    def by(self, key: Key) -> Sums:
        """The sums of the clusters by group, by template, or of each template's part of each group."""
        import numpy as np

        arms = tuple(sorted({arm for _, _, arm in self._counts}))
        column = {arm: i for i, arm in enumerate(arms)}
        rows: dict[object, int] = {}
        places = [rows.setdefault(_cluster(group, template, key), len(rows)) for group, template, _ in self._counts]
        at = np.array(places, dtype=int), np.array([column[arm] for _, _, arm in self._counts], dtype=int)
        sums = np.zeros((3, len(rows), len(arms)))
        for into, counts in zip(sums, np.array(list(self._counts.values())).reshape(-1, 3).T, strict=True):
            np.add.at(into, at, counts)
        return Sums(arms, *sums)


def _cluster(group: int, template: str, key: Key) -> object:
    return group if key == "group" else template if key == "template" else (group, template)


def first_templates(groups: Sequence[Groups]) -> list[list[Groups]]:
    """Whole groups by the template of their first record: clusters for measures that need whole groups."""
    found: dict[str, list[Groups]] = {}
    for records in groups:
        name: str = records[0].case.template
        found.setdefault(name, []).append(records)
    return list(found.values())
