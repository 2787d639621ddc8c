"""`trustgauge compare` through the real command line, hostile runs among them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.stores import EVIL, hostile_case, hostile_store, keep, measured_store, record
from support.tg import CommandLine, sentence
from trustgauge.store import RunInfo, Store

MEMBERS = ("panel/base-like", "panel/careful", "panel/agreeable")


@pytest.fixture(scope="module")
def tg(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    folder = tmp_path_factory.mktemp("compare")
    measured_store(folder / "trustgauge.db", *MEMBERS, suites=("hallucination",), n=40)
    with Store(str(folder / "trustgauge.db")) as store:
        for info in store.runs():
            store.begin(RunInfo(id=info.id, model=info.model, study="night"))
    return CommandLine(folder)


def test_json_is_one_document_and_nothing_else(tg: CommandLine) -> None:
    done = tg("compare", "panel-base", "panel-careful", "--json", "--resamples", "2000", "--flips-to", "flips.jsonl")
    assert done.code == 0, done.err
    assert done.json["schema"] == 1 and done.json["baseline"]["model"] == "panel/base-like"
    sub = done.json["runs"][0]["sub_categories"][0]
    assert sub["id"] == "hallucination" and {"difference", "p_holm", "p_bh", "word", "tasks", "moves"} <= set(sub)
    flips = [json.loads(line) for line in (tg.folder / "flips.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(flips) == sub["gained"] + sub["lost"] > 0


def test_a_study_is_all_its_runs_and_any_may_be_the_baseline(tg: CommandLine) -> None:
    first = tg("compare", "night", "--json", "--resamples", "1000").json
    assert [each["model"] for each in first["runs"]] == ["panel/careful", "panel/agreeable"]
    other = tg("compare", "night", "--baseline", "panel-careful", "--json", "--resamples", "1000").json
    assert other["baseline"]["model"] == "panel/careful"
    assert {each["model"] for each in other["runs"]} == {"panel/base-like", "panel/agreeable"}
    a, b = (d["runs"][0]["sub_categories"][0]["difference"] for d in (first, other))
    assert a == pytest.approx(-b)


def test_people_get_the_answer_first(tg: CommandLine) -> None:
    done = tg("compare", "panel-base", "panel-careful", "--resamples", "1000", "--flips", "2")
    assert done.code == 0, done.err
    assert "careful is better than base-like in 1 of 1" in done.out.split("\n\n")[1].replace("\n ", " ")
    assert "2 of" in done.out


@pytest.mark.parametrize(
    "words",
    [
        ("panel-base",),
        ("panel-base", "nosuch"),
        ("panel-base", "panel-careful", "-f", "pdf"),
        ("panel-base", "panel-careful", "--margin", "1"),
        ("panel-base", "panel-careful", "--resamples", "5"),
        ("panel-base", "panel-careful", "--flips", "-1"),
        ("panel-base", "panel-careful", "--baseline", "night"),
    ],
)
def test_wrong_words_are_one_sentence(tg: CommandLine, words: tuple[str, ...]) -> None:
    done = tg("compare", *words)
    sentence(done, 2)


def test_flips_that_cannot_be_written(tg: CommandLine) -> None:
    done = tg("compare", "panel-base", "panel-careful", "--resamples", "1000", "--flips-to", "no/such/folder.jsonl")
    sentence(done, 1, "no/such/folder.jsonl")


@pytest.mark.parametrize("format_", ["text", "md", "html", "json"])
def test_hostile_runs_are_harmless(tmp_path: Path, format_: str) -> None:
    path = tmp_path / "trustgauge.db"
    hostile_store(path)
    with Store(str(path)) as store:
        store.begin(RunInfo(id="hostile-2", model=EVIL, study=EVIL, manifest={"seed": EVIL, "texts": {EVIL: EVIL}}))
        labels = ("bad", "good", "failed")
        keep(store, "hostile-2", *(record(hostile_case(i), labels[i % 2], EVIL, EVIL) for i in range(9)))
        store.finish("hostile-2", "done")
    words = ("--resamples", "1000", "--slices", "a,template,kind", "-f", format_, "-o", "-", "--flips-to", "f.jsonl")
    done = CommandLine(tmp_path)("compare", "hostile-1", "hostile-2", *words)
    assert done.code == 0, done.err
    for shown in (done.out, done.err, (tmp_path / "f.jsonl").read_text(encoding="utf-8")):
        assert not {"\x1b", "\u202e", "\u200b", "\x00"} & set(shown)
    if format_ in ("html", "md"):
        assert "<script" not in done.out
