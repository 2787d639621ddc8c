"""Closed choices: layout, key, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.errors import SuiteError
from trustgauge.generate import ask_choice, letters
from trustgauge.generate.choice import LAYOUTS, LETTERS, option_lines, place

texts = st.lists(
    st.text("abcdefgh ", min_size=1, max_size=6).map(str.strip).filter(bool), min_size=2, max_size=10, unique=True
)


@given(texts, st.data())
def test_the_right_option_lands_on_its_position(options: list[str], data: st.DataObject) -> None:
    right, *others = options
    position = data.draw(st.integers(0, len(others)))
    placed = place(right, others, position)
    assert placed[position] == right
    assert [o for o in placed if o != right] == others


@given(texts, st.data(), st.sampled_from(sorted(LAYOUTS)))
def test_every_layout_shows_question_and_options_and_the_key_fits(
    options: list[str], data: st.DataObject, layout: str
) -> None:
    right, *others = options
    position = data.draw(st.integers(0, len(others)))
    case = ask_choice(
        "Which {one}?", right, others, position=position, layout=layout, template="t", slots={"s": "1"}, kind="k"
    )
    assert "Which {one}?" in case.prompt
    assert option_lines(case.options) in case.prompt
    assert case.options[LETTERS.index(case.key)] == right
    assert (case.template, case.slots, case.kind, case.twin) == (f"t/{layout}", {"s": "1"}, "k", False)


def test_option_lines_carry_letters_in_order() -> None:
    assert option_lines(["x", "y", "z"]) == "A) x\nB) y\nC) z"
    assert letters(3) == ("A", "B", "C")


def test_without_a_template_the_layout_is_its_name() -> None:
    assert ask_choice("Q?", "x", ["y"], position=0).template == "letter-only"


@pytest.mark.parametrize("position", [-1, 3])
def test_a_position_outside_the_options_is_refused(position: int) -> None:
    with pytest.raises(SuiteError, match=f"position {position} is not one of the 3 options"):
        place("x", ["y", "z"], position)


def test_options_that_read_the_same_are_refused() -> None:
    with pytest.raises(SuiteError, match="two options read the same"):
        ask_choice("Q?", "Paris", ["paris ", "Rome"], position=0)


def test_more_options_than_letters_are_refused() -> None:
    with pytest.raises(SuiteError, match="11 options are more than the 10 letters"):
        ask_choice("Q?", "0", [str(i) for i in range(1, 11)], position=0)


def test_an_unknown_layout_names_those_there_are() -> None:
    with pytest.raises(SuiteError, match=r"no layout 'fancy': take one of letter-only, .*pick"):
        ask_choice("Q?", "x", ["y"], position=0, layout="fancy")
