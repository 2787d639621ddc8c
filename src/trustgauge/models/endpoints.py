"""Endpoints: the addresses that serve one model, chosen by weight, left alone for a while where they fail.

Each has a circuit. It opens after FAILURES failures in a row (no connection, no answer in time, a 5xx) and the
endpoint rests for FIRST_S seconds; then one call is let through. Where that fails too, the rest doubles, up to
LONGEST_S; any answer closes the circuit. A 429 with a Retry-After makes an endpoint rest until then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from trustgauge.models.base import LONGEST_PAUSE_S
from trustgauge.models.http import Answer, Http
from trustgauge.models.problems import phrase
from trustgauge.types import Failure, FailureKind

FAILURES = 5
"""Failures in a row that open a circuit."""

FIRST_S, LONGEST_S = 1.0, 60.0
"""Seconds that a failing endpoint rests at first, and at most."""

Clock = Callable[[], float]


class Endpoint:
    """One address and its circuit. `weight` is its share of the calls beside the others'."""

    def __init__(self, http: Http, weight: int = 1, clock: Clock = time.monotonic) -> None:
        self.http, self.weight = http, weight
        self.in_flight = 0
        self.turn = 0  # grows by the weight in every choice lost to an equal
        self.last: Answer | Failure | None = None  # the outcome it rests for, or would
        self._clock = clock
        self._failed = 0  # in a row
        self._rest_s = 0.0  # above 0: the circuit is open
        self._until = self._paused_until = 0.0
        self.on_trial = False

    def wait_s(self, now: float) -> float:
        """Seconds until it takes a call: 0 where it does now."""
        wait = max(self._until, self._paused_until) - now
        return max(wait, FIRST_S) if self.on_trial else max(wait, 0.0)

    async def post(self, body: bytes, timeout_s: float) -> Answer | Failure:
        """One POST, whose outcome moves the circuit; one that is cancelled doesn't."""
        probe = self._rest_s > 0
        self.on_trial |= probe
        self.in_flight += 1
        try:
            outcome = await self.http.post(body, timeout_s)
        finally:
            self.in_flight -= 1
            if probe:
                self.on_trial = False
        if _failed(outcome):
            self._fails(outcome, probe)
        else:
            self._failed, self._rest_s, self._until = 0, 0.0, 0.0
            limited = isinstance(outcome, Answer) and outcome.status == 429
            if limited and 0 < (outcome.retry_after_s or 0.0) <= LONGEST_PAUSE_S:
                self.last = outcome
                self._paused_until = self._clock() + (outcome.retry_after_s or 0.0)
        return outcome

    def state(self, now: float) -> str:
        """Why it takes no call now; "" where it does, or where a single call is to show whether it may."""
        if self._rest_s > 0:
            wait = max(self._until - now, 0.0)
            return f"{self.http.where}: circuit open, next try in {wait:.0f} s, last: {_words(self.last)}"
        if self._paused_until > now:
            return f"{self.http.where}: told to wait, {self._paused_until - now:.0f} s more, last: {_words(self.last)}"
        return ""

    def _fails(self, outcome: Answer | Failure, probe: bool) -> None:
        self.last = outcome
        self._failed += 1
        if probe:
            self._rest_s = min(2 * self._rest_s, LONGEST_S)
        elif self._failed >= FAILURES and not self._rest_s:
            self._rest_s = FIRST_S
        else:
            return  # sent before the circuit opened: nothing new
        self._until = self._clock() + self._rest_s


class Endpoints:
    """Several addresses as one: posts, closes and is timed as `Http` is.

    A call goes to the endpoint with the fewest calls under way for its weight, equals by turns. Where it meets no
    connection, a 5xx or a 429, it goes on to the next at once, each once at most and all in one time limit; a call
    that found no answer in time has none left. Where all rest, the answer is at once the failure they rest for,
    with the time until the first is tried again, or None while that is being tried; it has `attempts=0`, since
    nothing was sent.
    """

    def __init__(self, served: Sequence[tuple[Http, int]], clock: Clock = time.monotonic) -> None:
        self._all = [Endpoint(http, weight, clock) for http, weight in served]
        self._clock = clock
        self.where = ", ".join(one.http.where for one in self._all)
        self.timeout_s = self._all[0].http.timeout_s

    def __repr__(self) -> str:
        return f"Endpoints({self.where})"

    async def post(self, body: bytes, timeout_s: float | None = None) -> Answer | Failure:
        """One POST, to as many endpoints as it takes. Raises only cancellation."""
        now = self._clock()
        deadline = now + (self.timeout_s if timeout_s is None else timeout_s)
        tried: list[Endpoint] = []
        outcome = None
        while now < deadline and (endpoint := self._choose(now, tried)):
            outcome = await endpoint.post(body, deadline - now)
            if not _may_do_elsewhere(outcome):
                return outcome
            tried.append(endpoint)
            now = self._clock()
        return outcome or self._resting(now)

    async def close(self) -> None:
        """Close all connections."""
        for one in self._all:
            await one.http.close()

    def state(self) -> str:
        """One phrase for each endpoint that takes no calls now, and why; "" where all do."""
        now = self._clock()
        return "; ".join(said for one in self._all if (said := one.state(now)))

    def _choose(self, now: float, tried: Sequence[Endpoint]) -> Endpoint | None:
        ready = [one for one in self._all if one.wait_s(now) <= 0 and one not in tried]
        if len(ready) < 2:
            return ready[0] if ready else None
        least = min(one.in_flight / one.weight for one in ready)
        equal = [one for one in ready if one.in_flight / one.weight == least]
        for one in equal:
            one.turn += one.weight
        chosen = max(equal, key=lambda one: one.turn)
        chosen.turn -= sum(one.weight for one in equal)
        return chosen

    def _resting(self, now: float) -> Answer | Failure:
        """The outcome of a call that no endpoint takes."""
        first = min(self._all, key=lambda one: one.wait_s(now))
        last = first.last
        wait = None if any(one.on_trial for one in self._all) else first.wait_s(now)
        if len(self._all) > 1 or last is None:
            message = f"none of the {len(self._all)} endpoints takes calls now, last: {_words(last)}"
            return Failure(kind=_kind(last), message=message, transient=True, retry_after_s=wait, attempts=0)
        if isinstance(last, Failure):
            return replace(last, retry_after_s=wait, attempts=0)
        return replace(last, retry_after_s=wait, sent=False)


def _failed(outcome: Answer | Failure) -> bool:
    """Whether the server could not be reached, or was not up to the call."""
    if isinstance(outcome, Answer):
        return outcome.status >= 500
    return outcome.kind in ("connect", "timeout")


def _may_do_elsewhere(outcome: Answer | Failure) -> bool:
    if isinstance(outcome, Answer):
        return outcome.status >= 500 or outcome.status == 429
    return outcome.kind == "connect"


def _kind(last: Answer | Failure | None) -> FailureKind:
    if isinstance(last, Answer):
        return "rate_limit" if last.status == 429 else "server"
    return last.kind if last else "connect"


def _words(last: Answer | Failure | None) -> str:
    if isinstance(last, Answer):
        return f"{last.where} answered {last.status}{phrase(last.status)}"
    return last.message if last else "nothing"
