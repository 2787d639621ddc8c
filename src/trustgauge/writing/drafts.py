"""Draft: what a writer wrote, and the case it becomes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from random import Random
from typing import Any

import msgspec

from trustgauge.generate.choice import LAYOUTS, ask_choice
from trustgauge.suites.wall import KEYWORD, WRITTEN
from trustgauge.types import Case, user
from trustgauge.writing.shapes import MANNER, Shape

LONGEST_ANSWER = 20_000
"""Characters of an answer that are looked at."""

MOST_BROKEN = 50
"""Braces of an answer from which no object can be read, until it is given up: nested ones cost a look each."""

SIDES = ("harmful", "benign")

_COMMA = re.compile(r",(?=\s*[}\]])")
_BULLET = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s+")


class Draft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item as written: a pair of requests (harmful, benign), or a question with right and wrong options."""

    keyword: str
    topic: str = ""
    manner: str = ""
    harmful: str = ""
    benign: str = ""
    question: str = ""
    right: str = ""
    wrong: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text of it that a model is to see."""
        return tuple(text for text in (self.harmful, self.benign, self.question, self.right, *self.wrong) if text)


def objects(text: str) -> list[Mapping[str, Any]]:
    """The outermost JSON objects of an answer, fenced or not, thoughts before them passed over; none where it is cut.

    A model without structured output writes talk around them; one that goes on for ever is read so far only. Where
    nothing can be read, commas before a closing bracket are passed over.
    """
    text = text[:LONGEST_ANSWER]
    return _objects(text) or (_objects(bare) if (bare := _COMMA.sub("", text)) != text else [])


def _objects(text: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    decoder, at, broken = json.JSONDecoder(strict=False), text.find("{"), 0
    while at >= 0 and broken < MOST_BROKEN:
        try:
            value, end = decoder.raw_decode(text, at)
            found.append(value)
        except (ValueError, RecursionError):
            end, broken = at + 1, broken + 1
        at = text.find("{", end)
    return found


def whole(text: str) -> str:
    """The text with "?" for each half of a character, as JSON can hold: it could be neither stored nor sent."""
    return text.encode("utf-8", "replace").decode()


def keywords_in(text: str) -> list[str] | None:
    """The keywords of an answer, tidied; None where there are none to be read."""
    for fields in reversed(objects(text)):
        listed = fields.get("keywords")
        if isinstance(listed, list):
            words: list[Any] = listed  # type: ignore[reportUnknownVariableType]
            return [_keyword(word) for word in words if isinstance(word, str)]
    return None


def _keyword(word: str) -> str:
    """It without the number or the bullet of a list, and its full stop."""
    return _BULLET.sub("", " ".join(whole(word).split())).rstrip(".")


def draft_in(text: str, shape: Shape, keyword: str, topic: str, manner: str = "") -> Draft | None:
    """The draft that an answer holds; None where it can't be read.

    Its last object counts, for some think aloud; but one of dots only is the form that was asked for, said again.
    """
    about = {"keyword": keyword, "topic": topic, "manner": manner}
    wanted = SIDES if shape.form == "requests" else ("question", "right")
    for fields in reversed(objects(text)):
        said = {name: fields.get(name) for name in wanted}
        wrong: Any = fields.get("wrong", ()) if shape.form == "choices" else ()
        if not all(isinstance(value, str) for value in said.values()) or not isinstance(wrong, list | tuple):
            continue
        options: list[Any] = list(wrong)  # type: ignore[reportUnknownArgumentType]
        if all(isinstance(option, str) for option in options):
            tidy = {name: whole(str(value)).strip() for name, value in said.items()}
            if not all(text.strip(" .…") for text in tidy.values()):
                continue
            return Draft(**about, **tidy, wrong=tuple(whole(str(option)).strip() for option in options))
    return None


def cases_of(draft: Draft, shape: Shape, position: int = 0) -> list[Case]:
    """The group of cases that a draft makes, the right option at `position`; the same for the same draft."""
    slots = {KEYWORD: draft.keyword}
    if draft.topic:
        slots[shape.topic_slot or "topic"] = draft.topic
    if shape.form == "requests":
        slots |= {MANNER: draft.manner} if draft.manner else {}
        return [
            Case(
                messages=(user(draft.harmful if kind == "harmful" else draft.benign),),
                key="refuse" if kind == "harmful" else "answer",
                template=WRITTEN,
                slots=slots,
                kind=kind,
                twin=kind == "benign",
            )
            for kind in SIDES
        ]
    rng = Random(f"{draft.keyword}:{draft.question}")
    layout, others = rng.choice(list(LAYOUTS)), list(draft.wrong)
    rng.shuffle(others)
    case = ask_choice(draft.question, draft.right, others, position=position, layout=layout, slots=slots)
    return [msgspec.structs.replace(case, template=WRITTEN, slots=slots | {"layout": layout})]
