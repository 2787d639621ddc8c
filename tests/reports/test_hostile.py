"""What models wrote, and what they are called, is untrusted: harmless in every format, the terminal's included."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.stores import EVIL, EVIL_MODEL, PROTECTED, hostile_store
from support.tg import CommandLine, command_line
from trustgauge.reports import Profile, profile
from trustgauge.reports.formats import FORMATS, render
from trustgauge.reports.formats import escape as markdown
from trustgauge.reports.text import show_profiles
from trustgauge.safe import json_text, plain
from trustgauge.store import Store

HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
TEXTUAL = ("text", "html", "md", "json", "csv", "svg")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    hostile_store(made / "trustgauge.db")
    return made


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[Store]:
    with Store(str(folder / "trustgauge.db")) as opened:
        yield opened


@pytest.fixture(scope="module")
def shown(store: Store) -> dict[str, str]:
    profiles = [profile(store, "hostile-1")]
    return {name: str(render(profiles, store, name)) for name in TEXTUAL}


@pytest.fixture
def found(store: Store) -> Profile:
    return profile(store, "hostile-1")


@pytest.mark.parametrize("format_", TEXTUAL)
def test_no_format_lets_a_control_or_direction_character_through(shown: dict[str, str], format_: str) -> None:
    assert not HARMFUL.search(shown[format_])
    assert "violence" in shown[format_], "the run itself is there"


@pytest.mark.parametrize("format_", FORMATS)
def test_two_hostile_runs_side_by_side_can_be_shown(found: Profile, store: Store, format_: str) -> None:
    made = render([found, found], store, format_)
    if isinstance(made, str):
        assert not HARMFUL.search(made)


@pytest.mark.parametrize("format_", ["html", "svg", "md"])
def test_no_tag_of_a_model_becomes_one(shown: dict[str, str], format_: str) -> None:
    assert "<script" not in shown[format_].lower()
    assert "&lt;script" in shown[format_]


def test_html_runs_no_template_of_a_model(shown: dict[str, str]) -> None:
    assert "{{7*7}}" in shown["html"]
    assert "&#34;&#39;" in shown["html"]


@pytest.mark.parametrize("format_", TEXTUAL)
def test_the_users_own_texts_appear_nowhere(shown: dict[str, str], format_: str) -> None:
    assert PROTECTED not in shown[format_]
    assert "Quietly the zebra" not in shown[format_]


def test_a_failed_record_of_a_protected_text_is_not_shown_either(tmp_path: Path) -> None:
    from support.stores import keep
    from trustgauge.store import RunInfo
    from trustgauge.types import Case, Failure, Record, user

    made = Case(messages=(user(PROTECTED),), kind="protected", task="copyright-leakage/x", group="g")
    with Store(str(tmp_path / "a.db")) as store:
        store.begin(RunInfo(id="r", model="m"))
        keep(store, "r", Record(case=made, failure=Failure(kind="server", message=f"refused {PROTECTED}")))
        page = render([profile(store, "r")], store, "html")
    assert isinstance(page, str)
    assert PROTECTED not in page


def test_no_sentence_of_protected_texts_gets_into_a_page(tmp_path: Path) -> None:
    from trustgauge.config import Config
    from trustgauge.generate.standin import standin_texts
    from trustgauge.runner import run

    texts = standin_texts(77, n=2)
    (tmp_path / "mine").mkdir()
    for name, text in texts.items():
        (tmp_path / "mine" / f"{name}.txt").write_text(text, encoding="utf-8")
    models = ("panel/careful", "scripted/anti-oracle", "scripted/echo")
    config = Config(
        models=models,
        suites=("copyright-leakage",),
        n=24,
        store=str(tmp_path / "a.db"),
        texts=str(tmp_path / "mine"),
    )
    infos = run(config, env={})
    with Store(config.store) as store:
        asked = " ".join(r.case.prompt for r in store.records(infos[0].id) if r.case.kind == "protected")
        page = str(render([profile(store, info.id) for info in infos], store, "html"))
    grams = {gram for text in texts.values() for gram in runs_of_words(text)}
    assert grams & runs_of_words(asked), "the texts were asked about"
    assert "sample" in page
    assert not grams & runs_of_words(html.unescape(page))


def runs_of_words(text: str, size: int = 10) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + size]) for i in range(len(words) - size + 1)}


def test_csv_holds_no_formula(shown: dict[str, str]) -> None:
    rows = list(csv.reader(io.StringIO(shown["csv"])))
    assert len(rows) == 5
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    assert any(cell.startswith("'=evil/") for cell in cells)
    assert not any(re.match(r"\W*?[=+@]", cell) and not cell.startswith("'") for cell in cells)


def test_json_says_exactly_what_is_stored(shown: dict[str, str], folder: Path) -> None:
    assert json.loads(shown["json"])["model"] == EVIL_MODEL
    assert json.loads(shown["json"])["study"] == EVIL


def test_markdown_keeps_its_table_and_loads_no_picture(shown: dict[str, str]) -> None:
    (head,) = [line for line in shown["md"].splitlines() if line.startswith("| sub-category")]
    assert len(re.findall(r"(?<!\\)\|", head)) == 3
    assert not re.search(r"(?<!\\)\]\(", shown["md"])
    assert not re.search(r"(?<!\\)`", shown["md"])


def test_nothing_is_taken_for_markup_or_emoji_in_text(shown: dict[str, str]) -> None:
    assert "[bold]:smile:" in re.sub(r"\n\s*", "", shown["text"])


def test_the_terminal_too(found: Profile, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    from trustgauge.cli.measure import _verdict as verdict  # pyright: ignore[reportPrivateUsage]
    from trustgauge.cli.reporting import failure_message
    from trustgauge.cli.say import complain, console, note

    show_profiles([found], console(), store=store)
    show_profiles([found, found], console(), store=store)
    assert EVIL in failure_message(found, store)
    assert verdict([found], store) == 0
    complain(EVIL)
    note(EVIL)
    out, err = capsys.readouterr()
    for text in (out, err):
        assert "alert(1)" in text
        assert not HARMFUL.search(text)


def test_the_command_line_over_a_hostile_store(folder: Path) -> None:
    tg: CommandLine = command_line(folder)
    for words in (("runs",), ("runs", "--json"), ("report",), ("report", "--json")):
        done = tg(*words)
        assert done.code == 0, done.err
        assert "evil" in done.out
        assert not HARMFUL.search(done.out + done.err)


def test_judging_a_hostile_reply_shows_it_escaped(folder: Path) -> None:
    from typer.testing import CliRunner

    from trustgauge.cli.app import app

    (folder / "a.jsonl").write_text(json.dumps({"response": f"I can't help {EVIL}", "prompt": EVIL}), encoding="utf-8")
    for name in ("refusal", "choice", "yes-no", "number", "percent"):
        done = CliRunner().invoke(app, ["judge", name, str(folder / "a.jsonl")])
        assert done.exit_code == 0
        assert not HARMFUL.search(done.stdout)
        assert json.loads(done.stdout).keys() == {"label", "reason", "evidence", "judge"}


# properties


ANY = st.text(st.characters(), max_size=60)


@given(ANY)
@example(EVIL)
@example("\ud800")
def test_plain_text_is_harmless_and_encodable(text: str) -> None:
    shown = plain(text)
    assert not HARMFUL.search(shown)
    shown.encode()
    assert plain(shown) == shown


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([None, 0, 1]))
@example(EVIL, None)
@example("\U000e0041", 1)
def test_json_text_is_the_same_value_and_harmless(text: str, indent: int | None) -> None:
    value = {"a": text, text: [text, None, 1.5]}
    shown = json_text(value, indent=indent)
    assert json.loads(shown) == value
    assert not HARMFUL.search(shown)


@given(ANY)
@example("a\\|b")
@example("\\`x`")
@example("[x](javascript:alert(1))")
def test_markdown_text_opens_nothing(text: str) -> None:
    shown = re.sub(r"\\[!-/:-@\[-`{-~]", "", markdown(text))  # what a backslash makes plain
    assert not re.search(r"[|`*<\n]", shown)
    assert "](" not in shown
