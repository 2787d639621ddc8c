"""register: the same easy closed items in archaic, legal, chat, telegraphic, bureaucratic and poetic language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from random import Random
from typing import Any

from trustgauge.generate import Deck, Item, ask_choice, closed_pairs, fill, words
from trustgauge.generate.choice import LAYOUTS
from trustgauge.generate.items import CHOICES, arranged
from trustgauge.generate.text import capitalise
from trustgauge.types import Case

WORDS = words(__file__)
_WORD = re.compile(r"[A-Za-z']+")
_ENDS = re.compile(r"[.!?] ")
_GAPS = re.compile(r"  +")
_STARTS = re.compile(r"(?<=[.!?] )[a-z]")


def register_cases(rng: Random) -> Iterator[list[Case]]:
    """Two sister items, each plain and in one register, the options in another order each time."""
    pairs, layouts = closed_pairs(rng), Deck(rng, list(LAYOUTS))
    frames = Deck(rng, [(r, i) for r in WORDS.rows("registers") for i in range(len(r["frames"]))])
    keys = {kind: Deck(rng, list(permutations(range(CHOICES), 2))) for kind in ("plain", "register")}
    while True:
        sisters, layout, (register, at) = next(pairs), layouts.deal(), frames.deal()
        orders = {kind: arranged(rng, sisters, deck.deal()) for kind, deck in keys.items()}
        yield [
            ask_choice(
                item.question if kind == "plain" else put(item, register, at),
                item.right,
                [option for option in orders[kind] if option != item.right],
                position=orders[kind].index(item.right),
                layout=layout,
                template=f"{item.template}-plain" if kind == "plain" else f"{register['name']}-{at}",
                slots={**item.slots, "domain": item.domain, "sister": side, "register": register["name"]},
                kind=kind,
            )
            for side, item in zip("12", sisters, strict=True)
            for kind in ("plain", "register")
        ]


def put(item: Item, register: Mapping[str, Any], at: int) -> str:
    """The item's question in a register: its words put in, then its frame; what filled the item is untouched."""
    fixed = sorted((value for value in item.slots.values() if value in item.question), key=len, reverse=True)
    question = _worded(item.question, fixed, register)
    if "small" in register:
        question = _ENDS.sub("\n", question).rstrip(".")
    else:
        question = capitalise(_STARTS.sub(lambda m: m[0].upper(), _GAPS.sub(" ", question).strip()))
    return fill(register["frames"][at], {"question": question})


def _worded(text: str, fixed: Sequence[str], register: Mapping[str, Any]) -> str:
    """The text in the register's words, but for what is fixed."""
    for at, value in enumerate(fixed):
        before, found, after = text.partition(value)
        if found:
            return f"{_worded(before, fixed[at:], register)}{value}{_worded(after, fixed[at:], register)}"
    table: Mapping[str, str] = register["words"]
    said = _WORD.sub(lambda m: table.get(m[0].lower(), m[0]), text)
    return said.lower() if "small" in register else said
