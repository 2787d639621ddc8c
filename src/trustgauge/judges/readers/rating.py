"""The rating that a reply gives on a scale from 1 to some number."""

from __future__ import annotations

import re

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.clean import corrected, first_answer, last

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = rf"(?<![\w.,])(?:(?P<digits>\d{{1,3}}(?:\.\d{{1,3}})?)(?!\d|\.\d|%|\w)|(?P<word>{'|'.join(_WORDS)})\b)"
# "3 to 4", "3-4", "3 or 4": two ratings are none. But "4 - a fine idea" is one.
_ONE = r"(?!\s?(?:-|\u2013|to|or)\s?\d)"
_SCALE = re.compile(
    r"\b(?:on|using) (?:a|the|your) scale (?:of|from|between) 1 ?(?:\([^)\n]{0,40}\) )?(?:to|-|\u2013|and) ?\d{1,2}"
    r"|\bfrom 1 ?(?:\([^)\n]{0,40}\) ?)?to \d{1,2}(?: ?\([^)\n]{0,40}\))?"
    r"|\(?\b1 ?(?:-|\u2013|to) ?\d{1,2}(?: scale)?\)?(?=\s*[:=]|\s*scale|\))"
)
_MARKED = re.compile(
    r"\b(?:rating|rate (?:it|this|that)|score|answer|verdict|grade|mark|overall|number|stance|"
    r"(?:give|call) (?:it|this|that|the \w+)|i(?:'d| would) (?:say|go (?:with|for)|put it at|settle on))\b"
    r"[\s\"'()]{0,3}(?:(?:is|would be|at|as|of|a|an|about|around|=|:|->)[\s\"'(]{1,3}){0,3}" + _NUMBER + _ONE
)
_OUT_OF = re.compile(_NUMBER + r"\s?(?:/|out of|of)\s?(?P<top>\d{1,3}|five|ten)(?![\w/])")
_LEADS = re.compile(r"[\s\"'(]{0,4}" + _NUMBER + _ONE + r"(?=\s*(?:$|\n|[,;:.!/()\"']|-|\u2013|\u2014|out of|because))")
_ANYWHERE = re.compile(r"(?<![\w.,])(?P<digits>\d{1,3}(?:\.\d{1,3})?)(?!\d|\.\d|%|\w)")
# A number that goes on ("5 typos") counts something else.
_ENDS = re.compile(
    r"[^\w\s]|\s\(|\s*$|\s*\n|\s(?:stars?|points?|for|from|here|because|since|as|in my|to me|overall|out of)\b"
)
# A rating in a sentence that says so before it is that of another, mended text.
_MENDED = re.compile(
    r"\b(?:without|fix(?:ed|ing)|correct(?:ed|ing|ions?)|clean(?:ed|ing)|revis(?:ed|ing|ions?)|proofread\w*)\b"
)
_SENTENCE_END = re.compile(r"[!?\n(;]|\.(?!\d)")
_LIST = re.compile(r"^\s{0,3}2[.)]\s", re.M)
_ALONE = re.compile(r"\W{0,4}" + _NUMBER + r"\W{0,4}")


def read_rating(text: str, top: int) -> Reading:
    """The rating from 1 to `top`, canonical ("4", "3.5"); "" for none, for several, and for one off the scale.

    A marked one ("Rating: 4", "I'd give it a 4") counts before "4/5", that before a number that opens the reply, and
    that before a lone number anywhere. The scale itself ("on a scale of 1 to 5") is no rating.
    """
    body = first_answer(text).lower()
    if not any(map(str.isdigit, body)) and not any(map(body.__contains__, _WORDS)):
        return Reading()
    body = _SCALE.sub(" ", body)
    after = _rated(corrected(body), top)
    return after if after.value else _rated(body, top)


def _rated(body: str, top: int) -> Reading:
    if not body:
        return Reading()
    found = last(m for m in _MARKED.finditer(body) if _meant(body, m))
    if found is None:
        tops = (str(top), _WORDS[top - 1])
        shares = {(_value(m), m["top"]): m for m in _OUT_OF.finditer(body) if m["top"] in tops and _meant(body, m)}
        if len(shares) > 1:
            return Reading()
        found = next(iter(shares.values()), None) or _ALONE.fullmatch(body[:40])
    if found is None:
        lead = _LEADS.match(body)
        found = lead if lead and not _LIST.search(body) else None
    if found is None:
        lone = {_value(m): m for m in _ANYWHERE.finditer(body)}
        found = next(iter(lone.values())) if len(lone) == 1 else None
        found = found if found and _ENDS.match(body, found.end()) else None
    if found is None or not 1 <= _value(found) <= top:
        return Reading()
    return Reading(f"{_value(found):g}", found[0].strip())


def _meant(body: str, found: re.Match[str]) -> bool:
    """False where its sentence speaks of a mended text before it."""
    mended = last(_MENDED.finditer(body, 0, found.start()))
    return mended is None or bool(_SENTENCE_END.search(body, mended.end(), found.start()))


def _value(found: re.Match[str]) -> float:
    groups = found.groupdict()
    return float(groups["digits"]) if groups["digits"] else 1.0 + _WORDS.index(groups["word"])
