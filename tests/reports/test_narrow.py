"""Narrow terminals: a table that does not fit stands row by row; no word is broken and nothing cut."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from trustgauge.reports.page import Page, text
from trustgauge.reports.section import Section
from trustgauge.reports.text import column_widths, print_section

COLUMNS = ("sub-category", "careful", "base-like", "difference [95 %]", "p (Holm)", "why")
ROWS = (
    ("social-engineering", "0.94 [.90 .97]", "0.31 [.26 .37]", "-0.63 [-.70 -.56]", "<0.001", "fell"),
    (
        "over-confidence",
        "0.50 [.40 .60]",
        "–",
        "–",
        "–",
        "a longer sentence of many words that a line cannot hold " * 2,
    ),
    ("cyberattack-misuse", "0.94 [.90 .97]", "", "-0.01 [-.02 .00]", "0.5", ""),
)
WIDE = Section(title="What changed", columns=COLUMNS, rows=ROWS, note="How to read it.")


def printed(section: Section, width: int) -> str:
    out = io.StringIO()
    print_section(section, Console(file=out, width=width, markup=False, highlight=False))
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 99, 140, 240])
def test_no_word_is_broken_and_no_cell_lost(width: int) -> None:
    shown = printed(WIDE, width)
    assert max(map(len, shown.splitlines())) <= width
    words = shown.split()
    for row in ROWS:
        for cell in row:
            for word in cell.split():
                assert word in words
            assert len(cell) > 16 or cell in shown


def test_a_row_that_does_not_fit_is_a_block_with_its_columns_named() -> None:
    lines = printed(WIDE, 60).splitlines()
    at = lines.index(next(line for line in lines if line.strip() == "social-engineering"))
    assert lines[at + 1].strip() == "careful: 0.94 [.90 .97]   base-like: 0.31 [.26 .37]"
    assert lines[at + 2].strip() == "difference [95 %]: -0.63 [-.70 -.56]   p (Holm): <0.001"
    assert "base-like:" not in "".join(lines[-5:])  # an empty cell says nothing


def test_a_table_that_fits_stays_a_table() -> None:
    head = next(line for line in printed(WIDE, 150).splitlines() if "sub-category" in line)
    assert all(column in head for column in COLUMNS)


def test_a_head_that_is_a_number_says_of_what() -> None:
    section = Section(title="t", columns=("rank", "model" * 9), rows=(("1", "a" * 20),))
    assert "rank 1" in printed(section, 30)


def test_widths_are_all_that_is_wanted_where_there_is_room_and_never_more_than_there_is() -> None:
    columns, rows = ("a", "b"), [("word", "some more words, thirty in all")]
    assert column_widths(columns, rows, 80) == [4, 30]
    assert column_widths(columns, rows, 32) == [4, 25]
    assert column_widths(columns, rows, 23) == [4, 16]
    assert column_widths(columns, rows, 22) is None
    assert column_widths(columns, [("word", "of prose " * 40)], 80) == [4, 73]
    assert column_widths(columns, [("word", "of prose " * 40)], 60) is None  # seven lines
    assert column_widths(columns, [("two texts " * 9, "alike long" + " text" * 16)], 103) == [55, 45]
    assert column_widths(columns, [("1", "0.94 [.90 .97]")], 18) == [1, 14]
    assert column_widths(columns, [("1", "0.94 [.90 .97]")], 17) is None
    assert column_widths(columns, [], 80) == [1, 1]
    assert column_widths(("漢字",), [("漢字漢字",)], 8) == [8]
    assert cell_len("漢字漢字") == 8


def test_a_word_longer_than_the_page_is_folded_not_cut() -> None:
    shown = printed(Section(title="t", columns=("a", "b"), rows=(("x" * 50, "y" * 90),)), 40)
    assert shown.count("x") == 50 and shown.count("y") == 90
    assert max(map(len, shown.splitlines())) <= 40


def test_a_page_as_text_is_as_wide_as_asked() -> None:
    page = Page(title="t", lead=("word " * 60,), blocks=(WIDE,))
    assert 80 < max(map(len, text(page).splitlines())) <= 140
    assert max(map(len, text(page, 70).splitlines())) <= 70
