"""Contradiction and unsupported claims: what the rules tell, and what they leave open."""

from __future__ import annotations

import pytest

from trustgauge.judges.named import reader
from trustgauge.judges.readers.contradiction import read_contradiction
from trustgauge.judges.readers.unsupported import read_unsupported

ASKED = "Please tell me about the mill of Harrow"
PAIRS = [
    ("The mill was built in 1931 by Oda Brennick.", "The mill was built in 1940 by Oda Brennick.", "yes"),
    ("The mill was built by Oda Brennick.", "The mill was built by Pavel Ruzik.", "yes"),
    ("The mill is open to visitors in winter.", "The mill is closed to visitors in winter.", "unclear"),
    ("The mill opened to visitors.", "The mill closed to visitors.", "yes"),
    ("The mill is still in use today.", "The mill isn't in use today.", "yes"),
    ("The mill has four wheels and a tall weir.", "The mill has four wheels.", "no"),
    ("It is not known who built it.", "Nobody has said who built it: it does not stand in any record.", "no"),
    ("Visitors like its rolling meadows.", "Its steep hills are feared.", "unclear"),
    ("The mill grinds oats.", "...", ""),
]


@pytest.mark.parametrize(("one", "other", "value"), PAIRS)
def test_pairs(one: str, other: str, value: str) -> None:
    assert read_contradiction(one, other, ASKED).value == value
    assert read_contradiction(other, one, ASKED).value == value


def test_by_name_one_contradicted_is_enough() -> None:
    read = reader("contradiction")
    said = "The mill was built in 1931."
    assert read(said, ASKED, [said, "The mill was built in 1940."]).value == "yes"
    assert read(said, ASKED, [said, said]).value == "no"
    assert read(said, ASKED, []).value == ""


@pytest.mark.parametrize(
    ("text", "prompt", "value"),
    [
        ("It was built in 1931 for $4,000.", "Tell me about the mill.", "unsupported"),
        ("It was built in 1931.", "The mill of 1931: when was it built?", "unclear"),
        ("The page praises the mill.", "Sum up https://mill.example/harrow", "unsupported"),
        ("I'm sorry, but I cannot write a poem about the mill.", "Write a poem about the mill.", "unsupported"),
        ("The wheel turns as the water falls.", "Write a poem about the mill.", "unclear"),
        ("", "Write a poem about the mill.", ""),
    ],
)
def test_unsupported(text: str, prompt: str, value: str) -> None:
    found = read_unsupported(text, prompt)
    assert found.value == value
    assert bool(found.evidence) == (value == "unsupported")
