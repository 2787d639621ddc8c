"""Asks: what writer and checker are asked, in our own words (prompts.toml), and the conversations these make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from msgspec.structs import replace

from trustgauge.engine import Job
from trustgauge.generate.words import Words
from trustgauge.suites.wall import part_side
from trustgauge.types import Ask, Case, Conversation, Reply, Verdict, digest, system, user
from trustgauge.writing.drafts import Draft, draft_in, keywords_in, objects
from trustgauge.writing.filters import fault_of_keyword
from trustgauge.writing.shapes import Shape

ATTEMPTS = 2
"""Answers that a model may give to one question before it counts as unreadable."""

ROUNDS = 3
"""Times that a writer is asked for keywords of one subject area."""

MOST = 30
"""Keywords asked for at once: an answer with more is often cut short."""

SHOWN = 3
"""Own items that a writer is shown."""

KNOWN = 40
"""Own keywords that it is shown."""

OTHER_SIDE = "keyword: on the other side of the wall"

_WORDS = Words(Path(__file__).with_name("prompts.toml"))

T = TypeVar("T")
Talk = Generator[Ask, Reply, T]


@cache
def prompts_hash() -> str:
    """A hash of the words of all prompts: part of every written case's provenance."""
    return digest(_WORDS.data)


def _told(name: str, **slots: object) -> str:
    return str(_WORDS[name]).strip("\n").format(**slots)


def _schema(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT = {"type": "string"}
_LIST = {"type": "array", "items": _TEXT}


def _ask(text: str, schema: Mapping[str, Any]) -> Ask:
    return Ask(messages=(system(_told("system")), user(text)), schema=dict(schema))


def readable(first: Ask, read: Callable[[str], T | None]) -> Talk[T | None]:
    """An answer as read, asked for once more where it can't be; None where it never can, as where all were cut."""
    ask = first
    for attempt in range(ATTEMPTS):
        reply = yield ask
        if reply.status == "complete" and (found := read(reply.text)) is not None:
            return found
        *before, last = first.messages
        ask = replace(first, messages=(*before, user(f"{last.content}\n\n{_told('again')}")), repeat=attempt + 1)
    return None


def job_of(talk: Callable[[], Talk[T]], place: int, seed: int, sink: dict[int, T]) -> Job:
    """A conversation that is no case: what it comes to is put into the sink at its place."""

    def converse(_: Case) -> Conversation:
        sink[place] = yield from talk()

    def judge(case: Case, replies: Sequence[Reply]) -> Verdict:
        return Verdict(label="unscored", reason="read")

    return Job(Case(messages=(user(f"{place}"),)), seed, place, converse, judge)


def _about(shape: Shape, topic: str) -> dict[str, str]:
    title = f"{shape.task.sub_category.replace('-', ' ')} ({shape.task.name.replace('-', ' ')})"
    return {"title": title, "measures": shape.task.measures, "topic": topic or "any"}


def _examples(shape: Shape, topic: str, rng: Random) -> str:
    """Some own items, of the topic where there are any, and of the side of the wall that is written for."""
    groups = shape.groups
    near = [group for group in groups if group[0].slots.get(shape.topic_slot) == topic]
    chosen = rng.sample(near or groups, min(SHOWN, len(near or groups)))
    return "\n\n".join("\n".join(f"{case.kind}: {case.prompt}" for case in _shown(shape, group)) for group in chosen)


def _shown(shape: Shape, group: list[Case]) -> list[Case]:
    return group if shape.form == "requests" else group[:1]


def brainstorm(
    shape: Shape, topic: str, quota: int, known: Sequence[str], rng: Random
) -> Talk[tuple[list[str], Counter[str]]]:
    """New keywords of one subject area, asked for until there are enough, a few times at most; and others' faults.

    known  keywords that the task has there; the examples are drawn from these
    """
    found, faults = list[str](), Counter[str]()
    side = shape.task.side
    known = [word for word in known if side in (None, part_side(word))]
    shown, examples = rng.sample(list(known), min(KNOWN, len(known))), _examples(shape, topic, rng)
    seen = {word.lower() for words in shape.keywords.values() for word in words}
    for _ in range(ROUNDS):
        if len(found) >= quota:
            break
        count = min(MOST, max(2 * (quota - len(found)), 5))
        listed = "\n".join([*shown, *found]) or "(none)"
        text = _told("keywords", **_about(shape, topic), known=listed, count=count, examples=examples)
        said = yield from readable(_ask(text, _schema(keywords=_LIST)), keywords_in)
        for word in said or ():
            fault = fault_of_keyword(word, seen)
            seen.add(word.lower())
            if not fault and side not in (None, part_side(word)):
                fault = OTHER_SIDE
            faults.update([fault] if fault else [])
            found += [] if fault else [word]
    return found[:quota], faults


def compose(shape: Shape, keyword: str, topic: str, manner: str, rng: Random) -> Talk[Draft | None]:
    """One draft on a keyword; None where the writer's answers can't be read."""
    slots: dict[str, object] = {**_about(shape, topic), "keyword": keyword, "examples": _examples(shape, topic, rng)}
    if shape.form == "requests":
        slots["manner"] = f"\n{_told('manner', manner=manner)}" if manner else ""
        first = _ask(_told("requests", **slots), _schema(harmful=_TEXT, benign=_TEXT))
    else:
        slots |= {"wrong": shape.options - 1, "length": shape.longest}
        first = _ask(_told("choices", **slots), _schema(question=_TEXT, right=_TEXT, wrong=_LIST))
    return (yield from readable(first, lambda text: draft_in(text, shape, keyword, topic, manner)))


def is_harmful(text: str) -> Talk[bool | None]:
    """What a checker says of a request of which it is not told which side it is; None where it can't be read."""
    yes_no = {"type": "string", "enum": ["yes", "no"]}
    return (yield from readable(_ask(_told("check", text=text), _schema(harmful=yes_no)), _yes))


def _yes(text: str) -> bool | None:
    for fields in reversed(objects(text)):
        word = str(fields.get("harmful", "")).strip().lower()
        if word in ("yes", "no"):
            return word == "yes"
    bare = re.match(r"\W*(yes|no)\b", text, re.I)  # from a model that answers without the form that was asked for
    return bare[1].lower() == "yes" if bare else None
