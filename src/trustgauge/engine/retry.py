"""Trying again: only what may pass by itself, a bounded number of times, within a bounded total time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import Random

import msgspec
from msgspec.structs import replace

from trustgauge.types import Failure, Outcome


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long one ask is worth waiting for.

    attempts   calls at most for one ask
    total_s    seconds at most between the first call and the last
    first_s    pause after the first failure; doubles each time up to longest_s, with +-25 % jitter
    """

    attempts: int = 6
    total_s: float = 180.0
    first_s: float = 0.5
    longest_s: float = 30.0

    def pause(self, attempt: int, failure: Failure, rng: Random) -> float:
        """Seconds to wait after the given attempt (from 1): the server's Retry-After, or the doubling pause."""
        backoff = min(self.first_s * 2 ** (attempt - 1), self.longest_s) * rng.uniform(0.75, 1.25)
        return max(backoff, failure.retry_after_s or 0.0)


async def persist(call: Callable[[], Awaitable[Outcome]], patience: Patience, rng: Random) -> Outcome:
    """The first reply, or the last failure with the number of attempts it took."""
    began = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        outcome = await call()
        if not isinstance(outcome, Failure):
            return outcome
        pause = patience.pause(attempt, outcome, rng)
        spent = time.monotonic() - began
        if not outcome.transient or attempt >= patience.attempts or spent + pause > patience.total_s:
            return replace(outcome, attempts=attempt)
        await asyncio.sleep(pause)
