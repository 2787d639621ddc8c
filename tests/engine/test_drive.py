"""The engine: conversations, resuming, failures, halting, stopping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from support.fakes import FakeModel, always_good, case, jobs, one_turn
from trustgauge.engine import Drive, Job, Load, Patience
from trustgauge.store import RunInfo, Store, reply_key
from trustgauge.types import Ask, Case, Conversation, Failure, Reply, Verdict, assistant, user

QUICK = Patience(attempts=3, total_s=5, first_s=0.001, longest_s=0.01)


def drive(model: FakeModel, store: Store, run: str = "run", concurrency: int = 8) -> Drive:
    def key(ask: Ask, draw: int) -> bytes:
        return reply_key(model.id, "", model.options, ask, draw)

    return Drive(run, model, store, key, load=Load(concurrency, adaptive=False), patience=QUICK)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(str(tmp_path / "t.db"))
    made.begin(RunInfo(id="run", model="fake/model"))
    return made


def test_every_conversation_becomes_a_record(store: Store) -> None:
    model = FakeModel()
    progress = asyncio.run(drive(model, store).go(jobs(50, draws=2)))
    assert (progress.done, progress.asked, progress.failed) == (100, 100, 0)
    assert store.tasks("run")["violence/fake"].good == 100


def test_concurrency_is_a_bound_and_is_used(store: Store) -> None:
    model = FakeModel(pause_s=0.002)
    asyncio.run(drive(model, store, concurrency=5).go(jobs(40)))
    assert model.most_at_once == 5


def test_resuming_asks_only_what_is_owed(store: Store) -> None:
    asyncio.run(drive(FakeModel(), store).go(jobs(20)))
    again = FakeModel()
    progress = asyncio.run(drive(again, store).go(jobs(30)))
    assert len(again.asked) == 10
    assert (progress.known, progress.asked) == (20, 10)


def test_another_draw_is_another_reply(store: Store) -> None:
    asyncio.run(drive(FakeModel(), store).go(jobs(5)))
    again = FakeModel()
    asyncio.run(drive(again, store).go(jobs(5, draws=2)))
    assert len(again.asked) == 5


def pushback(c: Case) -> Conversation:
    first = yield Ask(messages=c.messages)
    yield Ask(messages=(*c.messages, assistant(first.text), user("Are you sure?")))


def test_a_conversation_reads_the_reply_before_it_goes_on(store: Store) -> None:
    model = FakeModel()
    asyncio.run(drive(model, store).go([Job(case(1), 0, 1, pushback, always_good)]))
    assert [a.messages[-1].content for a in model.asked] == ["question 1", "Are you sure?"]
    assert model.asked[1].messages[1] == assistant("echo question 1")
    (record,) = store.records("run")
    assert len(record.replies) == 2


def test_a_conversation_cut_half_way_is_resumed_from_there(store: Store) -> None:
    def fails_second(ask: Ask, c: Case, draw: int, call: int) -> Reply | Failure:
        return Failure(kind="server", message="down") if call == 2 else Reply(text="first")

    asyncio.run(drive(FakeModel(fails_second), store).go([Job(case(1), 0, 1, pushback, always_good)]))
    assert store.tasks("run")["violence/fake"].failed == 1
    again = FakeModel()
    asyncio.run(drive(again, store).go([Job(case(1), 0, 1, pushback, always_good)]))
    assert [len(a.messages) for a in again.asked] == [3]
    assert store.tasks("run")["violence/fake"].failed == 0


def test_transient_failures_are_tried_again_and_counted(store: Store) -> None:
    def flaky(ask: Ask, c: Case, draw: int, call: int) -> Reply | Failure:
        return Reply(text="ok") if call % 3 == 0 else Failure(kind="server", message="503", transient=True)

    model = FakeModel(flaky)
    progress = asyncio.run(drive(model, store, concurrency=1).go(jobs(4)))
    assert (progress.failed, len(model.asked)) == (0, 12)


def test_retries_are_bounded_and_the_failure_is_kept_with_its_attempts(store: Store) -> None:
    model = FakeModel(lambda *_: Failure(kind="rate_limit", message="429", transient=True))
    asyncio.run(drive(model, store, concurrency=1).go(jobs(1)))
    (record,) = store.records("run")
    assert record.failure is not None
    assert (record.failure.attempts, record.verdict, record.label) == (3, None, "failed")


def test_what_cannot_pass_is_not_tried_again(store: Store) -> None:
    model = FakeModel(lambda *_: Failure(kind="bad_request", message="no"))
    asyncio.run(drive(model, store).go(jobs(7)))
    assert len(model.asked) == 7


def test_a_wrong_key_halts_the_run_with_its_message(store: Store) -> None:
    model = FakeModel(lambda *_: Failure(kind="auth", message="the key was not accepted"))
    going = drive(model, store, concurrency=1)
    asyncio.run(going.go(jobs(100)))
    assert going.halted == "the key was not accepted"
    assert len(model.asked) == 3


def test_a_key_withdrawn_in_the_middle_halts_the_run(store: Store) -> None:
    def later(ask: Ask, c: Case, draw: int, call: int) -> Reply | Failure:
        return Reply(text="ok") if call <= 5 else Failure(kind="auth", message="no")

    going = drive(FakeModel(later), store, concurrency=1)
    progress = asyncio.run(going.go(jobs(100)))
    assert (going.halted, progress.done, progress.failed) == ("no", 8, 3)


def test_a_key_refused_now_and_then_does_not(store: Store) -> None:
    def flaky(ask: Ask, c: Case, draw: int, call: int) -> Reply | Failure:
        return Reply(text="ok") if call % 3 == 0 else Failure(kind="auth", message="no")

    going = drive(FakeModel(flaky), store, concurrency=1)
    assert asyncio.run(going.go(jobs(30))).done == 30
    assert going.halted == ""


def goes_away(after: int) -> Callable[..., Reply | Failure]:
    """Answers the first cases; for the others the server is known to be away, so that no call is even made."""

    def replies(ask: Ask, c: Case, draw: int, call: int) -> Reply | Failure:
        if int(c.prompt.split()[-1]) < after:
            return Reply(text="ok")
        return Failure(kind="connect", message="gone", transient=True, retry_after_s=0.001, attempts=0)

    return replies


def test_a_server_that_goes_away_halts_the_run(store: Store) -> None:
    going = drive(FakeModel(goes_away(20)), store, concurrency=1)
    progress = asyncio.run(going.go(jobs(100)))
    assert (going.halted, progress.done, progress.failed) == ("gone", 23, 3)


def test_the_last_of_a_run_may_all_fail(store: Store) -> None:
    """Whoever fails again and again ends last: that is no sign that the server is away, and nothing is left to save."""
    going = drive(FakeModel(goes_away(20)), store, concurrency=12)
    progress = asyncio.run(going.go(jobs(30)))
    assert (going.halted, progress.done, progress.failed) == ("", 30, 10)
    assert store.tasks("run")["violence/fake"].failed == 10


def test_one_bad_judge_does_not_end_the_run(store: Store) -> None:
    def broken(c: Case, replies: Sequence[Reply]) -> Verdict:
        raise RuntimeError("boom")

    broken_job = Job(case(0), 0, 0, one_turn, broken)
    asyncio.run(drive(FakeModel(), store).go([broken_job, *jobs(3)[1:]]))
    counts = store.tasks("run")["violence/fake"]
    assert (counts.good, counts.unscored) == (2, 1)


def test_cancelling_keeps_what_was_answered(store: Store) -> None:
    model = FakeModel(pause_s=0.01)

    async def cut() -> None:
        task = asyncio.create_task(drive(model, store, concurrency=4).go(jobs(1000)))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(cut())
    kept = store.tasks("run")["violence/fake"].good
    assert 0 < kept < 1000
    again = FakeModel()
    asyncio.run(drive(again, store).go(jobs(1000)))
    assert len(again.asked) <= 1000 - kept


def breaks(c: Case) -> Conversation:
    yield Ask(messages=c.messages)
    raise ValueError("no second turn")


def test_a_task_that_breaks_fails_its_own_conversation_only(store: Store) -> None:
    broken = Job(case(0), 0, 0, breaks, always_good)
    progress = asyncio.run(drive(FakeModel(), store).go([broken, *jobs(5)[1:]]))
    assert (progress.done, progress.failed) == (5, 1)
    failed = [r.failure for r in store.records("run") if r.failure]
    assert [f.message for f in failed if f] == ["the task cannot go on: ValueError: no second turn"]


def test_a_server_that_only_fails_is_given_up(store: Store) -> None:
    def dies(ask: Ask, c: Case, draw: int, call: int) -> Reply | Failure:
        return Reply(text="ok") if call <= 30 else Failure(kind="server", message="500")

    going = drive(FakeModel(dies), store, concurrency=2)
    progress = asyncio.run(going.go(jobs(1000)))
    assert going.halted == "500"
    assert progress.done < 100


def test_now_and_then_a_failure_gives_nothing_up(store: Store) -> None:
    def flaky(ask: Ask, c: Case, draw: int, call: int) -> Reply | Failure:
        return Reply(text="ok") if call % 3 == 0 else Failure(kind="server", message="500")

    going = drive(FakeModel(flaky), store, concurrency=2)
    assert asyncio.run(going.go(jobs(400))).done == 400
    assert going.halted == ""
