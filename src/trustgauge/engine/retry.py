"""Trying again: only what may pass by itself, a bounded number of times, within a bounded total time."""

from __future__ import annotations

from random import Random

import msgspec

from trustgauge.types import Failure


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

    def lasts(self, calls: int, spent_s: float, failure: Failure) -> bool:
        """Whether another call is worth while after so many, if it would start spent_s after the first."""
        return failure.transient and calls < self.attempts and spent_s <= self.total_s
