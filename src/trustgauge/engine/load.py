"""Load: who may send now. Joins adaptive concurrency, limits a minute, the budget and the server's own pauses."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic

from trustgauge.engine.budget import PROMPT_EXTRA, Budget
from trustgauge.engine.climb import Climb
from trustgauge.engine.limits import Limits, Ticket
from trustgauge.models.base import LONGEST_PAUSE_S
from trustgauge.types import Ask, Failure, Outcome, Reply

_LATE = 2.0  # calls without an answer in time, less a twentieth for each that had one, that tell of overload:
_IN_TIME = 0.05  # a single hung connection doesn't
_NOT_TAKEN = ("rate_limit", "connect", "auth", "not_found", "bad_request")  # cost no tokens
_FIRST_OUTPUT = 2048  # tokens that a reply without a limit is taken to have at most, until ...
_TELLING = 20  # ... so many replies tell what is usual, and
_RATHER = 1.25  # times the most of them is what the next is taken to have


class Spent(Exception):  # noqa: N818 - not an error, an ending
    """No further call may start: the budget is used up, or the run halted."""


@dataclass(slots=True)
class Pass:
    """Leave to send one call; to be given back with what came of it."""

    began: float
    epoch: int
    ticket: Ticket | None = None
    reserved: float = 0.0
    prompt_bytes: int = 0


class Load:
    """Leave to send, first come first served, as soon as everything that limits sending allows it.

    ceiling   most calls in flight; with `adaptive`, fewer where the server pushes back
    limits    requests and tokens a minute
    budget    USD; where it is used up, `enter` raises Spent for all who wait
    """

    def __init__(
        self,
        ceiling: int,
        *,
        adaptive: bool = True,
        limits: Limits | None = None,
        budget: Budget | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.ceiling = max(1, ceiling)
        self.in_flight = 0
        self.budget = budget
        self._climb = Climb(self.ceiling) if adaptive else None
        self._limits = limits
        self._sized = budget is not None or limits is not None
        self._clock = clock
        self._paused_until = 0.0
        self._queue: deque[tuple[asyncio.Future[Pass], int, int | None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._replies, self._most_out, self._most_a_byte = 0, 0, 0.0  # what replies so far tell of the next
        self._late = 0.0

    @property
    def limit(self) -> int:
        """Calls that may be in flight now."""
        return self._climb.limit if self._climb else self.ceiling

    async def enter(self, ask: Ask, max_tokens: int | None) -> Pass:
        """Wait for leave to send this ask, whose reply has at most max_tokens (None: unknown). Raises Spent."""
        size = sum(len(message.content.encode()) for message in ask.messages) if self._sized else 0
        if not self._queue and not self._wait(now := self._clock(), size, max_tokens):
            return self._let_in(now, size, max_tokens)
        waiting: asyncio.Future[Pass] = asyncio.get_running_loop().create_future()
        entry = (waiting, size, max_tokens)
        self._queue.append(entry)
        self._admit()
        try:
            return await waiting
        except asyncio.CancelledError:
            if entry in self._queue:
                self._queue.remove(entry)
            elif not waiting.cancelled() and not waiting.exception():
                self.leave(waiting.result(), None)
            raise

    def leave(self, entered: Pass, outcome: Outcome | None) -> None:
        """The call is over; None where it was cut off."""
        now = self._clock()
        busy = self.in_flight >= self.limit
        self.in_flight -= 1
        if self._climb and isinstance(outcome, Reply):
            if self._late:
                self._late = max(self._late - _IN_TIME, 0.0)
            self._climb.answered(now - entered.began, entered.epoch, busy)
        if isinstance(outcome, Failure):
            self._hear(outcome, entered, now)
        if self._sized:
            self._account(entered, outcome)
        if self._queue:
            self._admit()

    def known(self, reply: Reply) -> None:
        """A reply was found in the store: it costs no call, but counts as part of what the budget is for."""
        if self.budget and reply.usage:
            self.budget.count(reply.usage.input_tokens, reply.usage.output_tokens)

    def waiting_for(self) -> str:
        """What keeps the next call from being sent, for people; "" where nothing does."""
        if not self._queue:
            return ""
        now = self._clock()
        if (left := self._paused_until - now) > 0:
            return f"sending pauses for {left:.0f} s, as the server asked"
        _, size, most = self._queue[0]
        if self._limits and (left := self._limits.delay(now, self._tokens(size, most))) > 0:
            return f"the limits a minute (--rpm, --tpm) let the next call go in {left:.0f} s"
        return ""

    def _wait(self, now: float, size: int, max_tokens: int | None) -> float:
        """Seconds until a call may start, 0: now, -1: when another one ends. Raises Spent where none ever may."""
        if self.budget and self.budget.exhausted:
            raise Spent
        if self.in_flight >= self.limit:
            return -1
        if self.budget and not self.budget.may_send(size, max_tokens):
            return -1
        delay = self._limits.delay(now, self._tokens(size, max_tokens)) if self._limits else 0.0
        return max(delay, self._paused_until - now, 0.0)

    def _let_in(self, now: float, size: int, max_tokens: int | None) -> Pass:
        self.in_flight += 1
        entered = Pass(now, self._climb.epoch if self._climb else 0)
        if self._sized:
            entered.prompt_bytes = size
            entered.ticket = self._limits.book(now, self._tokens(size, max_tokens)) if self._limits else None
            entered.reserved = self.budget.reserve(size, max_tokens) if self.budget else 0.0
        return entered

    def _admit(self) -> None:
        """Let in whoever may now, and set the timer for the next one."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        while self._queue:
            waiting, size, max_tokens = self._queue[0]
            if waiting.done():  # cancelled meanwhile
                self._queue.popleft()
                continue
            now = self._clock()
            try:
                wait = self._wait(now, size, max_tokens)
            except Spent as ending:
                self._queue.popleft()
                waiting.set_exception(ending)
                continue
            if wait:
                if wait > 0:
                    self._timer = asyncio.get_running_loop().call_later(wait, self._admit)
                return
            self._queue.popleft()
            waiting.set_result(self._let_in(now, size, max_tokens))

    def _hear(self, failure: Failure, entered: Pass, now: float) -> None:
        """What a failure says about the load: fewer at once, and a pause for all where the server asks for one."""
        if not failure.attempts:
            return  # not sent
        asked_to_wait = failure.kind == "server" and failure.retry_after_s is not None
        late = failure.kind == "timeout"
        self._late += late
        if self._climb and (failure.kind == "rate_limit" or asked_to_wait or (late and self._late >= _LATE)):
            self._climb.pushed_back(entered.epoch)
        pause = failure.retry_after_s or 0.0
        if failure.transient and 0 < pause <= LONGEST_PAUSE_S:
            self._paused_until = max(self._paused_until, now + pause)

    def _tokens(self, size: int, max_tokens: int | None) -> int:
        """Tokens that a call has at most (a token is a byte or more); once enough replies told, more than any had.

        The strict bound is some ten times the truth, and would leave a small limit half unused.
        """
        if self._replies < _TELLING:
            return size + PROMPT_EXTRA + (max_tokens or _FIRST_OUTPUT)
        out = _RATHER * self._most_out
        return ceil(_RATHER * size * self._most_a_byte + (out if max_tokens is None else min(out, max_tokens)))

    def _account(self, entered: Pass, outcome: Outcome | None) -> None:
        """Replace what was booked by what it came to."""
        reply = outcome if isinstance(outcome, Reply) else None
        usage = reply.usage if reply else None
        if usage:
            self._replies += 1
            self._most_out = max(self._most_out, usage.output_tokens)
            self._most_a_byte = max(self._most_a_byte, usage.input_tokens / max(entered.prompt_bytes, 1))
        if self._limits and usage:
            self._limits.correct(entered.ticket, usage.input_tokens + usage.output_tokens)
        elif self._limits and isinstance(outcome, Failure) and outcome.kind in _NOT_TAKEN:
            self._limits.correct(entered.ticket, 0)
        if self.budget and (reply or (isinstance(outcome, Failure) and outcome.kind == "timeout")):
            self.budget.settle(  # a call that timed out may be billed all the same
                entered.reserved,
                usage.input_tokens if usage else None,
                usage.output_tokens if usage else None,
                prompt_bytes=entered.prompt_bytes,
                text_bytes=len(reply.text.encode("utf-8", "replace")) if reply else 0,
            )
        elif self.budget:
            self.budget.release(entered.reserved)
