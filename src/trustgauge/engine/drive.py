"""Drive: conversations of one run against one model, with what is already answered taken from the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Protocol

from msgspec.structs import replace

from trustgauge.engine.load import Load, Spent
from trustgauge.engine.progress import Progress, watch_for_stalls
from trustgauge.engine.retry import Patience
from trustgauge.models.base import Model
from trustgauge.types import Ask, Case, Conversation, Failure, Outcome, Record, Reply, Verdict

AHEAD = 64  # jobs looked up in the store at once
BATCH = 50  # conversations judged at once
TRIAL_S = 0.25  # until it is looked again whether a server that was away is back
FLUSH_S = 0.5  # records are written at the latest so long after they were made; replies at once


class Keeper(Protocol):
    """What the engine needs of a store."""

    def find_replies(self, keys: Sequence[bytes]) -> dict[bytes, Reply]: ...
    def keep_reply(self, key: bytes, reply: Reply) -> None: ...
    def keep_record(self, run: str, record: Record, keys: list[bytes], place: int) -> None: ...
    def commit_replies(self) -> None: ...
    def flush(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """One conversation to be had: a case, which draw of it, its place in its task, how to converse, how to judge."""

    case: Case
    draw: int
    place: int
    converse: Callable[[Case], Conversation]
    judge: Callable[[Case, Sequence[Reply]], Verdict]


@dataclass(slots=True)
class _Talk:
    """A conversation under way: the generator, what it asks now, and what it has."""

    job: Job
    turns: Conversation
    ask: Ask | None
    key: bytes
    known: Reply | None = None  # the first answer, where the store has it
    resumed: bool = False
    broken: Failure | None = None
    away: bool = False  # it failed without a last call, for the server is known to be away
    keys: list[bytes] = field(default_factory=list[bytes])
    replies: list[Reply] = field(default_factory=list[Reply])


class Drive:
    """One run's worth of conversations. `halted` tells why sending stopped early, "" where it didn't.

    A reply is committed before its slot sends the next question: a process that is killed, however suddenly, asks
    again at most as many questions as were in flight.

    key       (ask, draw) -> the content key of its reply
    load      who may send when; how many conversations go on at once is its ceiling
    hopeless  conversations in a row that must fail for what will not pass (a wrong key, an unknown model, a server
              that is away) before the rest are not even tried
    give_up   conversations in a row that must fail, of whatever kind, before the rest are not tried
    """

    def __init__(
        self,
        run: str,
        model: Model,
        keeper: Keeper,
        key: Callable[[Ask, int], bytes],
        *,
        load: Load | None = None,
        patience: Patience | None = None,
        hopeless: int = 3,
        give_up: int = 50,
    ) -> None:
        self.progress = Progress()
        self.halted = ""
        self.spent = False  # the budget ended it
        self._run, self._model, self._keeper, self._key = run, model, keeper, key
        self._load = load or Load(32)
        self._patience = patience or Patience()
        self._hopeless, self._give_up = hopeless, give_up
        self._taken = False  # all conversations are had or being had
        self._failing: list[bool] = []  # conversations failed since the last that was answered: was it hopeless?
        self._ended: list[tuple[_Talk, Failure | None]] = []  # to be judged
        self._asking: dict[bytes, asyncio.Future[Outcome | None]] = {}
        self._commit: asyncio.Future[None] | None = None
        self._halting: asyncio.Future[None]
        self._rng = Random(0)  # jitter only: no result depends on it

    async def go(self, jobs: Iterable[Job | int]) -> Progress:
        """Have all conversations; returns when none is left, or halted. All answered is then written.

        A number among the jobs is so many conversations that an earlier session settled. Cancelling it (Ctrl-C)
        writes what was answered before it lets the cancellation through.
        """
        self.progress.began = time.monotonic()
        self._halting = asyncio.get_running_loop().create_future()
        feed = self._feed(iter(jobs))
        workers = [asyncio.create_task(self._work(feed)) for _ in range(self._load.ceiling)]
        helpers = [asyncio.create_task(self._flush_now_and_then())]
        helpers.append(asyncio.create_task(watch_for_stalls(self.progress, self._waits)))
        try:
            await asyncio.gather(*workers)
        finally:
            for task in (*workers, *helpers):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*workers, *helpers, return_exceptions=True)
            self._judge()
            self._keeper.flush()
        return self.progress

    async def go_and_close(self, jobs: Iterable[Job | int]) -> None:
        """`go`, with the model closed after it, however it ended."""
        try:
            await self.go(jobs)
        finally:
            await self._model.close()

    async def _flush_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            self._judge()
            self._keeper.flush()

    def _feed(self, jobs: Iterator[Job | int]) -> Iterator[_Talk | int]:
        """Conversations with their first ask, looked up in the store a batch at a time."""
        while batch := list(islice(jobs, AHEAD)):
            talks = [self._open(job) for job in batch if isinstance(job, Job)]
            found = self._keeper.find_replies([talk.key for talk in talks if talk.ask])
            yield sum(job for job in batch if isinstance(job, int))
            for talk in talks:
                talk.known = found.get(talk.key)
                talk.resumed = talk.known is not None
                yield talk

    def _open(self, job: Job) -> _Talk:
        turns = job.converse(job.case)
        talk = _Talk(job, turns, None, b"")
        self._go_on(talk, None)
        return talk

    def _go_on(self, talk: _Talk, outcome: Reply | None) -> None:
        """The next ask of a conversation, told the last reply; a task that breaks fails this conversation alone."""
        try:
            talk.ask = next(talk.turns) if outcome is None else talk.turns.send(outcome)
            talk.key = self._key(talk.ask, talk.job.draw)
        except StopIteration:
            talk.ask = None
        except Exception as error:
            talk.ask = None
            talk.broken = Failure(kind="unavailable", message=f"the task cannot go on: {type(error).__name__}: {error}")

    async def _work(self, feed: Iterator[_Talk | int]) -> None:
        for count, talk in enumerate(feed):
            if self.halted or self.spent:
                return
            if isinstance(talk, int):
                self.progress.done += talk
                self.progress.settled += talk
                await asyncio.sleep(0)
                continue
            try:
                self._settle(talk, await self._converse(talk))
            except Spent:
                self.spent = not self.halted
            if count % 64 == 63:
                await asyncio.sleep(0)  # an in-process model never waits: let signals and progress in
        self._taken = True

    async def _converse(self, talk: _Talk) -> Failure | None:
        """Ask until the conversation ends; the failure that ended it, if one did."""
        while talk.ask is not None:
            outcome = await self._answer(talk, talk.ask)
            if isinstance(outcome, Failure):
                return outcome
            talk.keys.append(talk.key)
            talk.replies.append(outcome)
            self._go_on(talk, outcome)
        return talk.broken

    async def _answer(self, talk: _Talk, ask: Ask) -> Outcome:
        if talk.resumed:
            known = self._keeper.find_replies([talk.key]).get(talk.key) if talk.replies else talk.known
            if known:
                self.progress.known += 1
                self._load.known(known)
                return known
            talk.resumed = False
        if same := self._asking.get(talk.key):  # two tasks ask the very same: one answer serves both
            if (outcome := await same) is None:
                raise Spent
            return outcome
        self._asking[talk.key] = asked = asyncio.get_running_loop().create_future()
        outcome = None
        try:
            outcome = await self._ask(talk, ask)
            if isinstance(outcome, Reply):
                await self._keep(talk.key, outcome)
            return outcome
        finally:
            del self._asking[talk.key]
            if not asked.done():
                asked.set_result(outcome)

    async def _ask(self, talk: _Talk, ask: Ask) -> Outcome:
        """The first reply, or the last failure with the number of calls it took. Raises Spent where none may start.

        A server that is known to be away is not called: to wait until it is tried again counts as a call, to wait
        while another call tries it doesn't.
        """
        load, model, job = self._load, self._model, talk.job
        max_tokens = model.options.max_tokens if ask.max_tokens is None else ask.max_tokens
        began, calls, rests = 0.0, 0, 0
        while True:
            entered = await load.enter(ask, max_tokens)
            began = began or time.monotonic()
            outcome: Outcome | None = None
            try:
                if self.halted:
                    raise Spent
                outcome = await model.reply(ask, job.case, job.draw)
            finally:
                load.leave(entered, outcome)
            if isinstance(outcome, Reply):
                return outcome
            if not outcome.attempts and outcome.retry_after_s is None:
                await self._pause(TRIAL_S)
                continue
            calls += outcome.attempts
            rests += not outcome.attempts
            pause = self._patience.pause(calls + rests, outcome, self._rng)
            if not self._patience.lasts(calls + rests, time.monotonic() - began + pause, outcome):
                talk.away = not outcome.attempts
                return replace(outcome, attempts=calls)
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        """Wait, though not on when the run is halted."""
        self.progress.pausing += 1
        try:
            await asyncio.wait([self._halting], timeout=seconds)
        finally:
            self.progress.pausing -= 1

    async def _keep(self, key: bytes, reply: Reply) -> None:
        """Commit the reply, together with all others that came in this turn of the loop."""
        progress = self.progress
        progress.asked += 1
        progress.last_answer = time.monotonic()
        if reply.usage:
            progress.tokens_in += reply.usage.input_tokens
            progress.tokens_out += reply.usage.output_tokens
        self._keeper.keep_reply(key, reply)
        if self._commit is None:
            loop = asyncio.get_running_loop()
            self._commit = loop.create_future()
            loop.call_soon(self._commit_now, self._commit)
        await self._commit

    def _commit_now(self, waited_for: asyncio.Future[None]) -> None:
        self._commit = None
        try:
            self._keeper.commit_replies()
        except BaseException as error:
            fault: BaseException | None = error
        else:
            fault = None
        if waited_for.done():  # cancelled: the run is ending, and writes all once more
            return
        if fault:
            waited_for.set_exception(fault)
        else:
            waited_for.set_result(None)

    def _settle(self, talk: _Talk, failure: Failure | None) -> None:
        progress = self.progress
        self._ended.append((talk, failure))
        if len(self._ended) >= BATCH:
            self._judge()
        progress.done += 1
        if not failure:
            if talk.replies:
                self._failing.clear()
            return
        progress.failed += 1
        progress.last_failure = failure
        if failure.kind != "unavailable":
            never = failure.kind == "connect" and not progress.asked
            # The last to end are those that fail again and again: where nothing else is left, no halt saves a call.
            away = talk.away and not self._taken
            self._failing.append(failure.kind in ("auth", "not_found") or never or away)
            last = self._failing[-self._hopeless :]
            if (len(last) == self._hopeless and all(last)) or len(self._failing) >= self._give_up:
                self.halted = failure.message
                if not self._halting.done():
                    self._halting.set_result(None)

    def _judge(self) -> None:
        """Verdicts of the conversations that ended, many in a row: a third cheaper than each between two calls."""
        ended, self._ended = self._ended, []
        for talk, failure in ended:
            job = talk.job
            verdict = None if failure else _judged(job, talk.replies)
            record = Record(case=job.case, draw=job.draw, replies=tuple(talk.replies), verdict=verdict, failure=failure)
            self._keeper.keep_record(self._run, record, talk.keys, job.place)

    def _waits(self) -> str:
        """What a run in which nothing moves is waiting for."""
        said = [self._load.waiting_for(), str(getattr(self._model, "state", str)())]
        if self._load.in_flight:
            said.append(f"{self._load.in_flight:,} calls are with the server")
        if self.progress.pausing:
            said.append(f"{self.progress.pausing:,} wait before they are tried again")
        if self.progress.last_failure:
            said.append(f"the last failure was: {self.progress.last_failure.message}")
        return "; ".join(part for part in said if part)


def _judged(job: Job, replies: Sequence[Reply]) -> Verdict:
    """The verdict; a judge that breaks on a reply leaves it unscored and the run going."""
    try:
        return job.judge(job.case, replies)
    except Exception as error:
        return Verdict(label="unscored", reason=f"the judge failed: {type(error).__name__}")
