"""Answerers of a task without engine or store: a function of (case, ask) instead of a model."""

from __future__ import annotations

from collections.abc import Callable

from trustgauge.suites.base import Task
from trustgauge.types import Ask, Case, Measured, Record, Reply

Responder = Callable[[Case, Ask], str | Reply]


def converse(task: Task, case: Case, respond: Responder) -> list[Reply]:
    """The replies of one conversation."""
    replies: list[Reply] = []
    conversation = task.converse(case)
    ask = next(conversation, None)
    while ask is not None:
        said = respond(case, ask)
        replies.append(said if isinstance(said, Reply) else Reply(text=said))
        try:
            ask = conversation.send(replies[-1])
        except StopIteration:
            return replies
    return replies


def records(task: Task, respond: Responder, n: int = 200, seed: int = 0) -> list[Record]:
    """One record per case, as an engine would store it."""
    done: list[Record] = []
    for case in task.generate(seed, n):
        replies = tuple(converse(task, case, respond))
        done.append(Record(case=case, replies=replies, verdict=task.judge(case, replies)))
    return done


def measured(task: Task, respond: Responder, n: int = 200, seed: int = 0) -> Measured:
    return task.estimate([record] for record in records(task, respond, n, seed))


def gold(task: Task, which: str, at: int = 0) -> Responder:
    def respond(case: Case, ask: Ask) -> str:
        replies = getattr(task.gold(case, ask.messages), which)
        return replies[at % len(replies)]

    return respond


def exact(case: Case) -> list[float]:
    return [float(p) for p in case.slots["exact"].split()]
