"""Every format of a report: it says what the records say, says what is missing, and is readable by its readers."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from support.stores import blank_store, empty_store, measured_store
from trustgauge.errors import UsageError
from trustgauge.reports import Profile, profile
from trustgauge.reports.document import document
from trustgauge.reports.formats import COLUMNS, FORMATS, render
from trustgauge.reports.section import interval
from trustgauge.reports.text import show_profiles
from trustgauge.store import Store
from trustgauge.suites import tasks
from trustgauge.taxonomy import CATEGORIES, SUB_CATEGORIES

MODELS = ("panel/careful", "panel/base-like")
TRIPLE = {"score", "low", "high", "chance", "n", "good", "bad", "unscored", "failed"}
ALL = tuple(FORMATS)
TEXTUAL = ("text", "html", "md", "json", "csv", "svg")


class Made:
    """A store with its profiles, rendered on demand and once."""

    def __init__(self, store: Store, profiles: list[Profile]) -> None:
        self.store, self.profiles = store, profiles
        self._done: dict[str, str | bytes] = {}

    def raw(self, format_: str) -> str | bytes:
        if format_ not in self._done:
            self._done[format_] = render(self.profiles, self.store, format_)
        return self._done[format_]

    def text(self, format_: str) -> str:
        found = self.raw(format_)
        return found if isinstance(found, str) else found.decode()


def opened(path: Path, runs: list[str]) -> Iterator[Made]:
    with Store(str(path)) as store:
        yield Made(store, [profile(store, run) for run in runs])


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    path = tmp_path_factory.mktemp("both") / "a.db"
    yield from opened(path, measured_store(path, *MODELS))


@pytest.fixture(scope="module")
def one(both: Made) -> Made:
    return Made(both.store, both.profiles[:1])


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    path = tmp_path_factory.mktemp("blank") / "a.db"
    yield from opened(path, [blank_store(path)])


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    path = tmp_path_factory.mktemp("empty") / "a.db"
    yield from opened(path, [empty_store(path)])


# json


def test_json_has_the_keys_of_the_contract(one: Made) -> None:
    found = json.loads(one.text("json"))
    assert found.keys() >= {"schema", "run", "model", "seed", "sub_categories", "calls", "cost_usd", "wall_s"}
    assert found["schema"] == 1
    assert found["model"] == MODELS[0]
    assert found["seed"] == 0
    for sub in found["sub_categories"]:
        assert sub.keys() >= TRIPLE | {"id", "category", "tasks"}
        for task in sub["tasks"]:
            assert task.keys() >= TRIPLE | {"id", "category", "task", "metrics"}
            assert task["task"] == task["id"] == f"{sub['id']}/{task['task'].split('/')[1]}"
            assert task["category"] == sub["category"] == SUB_CATEGORIES[sub["id"]].category


def test_json_counts_add_up_and_every_place_is_assessed_or_named_as_not(one: Made) -> None:
    found = json.loads(one.text("json"))
    for row in rows_of(found):
        assert row["n"] == row["good"] + row["bad"] + row["unscored"] + row["failed"] > 0
    for sub in found["sub_categories"]:
        for name in ("n", "good", "bad", "unscored", "failed"):
            assert sub[name] == sum(task[name] for task in sub["tasks"])
    places = [sub["id"] for sub in found["sub_categories"]] + found["not_assessed"]
    assert sorted(places) == sorted(SUB_CATEGORIES)


def rows_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for sub in found["sub_categories"] for row in (sub, *sub["tasks"])]


def test_json_numbers_are_those_of_the_records(both: Made) -> None:
    for found in json.loads(both.text("json"))["runs"]:
        for sub in found["sub_categories"]:
            for task in sub["tasks"]:
                check_against_records(both.store, found["run"], task)
            scores = [task["score"] for task in sub["tasks"] if task["score"] is not None]
            assert sub["score"] == pytest.approx(sum(scores) / len(scores))
            chances = [task["chance"] for task in sub["tasks"] if task["score"] is not None]
            assert sub["chance"] == pytest.approx(sum(chances) / len(chances))
            lows = [task["low"] for task in sub["tasks"] if task["score"] is not None]
            if None in lows:  # too few groups for an interval of its own
                assert sub["low"] is None
            else:
                assert min(lows) <= sub["low"] <= sub["score"] <= sub["high"]


def check_against_records(store: Store, run: str, row: dict[str, Any]) -> None:
    records = list(store.records(run, row["task"]))
    labels = [r.label for r in records]
    assert [row[name] for name in ("n", "good", "bad", "unscored", "failed")] == [
        len(labels),
        *(labels.count(name) for name in ("good", "bad", "unscored", "failed")),
    ]
    groups: dict[str, list[Any]] = {}
    for r in records:
        groups.setdefault(r.case.group, []).append(r)
    measured = tasks()[row["task"]].measure(iter(groups.values()))
    assert (row["score"], row["low"], row["high"]) == (measured.score, measured.low, measured.high)
    assert row["metrics"] == pytest.approx(dict(measured.metrics))
    assert sum(sum(reasons.values()) for reasons in row["reasons"].values()) == len(records)
    assert row["chance"] == tasks()[row["task"]].chance


def test_where_nothing_could_be_scored_the_score_is_null(blank: Made) -> None:
    text = blank.text("json")
    assert "NaN" not in text
    found = json.loads(text, parse_constant=pytest.fail)
    assert [sub["id"] for sub in found["sub_categories"]] == ["violence", "toxicity"]
    for row in rows_of(found):
        assert (row["score"], row["low"], row["high"]) == (None, None, None)
    assert [(sub["unscored"], sub["failed"]) for sub in found["sub_categories"]] == [(3, 0), (0, 2)]
    assert found["cost_usd"] is None


def test_json_of_several_runs_is_one_document_with_each(both: Made) -> None:
    found = json.loads(both.text("json"))
    assert found["schema"] == 1
    assert [run["model"] for run in found["runs"]] == list(MODELS)


# csv and parquet


def table(made: Made) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.text("csv"))))


def test_csv_and_parquet_hold_the_rows_of_json(both: Made) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    wanted = [{"run": p.run.id, "model": p.run.model, **row} for p in both.profiles for row in rows_of(document(p))]
    shared = ("run", "model", "id", "score", "low", "high", "chance", "n", "good", "bad", "unscored", "failed")
    content = both.raw("parquet")
    assert isinstance(content, bytes)
    stored = parquet.read_table(io.BytesIO(content))
    assert tuple(stored.column_names) == COLUMNS
    assert [[row[name] for name in shared] for row in stored.to_pylist()] == [
        [row[name] for name in shared] for row in wanted
    ]
    assert [[row[name] for name in shared] for row in table(both)] == [
        ["" if row[name] is None else str(row[name]) for name in shared] for row in wanted
    ]


@pytest.mark.parametrize("which", ["blank", "empty"])
def test_tables_have_the_same_columns_whatever_a_run_holds(
    which: str, both: Made, request: pytest.FixtureRequest
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    made: Made = request.getfixturevalue(which)
    assert made.text("csv").splitlines()[0] == both.text("csv").splitlines()[0]
    schemas = [parquet.read_schema(io.BytesIO(m.raw("parquet"))) for m in (made, both)]
    assert schemas[0].equals(schemas[1])
    assert all(row["score"] == "" for row in table(made))


# text and markdown


@pytest.mark.parametrize("which", ["one", "both"])
@pytest.mark.parametrize("format_", ["text", "md"])
def test_each_place_without_records_is_shown_as_not_assessed(
    which: str, format_: str, request: pytest.FixtureRequest
) -> None:
    made: Made = request.getfixturevalue(which)
    lines = made.text(format_).splitlines()
    asked = {sub.id for p in made.profiles for sub in p.assessed}
    assert 0 < len(asked) < len(SUB_CATEGORIES)
    for id_ in SUB_CATEGORIES:
        (line,) = [text for text in lines if re.match(rf"(   |\| ){id_} +(?=\S)", text)]
        assert ("not assessed" in line) == (id_ not in asked)


@pytest.mark.parametrize("which", ["one", "both"])
def test_the_scores_in_text_are_those_in_json(which: str, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue(which)
    for p in made.profiles:
        for sub in p.assessed:
            assert sub.score is not None
            (line,) = [x for x in made.text("text").splitlines() if re.match(rf"\s+{sub.id}\s", x)]
            assert f"{sub.score:.2f} [" in line


def test_text_holds_no_escape_sequences_for_a_file_or_pipe(
    one: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from trustgauge.cli.say import console

    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in render(one.profiles, one.store, "text")
    show_profiles(one.profiles, console())
    assert "\x1b" not in capsys.readouterr().out


def test_no_color_leaves_a_terminal_without_colours(one: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    from trustgauge.cli import say

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    out = Terminal()
    monkeypatch.setattr(say.sys, "stdout", out)
    show_profiles(one.profiles, say.console())
    assert not re.search(r"\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-7])m", out.getvalue())
    assert "hallucination" in out.getvalue()


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize("models", [1, 2, 8])
def test_no_number_is_cut_off_however_narrow_the_page(both: Made, width: int, models: int) -> None:
    profiles = [both.profiles[i % 2] for i in range(models)]
    out = io.StringIO()
    show_profiles(profiles, Console(file=out, width=width, markup=False))
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for p in profiles:
        for sub in p.assessed:
            lines = [x for x in text.splitlines() if x.strip().startswith(f"{sub.id} ")]
            shown = [interval(sub.score, sub.low, sub.high) in x for x in lines]
            assert any(shown), f"{sub.id} of {p.run.model}"
    if models > 1:
        counted = [x.count("]") for x in text.splitlines() if x.strip().startswith("hallucination ")]
        assert sum(counted) == models


def test_a_long_model_name_pushes_no_number_out(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    (run,) = measured_store(path, "panel/careful", suites=("hallucination",), n=3)
    with Store(str(path)) as store:
        found = profile(store, run)
        from msgspec.structs import replace

        found = replace(found, run=replace(found.run, model="openai-api/" + "a-very-long-name" * 30))
        for profiles in ([found], [found, found]):
            text = render(profiles, store, "text")
            sub = found.assessed[0]
            assert isinstance(text, str)
            (line,) = [x for x in text.splitlines() if x.strip().startswith("hallucination ")]
            assert line.count(f"{sub.score:.2f} [") == len(profiles)
            assert "…" not in text


def test_markdown_tables_have_one_width(both: Made) -> None:
    tables = [line for line in both.text("md").splitlines() if line.startswith("|")]
    profile_rows = [line for line in tables if line.count("|") == len(MODELS) + 2]
    assert len(profile_rows) >= len(SUB_CATEGORIES) + 2


# html, svg and png


VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Tags that open and close, attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("which", ["one", "both", "blank", "empty"])
def test_html_is_one_balanced_page_that_loads_nothing(which: str, request: pytest.FixtureRequest) -> None:
    text = request.getfixturevalue(which).text("html")
    page = Page(text)
    assert page.open == []
    assert ("svg" in page.tags) == (which != "empty")
    assert not page.tags & {"script", "iframe", "object", "embed", "link", "img", "base", "form"}
    policy = [v for tag, name, v in page.attributes if tag == "meta" and name == "content" and "default-src" in v]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    for _, name, value in page.attributes:
        assert name not in ("src", "href", "srcset", "action", "xlink:href") or not value.startswith(("http", "//"))
        assert not name.startswith("on")
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("which", ["one", "both", "blank", "empty"])
def test_html_names_what_was_not_assessed(which: str, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue(which)
    text = made.text("html")
    missing = text.split("<h2>Not assessed</h2>")[1].split("<h2>")[0]
    asked = {sub.id for p in made.profiles for sub in p.assessed}
    for place in SUB_CATEGORIES.values():
        assert (f"<b>{place.title}</b>" in missing) == (place.id not in asked)
    for category in CATEGORIES.values():
        assert category.title in text


def test_html_shows_examples_with_what_was_asked(one: Made) -> None:
    text = one.text("html")
    assert text.count('class="sample"') >= len(one.profiles[0].assessed)
    for label in ("good", "bad"):
        assert f'<span class="tag {label}">' in text


@pytest.mark.parametrize("which", ["one", "both", "blank", "empty"])
def test_svg_is_xml_and_png_is_png(which: str, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue(which)
    assert ElementTree.fromstring(made.text("svg")).tag.endswith("svg")
    png = made.raw("png")
    assert isinstance(png, bytes)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")


# all formats


@pytest.mark.parametrize("format_", ALL)
@pytest.mark.parametrize("which", ["blank", "empty"])
def test_a_run_with_nothing_to_show_can_be_shown(which: str, format_: str, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue(which)
    assert made.raw(format_)
    if format_ in TEXTUAL:
        assert not re.search(r"\bnan\b", made.text(format_), re.IGNORECASE)


def test_nothing_scored_is_said_in_words(blank: Made) -> None:
    text = blank.text("text")
    assert "unscored 100 %" in text
    assert "failed 100 %" in text
    assert "none of its 5" in text


def test_an_unknown_format_is_a_sentence(one: Made) -> None:
    with pytest.raises(UsageError, match=r"no format 'pdf'.*text, html, md"):
        render(one.profiles, one.store, "pdf")


@pytest.mark.parametrize("format_", TEXTUAL)
def test_a_report_says_the_same_twice(one: Made, format_: str) -> None:
    assert render(one.profiles, one.store, format_) == one.raw(format_)
