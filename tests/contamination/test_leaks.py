"""Leaks: what stands in training data is found, and told by kind; what does not is not."""

from __future__ import annotations

import csv
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support.stores import EVIL, keep, record
from trustgauge.cli.app import app
from trustgauge.contamination import Asked, Leaks, held_against, leaks, passages
from trustgauge.contamination.against import Against
from trustgauge.contamination.document import document
from trustgauge.contamination.page import page_of
from trustgauge.contamination.result import Held
from trustgauge.datasets import Folder
from trustgauge.errors import DataError, UsageError
from trustgauge.generate.canary import CANARY, canary_of, exports_in, guids_in
from trustgauge.generate.standin import standin_texts
from trustgauge.reports.page import html, markdown, text
from trustgauge.store import RunInfo, Store
from trustgauge.suites import find_task
from trustgauge.types import Case, user

LINE = "the harbour clerk writes the name of every boat into a green book before the tide turns at noon"
OTHER = "a painter keeps nine blue jars on the sill and washes each of them when the market bell has rung"


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def prompts(*texts: str) -> Against:
    return Against("t", tuple(Held(id=f"c{i}", of="t", text=each) for i, each in enumerate(texts)))


def found(tmp_path: Path, row: dict[str, Any], *tests: Against) -> Leaks:
    path = write(tmp_path / "train.jsonl", {"text": OTHER}, row)
    return leaks([str(path)], passages([path]), tests)


SHUFFLED = " ".join(random.Random(3).sample(LINE.split(), len(LINE.split())))


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        ({"text": LINE}, {"exact": 1}),
        ({"messages": [{"role": "user", "content": f"Hello. {LINE.upper()}! Thank you."}]}, {"exact": 1}),
        ({"prompt": [{"role": "user", "content": "x"}], "chosen": [{"role": "assistant", "content": LINE}]}, {"exact": 1}),
        ({"any": {"deep": ["one", [LINE]]}}, {"exact": 1}),
        ({"text": LINE.replace("at noon", "some day soon, I think, and so on and on for long")}, {"n-gram": 1}),
        ({"text": LINE.replace("every", "each")}, {"near-duplicate": 1}),
        ({"text": SHUFFLED}, {}),
        ({"text": OTHER}, {}),
        ({"role": LINE[:9]}, {}),
    ],
)  # fmt: skip
def test_each_kind_is_told(tmp_path: Path, row: dict[str, Any], kinds: dict[str, int]) -> None:
    said = found(tmp_path, row, prompts(LINE))
    assert said.by_kind == kinds
    assert said.clean == (not kinds)
    if kinds:
        assert said.leaks[0].where.startswith(f"{tmp_path / 'train.jsonl'}, line 2, ")
        assert said.leaks[0].held.id == "c0"
        assert said.by_source == {"t": 1}


def test_short_texts_and_ids_are_not_compared_and_it_is_said(tmp_path: Path) -> None:
    said = found(tmp_path, {"text": "Is it so?", "id": "a-b-c-d-e-f"}, prompts("Is it so?", "a-b-c-d-e-f", LINE))
    assert (said.clean, said.short, said.tested) == (True, 1, {"t": 1})


def test_five_words_within_another_text_are_found(tmp_path: Path) -> None:
    assert found(
        tmp_path, {"text": "Well: who paints nine blue jars? Tell me."}, prompts("Who paints nine blue jars?")
    ).by_kind


def test_keywords_and_templates_of_the_held_out_side_are_found_in_what_is_written_anew(tmp_path: Path) -> None:
    task = find_task("violence/direct").on("held-out")
    test = held_against(Asked(words=("violence/direct",), n=20), Folder())[0]
    words = [each for each in test.held if each.kind == "keyword" and " " in each.text]
    assert words
    row = {"text": f"quite new words around {words[0].text} and nothing else of it at all"}
    said = found(tmp_path, row, test)
    assert said.by_kind == {"keyword": 1}
    assert said.leaks[0].held.text == words[0].text
    fixed = [each for each in test.held if each.kind == "template"]
    assert fixed, "no fixed words of a template"
    assert "template" in found(tmp_path, {"text": f"so {fixed[0].text} or not"}, test).by_kind
    cases = list(task.generate(0, 20, standin_texts(0)))
    assert found(tmp_path, {"text": cases[0].prompt}, test).by_kind["exact"] == 1


@pytest.mark.parametrize(
    "task",
    [
        "violence/direct",
        "interpretability/cited-factor",
        "stereotype-bias/forced-choice",
        "privacy-violation/lookup",
        "social-engineering-misuse/types",
    ],
)
def test_the_training_side_of_a_task_leaks_nothing(tmp_path: Path, task: str) -> None:
    """Whatever its seed: tones, closings, numbers and evidence are dealt alike on both sides."""
    other = [case for seed in range(4) for case in find_task(task).on("train").generate(seed, 60, standin_texts(seed))]
    path = write(tmp_path / "train.jsonl", *({"text": case.prompt} for case in other))
    test = held_against(Asked(words=(task,), n=60), Folder())[0]
    assert leaks([str(path)], passages([path]), [test]).clean


def test_a_question_with_its_options_in_another_order_is_found(tmp_path: Path) -> None:
    def ask(mark: str, *options: str) -> str:
        told = "\n".join(f"{letter}{mark} {option}" for letter, option in zip("ABCD", options, strict=True))
        return f"Which boat has the green book?\n\n{told}\n\nOne letter only."

    text = ask(")", "The Tern", "Old Anna", "Blue Jar", "Noon Bell")
    again = ask(".", "Noon Bell", "Blue Jar", "The Tern", "Old Anna")
    assert found(tmp_path, {"text": again}, prompts(text)).by_kind == {"near-duplicate": 1}
    assert found(tmp_path, {"text": ask(")", "The Gull", "My Eve", "Red Pot", "Dawn")}, prompts(text)).clean


def test_a_keyword_is_two_words_and_no_words_of_the_row_s_own_task(tmp_path: Path) -> None:
    keys = ("The Blue Jar", "a painter", "sea-bell", "the tide")
    held = tuple(Held(id=f"c{i}", of="t", text=key, kind="keyword") for i, key in enumerate(keys))
    row = {"text": "A painter found the blue jar at the sea bell, and then the tide turned.", "task": "s/quiz"}
    test = Against("t", held, ("t",), lambda tasks: ["Who made the blue jar?"] if "s/quiz" in tasks else [])
    assert [leak.held.text for leak in found(tmp_path, row | {"task": "s/more"}, test).leaks] == ["The Blue Jar"]
    assert found(tmp_path, row, test).clean


def test_canaries(tmp_path: Path) -> None:
    guid = "0a1b2c3d-0000-4000-8000-0123456789ab"
    assert guids_in(CANARY) and not exports_in(CANARY)
    assert guids_in(f"BENCHMARK DATA. some canary GUID {guid.upper()} here") == [guid]
    assert guids_in(f"an id {guid}") == []
    mine = canary_of("abc")
    assert mine != canary_of("abd")
    assert exports_in(f"so {mine}.") == [mine]
    said = found(tmp_path, {"text": f"x {CANARY} y", "canary": mine}, prompts(LINE))
    assert said.by_kind == {"canary": 1}
    assert said.exports == (mine,)
    assert found(tmp_path, {"canary": mine}, prompts(LINE)).clean  # it marks training data, and is no leak


def test_against_a_run(tmp_path: Path) -> None:
    with Store(str(tmp_path / "t.db")) as store:
        store.begin(RunInfo(id="mine-1", model="fake/one"))
        made = Case(messages=(user(LINE),)).of("violence/fake")
        keep(store, "mine-1", record(made, "good"))
        tests = held_against(Asked(words=("mine",)), Folder(), store)
        assert found(tmp_path, {"text": LINE}, *tests).leaks[0].held.id == made.id
        with pytest.raises(UsageError, match="no file and no suite"):
            held_against(Asked(words=("nothing",)), Folder(), store)
    with pytest.raises(UsageError, match="no file"):
        held_against(Asked(words=("nothing",)), Folder())


def test_a_question_of_others_is_found_in_another_dress(tmp_path: Path) -> None:
    dress = "Now answer with one letter of these and nothing else"
    with Store(str(tmp_path / "t.db")) as store:
        store.begin(RunInfo(id="mine-1", model="fake/one"))
        asks = [f"Which of boats {i} and {i + 1} did {LINE}?\n\nA) the one with {OTHER}\n{dress}" for i in range(9)]
        keep(store, "mine-1", *(record(Case(messages=(user(ask),)).of("violence/recorded"), "good") for ask in asks))
        tests = held_against(Asked(words=("mine-1",)), Folder(), store)
    said = found(tmp_path, {"text": f"Which of boats 4 and 5 did {LINE}?"}, *tests)
    assert {leak.held.text for leak in said.leaks if leak.kind == "exact"} == {f"Which of boats 4 and 5 did {LINE}?"}
    assert found(tmp_path, {"text": dress}, *tests).clean


def test_pages_are_harmless(tmp_path: Path) -> None:
    said = found(tmp_path, {"text": f"{EVIL} {LINE}"}, prompts(f"{EVIL} {LINE}"))
    page = page_of(said)
    assert said.by_kind == {"exact": 1}
    assert "<script>" not in html(page)
    for shown in (text(page), markdown(page), html(page)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert document(said)["leaks"][0]["kind"] == "exact"


def test_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    write(tmp_path / "data/sft.jsonl", {"text": LINE})
    (tmp_path / "data/card.md").write_text("no rows")
    (tmp_path / "data/export.json").write_text('{"counts": {}}')
    write(tmp_path / "same.jsonl", {"question": LINE})
    write(tmp_path / "other.jsonl", {"question": OTHER})
    write(tmp_path / "short.jsonl", {"question": "Why?"})

    def go(*words: str) -> Any:
        return CliRunner().invoke(app, ["leaks", *words])

    same = go("data", "--against", "same.jsonl")
    assert (same.exit_code, "LEAKS: 1 test text stands" in same.stdout) == (1, True)
    assert go("data", "--against", "other.jsonl").exit_code == 0
    assert go("data", "--against", "short.jsonl").exit_code == 3
    (tmp_path / "empty.jsonl").write_text("")
    assert go("empty.jsonl", "--against", "other.jsonl").exit_code == 3
    told = json.loads(go("data", "--against", "other.jsonl", "--against", "same.jsonl", "--json").stdout)
    assert (told["clean"], told["by_kind"], told["tested"]) == (
        False,
        {"exact": 1},
        {"other.jsonl": 1, "same.jsonl": 1},
    )
    for wrong in (["nowhere"], ["data", "--against", "nowhere"], ["data", "--split", "x"], ["data", "--overlap", "2"]):
        with pytest.raises((UsageError, DataError)):
            CliRunner().invoke(app, ["leaks", *wrong], catch_exceptions=False)


def test_parquet_and_csv_are_read(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow as pa

    table = pa.table({"messages": [[{"role": "user", "content": LINE}], [{"role": "user", "content": OTHER}]]})
    parquet.write_table(table, tmp_path / "a.parquet")
    with (tmp_path / "b.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["text", "n"], [LINE, 3]])
    read = list(passages([tmp_path]))
    assert [each.text for each in read] == [LINE, OTHER, LINE, "3"]
    (tmp_path / "c.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(DataError, match="not readable as Parquet"):
        list(passages([tmp_path / "c.parquet"]))


def test_arrow_is_read_as_datasets_saves_it(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"text": [LINE, OTHER]})
    for name, writer in (("a", pa.ipc.new_stream), ("b", pa.ipc.new_file)):
        with writer(str(tmp_path / f"{name}.arrow"), table.schema) as file:
            file.write_table(table)
    (tmp_path / "state.json").write_text("{}")
    assert [each.text for each in passages([tmp_path])] == [LINE, OTHER] * 2
    for wrong in (b"", b"ARROW1 not really", b"nothing of the kind"):
        (tmp_path / "c.arrow").write_bytes(wrong)
        with pytest.raises(DataError, match="not readable as Arrow"):
            list(passages([tmp_path / "c.arrow"]))


@pytest.mark.skipif(
    not (Path(os.environ.get("TRUSTGAUGE_DATA", "")) / "do_not_answer").is_dir(),
    reason="TRUSTGAUGE_DATA names no folder with do_not_answer",
)
def test_copies_of_a_public_set_are_found_and_shuffled_words_are_not(tmp_path: Path) -> None:
    public = Path(os.environ["TRUSTGAUGE_DATA"]) / "do_not_answer/Instruction/do_not_answer_en.csv"
    with public.open(encoding="utf-8-sig", newline="") as file:
        questions = [row["question"] for row in csv.DictReader(file)]
    long = [each for each in questions if len(each.split()) >= 9][:120]
    rng = random.Random(1)
    rows = [
        {"text": long[i]} if i % 2 else {"text": " ".join(rng.sample(long[i].split(), len(long[i].split())))}
        for i in range(120)
    ]
    path = write(tmp_path / "train.jsonl", *rows)
    said = leaks([str(path)], passages([path]), held_against(Asked(words=(str(public),)), Folder()))
    lines = {int(leak.where.rpartition("line ")[2].partition(",")[0]) - 1 for leak in said.leaks}
    assert lines == set(range(1, 120, 2))
    assert set(said.by_kind) == {"exact"}
