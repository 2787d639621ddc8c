"""Whether two statements about the same thing contradict each other, by rules: a floor beneath a model judge.

Each must have a number or name that the other lacks, or one denies what the other says, or they hold opposites; and
they must speak of the same at all. Two that say nothing apart don't contradict. The rest is "unclear": whether two
descriptions in other words can both be true needs to be understood.

Of pairs that people judged (ChatProtect, Muendler et al. 2024) the figures are in docs/agreement.md.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.answer_words import answer_words, listed, stem
from trustgauge.judges.readers.clean import plain

YES, NO, UNCLEAR = "yes", "no", "unclear"
_READ = 1000  # characters of a statement
_RELATED = 0.2  # of the words of the shorter one, in both
_SAME_CLAIM = 0.4  # the same, for a denial to be one of the other statement
_CAPITAL = re.compile(r"(?<=\W)[A-Z][\w'\u2019-]+")
_WORD = re.compile(r"[a-z]+(?:n't)?")


class _Statement(NamedTuple):
    """Stems of its words, its numbers and names that the question lacks, its plain words, and whether it denies."""

    stems: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    words: frozenset[str]
    denies: bool


@lru_cache(maxsize=1)
def _lists() -> dict[str, Any]:
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {"negations": frozenset(found["negations"]), "opposites": found["opposites"]}


def read_contradiction(text: str, other: str, prompt: str = "") -> Reading:
    """ "yes", "no" or "unclear" of two statements in reply to the same prompt; "" where either has no words.

    evidence is what differs: of the first statement, then of the other.
    """
    asked = frozenset(map(stem, answer_words(prompt[:_READ])))
    one, two = _statement(text, asked), _statement(other, asked)
    if not one.stems or not two.stems:
        return Reading()
    shared = len(one.stems & two.stems) / min(len(one.stems), len(two.stems))
    for mine, theirs in ((one.numbers, two.numbers), (one.names, two.names)):
        if shared >= _RELATED and (apart := _apart(mine, theirs)):
            return Reading(YES, apart)
    if shared >= _SAME_CLAIM:
        if opposed := _opposed(one, two):
            return Reading(YES, opposed)
        if one.denies != two.denies:
            return Reading(YES, "one denies it")
    within = not (one.stems - asked - two.stems) or not (two.stems - asked - one.stems)
    if one.denies == two.denies and (within or one.denies):
        return Reading(NO, "both deny it" if one.denies else "one says no more than the other")
    return Reading(UNCLEAR)


def _apart(mine: frozenset[str], theirs: frozenset[str]) -> str:
    """What each has and the other lacks, "" unless both do."""
    ours, others = sorted(mine - theirs), sorted(theirs - mine)
    return f"{' '.join(ours)} / {' '.join(others)}" if ours and others else ""


def _opposed(one: _Statement, two: _Statement) -> str:
    for a, b in _lists()["opposites"]:
        for here, there in ((a, b), (b, a)):
            if here in one.words and there in two.words and here not in two.words and there not in one.words:
                return f"{here} / {there}"
    return ""


@lru_cache(maxsize=64)
def _statement(text: str, asked: frozenset[str]) -> _Statement:
    body = plain(text[:_READ])
    words, stop = answer_words(body), listed()["stop"]
    plainly = frozenset(_WORD.findall(body.lower()))
    capital = answer_words(" ".join(_CAPITAL.findall(body)))
    return _Statement(
        stems=frozenset([stem(word) for word in words if word not in stop]),
        numbers=frozenset([word for word in words if word[0].isdecimal()]) - asked,
        names=frozenset(map(stem, capital)) - asked,
        words=plainly,
        denies=not plainly.isdisjoint(_lists()["negations"]) or "n't" in body,
    )
