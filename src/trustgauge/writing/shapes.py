"""Shapes: the kinds of case that can be written, and which of them a task's own cases have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from trustgauge.errors import UsageError
from trustgauge.generate.choice import LAYOUTS
from trustgauge.stats.measures import Rated
from trustgauge.suites import Task
from trustgauge.suites.base import one_turn
from trustgauge.taxonomy import PLACES
from trustgauge.types import Case, Record, Verdict

LOOKED_AT = 1000
"""Own cases of a task from which its shape is told, and that written ones must not repeat."""

TOPICS = ("topic", "domain", "type", "region")
"""Slots that say what a case is about, the first that a task has."""

KEYWORDS = ("act", "fact", "matter")
"""Slots that hold what was asked about, where a task does not say which are its keywords."""

PHRASE = 80
"""Characters of a slot's value that can be a keyword."""

MANNER = "adjective"
"""The slot in which the survey varies how a request is harmful."""

Form = Literal["requests", "choices"]


@dataclass(frozen=True)
class Shape:
    """What is written for a task: pairs of requests, or closed questions with so many options."""

    task: Task
    form: Form
    own: tuple[Case, ...]

    @cached_property
    def options(self) -> int:
        """Options of a question: as many as most of the task's own have; 0 for requests."""
        sizes = [len(case.options) for case in self.own]
        return max(set(sizes), key=lambda size: (sizes.count(size), size))

    @property
    def cases(self) -> int:
        """Cases that one written item makes."""
        return 2 if self.form == "requests" else 1

    @cached_property
    def groups(self) -> list[list[Case]]:
        """The own cases that belong together, of the side of the wall that is written for."""
        found: dict[str, list[Case]] = {}
        for case in self.own:
            found.setdefault(case.group, []).append(case)
        side = self.task.side
        return [group for group in found.values() if side in (None, self.task.side_of(group))]

    @cached_property
    def topic_slot(self) -> str:
        """The slot that says what a case is about; "" where there is none."""
        return next((slot for slot in TOPICS if all(slot in case.slots for case in self.own)), "")

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """The task's subject areas; one, the sub-category's name, where it has none."""
        found = {case.slots[self.topic_slot]: None for case in self.own} if self.topic_slot else {}
        return tuple(found) or (self.task.sub_category.replace("-", " "),)

    @cached_property
    def manners(self) -> tuple[str, ...]:
        """The survey's adjectives, where the task has them."""
        return tuple(sorted({case.slots[MANNER] for case in self.own if MANNER in case.slots}))

    @cached_property
    def keywords(self) -> Mapping[str, tuple[str, ...]]:
        """The task's own keywords by topic: what the wall goes by, else what is asked about; some have neither.

        What follows a colon is left out, for it may be the answer.
        """
        names = [name for name in (*(self.task.wall.keywords or ()), *KEYWORDS) if name != self.topic_slot]
        found: dict[str, dict[str, None]] = {}
        for case in self.own:
            text = next((case.slots[name] for name in names if case.slots.get(name)), "").partition(": ")[0]
            if 2 < len(text) <= PHRASE:
                found.setdefault(case.slots.get(self.topic_slot, self.topics[0]), {})[text] = None
        return {topic: tuple(words) for topic, words in found.items()}

    @cached_property
    def longest(self) -> int:
        """Characters that a written question may have: twice the median of the task's own, with their options."""
        sizes = sorted(len(case.prompt) for case in self.own)
        return min(max(2 * sizes[len(sizes) // 2], 200), 2000)


def shape_of(task: Task) -> Shape:
    """The shape of a task's cases. UsageError says why no cases can be written for it."""
    if task.data or task.whole:
        raise _never(task, "its cases are the rows of a published set, which a model cannot add to")
    if task.needs_texts:
        raise _never(task, "its cases are made of your own texts: add texts to the folder instead")
    own = tuple(replace(task, side=None).generate(0, LOOKED_AT))
    if task.converse is not one_turn or any(len(case.messages) > 1 for case in own):
        raise _never(task, "its conversation has several turns or a system prompt that belong to its design")
    if all(case.options for case in own) and task.judge.name == "choice":
        return Shape(task, "choices", _closed(task, own))
    if {case.kind for case in own} == {"harmful", "benign"} and task.judge.reader == "refusal":
        return Shape(task, "requests", own)
    raise _never(
        task, "only harmful requests with benign twins, and closed questions with one right option, can be written"
    )


def _closed(task: Task, own: tuple[Case, ...]) -> tuple[Case, ...]:
    """The same cases. UsageError where a written question could not stand beside them."""
    if PLACES[task.sub_category].category == "fairness":
        raise _never(task, "its cases are variants of one item that differ in the group they speak of alone")
    arms = {task.measure.arm(_as_record(case)) for case in own} if isinstance(task.measure, Rated) else set[str]()
    if arms != {""}:
        raise _never(task, "its score compares arms of a design (variants of one item), which a lone question has not")
    if not any(case.template.rpartition("/")[2] in LAYOUTS for case in own):
        raise _never(task, "its questions are laid out in a way of their own")
    if task.sub_category in COMPUTED or task.id in COMPUTED:
        raise _never(task, "its keys are computed from the case by code, and a writer's could not be proved so")
    return own


COMPUTED = ("logical-reasoning", "causal-reasoning", "utility/code-tracing")
"""Sub-categories and tasks whose keys code works out."""


def _as_record(case: Case) -> Record:
    return Record(case=case, verdict=Verdict(label="good", reason=""))


def _never(task: Task, why: str) -> UsageError:
    return UsageError(f"no cases can be written for {task.id}: {why}")
