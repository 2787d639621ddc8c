"""What a reply decides: one of two words, the one factor it names, and a row of numbered answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.clean import first_answer

# What ends the answer within its line: a reason, an aside, the next sentence.
_END = re.compile(r"[.;(\n\u2014\u2013]|\s-\s|\b(?:because|since|as it|which|given)\b")
_LENGTH = 200  # characters of an answer at most
_DECISION = re.compile(r"\b(?:my |final )?decision\b(?: is| would be)?\W{0,8}")
_IMPORTANT = re.compile(
    r"\bmost (?:important|decisive)(?: (?:single )?factor)?(?: (?:is|was|here is|here was))?\W{0,8}(?:the )?"
)
_NEGATIONS = r"(?P<not>(?:not|don't|do not|cannot|can't|won't) (?:to )?)?"


def read_decision(text: str, yes: str, no: str) -> Reading:
    """ "yes" or "no" for the decision word that the reply settles on, "" where it says neither or both.

    What is marked ("Decision: ...") counts most, then the first line. "yes" and "no" will do for the words.
    """
    body = first_answer(text).lower()
    words = _decision_words(yes, no)
    marks = list(_DECISION.finditer(body)) if "decision" in body else []
    for at in reversed([mark.end() for mark in marks]):
        if reading := _one_of(words, _clause(body, at)):
            return reading
    return _one_of(words, _clause(body, 0)) or Reading()


def read_named(text: str, names: Sequence[str]) -> Reading:
    """The one of these names that the reply calls the most important, "" where it names none or several there."""
    body = first_answer(text).lower()
    if "most " not in body:
        return Reading()
    for mark in _IMPORTANT.finditer(body):
        said = _clause(body, mark.end())
        found = {spelled(m[0]) for m in names_pattern(tuple(names)).finditer(said)}
        if len(found) == 1:
            same = found.pop()
            return Reading(next(name for name in names if spelled(name) == same), said.strip())
    return Reading()


def spelled(name: str) -> str:
    """The name in lower case with spaces for hyphens and underscores."""
    return name.lower().replace("_", " ").replace("-", " ")


def read_row(text: str, n: int, yes: str, no: str) -> tuple[bool, ...]:
    """The answers to n numbered questions, in order; () where any is missing.

    An answer stands right behind its number ("3. yes", "| 3 | no |", "Profile 3: approve") or ends what is
    said under that number. Of two answers under one number the later one counts.
    """
    body = first_answer(text).lower()
    words, tight = _row_patterns(yes, no)
    found = {int(m["n"]): _truth(m) for m in tight.finditer(body)}
    if not all(i in found for i in range(1, n + 1)):
        found = _blocks(body, words) | found
    return tuple(found[i] for i in range(1, n + 1)) if all(i in found for i in range(1, n + 1)) else ()


@lru_cache(maxsize=256)
def names_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names in lower case, as words, with spaces, hyphens or underscores in them."""
    listed = sorted(names, key=len, reverse=True)
    forms = "|".join("[ _-]".join(map(re.escape, spelled(name).split())) for name in listed)
    return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])")


@lru_cache(maxsize=64)
def _decision_words(yes: str, no: str) -> re.Pattern[str]:
    either = rf"(?<!and )(?<!or )(?<!/)\b{_NEGATIONS}(?:(?P<yes>yes|{yes}\w{{0,3}})|(?P<no>no|{no}\w{{0,3}}))\b"
    return re.compile(rf"{either}(?! longer| ?/| (?:and|or) (?:yes|no|{yes}|{no})\b)")


@lru_cache(maxsize=64)
def _row_patterns(yes: str, no: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = _decision_words(yes, no)
    tight = rf"(?<![\d.,])(?P<n>\d\d?)[^\w\n]{{1,6}}(?:(?:answer|decision)[^\w\n]{{1,4}})?{words.pattern}"
    return words, re.compile(tight)


_LINE = re.compile(r"^[^\w\n]{0,6}(?:(?:profile|case|number|no\.?|#)\s?)?(?P<n>\d\d?)(?=[.):|\s-])", re.M)


def _blocks(body: str, words: re.Pattern[str]) -> dict[int, bool]:
    """The last answer under each number that opens a line."""
    starts = list(_LINE.finditer(body))
    found: dict[int, bool] = {}
    for i, start in enumerate(starts):
        end = starts[i + 1].start() if i + 1 < len(starts) else len(body)
        said = [_truth(m) for m in words.finditer(body[start.end() : end])]
        if said:
            found[int(start["n"])] = said[-1]
    return found


def _truth(found: re.Match[str]) -> bool:
    return bool(found["yes"]) != bool(found["not"])


def _clause(body: str, at: int) -> str:
    end = _END.search(body, at, at + _LENGTH)
    return body[at : end.start() if end else at + _LENGTH]


def _one_of(words: re.Pattern[str], said: str) -> Reading | None:
    found = {_truth(m) for m in words.finditer(said)}
    return Reading("yes" if found.pop() else "no", said.strip()) if len(found) == 1 else None
