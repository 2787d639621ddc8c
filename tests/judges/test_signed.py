"""Signed: the same match as one expression of all parts, whichever parts are passed over."""

from __future__ import annotations

import re
from random import Random

import pytest

from trustgauge.judges.declining import _DECLINES
from trustgauge.judges.readers.signed import Signed

# ruff: noqa: SIM905
PARTS = [(("cat",), r"\bcat\w*"), (("dog", "hound"), r"(hot )?dog|hound"), (("at", "og"), r"\w*(at|og)\b")]
WORDS = "cat cats dog hot hound that frog Cat DOG bog h\u00f6und \u017fat x not sure can't tell to say".split()
DECLINING = (
    "neither no real way to can't tell decide depends on who as individuals stereotype not enough information unfair "
    "to judge I do not know impossible to be say equally evidence vary between people hard to choose won\u2019t pick the"
).split()


@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
def test_it_finds_what_the_joined_expression_finds(flags: int) -> None:
    joined, signed = re.compile("|".join(part for _, part in PARTS), flags), Signed(PARTS, flags)
    _compare(joined, signed, WORDS)


def test_it_does_so_for_declining_words() -> None:
    parts = [pattern.pattern for _, pattern in _DECLINES._parts]
    hits = _compare(re.compile("|".join(parts), re.IGNORECASE), _DECLINES, DECLINING)
    assert 500 < hits < 3000


def _compare(joined: re.Pattern[str], signed: Signed, words: list[str]) -> int:
    rng, hits = Random(3), 0
    for _ in range(3000):
        text = " ".join(rng.choices(words, k=rng.randint(0, 7)))
        wanted, found = joined.search(text), signed.search(text)
        assert (wanted and wanted.span()) == (found and found.span()), text
        hits += found is not None
    return hits
