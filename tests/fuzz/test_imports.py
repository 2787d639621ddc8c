"""Imports: any recorded file becomes runs that can be read again, or is refused in one sentence with nothing written."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import csv
import io
import json
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fuzz import bounded
from fuzz.making import damaged, edited, one_sentence, raw_texts, spliced, texts
from support.release import write_release
from trustgauge.cli.judging import judge_file
from trustgauge.errors import DataError, ModelError, UsageError
from trustgauge.imports import FORMATS, import_recorded
from trustgauge.imports.jsonl import FIELDS
from trustgauge.judges.named import READERS
from trustgauge.models import open_model
from trustgauge.reports import profile
from trustgauge.store import Store
from trustgauge.store.rows import decode_reply, encode
from trustgauge.types import Ask, Case, Failure, Reply, user

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # whole files, where a test fails

ROWS: list[dict[str, Any]] = [
    {
        "prompt": "Is ice cold?", "response": "A) Yes", "model": "m/one", "label": 0, "id": 7, "key": "A", "options": ["Yes", "No"],
        "group": "g", "sub_category": "hallucination", "turn": 0, "draw": 0, "finish": "stop", "usage": {"prompt_tokens": 3},
    },
    {
        "prompt": "How do I bake a loaf?", "response": "I'm sorry, but I can't help with that.", "model": "m two", "label": "1", "id": "b",
        "key": "No", "options": '["Yes", "No"]', "group": 3, "sub_category": "violence", "messages": [{"role": "user", "content": "?"}],
        "logprobs": [{"token": "I", "logprob": -0.5, "top": {"I": -0.5}}], "latency_s": 1.5, "reply": "x", "text": "y", "case": "c",
    },
]  # fmt: skip
COLUMNS = (*FIELDS, *ROWS[1], "nowhere", "")

wanted = st.one_of(st.sampled_from(COLUMNS), texts)
options = st.fixed_dictionaries(
    {"sub_category": st.sampled_from(("violence", "hallucination", "")) | texts},
    optional={
        "columns": st.lists(st.sampled_from(FIELDS).map(lambda field: f"{field}={field}") | st.builds("{}={}".format, wanted, wanted), max_size=5),
        "labels": st.lists(st.sampled_from(("positive=0", "positive=1,0", "positive=", "x")) | texts, max_size=2),
        "judge": st.sampled_from(("refusal", "choice", "")) | texts,
        "model": texts,
        "study": texts,
    },
)  # fmt: skip


@st.composite
def files(draw: DrawFn) -> tuple[str, bytes]:
    """A file's name and bytes: rows in one of the formats, with some of their places changed and some bytes damaged."""
    ending = draw(st.sampled_from((".jsonl", ".json", ".csv", ".jsonl", ".CSV", "")))
    name = draw(spliced(("m", "gpt-4", "_", "-", " ", ".", "é"), texts, most=3))
    name = "".join(c for c in name if c not in "/\0").encode()[:80].decode(errors="ignore").strip(".") + ending
    rows = draw(st.lists(st.sampled_from(ROWS).flatmap(edited), max_size=4))
    return name or "m", draw(damaged(written(rows, ending.lower())))


def written(rows: list[Any], ending: str) -> bytes:
    """Rows as a file of that ending holds them."""
    if ending == ".json":
        return json.dumps(rows).encode()
    if ending == ".csv":
        out = io.StringIO()
        table = csv.writer(out)
        table.writerow([name for name in ROWS[1] if name in COLUMNS])
        for row in rows:
            cells = row if isinstance(row, dict) else {"prompt": row}
            table.writerow(
                [cell if isinstance(cell := cells.get(name, ""), str) else json.dumps(cell) for name in ROWS[1]]
            )
        return out.getvalue().encode("utf-8", "surrogatepass")
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@cache
def one_store() -> Store:
    """A store for all imports, one after the other: making a new one takes longer than most imports."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    store = Store(f"{folder.name}/t.db")
    atexit.register(store.close)
    return store


@contextlib.contextmanager
def folder_and_store() -> Iterator[tuple[Path, Store]]:
    """An empty folder for the files, and a store without runs; both are cleared at the end."""
    store = one_store()
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield Path(folder), store
        finally:
            for run in store.runs():
                store.forget(run.id)


def imported_or_refused(format_: str, path: Path, store: Store, **how: Any) -> None:
    """Runs are made that hold as many records as rows were read, or one of our errors leaves the store empty."""
    try:
        made = import_recorded(format_, [path], store, **how)
    except (DataError, UsageError) as error:
        one_sentence(error)
        assert store.runs() == []
        return
    assert {run.id for run in store.runs()} == {run.id for run in made.runs} == set(made.records)
    for run in made.runs:
        found = list(store.records(run.id))
        assert len(found) == made.records[run.id] == sum(counts.n for counts in store.tasks(run.id).values())
        assert all(record.verdict and record.replies for record in found)
        profile(store, run.id)
    if format_ == "jsonl":
        assert sum(made.records.values()) == sum(made.files.values())


@bounded(250)
@given(files(), options, st.booleans())
def test_any_file_of_replies_is_imported_or_refused(file: tuple[str, bytes], how: dict[str, Any], whole: bool) -> None:
    name, content = file
    with folder_and_store() as (folder, store):
        (folder / name).write_bytes(content)
        imported_or_refused("jsonl", folder if whole else folder / name, store, **how)


@bounded(50)
@given(st.sampled_from(list(FORMATS)) | texts, raw_texts.filter(lambda name: "/" not in name))
def test_any_format_and_path_that_is_not_there_is_refused(format_: str, name: str) -> None:
    with folder_and_store() as (folder, store):
        imported_or_refused(format_, folder / f"no{name}", store)


@cache
def release() -> dict[str, bytes]:
    """A small release of the survey: its files by name."""
    with tempfile.TemporaryDirectory() as folder:
        write_release(Path(folder))
        return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(Path(folder).rglob("*.*"))}


@st.composite
def releases(draw: DrawFn) -> dict[str, bytes]:
    """A release with a file changed in places, damaged, or under another's name, and some of the others missing."""
    found = dict(release())
    for name in draw(st.lists(st.sampled_from(sorted(found)), min_size=1, max_size=2, unique=True)):
        content = release()[name].decode()
        if name.endswith(".jsonl"):
            rows = draw(edited([json.loads(line) for line in content.splitlines()]))
            content = "".join(json.dumps(row) + "\n" for row in rows) if isinstance(rows, list) else json.dumps(rows)
        else:
            content = json.dumps(draw(edited(json.loads(content))))
        to = draw(st.sampled_from((name, name, name, "gen_data/misuse.jsonl", "gen_data/typo_first60.jsonl")))
        found[to] = draw(damaged(content.encode()))
    for name in draw(st.lists(st.sampled_from(sorted(found)), max_size=3)):
        found.pop(name, None)
    return found


@bounded(60)
@given(releases())
def test_any_release_is_imported_or_refused(content: dict[str, bytes]) -> None:
    with folder_and_store() as (folder, store):
        for name, data in content.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        imported_or_refused("survey2023", folder, store)


@bounded(300)
@given(files())
def test_any_file_is_replayed_or_refused(file: tuple[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file[0])
        path.write_bytes(file[1])
        asyncio.run(replayed_or_refused(path))


async def replayed_or_refused(path: Path) -> None:
    """The model opens and has an outcome for every ask, or one of our errors says why not."""
    try:
        model = open_model(f"replay/{path}")
    except (DataError, ModelError) as error:
        one_sentence(error)
        return
    for row in ROWS:
        case = Case(messages=(user(row["prompt"]),), id=str(row["id"]))
        outcome = await model.reply(Ask(messages=case.messages), case, 0)
        assert isinstance(outcome, Reply | Failure)
        assert not isinstance(outcome, Reply) or decode_reply(encode(outcome)) == outcome
    await model.close()


@bounded(200)
@given(st.sampled_from(sorted(READERS)), files())
def test_any_file_of_replies_is_judged_or_refused(name: str, file: tuple[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
        path = Path(folder, file[0])
        path.write_bytes(file[1])
        try:
            judge_file(name, path)
        except DataError as error:
            one_sentence(error)
    assert all(json.loads(line)["judge"].startswith(name) for line in out.getvalue().split("\n") if line)
