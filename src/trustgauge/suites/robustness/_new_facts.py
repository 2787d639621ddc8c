"""new-facts: a dated notice changes a well-known fact, or speaks of something else of the same subject."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from random import Random
from typing import Any

from trustgauge.generate import Deck, ask_choice, fill, words
from trustgauge.generate.choice import LAYOUTS
from trustgauge.generate.items import CHOICES
from trustgauge.generate.text import capitalise
from trustgauge.types import Case

WORDS = words(__file__)
YEARS = range(2038, 2050)


def new_fact_cases(rng: Random) -> Iterator[list[Case]]:
    """One question over the same options after two notices that name the same values: one changes it, one does not.

    Trusting memory alone is right on one side, taking over whatever the notice moves on the other.
    """
    tables, facts = _decks(rng)
    sources, takes = (Deck(rng, WORDS.strings(name)) for name in ("sources", "takes"))
    layouts, places = Deck(rng, list(LAYOUTS)), Deck(rng, list(permutations(range(CHOICES), 2)))
    losers = Deck(rng, range(len(WORDS.strings("losers"))))
    while True:
        table = tables.deal()
        row = facts[table["name"]].deal()
        slots = _values(rng, table, row)
        lost = table.get("losers", WORDS["losers"])[losers.deal()]
        date = f"{rng.randint(1, 28)} {rng.choice(WORDS.strings('months'))} {rng.choice(YEARS)}"
        source, take, layout = fill(sources.deal(), {"date": date}), takes.deal(), layouts.deal()
        ask, place = rng.choice(table["ask"]), places.deal()
        at, lost_first = rng.randrange(len(table["changed"])), rng.random() < 0.5
        yield [
            _case(
                table,
                f"{source} {_notice(table[side][at], lost, slots, lost_first=lost_first)}\n\n{take} {fill(ask, slots)}",
                slots,
                place,
                layout=layout,
                side=side,
                at=at,
            )
            for side in ("changed", "else")
        ]


def _decks(rng: Random) -> tuple[Deck[dict[str, Any]], dict[str, Deck[list[str]]]]:
    """Tables as often as they have rows, and the rows of each."""
    rows = WORDS.rows("tables")
    return Deck(rng, [t for t in rows for _ in t["rows"]]), {t["name"]: Deck(rng, t["rows"]) for t in rows}


def _values(rng: Random, table: dict[str, Any], row: list[str]) -> dict[str, str]:
    """The subject, what holds today, and three other values: the row's own, or those of other rows."""
    subject, old, *own = row
    others = own or [other for _, other in table["rows"] if other != old]
    new, x, y = rng.sample(others, 3)
    return {"subject": subject, "old": old, "new": new, "x": x, "y": y}


def _notice(text: str, lost: str, slots: dict[str, str], *, lost_first: bool) -> str:
    """What is moved, and what came to nothing, in either order."""
    moved, nothing = fill(text, slots), fill(lost, slots)
    return " ".join(map(capitalise, (nothing, moved) if lost_first else (moved, nothing)))


def _case(
    table: dict[str, Any],
    question: str,
    slots: dict[str, str],
    place: tuple[int, int],
    *,
    layout: str,
    side: str,
    at: int,
) -> Case:
    """One side; place is where the new and the old value stand among the options."""
    placed, rest = {place[0]: slots["new"], place[1]: slots["old"]}, iter((slots["x"], slots["y"]))
    order = [placed[i] if i in placed else next(rest) for i in range(CHOICES)]
    right = slots["new" if side == "changed" else "old"]
    return ask_choice(
        question,
        right,
        [option for option in order if option != right],
        position=order.index(right),
        layout=layout,
        template=f"{table['name']}-{at}-{side}",
        slots={**slots, "table": table["name"]},
        kind=side,
        twin=side == "else",
    )
