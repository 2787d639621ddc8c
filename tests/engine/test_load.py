"""Load: first come first served, as many as everything allows, and never stuck."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from trustgauge.engine import Budget, Limits, Load
from trustgauge.engine.load import Pass, Spent
from trustgauge.types import Ask, Failure, Outcome, Reply, Usage, user

ASK = Ask(messages=(user("How are you?"),))
FINE = Reply(text="Fine.", usage=Usage(5, 2))


def run(made: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(made, 20))


async def call(load: Load, seconds: float = 0.0, outcome: Outcome | None = FINE) -> None:
    entered = await load.enter(ASK, 10)
    await asyncio.sleep(seconds)
    load.leave(entered, outcome)


def test_no_more_than_the_ceiling_are_in_flight() -> None:
    async def check() -> None:
        load, most = Load(3, adaptive=False), 0

        async def counted() -> None:
            nonlocal most
            entered = await load.enter(ASK, 10)
            most = max(most, load.in_flight)
            await asyncio.sleep(0.001)
            load.leave(entered, FINE)

        await asyncio.gather(*(counted() for _ in range(30)))
        assert (most, load.in_flight) == (3, 0)

    run(check())


def test_who_came_first_goes_first() -> None:
    async def check() -> None:
        load, order = Load(1, adaptive=False), list[int]()

        async def numbered(i: int) -> None:
            entered = await load.enter(ASK, 10)
            order.append(i)
            await asyncio.sleep(0)
            load.leave(entered, FINE)

        await asyncio.gather(*(numbered(i) for i in range(20)))
        assert order == list(range(20))

    run(check())


def test_a_push_back_halves_and_answers_bring_it_back() -> None:
    async def check() -> None:
        load = Load(64)
        before = load.limit
        await call(load, outcome=Failure(kind="rate_limit", message="429", transient=True))
        assert load.limit == before // 2
        for _ in range(60):
            await asyncio.gather(*(call(load, 0.0005) for _ in range(load.limit)))
        assert load.limit > before // 2

    run(check())


@pytest.mark.parametrize(("answers_between", "halves"), [(0, True), (30, False)])
def test_one_hung_call_is_no_overload_but_several_are(answers_between: int, halves: bool) -> None:
    async def check() -> None:
        load, late = Load(64), Failure(kind="timeout", message="no answer", transient=True)
        before = load.limit
        await call(load, outcome=late)
        assert load.limit == before
        for _ in range(answers_between):
            await call(load)
        await call(load, outcome=late)
        assert (load.limit == before // 2) is halves

    run(check())


def test_a_retry_after_stops_all_sending_for_so_long() -> None:
    async def check() -> None:
        load = Load(8)
        asked = Failure(kind="rate_limit", message="429", transient=True, retry_after_s=0.3)
        await call(load, outcome=asked)
        began = time.monotonic()
        waiting = asyncio.create_task(call(load))
        await asyncio.sleep(0)
        assert "sending pauses" in load.waiting_for()
        await waiting
        assert time.monotonic() - began > 0.25
        assert load.waiting_for() == ""

    run(check())


def test_an_absurd_retry_after_stops_nobody_else() -> None:
    async def check() -> None:
        load = Load(8)
        await call(load, outcome=Failure(kind="rate_limit", message="429", transient=True, retry_after_s=1e9))
        await call(load)

    run(check())


def test_limits_are_waited_for_and_named() -> None:
    async def check() -> None:
        load = Load(8, limits=Limits(rpm=240))
        began = time.monotonic()
        tasks = [asyncio.create_task(call(load)) for _ in range(5)]
        await asyncio.sleep(0)
        assert "--rpm" in load.waiting_for()
        await asyncio.gather(*tasks)
        assert time.monotonic() - began > 0.5

    run(check())


def test_tokens_a_minute_are_used_to_the_full_and_no_further() -> None:
    """A call has 7 tokens and is bound at 280 at first; 6,000 a minute are room for some 850, and no more."""

    async def check() -> None:
        load, done = Load(8, adaptive=False, limits=Limits(tpm=6000)), 0

        async def counted() -> None:
            nonlocal done
            await call(load)
            done += 1

        tasks = [asyncio.create_task(counted()) for _ in range(1000)]
        await asyncio.wait(tasks, timeout=3.0)
        assert 0.95 * 6000 <= 7 * done <= 6000
        assert "--tpm" in load.waiting_for()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run(check())


def test_a_spent_budget_ends_all_who_wait() -> None:
    async def check() -> None:
        budget = Budget(1e-6, 1.0, 1.0)  # less than one call costs
        load = Load(8, budget=budget)
        ended = await asyncio.gather(*(call(load) for _ in range(20)), return_exceptions=True)
        assert [type(e) for e in ended if e] == [Spent] * 19, "one call may go past, no second one"
        assert budget.spent == pytest.approx(7e-6)
        with pytest.raises(Spent):
            await load.enter(ASK, 10)

    run(check())


def test_a_budget_lets_many_in_at_once_while_they_fit() -> None:
    async def check() -> None:
        load, most = Load(8, adaptive=False, budget=Budget(1.0, 1.0, 1.0)), 0

        async def counted() -> None:
            nonlocal most
            entered = await load.enter(ASK, 10)
            most = max(most, load.in_flight)
            await asyncio.sleep(0.001)
            load.leave(entered, FINE)

        await asyncio.gather(*(counted() for _ in range(16)))
        assert most == 8

    run(check())


@pytest.mark.parametrize("moment", ["waiting", "let in"])
def test_who_is_cancelled_holds_nobody_up(moment: str) -> None:
    async def check() -> None:
        load = Load(1, adaptive=False)
        first: Pass = await load.enter(ASK, 10)
        second, third = asyncio.create_task(call(load)), asyncio.create_task(call(load))
        await asyncio.sleep(0)
        if moment == "let in":
            load.leave(first, FINE)  # the second has been let in, and doesn't know it yet
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        if moment == "waiting":
            load.leave(first, FINE)
        await third
        assert load.in_flight == 0

    run(check())
