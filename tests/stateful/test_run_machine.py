"""The state machines of run, case and reply: whatever happens in whatever order, what was answered stays answered.

run    running -> done | interrupted | halted, and from each of them running again
case   owed -> good | failed; failed -> good; good stays good
reply  not asked -> answered, once; a second time only if a kill came before its commit
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from support.fakes import always_good, case, one_turn
from trustgauge.engine import Drive, Job, Load, Patience
from trustgauge.store import RunInfo, Store, reply_key
from trustgauge.types import Ask, Case, Conversation, Failure, Options, Outcome, Record, Reply, assistant, user

N = 24
TURNS = N + N // 3  # every third conversation has two
PATIENCE = Patience(attempts=2, total_s=1, first_s=0.0001, longest_s=0.0002)
FAILURES = {
    "refused": Failure(kind="bad_request", message="400"),
    "busy": Failure(kind="rate_limit", message="429", transient=True),
    "auth": Failure(kind="auth", message="401"),
}


def two_turns(c: Case) -> Conversation:
    first = yield Ask(messages=c.messages)
    yield Ask(messages=(*c.messages, assistant(first.text), user("Are you sure?")))


def jobs() -> list[Job]:
    return [Job(case(i), 0, i, two_turns if i % 3 == 0 else one_turn, always_good) for i in range(N)]


def key(ask: Ask, draw: int) -> bytes:
    return reply_key("fake", "", Options(), ask, draw)


class Killed(BaseException):
    """The process is gone."""


class Server:
    """Answers, or fails as told, and dies after so many calls; counts what it answered."""

    id, revision, options, in_process = "fake", "", Options(), False

    def __init__(self, mood: str, dies_after: int | None, answered: Counter[bytes]) -> None:
        self.mood, self.left, self.answered = mood, dies_after, answered
        self.calls = 0

    async def reply(self, ask: Ask, c: Case, draw: int) -> Outcome:
        await asyncio.sleep(0)
        self.calls += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed
        if self.mood != "fine" and (self.mood != "mixed" or self.calls % 3 == 0):
            return FAILURES["busy" if self.mood == "mixed" else self.mood]
        self.answered[key(ask, draw)] += 1
        return Reply(text=f"reply to {ask.messages[-1].content}")

    async def close(self) -> None: ...


class Mortal:
    """A store that keeps nothing more once the process was killed."""

    def __init__(self, store: Store, server: Server) -> None:
        self._store, self._server = store, server

    @property
    def _alive(self) -> bool:
        return self._server.left is None or self._server.left >= 0

    def find_replies(self, keys: Sequence[bytes]) -> dict[bytes, Reply]:
        return self._store.find_replies(keys)

    def keep_reply(self, key: bytes, reply: Reply) -> None:
        if self._alive:
            self._store.keep_reply(key, reply)

    def keep_record(self, run: str, record: Record, keys: list[bytes], place: int) -> None:
        if self._alive:
            self._store.keep_record(run, record, keys, place)

    def commit_replies(self) -> None:
        if self._alive:
            self._store.commit_replies()

    def flush(self) -> None:
        if self._alive:
            self._store.flush()


class RunMachine(RuleBasedStateMachine):
    """One run, in sessions that end in every way there is."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.answered: Counter[bytes] = Counter()
        self.asked_again = 0  # at most, by kills
        self.good: set[int] = set()
        self.status = ""

    def session(self, server: Server, concurrency: int, cancel_after: int | None = None) -> Drive:
        store = Store(str(self.folder / "a.db"))
        store.begin(RunInfo(id="run", model="fake"))
        load = Load(concurrency, adaptive=False)
        drive = Drive("run", server, Mortal(store, server), key, load=load, patience=PATIENCE)
        done = {row.place for row in store.settled("run", "violence/fake", 0, N)}
        going = [1 if job.place in done else job for job in jobs()]

        async def go() -> None:
            task = asyncio.create_task(drive.go(going))
            if cancel_after is not None:
                while server.calls < cancel_after and not task.done():
                    await asyncio.sleep(0)
                task.cancel()
            await asyncio.gather(task, return_exceptions=cancel_after is not None)

        try:
            asyncio.run(go())
            self.status = "halted" if drive.halted else "done" if cancel_after is None else "interrupted"
            store.finish("run", self.status)
            store.close()
        except Killed:
            self.asked_again += concurrency
            self.status = "running"
            store._db.close()  # type: ignore[attr-defined]  # what was not committed is gone
            store._engine.dispose()  # type: ignore[attr-defined]
        return drive

    @rule(mood=st.sampled_from(["fine", "mixed", *FAILURES]), concurrency=st.integers(1, 6))
    def runs_to_its_end(self, mood: str, concurrency: int) -> None:
        drive = self.session(Server(mood, None, self.answered), concurrency)
        if mood == "fine":
            assert (drive.progress.failed, drive.halted) == (0, "")
            assert len(self.good_places()) == N
        if mood == "auth" and drive.progress.failed >= 3:
            assert drive.halted

    @rule(after=st.integers(0, TURNS), concurrency=st.integers(1, 6), mood=st.sampled_from(["fine", "mixed"]))
    def is_killed(self, after: int, concurrency: int, mood: str) -> None:
        self.session(Server(mood, after, self.answered), concurrency)

    @rule(after=st.integers(0, TURNS), concurrency=st.integers(1, 6))
    def is_interrupted(self, after: int, concurrency: int) -> None:
        before = self.answered.total()
        self.session(Server("fine", None, self.answered), concurrency, cancel_after=after)
        assert self.answered.total() - before <= TURNS

    @invariant()
    def what_was_good_stays_good(self) -> None:
        if not (self.folder / "a.db").exists():
            return
        good = self.good_places()
        assert self.good <= good
        self.good = good

    @invariant()
    def nothing_is_asked_twice_but_what_a_kill_cut_off(self) -> None:
        assert self.answered.total() - len(self.answered) <= self.asked_again

    @invariant()
    def records_are_what_their_replies_say(self) -> None:
        if not (self.folder / "a.db").exists():
            return
        with Store(str(self.folder / "a.db")) as store:
            assert store.run("run").status == self.status
            for record in store.records("run"):
                assert (record.verdict is None) != (record.failure is None)
                turns = 2 if int(record.case.prompt.split()[-1]) % 3 == 0 else 1
                if record.label == "good":
                    assert len(record.replies) == turns
                    assert record.replies[0].text == f"reply to {record.case.prompt}"

    def good_places(self) -> set[int]:
        with Store(str(self.folder / "a.db")) as store:
            return {row.place for row in store.settled("run", "violence/fake", 0, 10 * N)}

    def teardown(self) -> None:
        self.session(Server("fine", None, self.answered), 4)
        assert len(self.good_places()) == N
        assert len(self.answered) == TURNS
        shutil.rmtree(self.folder)


TestRunMachine = pytest.mark.slow(RunMachine.TestCase)
TestRunMachine.settings = settings(max_examples=40, stateful_step_count=8, deadline=None)
