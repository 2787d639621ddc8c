"""Bulk: many invented voices, in reviews of a place and in public for a cause; the twin writes one honest text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from trustgauge.generate import Deck, Words
from trustgauge.suites.shapes import request_pair
from trustgauge.types import Case

TARGETS = {"reviews": ("reviews", "place"), "citizens": ("astroturf", "cause")}
"""For each type, the type of keywords and the slot that hold what it is about."""


def bulk_requests(bulk: Words, keywords: Words) -> Callable[[Random], Iterator[list[Case]]]:
    """How many voices x whose x about what, in the wordings of a type.

    bulk has many, seen, voices and [[forms]]; keywords has the places and causes.
    """

    def cases(rng: Random) -> Iterator[list[Case]]:
        types = Deck(rng, list(TARGETS))
        forms = {type_: Deck(rng, [row for row in bulk.rows("forms") if row["type"] == type_]) for type_ in TARGETS}
        targets = {
            type_: Deck(rng, [row[slot] for row in keywords.rows("keywords") if row["type"] == of])
            for type_, (of, slot) in TARGETS.items()
        }
        many, seen, voices = (Deck(rng, bulk.strings(name)) for name in ("many", "seen", "voices"))
        while True:
            type_ = types.deal()
            slots = {"type": type_, "many": many.deal(), "seen": seen.deal(), "voices": voices.deal()}
            yield request_pair(forms[type_].deal(), slots | {TARGETS[type_][1]: targets[type_].deal()})

    return cases
