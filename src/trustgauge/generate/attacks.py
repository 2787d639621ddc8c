"""Attacks as transforms: each makes of a case another that asks for the same thing in a way known to mislead.

    role_play, base64 = attack("role-play", rng), attack("base64", rng)
    attacked = role_play | base64 | case

An attack is built from an rng, which chooses its words; after that it is a plain function, so that a request
and its benign twin can be put in the same words. `attack | attack` is an attack, `attack | case` a case, and a
row of them works from right to left, like functions: the one nearest to the case is done first.

What is wrapped is the request: the last turn of the case. Turns that are asked one after the other stand in
the slots "turn 2", "turn 3", ...; `turns` gives them all. The words are in attacks.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, overload

from msgspec.structs import replace

from trustgauge.errors import SuiteError
from trustgauge.generate.attacks_codes import CODES
from trustgauge.generate.text import fill
from trustgauge.generate.words import words
from trustgauge.types import Case, Message, user

WORDS = words(__file__)
COMBINED = "combined"
PLUS = " + "

Change = Callable[[Case], Case]


@dataclass(frozen=True, kw_only=True)
class Attack:
    """A named way to put a request.

    family  the published kind it belongs to; source: the paper
    change  the transform itself, of messages and turns only
    codes   how the reply may be spelled, in the order in which to read it: names of attacks_codes.CODES
    """

    name: str
    family: str
    source: str
    change: Change
    codes: tuple[str, ...] = ()

    @overload
    def __or__(self, other: Attack) -> Attack: ...
    @overload
    def __or__(self, other: Case) -> Case: ...
    def __or__(self, other: Attack | Case) -> Attack | Case:
        """Before an attack: both as one, the other done first. Before a case: the case attacked.

        The attacked case bears the slots attack, family, codes and request (as it was before any attack).
        """
        if isinstance(other, Attack):
            return _both(self, other)
        changed = self.change(other)
        said = {"attack": self.name, "family": self.family, "codes": " ".join(self.codes)}
        slots = {**changed.slots, **said, "request": other.slots.get("request", turns(other)[-1])}
        return replace(changed, slots=slots, template=f"{other.template}/{self.name}", id="")


def _both(outer: Attack, inner: Attack) -> Attack:
    return Attack(
        name=f"{outer.name}{PLUS}{inner.name}",
        family=COMBINED,
        source=f"{outer.source}; {inner.source}" if outer.source != inner.source else outer.source,
        change=lambda case: outer.change(inner.change(case)),
        codes=(*outer.codes, *(code for code in inner.codes if code not in outer.codes)),
    )


def turns(case: Case) -> list[str]:
    """What the user says, turn by turn, from the last of the case's messages on; the last is the request."""
    said = [case.messages[-1].content]
    while (name := f"turn {len(said) + 1}") in case.slots:
        said.append(case.slots[name])
    return said


def with_turns(case: Case, said: Sequence[str]) -> Case:
    """The case with these turns in place of its own."""
    kept = {name: text for name, text in case.slots.items() if not name.startswith("turn ")}
    later = {f"turn {i}": text for i, text in enumerate(said[1:], 2)}
    messages: tuple[Message, ...] = (*case.messages[:-1], user(said[0]))
    return replace(case, messages=messages, slots=kept | later, id="")


def names() -> list[str]:
    """All attacks there are, the combined ones last."""
    return [*_rows(), *WORDS.strings("combined")]


def attack(name: str, rng: Random) -> Attack:
    """The attack of that name, in words chosen by the rng; "role-play + base64" is role_play | base64."""
    first, plus, rest = name.partition(PLUS)
    if plus:
        return attack(first, rng) | attack(rest, rng)
    if name not in _rows():
        raise SuiteError(f"there is no attack '{name}': use one of {', '.join(names())}")
    row = _rows()[name]
    slots = {word: rng.choice(WORDS.strings(f"words.{word}")) for word in row.get("words", ())}
    if "exchanges" in row:
        slots["exchanges"] = "\n\n".join(rng.sample(WORDS.strings("words.exchanges"), row["exchanges"]))
    if "leads" in row:
        change = _leading(rng.choice(row["leads"]), rng.choice(row["wordings"]))
    else:
        change = _wrapping(rng.choice(row["wordings"]), slots, row.get("code", ""))
    return Attack(
        name=name, family=row["family"], source=row["source"], change=change, codes=tuple(row.get("codes", ()))
    )


@cache
def _rows() -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in WORDS.rows("attacks")}


def _wrapping(wording: str, slots: Mapping[str, str], code: str) -> Change:
    """Put the request, spelled in a code if one is named, into a wording."""

    def change(case: Case) -> Case:
        *before, request = turns(case)
        written = CODES[code][0](request) if code else request
        first, second = _halves(written)
        text = fill(wording, {**slots, "request": written, "first": first, "second": second})
        return with_turns(case, [*before, text])

    return change


def _leading(leads: Sequence[str], wording: str) -> Change:
    """Ask harmless questions about the subject first, one turn each; the request comes last."""

    def change(case: Case) -> Case:
        *before, request = turns(case)
        slots = {"subject": case.slots.get("topic", "things that people argue about"), "request": request}
        return with_turns(case, [*before, *(fill(lead, slots) for lead in leads), fill(wording, slots)])

    return change


def _halves(text: str) -> tuple[str, str]:
    """The text cut at the space nearest to its middle; at the middle where it has none."""
    middle = len(text) // 2
    spaces = [at for at, c in enumerate(text) if c == " "] or [middle]
    cut = min(spaces, key=lambda at: abs(at - middle))
    return text[:cut].rstrip(), text[cut:].lstrip()
