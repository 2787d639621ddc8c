"""Three lines of fake data: a model, a judge and cases for tests of single stages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from trustgauge.engine import Job
from trustgauge.types import Ask, Case, Conversation, Options, Outcome, Reply, Verdict, user


class FakeModel:
    """Answers by a function of (ask, case, draw, call number) and remembers what it was asked."""

    in_process = True
    revision = ""
    options = Options()

    def __init__(self, answer: Callable[[Ask, Case, int, int], Outcome] | None = None, pause_s: float = 0.0) -> None:
        self.id = "fake/model"
        self.asked: list[Ask] = []
        self.most_at_once = 0
        self._now = 0
        self._pause_s = pause_s
        self._answer = answer or (lambda ask, case, draw, call: Reply(text=f"echo {ask.messages[-1].content}"))

    async def reply(self, ask: Ask, case: Case, draw: int) -> Outcome:
        self.asked.append(ask)
        call = len(self.asked)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.sleep(self._pause_s)
        self._now -= 1
        return self._answer(ask, case, draw, call)

    async def close(self) -> None:
        pass


def always_good(case: Case, replies: Sequence[Reply]) -> Verdict:
    return Verdict(label="good", reason="fine", judge="fake@1")


def case(i: int = 0, task: str = "violence/fake", **fields: object) -> Case:
    made = Case(messages=(user(f"question {i}"),), task=task, **fields)  # type: ignore[arg-type]
    return made.of(task, group=made.id)


def one_turn(c: Case) -> Conversation:
    yield Ask(messages=c.messages)


def jobs(n: int, converse: Callable[[Case], Conversation] = one_turn, draws: int = 1) -> list[Job]:
    return [Job(case(i), draw, i, converse, always_good) for i in range(n) for draw in range(draws)]
