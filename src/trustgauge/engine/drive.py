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

from trustgauge.engine.retry import Patience, persist
from trustgauge.models.base import Model
from trustgauge.types import Ask, Case, Conversation, Failure, Outcome, Record, Reply, Verdict

AHEAD = 256  # jobs looked up in the store at once
COMMIT_S = 0.1  # a killed process loses at most what was answered within so many seconds


class Keeper(Protocol):
    """What the engine needs of a store."""

    def find_replies(self, keys: Sequence[bytes]) -> dict[bytes, Reply]: ...
    def keep_reply(self, key: bytes, reply: Reply) -> None: ...
    def keep_record(self, run: str, record: Record, keys: list[bytes]) -> None: ...
    def flush(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """One conversation to be had: a case, which draw of it, how to converse, how to judge."""

    case: Case
    draw: int
    converse: Callable[[Case], Conversation]
    judge: Callable[[Case, Sequence[Reply]], Verdict]


@dataclass(slots=True)
class Progress:
    """What has happened so far; read it at any time.

    asked counts calls answered now, known the replies found in the store, failed the conversations that failed.
    """

    total: int = 0
    done: int = 0
    asked: int = 0
    known: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    began: float = field(default_factory=time.monotonic)
    last_failure: Failure | None = None

    @property
    def rate(self) -> float:
        """Conversations a second."""
        return self.done / max(time.monotonic() - self.began, 1e-9)

    @property
    def eta_s(self) -> float | None:
        """Seconds left at this rate, None before anything is done."""
        return (self.total - self.done) / self.rate if self.done else None


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
    keys: list[bytes] = field(default_factory=list[bytes])
    replies: list[Reply] = field(default_factory=list[Reply])


class Drive:
    """One run's worth of conversations. `halted` tells why sending stopped early, "" where it didn't.

    key       (ask, draw) -> the content key of its reply
    hopeless  conversations that must fail alike (wrong key, unknown model, unreachable host), with none ever
              answered, before the rest are not even tried
    give_up   conversations in a row that must fail, of whatever kind, before the rest are not tried
    """

    def __init__(
        self,
        run: str,
        model: Model,
        keeper: Keeper,
        key: Callable[[Ask, int], bytes],
        *,
        concurrency: int = 32,
        patience: Patience | None = None,
        hopeless: int = 3,
        give_up: int = 50,
    ) -> None:
        self.progress = Progress()
        self.halted = ""
        self._run, self._model, self._keeper, self._key = run, model, keeper, key
        self._workers = max(1, concurrency)
        self._patience = patience or Patience()
        self._hopeless, self._give_up = hopeless, give_up
        self._failing = 0  # conversations that failed since the last one that was answered
        self._rng = Random(0)  # jitter only: no result depends on it

    async def go(self, jobs: Iterable[Job]) -> Progress:
        """Have all conversations; returns when none is left, or halted. All answered is then written.

        Cancelling it (Ctrl-C) writes what was answered before it lets the cancellation through.
        """
        self.progress.began = time.monotonic()
        feed = self._feed(iter(jobs))
        workers = [asyncio.create_task(self._work(feed)) for _ in range(self._workers)]
        flusher = asyncio.create_task(self._flush_now_and_then())
        try:
            await asyncio.gather(*workers)
        finally:
            for task in (*workers, flusher):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*workers, flusher, return_exceptions=True)
            self._keeper.flush()
        return self.progress

    async def _flush_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_S)
            self._keeper.flush()

    def _feed(self, jobs: Iterator[Job]) -> Iterator[_Talk]:
        """Conversations with their first ask, looked up in the store a batch at a time."""
        while batch := [self._open(job) for job in islice(jobs, AHEAD)]:
            found = self._keeper.find_replies([talk.key for talk in batch if talk.ask])
            for talk in batch:
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

    async def _work(self, feed: Iterator[_Talk]) -> None:
        for count, talk in enumerate(feed):
            if self.halted:
                return
            self._settle(talk, await self._converse(talk))
            if count % 64 == 63:
                await asyncio.sleep(0)  # an in-process model never waits: let signals and progress in

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
                return known
            talk.resumed = False
        job = talk.job
        outcome = await persist(lambda: self._model.reply(ask, job.case, job.draw), self._patience, self._rng)
        if isinstance(outcome, Reply):
            self.progress.asked += 1
            self._keeper.keep_reply(talk.key, outcome)
            if outcome.usage:
                self.progress.tokens_in += outcome.usage.input_tokens
                self.progress.tokens_out += outcome.usage.output_tokens
        return outcome

    def _settle(self, talk: _Talk, failure: Failure | None) -> None:
        job, progress = talk.job, self.progress
        verdict = None if failure else _judged(job, talk.replies)
        record = Record(case=job.case, draw=job.draw, replies=tuple(talk.replies), verdict=verdict, failure=failure)
        self._keeper.keep_record(self._run, record, talk.keys)
        progress.done += 1
        self._failing = self._failing + 1 if failure else 0
        if failure:
            progress.failed += 1
            progress.last_failure = failure
            hopeless = failure.kind in ("auth", "not_found", "connect") and not progress.asked
            if self._failing >= (self._hopeless if hopeless else self._give_up) and failure.kind != "unavailable":
                self.halted = failure.message


def _judged(job: Job, replies: Sequence[Reply]) -> Verdict:
    """The verdict; a judge that breaks on a reply leaves it unscored and the run going."""
    try:
        return job.judge(job.case, replies)
    except Exception as error:
        return Verdict(label="unscored", reason=f"the judge failed: {type(error).__name__}")
