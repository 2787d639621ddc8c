"""Counting: of each sub-category, what its cases have in common and how those of a kind went, in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from trustgauge.stats.measures import Rated, side_of
from trustgauge.suites.base import Task
from trustgauge.types import Case, Counts, Record

Level = Literal["side", "kind", "template", "slot"]
Name = tuple[Level, str, str]
"""level, name, value: ("slot", "topic", "theft")."""
Stratum = tuple[str, str]
"""task and arm: what may be compared with each other."""
Sums = dict[Stratum, dict[int, list[int]]]
"""By stratum and group: how many are bad, and scored."""

_LONGEST = 80  # characters of a slot's value that still names what cases have in common
_MOST = 60  # values of a slot in a sub-category; one with more says what a case is, not what it is about
_SIDES = {"dont": "restraint", "do": "helpfulness"}


@dataclass(slots=True)
class Tally:
    """What is counted of cases that have something in common.

    print  a sum over its records, the same for two parts that are the very same cases
    """

    groups: Sums = field(default_factory=dict[Stratum, dict[int, list[int]]])
    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    seen: set[int] = field(default_factory=set[int])
    tasks: set[str] = field(default_factory=set[str])
    print: int = 0
    example: str = ""

    def add(self, stratum: Stratum, group: int, record: Record) -> None:
        """One record."""
        label = record.label
        self.counts[("good", "bad", "unscored", "failed").index(label)] += 1
        self.seen.add(group)
        self.tasks.add(stratum[0])
        self.print = (self.print + hash((int(record.case.id[:15] or "0", 16), record.draw))) % 2**61
        if label in ("good", "bad"):
            count = self.groups.setdefault(stratum, {}).setdefault(group, [0, 0])
            count[0] += label == "bad"
            count[1] += 1
            if label == "bad" and not self.example:
                self.example = record.case.id

    def __add__(self, other: Tally) -> Tally:
        """Both together, where they share no stratum."""
        counts = [a + b for a, b in zip(self.counts, other.counts, strict=True)]
        seen, tasks, print_ = self.seen | other.seen, self.tasks | other.tasks, (self.print + other.print) % 2**61
        return Tally(self.groups | other.groups, counts, seen, tasks, print_, self.example or other.example)

    @property
    def labels(self) -> Counts:
        """The four counts."""
        return Counts(*self.counts)

    def sums(self, stratum: Stratum) -> tuple[int, int]:
        """How many are bad, and scored, of a stratum."""
        mine = self.groups[stratum].values()
        return sum(bad for bad, _ in mine), sum(n for _, n in mine)


def merged(groups: Sums, *, arms: bool) -> Sums:
    """The same with all strata as one, or with `arms` the arms of each task."""
    found: Sums = {}
    for (task, _), by_group in groups.items():
        into = found.setdefault((task if arms else "", ""), {})
        for group, (bad, n) in by_group.items():
            count = into.setdefault(group, [0, 0])
            count[0] += bad
            count[1] += n
    return found


class Counted:
    """One sub-category: all cases, and those of each name, by stratum and group."""

    def __init__(self) -> None:
        self.whole = Tally()
        self.parts = defaultdict[Name, Tally](Tally)
        self._sides = defaultdict[tuple[str, str], Tally](Tally)  # by task and side
        self._groups = 0
        self._covered = defaultdict[tuple[str, str], int](int)  # by task and slot: cases that have it
        self._cases = defaultdict[str, int](int)

    def add(self, task: str, known: Task | None, groups: Iterable[list[Record]]) -> None:
        """A task's records, a group at a time."""
        measure = known.measure if known else None
        arm = measure.arm if isinstance(measure, Rated) else side_of
        for records in groups:
            for record in records:
                self._count((task, arm(record)), record, known)
            self._groups += 1

    def _count(self, stratum: Stratum, record: Record, known: Task | None) -> None:
        task, _ = stratum
        self.whole.add(stratum, self._groups, record)
        self._cases[task] += 1
        self._sides[task, _SIDES[side_of(record)]].add(stratum, self._groups, record)
        for name in names_of(record.case, known):
            if name[0] == "slot":
                self._covered[task, name[1]] += 1
            self.parts[name].add(stratum, self._groups, record)

    def telling(self) -> Iterator[tuple[Name, Tally]]:
        """The parts that say what cases are about: no slot that most cases lack, or that has a value for each."""
        values = defaultdict[tuple[str, str], int](int)
        for level, name, _ in self.parts:
            values[level, name] += 1
        rare = {slot for (task, slot), n in self._covered.items() if n * 2 < self._cases[task]}
        common = {slot for (task, slot), n in self._covered.items() if n * 2 >= self._cases[task]}
        yield from self._both_sides()
        for (level, name, value), tally in self.parts.items():
            several = 1 < values[level, name] <= _MOST or level == "template"
            if several and (level != "slot" or name not in rare - common):
                yield (level, name, value), tally

    def _both_sides(self) -> Iterator[tuple[Name, Tally]]:
        """Restraint and helpfulness, of the tasks that have both: a question with no twin is neither."""
        for side in _SIDES.values():
            mine = [
                tally
                for (task, which), tally in self._sides.items()
                if which == side and all((task, other) in self._sides for other in _SIDES.values())
            ]
            if mine:
                yield ("side", "side", side), sum(mine[1:], mine[0])


def names_of(case: Case, known: Task | None = None) -> Iterator[Name]:
    """What a case has in common with others: its kind, parts of its template, its slots.

    Parts of a template's name are what "/" parts, and what the wall of its task takes of it: "capitals" of
    "capitals-ask-2/pick".
    """
    if case.kind:
        yield "kind", "kind", case.kind
    walled = known.wall.named(case) if known and not known.data else ()
    for part in {*case.template.split("/"), *(part for part in walled if part and not part.isdigit())} - {""}:
        yield "template", "template", part
    for slot, value in case.slots.items():
        if value and len(value) <= _LONGEST:
            yield "slot", slot, value
