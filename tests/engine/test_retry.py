"""Patience: bounded in number and time, honouring Retry-After."""

from __future__ import annotations

import asyncio
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from trustgauge.engine.retry import Patience, persist
from trustgauge.types import Failure, Outcome, Reply

BUSY = Failure(kind="rate_limit", message="429", transient=True)


@given(attempt=st.integers(1, 50), first=st.floats(0.01, 5), longest=st.floats(5, 60))
def test_pauses_grow_but_stay_bounded(attempt: int, first: float, longest: float) -> None:
    pause = Patience(first_s=first, longest_s=longest).pause(attempt, BUSY, Random(0))
    assert 0 < pause <= longest * 1.25


def test_retry_after_is_the_least_pause() -> None:
    asked = Failure(kind="rate_limit", message="429", transient=True, retry_after_s=7.0)
    assert Patience().pause(1, asked, Random(0)) >= 7.0


def test_a_retry_after_beyond_the_total_ends_at_once() -> None:
    asked = Failure(kind="rate_limit", message="429", transient=True, retry_after_s=3600.0)

    async def call() -> Outcome:
        return asked

    outcome = asyncio.run(persist(call, Patience(total_s=60), Random(0)))
    assert isinstance(outcome, Failure)
    assert outcome.attempts == 1


def test_the_first_reply_ends_it() -> None:
    outcomes: list[Outcome] = [BUSY, BUSY, Reply(text="there")]

    async def call() -> Outcome:
        return outcomes.pop(0)

    patience = Patience(first_s=0.001)
    assert asyncio.run(persist(call, patience, Random(0))) == Reply(text="there")
