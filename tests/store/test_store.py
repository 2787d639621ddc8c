"""The store: what goes in comes out, by content, and nothing is overwritten that should not be."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.fakes import case
from trustgauge.errors import StoreError, UsageError
from trustgauge.store import Label, RunInfo, Store, reply_key
from trustgauge.types import Ask, Failure, Options, Record, Reply, Verdict, user


def record(i: int, label: str = "good", draw: int = 0) -> Record:
    verdict = Verdict(label=label, reason=f"because {label}", judge="j@1")  # type: ignore[arg-type]
    return Record(case=case(i), draw=draw, replies=(Reply(text=f"text {i}"),), verdict=verdict)


def place_of(r: Record) -> int:
    return int(r.case.prompt.rsplit(" ", 1)[1])


def put(store: Store, run: str, *records: Record) -> None:
    store.begin(RunInfo(id=run, model="m"))
    for r in records:
        keys = [reply_key("m", "", Options(), Ask(messages=r.case.messages), r.draw)]
        for key, reply in zip(keys, r.replies, strict=False):
            store.keep_reply(key, reply)
        store.keep_record(run, r, keys, place_of(r))
    store.flush()


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        put(store, "r", record(1), record(2, "bad"))
        assert {r.case.id: r for r in store.records("r")} == {r.case.id: r for r in (record(1), record(2, "bad"))}


def test_a_later_record_of_the_same_case_replaces_the_earlier(tmp_path: Path) -> None:
    failed = Record(case=case(1), failure=Failure(kind="server", message="x"))
    with Store(str(tmp_path / "a.db")) as store:
        put(store, "r", failed)
        assert store.tasks("r")["violence/fake"].failed == 1
        put(store, "r", record(1))
        counts = store.tasks("r")["violence/fake"]
        assert (counts.failed, counts.good, counts.n) == (0, 1, 1)


def test_replies_are_found_while_buffered_and_after(tmp_path: Path) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        store.keep_reply(b"k" * 16, Reply(text="hello"))
        assert store.find_replies([b"k" * 16, b"x" * 16]) == {b"k" * 16: Reply(text="hello")}
        store.flush()
        assert store.find_replies([b"k" * 16, b"x" * 16]) == {b"k" * 16: Reply(text="hello")}


def test_examples_spread_over_reasons_and_carry_replies(tmp_path: Path) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        put(store, "r", *(record(i) for i in range(5)))
        found = store.examples("r", "violence/fake", "good", 2)
        assert [len(r.replies) for r in found] == [1, 1]
        assert store.examples("r", "violence/fake", "good", 1) == found[:1]
        assert store.examples("r", "violence/fake", "good", 0) == []


@pytest.mark.parametrize(
    ("word", "found"),
    [("last", ["b-2"]), ("a-1", ["a-1"]), ("a", ["a-1"]), ("nightly", ["a-1", "b-2"])],
)
def test_runs_are_found_by_id_beginning_last_and_study(tmp_path: Path, word: str, found: list[str]) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        for id_ in ("a-1", "b-2"):
            store.begin(RunInfo(id=id_, model="m", study="nightly", manifest={"seed": 1}))
            store.finish(id_, "done", calls=3, wall_s=1.0)
        assert [r.id for r in store.resolve(word)] == found
        assert store.run("a-1").manifest == {"seed": 1}


def test_an_unknown_or_ambiguous_run_is_a_sentence(tmp_path: Path) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        with pytest.raises(UsageError, match="holds no runs"):
            store.resolve("last")
        for id_ in ("abc-1", "abc-2"):
            store.begin(RunInfo(id=id_, model="m"))
        with pytest.raises(UsageError, match="could be abc-1, abc-2"):
            store.resolve("abc")
        with pytest.raises(UsageError, match="there is no run 'zzz'"):
            store.resolve("zzz")


def test_calls_and_time_add_up_over_sessions(tmp_path: Path) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        for _ in range(2):
            store.begin(RunInfo(id="a", model="m"))
            store.finish("a", "done", calls=5, wall_s=2.0)
        assert (store.run("a").calls, store.run("a").wall_s) == (10, 4.0)


def test_what_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, not a database " * 50)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(str(path))
    assert path.read_text().startswith("these are my notes")
    with pytest.raises(StoreError, match=r"is not a store|cannot be opened"):
        Store("nonsense://")


@pytest.mark.parametrize("url", ["", " ", "sqlite://", "sqlite:///:memory:"])
def test_a_store_that_keeps_nothing_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="has no name"):
        Store(url)


def test_reading_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no store .*trustgauge run"):
        Store(str(tmp_path / "none.db"), create=False)
    assert not list(tmp_path.iterdir())


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as db:
        db.execute("create table customers (name text)")
    db.close()
    with pytest.raises(StoreError, match="something else"):
        Store(str(path))
    with sqlite3.connect(path) as db:
        assert db.execute("select name from sqlite_master").fetchall() == [("customers",)]
    db.close()


def test_resuming_without_a_study_keeps_the_run_in_it(tmp_path: Path) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        store.begin(RunInfo(id="a", model="m", study="nightly"))
        assert store.begin(RunInfo(id="a", model="m")).study == "nightly"


def test_a_newer_schema_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Store(str(path)).close()
    with sqlite3.connect(path) as db:
        db.execute("update meta set value = '99' where name = 'schema'")
    db.close()
    with pytest.raises(StoreError, match=r"schema 99.*another --store"):
        Store(str(path))


def test_one_case_may_stand_in_several_groups(tmp_path: Path) -> None:
    first, second = case(1), case(1).of("violence/fake", group="another")
    assert first.id == second.id
    with Store(str(tmp_path / "a.db")) as store:
        put(store, "r", Record(case=first, verdict=Verdict(label="good", reason="")))
        put(store, "s", Record(case=second, verdict=Verdict(label="good", reason="")))
        assert [r.case.group for r in store.records("r")] == [first.group]
        assert [r.case.group for r in store.records("s")] == ["another"]


@given(
    text=st.text(),
    draw=st.integers(0, 5),
    temperature=st.none() | st.floats(0, 2),
    fresh=st.sampled_from(["", "1"]),
)
def test_a_key_tells_apart_all_that_matters(text: str, draw: int, temperature: float | None, fresh: str) -> None:
    def key(**change: object) -> bytes:
        base = {
            "model": "m",
            "revision": "",
            "options": Options(temperature=temperature),
            "draw": draw,
            "fresh": fresh,
        }
        given_ = base | {"ask": Ask(messages=(user(text),))} | change
        return reply_key(**given_)  # type: ignore[arg-type]

    assert key() == key()
    changes = [
        {"model": "n"},
        {"draw": draw + 1},
        {"fresh": fresh + "x"},
        {"ask": Ask(messages=(user(text + "."),))},
    ]
    changes += [
        {"ask": Ask(messages=(user(text),), repeat=1)},
        {"options": Options(temperature=temperature, seed=1)},
    ]
    assert len({key(), *(key(**c) for c in changes)}) == len(changes) + 1


@pytest.mark.parametrize("url", ["postgresql+nope://u:secretpw@h/db", "postgresql://u:secretpw@h:notaport/db"])
def test_a_password_is_never_said(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store(url)
    assert "secretpw" not in str(caught.value)


def test_several_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    code = f"from trustgauge.store import Store; Store({str(tmp_path / 'new.db')!r}).close()"
    started = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)]
    errors = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0] * 4, errors


def test_a_store_that_lacks_only_the_newest_tables_gets_them(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Store(str(path)) as store:
        store.begin(RunInfo(id="r", model="m"))
    with sqlite3.connect(path) as db:
        for table in ("verdicts", "labels", "calibrations"):
            db.execute(f"drop table {table}")
        db.execute("update meta set value = '2' where name = 'schema'")
    db.close()
    with Store(str(path), create=False) as store:
        store.judged.keep_labels("r", [Label(task="t", place=0, labeller="ann", label="good")])
        assert [run.id for run in store.runs()] == ["r"]
        assert [label.labeller for label in store.judged.labels("r")] == ["ann"]
    with Store(str(path)) as store:
        assert len(store.judged.labels("r")) == 1


def test_an_older_store_that_may_only_be_read_holds_nothing_judged(tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "a.db"
    with Store(str(path)) as store:
        store.begin(RunInfo(id="r", model="m"))
    with sqlite3.connect(path) as db:
        for table in ("verdicts", "labels", "calibrations"):
            db.execute(f"drop table {table}")
        db.execute("update meta set value = '2' where name = 'schema'")
        db.execute("pragma journal_mode = delete")
    db.close()
    monkeypatch.setattr("trustgauge.store.connect.os.access", lambda *_: False)
    with Store(str(path), create=False) as store:
        assert (store.judged.judges("r"), store.judged.labels("r"), store.judged.calibrations()) == ({}, [], [])
        assert [run.id for run in store.runs()] == ["r"]
