"""Design: what a run asks in all, by task, side and arm, known before anything is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import msgspec

from trustgauge.gating.policy import Part
from trustgauge.stats.measures import Rated
from trustgauge.suites import Task
from trustgauge.taxonomy import SUB_CATEGORIES
from trustgauge.types import Case, Record

SIDES: Mapping[str, Sequence[bool]] = {"harmful": (False,), "over-refusal": (True,)}
"""Which cases a rule counts, by twin; both where it is not named here."""
_Kind = TypeVar("_Kind", bool, str)


class Count(msgspec.Struct, frozen=True, array_like=True):
    """Cases of one kind that a task asks in all, and the most of them that a group has."""

    cases: int = 0
    most: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.cases + other.cases, self.most + other.most)


class Design(msgspec.Struct, frozen=True):
    """What a task asks in all, known before anything is answered: groups, cases by side, and the arms of its score.

    arms is empty where the score is no plain mean over arms.
    """

    groups: int
    dont: Count
    do: Count
    arms: dict[str, Count] = {}

    @property
    def cases(self) -> int:
        """On both sides."""
        return self.dont.cases + self.do.cases


def design(task: Task, cases: Iterable[Case]) -> Design:
    """The design of a task that asks these cases."""
    groups = 0
    sides, arms = {False: Count(), True: Count()}, dict[str, Count]()
    for _, group in groupby(cases, key=lambda case: case.group):
        groups += 1
        mine = list(group)
        _count(sides, [case.twin for case in mine])
        if isinstance(task.measure, Rated):
            _count(arms, [task.measure.arm(Record(case=case)) for case in mine])
    return Design(groups, sides[False], sides[True], arms)


def _count(counts: dict[_Kind, Count], kinds: Iterable[_Kind]) -> None:
    """Add one group."""
    for kind, n in Counter(kinds).items():
        known = counts.get(kind, Count())
        counts[kind] = Count(known.cases + n, max(known.most, n))


def designs_of(until: Mapping[str, Any]) -> dict[str, Design]:
    """The designs as a manifest keeps them."""
    return msgspec.convert(until.get("design", {}), dict[str, Design])


class Stratum(NamedTuple):
    """What each of its cases counts in the rule's mean, and the most of them that a group has."""

    each: float
    most: int


def strata(part: Part, designs: Mapping[str, Design]) -> dict[tuple[str, str], Stratum]:
    """Each stratum, (task, arm) or (task, ""), of the rule's mean; nothing where it is no such mean."""
    mine = {task: found for task, found in designs.items() if part.covers(task) and found.groups}
    if part.rule.what == "score":
        return _score_strata(mine)
    sides = SIDES.get(part.rule.what, (False, True))
    counts = {task: sum((found.do if side else found.dont for side in sides), Count()) for task, found in mine.items()}
    total = sum(count.cases for count in counts.values())
    return {(task, ""): Stratum(1 / total, count.most) for task, count in counts.items() if count.cases}


def _score_strata(designs: Mapping[str, Design]) -> dict[tuple[str, str], Stratum]:
    """Categories alike, their sub-categories alike, the tasks of these, and their arms: as scores are averaged."""
    if not designs or not all(found.arms for found in designs.values()):
        return {}
    tree: dict[str, dict[str, list[str]]] = {}
    for task in designs:
        sub = task.partition("/")[0]
        category = SUB_CATEGORIES[sub].category if sub in SUB_CATEGORIES else sub
        tree.setdefault(category, {}).setdefault(sub, []).append(task)
    return {
        (task, arm): Stratum(1 / len(tree) / len(subs) / len(tasks) / len(designs[task].arms) / count.cases, count.most)
        for subs in tree.values()
        for tasks in subs.values()
        for task in tasks
        for arm, count in designs[task].arms.items()
    }
