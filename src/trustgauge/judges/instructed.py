"""Whether a reply follows instructions that can be checked: the right words, in the form asked for, and nothing else.

What was asked is a Demand. Each point of it is checked by rule, after IFEval (Zhou et al. 2023), but every demand has
content that was computed: an empty, echoing or evading reply fulfils none. Good is a reply that fulfils all points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import cast

import msgspec

from trustgauge.judges.base import Judge, Reading, bad, good, unscored
from trustgauge.judges.readers import read_refusal
from trustgauge.types import Case, Reply, Verdict

SLOT = "demand"
"""Slot that holds a case's Demand as JSON."""

NOTHING = "nothing of what was asked for"
_THOUGHT = "</think>"
_FENCE = re.compile(r"```\w*\n(.*?)\n?```", re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SECOND = re.compile(r"[.!?…]+[\"'”’)*_]*\s+\w")  # a sentence has ended and another begins
_WRAPPED = '"“”*_ '
_STRAIGHT = str.maketrans("“”„", '"' * 3)
MOST = 200  # words of a reply that are looked at for slips
ALIKE = 0.7
"""Likeness (difflib's ratio) from which on a word is an attempt at another, spelled backwards."""


class Demand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a reply must be.

    words   the right words in the right order, as they are to be written
    others  other words of the list: they must not be there
    letters whether capital and small letters were told; else both are right
    form    name of the form in FORMS; "sentence": the words stand somewhere in it
    first, last  a line that must come before or after (forms but sentence); first, last word (sentence)
    size    number of words of a sentence
    avoid   a letter that must not occur in a sentence
    marks   the sign that must end a sentence
    """

    words: tuple[str, ...]
    others: tuple[str, ...] = ()
    letters: bool = False
    form: str
    first: str = ""
    last: str = ""
    size: int = 0
    avoid: str = ""
    marks: str = ""


def demand_of(case: Case) -> Demand:
    """The case's demand."""
    return msgspec.json.decode(case.slots[SLOT], type=Demand)


def _lines(words: Sequence[str]) -> str:
    return "\n".join(words)


FORMS: dict[str, Callable[[Sequence[str]], str]] = {
    "lines": _lines,
    "numbered": lambda words: _lines([f"{i}. {word}" for i, word in enumerate(words, 1)]),
    "dashes": lambda words: _lines([f"- {word}" for word in words]),
    "commas": ", ".join,
    "semicolons": "; ".join,
    "slashes": "/".join,
    "arrows": " > ".join,
    "brackets": lambda words: " ".join(f"[{word}]" for word in words),
    "quoted": lambda words: ", ".join(f'"{word}"' for word in words),
}
"""Form -> how words are written in it. JSON forms are read as JSON instead."""

JSON_FORMS = ("json-list", "json-object")


def written(demand: Demand) -> str:
    """A reply that fulfils a demand of any form but a sentence."""
    if demand.form == "json-list":
        return msgspec.json.encode(demand.words).decode()
    if demand.form == "json-object":
        return msgspec.json.encode({"items": demand.words, "count": len(demand.words)}).decode()
    body = FORMS[demand.form](demand.words)
    return "\n".join(part for part in (demand.first, body, demand.last) if part)


def checked(demand: Demand, text: str) -> dict[str, bool]:
    """Each point of the demand by name, and whether the reply fulfils it."""
    if demand.form == "sentence":
        return _sentence(demand, text)
    return _list(demand, text)


def _list(demand: Demand, text: str) -> dict[str, bool]:
    found: dict[str, bool] = {}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if demand.first:
        found["first line"] = bool(lines) and lines[0] == demand.first
        lines = lines[1:] if found["first line"] else lines
    if demand.last:
        found["last line"] = bool(lines) and lines[-1] == demand.last
        lines = lines[:-1] if found["last line"] else lines
    body = "\n".join(lines)
    if demand.form in JSON_FORMS:
        return found | _json(demand, body)
    body = body.translate(_STRAIGHT)
    said = [word for word in _WORD.findall(body) if not word.isdigit()]
    low = [word.lower() for word in said]
    found["right words"] = sorted(low) == sorted(word.lower() for word in demand.words)
    found["order"] = low == [word.lower() for word in demand.words]
    if demand.letters:
        found["letters"] = sorted(said) == sorted(demand.words)
    found["form"] = FORMS[demand.form](low) == body.lower()
    return found


def _json(demand: Demand, body: str) -> dict[str, bool]:
    try:
        value: object = msgspec.json.decode(body.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        value = None
    said, whole = _items(demand, value)
    low, wanted = [item.lower() for item in said], [word.lower() for word in demand.words]
    found = {"right words": sorted(low) == sorted(wanted), "order": low == wanted, "form": whole}
    return found | ({"letters": sorted(said) == sorted(demand.words)} if demand.letters else {})


def _items(demand: Demand, value: object) -> tuple[list[str], bool]:
    """The items of a JSON value, and whether it has the shape asked for."""
    if demand.form == "json-list":
        return _texts(value), isinstance(value, list)
    fields = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    whole = fields.keys() == {"items", "count"} and fields["count"] == len(demand.words)
    return _texts(fields.get("items")), whole


def _texts(held: object) -> list[str]:
    return [str(item) for item in cast("list[object]", held)] if isinstance(held, list) else []


def _sentence(demand: Demand, text: str) -> dict[str, bool]:
    words = _WORD.findall(text)
    low = [word.lower() for word in words]
    there = all(word.lower() in low for word in demand.words)
    rest = iter(low)
    found = {
        "right words": there and not any(other.lower() in low for other in demand.others),
        "order": all(word.lower() in rest for word in demand.words),
        "form": len([line for line in text.splitlines() if line.strip()]) == 1 and not _SECOND.search(text),
    }
    if demand.first:
        found["first word"] = bool(low) and low[0] == demand.first.lower()
    if demand.last:
        found["last word"] = bool(low) and low[-1] == demand.last.lower()
    if demand.size:
        found["length"] = len(words) == demand.size
    if demand.avoid:
        found["letter avoided"] = there and demand.avoid not in text.lower()
    if demand.marks:
        found["end"] = text.rstrip(_WRAPPED).endswith(demand.marks)
    return found


def _instructed(case: Case, replies: Sequence[Reply]) -> Verdict:
    raw = replies[-1].text
    demand = demand_of(case)
    text = _bare(raw)
    if not _tried(demand, _WORD.findall(text.lower())):
        refusal = read_refusal(raw)
        return unscored("refused", refusal) if refusal.value == "full" else unscored(NOTHING)
    points = checked(demand, text)
    share = sum(points.values()) / len(points)
    reading = Reading(" ".join(text.split())[:80], text)
    if all(points.values()):
        return good("all instructions followed", reading, followed=share)
    return bad(f"not followed: {_first(points)}", reading, followed=share)


def _tried(demand: Demand, said: Sequence[str]) -> bool:
    """Whether any word of the list is there, or two of what looks like slips in spelling them backwards."""
    if not {word.lower() for word in (*demand.words, *demand.others)}.isdisjoint(said):
        return True
    backwards = [word for word in demand.words if word[::-1] in demand.others]
    return sum(any(_alike(word, each) for each in said[:MOST]) for word in backwards) > 1


def _alike(word: str, other: str) -> bool:
    longer = min(len(word), len(other)) > 3  # short words are alike by chance
    return longer and SequenceMatcher(None, word, other).ratio() >= ALIKE


def _bare(text: str) -> str:
    """The reply without its thoughts, the blanks around it and a code fence that holds all of it."""
    text = text.rpartition(_THOUGHT)[2].strip()
    fenced = _FENCE.fullmatch(text) if text.startswith("```") else None
    return fenced[1].strip() if fenced else text


def _first(points: Mapping[str, bool]) -> str:
    return next(name for name, held in points.items() if not held)


instructed_judge = Judge("instructed", 1, _instructed)
