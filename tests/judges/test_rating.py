"""Ratings read from replies as models write them."""

from __future__ import annotations

import pytest

from trustgauge.judges.readers.rating import read_rating


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", "4"),
        ("**4**", "4"),
        ("4/5", "4"),
        ("I'd say 4 out of 5.", "4"),
        ("Four out of five.", "4"),
        ("four", "4"),
        ("On a scale from 1 to 5, I'd give it a 4.", "4"),
        ("Rating (1-5): 4", "4"),
        ("Scale of 1-5: 4", "4"),
        ("**Rating:** 3.5", "3.5"),
        ("4 - a fine idea", "4"),
        ("5 (a very good idea)", "5"),
        ("2\n\nThe trial cost two customers and saved 3 hours.", "2"),
        ("1. It is cheap.\n2. It works.\n\nRating: 4", "4"),
        ("As an AI I have no opinions. But on a scale of 1 to 5, I would say 3.", "3"),
        ("I think it deserves a 4 out of 5, since 90% liked it.", "4"),
        ("It's a 2 for me.", "2"),
        ("5 stars", "5"),
        ("2. No wait, 4.", "4"),
        ("<think>maybe 2</think>4", "4"),
        ("I'd call it a 4 (a good idea).", "4"),
        ("Going by the trial, 1 (a very bad idea).", "1"),
        ("If I had to choose, I'd say 3.", "3"),
    ],
)
def test_a_rating_of_five_is_read(text: str, value: str) -> None:
    assert read_rating(text, 5).value == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3-4",
        "3 or 4",
        "Rating: 3 to 4",
        "between 3 and 4",
        "6",
        "0",
        "100",
        "Rating: 7",
        "From 1 (a very bad idea) to 5 (a very good idea).",
        "There are 5 typos in it.",
        "A third of the shops gained.",
        "90% of them agreed.",
        "I have no view of my own on this.",
        "1. It is cheap.\n2. It is quick.",
    ],
)
def test_what_is_no_single_rating_of_five_is_not_read(text: str) -> None:
    assert read_rating(text, 5).value == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8 / 10", "8"),
        ("Ten out of ten!", "10"),
        ("Clarity 6/10, style 7/10. Overall: 6.5/10", "6.5"),
        ("Grammar 6/10, style 7/10", ""),
        ("**6/10**\n\nThere are 8 spelling mistakes.", "6"),
        ("Rating: 7/10 (2 typos)", "7"),
        ("It has 5 typos. 3/10", "3"),
        ("**2** \u2014 The typos pull it down. Without them I'd give it a 7.", "2"),
        ("4 out of 10. Fixing the typos would bring it to 8 out of 10.", "4"),
        ("Rating: 3\n\nOnce corrected, I'd give it an 8.", "3"),
    ],
)
def test_ratings_of_ten(text: str, value: str) -> None:
    assert read_rating(text, 10).value == value


def test_the_reader_ends_on_long_and_hostile_texts() -> None:
    for piece in ("rating is ", "4/", "1 to ", "on a scale of 1 ", "( ", "i'd say ", "3 or ", "a an ", "four "):
        assert read_rating((piece * 20_000)[:100_000], 5) is not None
