"""An instrument as shown to people: what `trustgauge show` prints and what the page of its sub-category holds."""

from __future__ import annotations

from itertools import groupby

import msgspec

from trustgauge.generate.standin import standin_texts
from trustgauge.suites import Task
from trustgauge.types import Case, Message, Record, Reply, assistant

LOOKED_AT = 240  # cases from which kinds, wordings and numbers are told
MOST_KINDS = 8
AFRESH = Message("system", "(asked afresh)")
"""Stands in an example where the next question begins a new conversation."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One case as a conversation: its turns, answered well up to the last, and what would be good and bad there."""

    case: Case
    turns: tuple[Message, ...]
    good: str
    bad: str


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """A task: an example of each kind of case, its wordings, how its score is made and the numbers beside it."""

    examples: tuple[Example, ...]
    templates: tuple[str, ...]
    method: str
    metrics: tuple[str, ...]


def judged_by(task: Task) -> str:
    """The judge's name, and the rubric by which a model judges the same where replies are open."""
    judge = task.judge
    return f"{judge.id}; with --judge by the rubric '{judge.rubric}'" if judge.rubric else judge.id


def instrument(task: Task) -> Instrument:
    """What there is to show of a task, from its own first cases."""
    cases = list(task.generate(0, LOOKED_AT, standin_texts(0)))
    first = {case.kind: case for case in reversed(cases)}
    kinds = list(dict.fromkeys(case.kind for case in cases))[:MOST_KINDS]
    records = [_record(task, case) for case in cases]
    measured = task.measure(list(part) for _, part in groupby(records, key=lambda r: r.case.group))
    return Instrument(
        examples=tuple(_example(task, first[kind]) for kind in kinds),
        templates=tuple(sorted({case.template for case in cases})),
        method=measured.method,
        metrics=tuple(measured.metrics),
    )


def _asked(task: Task, case: Case) -> list[tuple[tuple[Message, ...], str]]:
    """Each question of a conversation that is answered well, with the answer."""
    talked = task.talk(case, lambda ask: (task.gold(case, ask.messages).good or ("",))[0])
    return [(ask.messages, reply.text) for ask, reply in talked]


def _record(task: Task, case: Case) -> Record:
    replies = tuple(Reply(text=text) for _, text in _asked(task, case))
    return Record(case=case, replies=replies, verdict=task.judge(case, replies))


def _example(task: Task, case: Case) -> Example:
    shown: list[Message] = []
    held: tuple[Message, ...] = ()
    last, good = case.messages, ""
    for last, good in _asked(task, case):
        if held and last[: len(held)] != held:
            shown.append(AFRESH)
            held = ()
        shown += [*last[len(held) :], assistant(good)]
        held = (*last, assistant(good))
    bad = (task.gold(case, last).bad or ("",))[0]
    return Example(case=case, turns=tuple(shown[:-1]), good=good, bad=bad)
