"""Paired: a run less a baseline on the cases that both were asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING

from trustgauge.gating.bounds import Triple, effective, lower, upper
from trustgauge.gating.places import averaged
from trustgauge.gating.policy import Part
from trustgauge.stats.intervals import ClusterPair
from trustgauge.stats.measures import Measure, Rated
from trustgauge.store import Store
from trustgauge.types import Groups, Measured, Record

if TYPE_CHECKING:
    from trustgauge.stats.paired import Difference, Reach

Key = tuple[str, int]
Three = tuple["Difference | None", "Difference | None", "Difference | None"]
Cells = dict[str, list[list[int]]]
"""Of one group, for each arm and each kind: hits and n of the baseline, hits and n of the run, cases with a hit in the
run alone, and in the baseline alone."""
_SUMS = 6
_KINDS = 3  # as scored, what is missing counted against the run, and for it


def labels_of(store: Store, run: str, task: str) -> dict[Key, str]:
    """The label of each (case, draw) of a task."""
    return {(r.case.id, r.draw): r.label for group in store.groups(run, task) for r in group}


@dataclass
class NotWorse:
    """The difference of one rule, summed up group by group; for scores task by task.

    apart: differences of tasks whose score is no mean over cases, which are not paired.
    """

    part: Part
    is_about: Callable[[Part, Record], bool]
    event: str
    rows: dict[str, list[Cells]] = field(default_factory=dict[str, list["Cells"]])
    apart: dict[str, Three] = field(default_factory=dict[str, "Three"])
    common: int = 0
    alone: int = 0

    def add(self, task: str, measure: Measure, records: Groups, other: Mapping[Key, str]) -> None:
        """One group of the run, and what the baseline's labels are."""
        score = self.part.rule.what == "score"
        if score and not isinstance(measure, Rated):
            return
        cells: Cells = {}
        for record in records:
            if not self.is_about(self.part, record):
                continue
            label = other.get((record.case.id, record.draw))
            if label is None:
                self.alone += 1
                continue
            self.common += 1
            arm = measure.arm(record) if score and isinstance(measure, Rated) else ""
            row = cells.setdefault(arm, [[0] * _SUMS for _ in range(_KINDS)])
            for kind in range(_KINDS):
                before, n = self._counted(label, kind, mine=False)
                after, m = self._counted(record.label, kind, mine=True)
                both = n and m
                added = (before, n, after, m, both and after > before, both and before > after)
                row[kind] = [a + b for a, b in zip(row[kind], added, strict=True)]
        if cells:
            self.rows.setdefault(task if score else "", []).append(cells)

    def _counted(self, label: str, kind: int, *, mine: bool) -> tuple[int, int]:
        """(hit, n) of one label: hits are good for scores, the event for rates."""
        score = self.part.rule.what == "score"
        wanted, lost = ("good" if score else self.event), ("unscored", "failed")
        if self.event == "unscored":
            lost = ("failed",)
        elif self.event == "failed":
            lost = ()
        if label not in lost:
            return int(label == wanted), 1
        if kind == 0:
            return 0, 0
        against = (kind == 1) == mine  # counted against whoever it is: the run at worst, the baseline at best
        return int(against != score), 1

    def differences(self) -> Three:
        """(as scored, at worst, at best) for the run; None where there is none."""
        if not self.rows and not self.apart:
            return None, None, None
        first, second, third = (self._difference(kind) for kind in range(_KINDS))
        return first, second, third

    def _difference(self, kind: int) -> Difference | None:
        from trustgauge.stats.paired import mean_difference

        found: dict[str, Difference | None] = {task: three[kind] for task, three in self.apart.items()}
        found |= {task: difference_of([_only(cells, kind) for cells in groups]) for task, groups in self.rows.items()}
        return averaged(found, mean_difference)

    @property
    def notes(self) -> tuple[str, ...]:
        """How much of the run could be compared, and what was not paired."""
        said: list[str] = []
        if self.alone:
            said.append(f"{self.common:,} of {self.common + self.alone:,} cases are in both runs: only these count")
        if self.apart:
            said.append(f"not paired, for their score is no mean over cases: {', '.join(self.apart)}")
        return tuple(said)


def _only(cells: Cells, kind: int) -> dict[str, list[int]]:
    return {arm: sums[kind] for arm, sums in cells.items()}


def difference_of(groups: Sequence[Mapping[str, Sequence[int]]]) -> Difference | None:
    """The run less the baseline, as a mean over arms; None where an arm has nothing.

    It is the rate of cases with an event in the run alone, less that of those with one in the baseline alone. Limits by
    MOVER (Zou & Donner 2008) over both rates, each clustered as in `rate_bounds`, with their correlation: so that two
    runs that agree on a few cases do not pass for the same. Arms are weighted alike within one linearised ratio.
    """
    from trustgauge.stats.paired import Difference

    totals: dict[str, list[int]] = {}
    for cells in groups:
        for arm, sums in cells.items():
            totals[arm] = [a + b for a, b in zip(totals.get(arm, [0] * _SUMS), sums, strict=True)]
    if not totals or not all(sums[1] and sums[3] for sums in totals.values()):
        return None
    first = sum(sums[0] / sums[1] for sums in totals.values()) / len(totals)
    second = sum(sums[2] / sums[3] for sums in totals.values()) / len(totals)
    n = sum(sums[3] for sums in totals.values())
    weights = {arm: n / len(totals) / sums[3] for arm, sums in totals.items()}
    pair = ClusterPair()
    for cells in groups:
        size, up, down = (sum(weights[arm] * sums[at] for arm, sums in cells.items()) for at in (3, 4, 5))
        pair.add((up, size), (down, size))
    return Difference(first, second, _reach(pair) if pair.first.clusters > 1 else None)


def _reach(pair: ClusterPair) -> Reach:
    up, down, together = effective(pair.first), effective(pair.second), 2 * pair.correlation

    def reach(tail: float) -> tuple[float, float]:
        rise, fall = (
            (rate.events / rate.n - lower(rate, tail / 2), upper(rate, tail / 2) - rate.events / rate.n)
            for rate in (up, down)
        )
        below = rise[0] ** 2 + fall[1] ** 2 - together * rise[0] * fall[1]
        above = rise[1] ** 2 + fall[0] ** 2 - together * rise[1] * fall[0]
        return sqrt(max(below, 0.0)), sqrt(max(above, 0.0))

    return reach


def scores_apart(first: tuple[Triple, Triple, Triple], second: tuple[Triple, Triple, Triple]) -> Three:
    """Differences of two scores taken as independent; what is missing as in `differences`."""
    from trustgauge.stats.paired import jackknifed

    def less(a: Triple, b: Triple) -> Difference | None:
        one, two = (Measured(score=t[0], low=t[1], high=t[2]) for t in (a, b))
        return jackknifed(one, two, [])

    return less(first[0], second[0]), less(first[2], second[1]), less(first[1], second[2])
