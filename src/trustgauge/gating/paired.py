"""Paired: a run minus a baseline on the cases that both were asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trustgauge.gating.bounds import Triple
from trustgauge.gating.places import averaged
from trustgauge.gating.policy import Part
from trustgauge.stats.measures import Measure, Rated
from trustgauge.stats.paired_rates import NOTHING, Cell, cell, plus
from trustgauge.store import Store
from trustgauge.types import Groups, Measured, Record

if TYPE_CHECKING:
    from trustgauge.stats.paired import Difference

Key = tuple[str, int]
Three = tuple["Difference | None", "Difference | None", "Difference | None"]
Cells = dict[str, list[Cell]]
"""Of one group, for each arm and each kind: the sums of the baseline (first) and of the run (second)."""
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
            row = cells.setdefault(arm, [NOTHING] * _KINDS)
            for kind in range(_KINDS):
                before, after = self._hit(label, kind, mine=False), self._hit(record.label, kind, mine=True)
                row[kind] = plus(row[kind], cell(before, after))
        if cells:
            self.rows.setdefault(task if score else "", []).append(cells)

    def _hit(self, label: str, kind: int, *, mine: bool) -> bool | None:
        """Whether one label is a hit: good for scores, the event for rates; None: it does not count."""
        score = self.part.rule.what == "score"
        wanted, lost = ("good" if score else self.event), ("unscored", "failed")
        if self.event == "unscored":
            lost = ("failed",)
        elif self.event == "failed":
            lost = ()
        if label not in lost:
            return label == wanted
        against = (kind == 1) == mine  # counted against whoever it is: the run at worst, the baseline at best
        return against != score if kind else None

    def differences(self) -> Three:
        """(as scored, at worst, at best) for the run; None where there is none."""
        if not self.rows and not self.apart:
            return None, None, None
        first, second, third = (self._difference(kind) for kind in range(_KINDS))
        return first, second, third

    def _difference(self, kind: int) -> Difference | None:
        from trustgauge.stats.paired import mean_difference

        found: dict[str, Difference | None] = {task: three[kind] for task, three in self.apart.items()}
        found |= {task: _difference_of(groups, kind) for task, groups in self.rows.items()}
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


def _difference_of(groups: Sequence[Cells], kind: int) -> Difference | None:
    from trustgauge.stats.paired_rates import paired_difference, paired_sums

    arms = sorted({arm for cells in groups for arm in cells})
    return paired_difference(
        paired_sums(tuple(cells[arm][kind] if arm in cells else NOTHING for arm in arms) for cells in groups)
    )


def scores_apart(first: tuple[Triple, Triple, Triple], second: tuple[Triple, Triple, Triple]) -> Three:
    """Differences of two scores taken as independent; what is missing as in `differences`."""
    from trustgauge.stats.paired import jackknifed

    def less(a: Triple, b: Triple) -> Difference | None:
        one, two = (Measured(score=t[0], low=t[1], high=t[2]) for t in (a, b))
        return jackknifed(one, two, [], 0)

    return less(first[0], second[0]), less(first[2], second[1]), less(first[1], second[2])
