"""A rubric in the hands of a model: the conversation with the judge, and the verdict it ends in."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from msgspec.structs import replace

from trustgauge.judges.base import Reading, bad, good, unscored
from trustgauge.judges.rubric import (
    LONGEST,
    MORE_ROOM,
    YES_NO,
    Answer,
    Item,
    Rubric,
    again,
    cut_short,
    first_ask,
    read_answer,
)
from trustgauge.types import Ask, Case, Message, Reply, Verdict

T = TypeVar("T")
ATTEMPTS = 3
"""Answers at most that a judge may give to one question before its verdict counts as unreadable."""

UNREADABLE = "unreadable verdict"

Judging = Generator[Ask, Reply, Verdict]
"""Yields what to ask the judge, is sent its answers, returns the verdict."""


@dataclass(frozen=True)
class Turn:
    """A reply to be judged, and the talk that led to it."""

    talk: Sequence[Message]
    reply: str


@dataclass(frozen=True)
class ModelJudge:
    """Judges by a rubric, asking the model of that id."""

    rubric: Rubric
    model: str

    @property
    def id(self) -> str:
        """name@version#hash[model], as stored with every verdict."""
        return self._id

    @cached_property
    def _id(self) -> str:  # the hash is made of all that is asked, and the name needed with every record
        return f"{self.rubric.id}[{self.model}]"

    def judging(self, case: Case, turns: Sequence[Turn]) -> Judging:
        """The conversation about one case: its last reply is judged, the talk before is shown."""
        if not turns:
            return self._stamped(unscored("no reply"))
        judge = self._items if self.rubric.items else self._one
        verdict = yield from judge(case, turns[-1], self.rubric.side(case))
        return self._stamped(verdict)

    def verdict(self, case: Case, turns: Sequence[Turn], answers: Sequence[Reply]) -> Verdict:
        """The verdict from all of the judge's answers, which `judging` has got."""
        return ended(self.judging(case, turns), answers) or self._stamped(unscored(UNREADABLE))

    def _stamped(self, verdict: Verdict) -> Verdict:
        return replace(verdict, judge=self.id)

    def _one(self, case: Case, turn: Turn, side: str) -> Judging:
        answer = yield from self._answer(case, turn, None)
        if answer is None:
            return unscored(UNREADABLE)
        reading = Reading(answer.word, answer.evidence)
        make = {"good": good, "bad": bad, "unscored": unscored}[self.rubric.label(answer.word, side)]
        return make(answer.word, reading)

    def _items(self, case: Case, turn: Turn, side: str) -> Judging:
        """Each item by itself: good where all hold; one that can't be told leaves what else holds unscored."""
        values = dict[str, float]()
        fault, open_, evidence = "", "", ""
        for item in self.rubric.items:
            if side not in item.sides:
                continue
            answer = yield from self._answer(case, turn, item)
            if answer is None or answer.word not in ("yes", "no"):
                open_ = open_ or (UNREADABLE if answer is None else f"unclear: {item.name}")
                continue
            values[item.name] = float(answer.word == item.holds)
            if not values[item.name] and not fault:
                fault, evidence = item.name, answer.evidence
        if fault:
            return bad(f"not: {fault}", Reading("failed", evidence), **values)
        return unscored(open_, None, **values) if open_ else good("all items hold", Reading("passed"), **values)

    def _answer(self, case: Case, turn: Turn, item: Item | None) -> Generator[Ask, Reply, Answer | None]:
        """A readable answer to one question."""
        rubric = self.rubric
        words, shown_by = (YES_NO, ("yes",)) if item else (rubric.words, rubric.shown_by)
        first = first_ask(rubric, item, case, turn.talk, turn.reply)
        return (yield from readable(first, lambda text: read_answer(text, words, shown_by, turn.reply)))


def readable(first: Ask, read: Callable[[str], Answer | None]) -> Generator[Ask, Reply, Answer | None]:
    """A judge's answer as read, asked for again while it can't be, ATTEMPTS times in all; None where it never can."""
    ask, limit = first, LONGEST
    for attempt in range(1, ATTEMPTS + 1):
        reply = yield ask
        if reply.status in ("complete", "truncated") and (answer := read(reply.text)):
            return answer
        limit *= MORE_ROOM if cut_short(reply) else 1
        ask = again(first, attempt, limit)
    return None


def ended(talk: Generator[Ask, Reply, T], answers: Sequence[Reply]) -> T | None:
    """What a conversation with a judge returns, given all of its answers; None where these do not end it."""
    try:
        next(talk)
        for answer in answers:
            talk.send(answer)
    except StopIteration as end:
        return end.value
    return None
