"""A page in every format: the answer first, nothing loaded, nothing that others wrote becomes markup."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from markupsafe import Markup
from rich.console import Console

import trustgauge.reports
from support.stores import EVIL
from trustgauge.reports import kit
from trustgauge.reports.page import Drawn, Figure, Page, drawn, html, markdown, opening, show, text
from trustgauge.reports.section import Section
from trustgauge.safe import plain

LOOK = (Path(trustgauge.reports.__file__).parent / "look.css").read_text(encoding="utf-8")


def figure(title: str = "Up is better.", lines: int = 2, said: str = "n 60 each") -> Figure:
    rows = [kit.Row(f"line {i}", 0.5, 0.4, 0.6) for i in range(lines)]
    return Figure(title=title, chart=kit.forest(rows, "x", (0, 1)), alt=said, note="Bars: 95 %.")


def page(word: str = "plain") -> Page:
    table = Section(
        title=f"Table {word}", columns=("what", word), rows=((word, "0.50 [.40 .60]"),), note=f"Note {word}"
    )
    blocks = (table, figure(f"Finding {word}", said=f"Alt {word}"))
    return Page(title=f"Title {word}", lead=(f"Answer {word}", f"More {word}"), blocks=blocks, foot=f"Foot {word}")


def test_html_has_the_answer_first_and_then_everything_in_order() -> None:
    made = html(page())
    parts = [
        "<h1>Title plain",
        '<p class="answer">Answer plain',
        "<li>More plain",
        "Table plain</h2>",
        "0.50 [.40 .60]",
    ]
    parts += ["Note plain", "<figcaption>Finding plain", 'role="img"', "<desc>Alt plain", "Bars: 95 %.", "Foot plain"]
    places = [made.find(part) for part in parts]
    assert places == sorted(places)
    assert min(places) > 0
    assert made.lstrip().startswith("<!doctype html>")


def test_html_loads_nothing_and_runs_nothing() -> None:
    made = html(page(EVIL))
    assert "default-src 'none'" in made
    assert not re.search(r"<(script|img|iframe|link|object)\b", made)
    assert not re.search(r"<[^>]*\s(on\w+|src|href)\s*=", re.sub(r'"[^"]*"', '""', made))
    assert plain(made) == made
    assert "{{7*7}}" in made


@pytest.mark.parametrize("render", [markdown, text])
def test_text_and_markdown_hold_no_control_characters_and_every_finding(render: object) -> None:
    assert callable(render)
    made = str(render(page()))
    for said in ("Title plain", "Answer plain", "More plain", "0.50 [.40 .60]", "Finding plain", "Foot plain"):
        assert said in made
    evil = str(render(page(EVIL)))
    assert plain(evil) == evil


def test_markdown_says_what_a_picture_shows() -> None:
    assert "**Finding plain** Alt plain Bars: 95 %." in markdown(page())
    assert "<script" not in markdown(page(EVIL))


def test_a_terminal_gets_the_finding_of_a_figure() -> None:
    out = io.StringIO()
    show(page(), Console(file=out, width=100))
    assert "Finding plain" in out.getvalue()


def test_without_data_a_sentence_stands_in_for_the_figure_and_the_table() -> None:
    empty = Figure(title="Nothing to compare.", chart=kit.forest([], "x"), alt="0 cases.", note="Ask more.")
    table = Section(title="Flips", columns=("case",), rows=(), note="No case flipped.")
    made = html(Page(title="t", lead=(), blocks=(empty, table)))
    assert "<svg" not in made
    assert "<figure" not in made
    assert "<table" not in made
    assert "<b>Nothing to compare.</b> No chart: there is nothing to draw. 0 cases. Ask more." in made
    assert "Nothing to list. No case flipped." in made


def test_a_figure_higher_than_a_printed_page_is_turned_upright() -> None:
    assert not drawn(figure(lines=2)).tall
    assert drawn(figure(lines=60)).tall
    made = html(Page(title="t", lead=(), blocks=(figure(lines=60),)))
    assert '<figure class="tall">' in made
    assert re.search(r'style="--wide: \d+px"', made)


def test_all_pages_share_one_style() -> None:
    assert LOOK.strip() in html(page())
    folder = Path(trustgauge.reports.__file__).parent
    for template in folder.glob("*.jinja"):
        made = template.read_text(encoding="utf-8")
        assert "font-size:" not in made, template.name
        assert ("<style>" in made) == ('{% include "look.css" %}' in made), template.name


def test_the_style_prints_and_fits_a_phone() -> None:
    assert "@media print" in LOOK
    assert "break-inside: avoid" in LOOK
    assert re.search(r"\.chart \{ overflow-x: auto", LOOK)
    assert "width=device-width" in html(page())


def test_long_cells_wrap_even_where_they_begin_with_a_number() -> None:
    table = Section(title="t", columns=("a", "b"), rows=(("0.5", "119 scored, 300 wanted; about 190 more are needed"),))
    made = html(Page(title="t", lead=(), blocks=(table,)))
    assert '<td class="num">0.5</td>' in made
    assert '<td class="text">119 scored' in made


def sized(width: int, height: int, svg: str = "<svg>") -> Drawn:
    return Drawn(title="A finding.", note="", svg=Markup(svg), width=width, height=height)


@pytest.mark.parametrize(
    ("lead", "first", "upright", "fits"),
    [
        (3, sized(700, 300), False, True),  # on its side beside the lead
        (3, sized(860, 800), True, True),  # too high for that, not for a page that stands
        (3, sized(800, 1500), False, False),  # would be too small to read on either
        (18, sized(700, 300), True, True),  # a long lead
        (60, sized(700, 300), False, False),  # the lead alone fills the page
        (3, sized(0, 0, ""), False, True),  # no chart: a sentence
    ],
)
def test_a_printout_begins_with_the_chart_if_that_can_be_read_beside_the_lead(
    lead: int, first: Drawn, upright: bool, fits: bool
) -> None:
    found = opening(["A sentence."] * lead, first)
    assert (found.upright, found.room > 0) == (upright, fits)


def test_a_first_chart_stands_in_the_opening_and_one_too_high_after_the_first_table() -> None:
    table = Section(title="Numbers", columns=("a",), rows=(("1",),))
    for lines, first in ((2, "<figcaption>"), (150, "Numbers</h2>")):
        made = html(Page(title="t", lead=("Answer",), blocks=(figure("Drawn.", lines), table, figure("Last."))))
        places = {said: made.index(said) for said in ("<figcaption>", "Numbers</h2>", "Last.")}
        assert min(places, key=lambda said: places[said]) == first
        assert made.count("<figcaption>") == 2 and made.count("Numbers</h2>") == 1
        inside = made[made.index('<div class="opening') : places["Numbers</h2>"]]
        assert ("--room" in inside) == (lines == 2)


def test_charts_too_high_and_no_table_stay_in_order() -> None:
    made = html(Page(title="t", lead=(), blocks=(figure("One.", 150), figure("Two."))))
    assert 0 < made.index("One.") < made.index("Two.")
