"""knowledge: four facts of one kind and level, asked for over the same four options."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from trustgauge.generate import Deck, Words, fill
from trustgauge.generate.choice import LAYOUTS
from trustgauge.generate.text import capitalise
from trustgauge.suites.utility._sisters import CHOICES, LEVELS, ORDERS, sisters
from trustgauge.types import Case


def knowledge_cases(words: Words) -> Callable[[Random], Iterator[list[Case]]]:
    """Four rows of a table, each asked for once; levels take turns, and each row comes once a round of its table."""

    def cases(rng: Random) -> Iterator[list[Case]]:
        tables = {level: Deck(rng, words.rows("tables")) for level in LEVELS}
        rows = {(t["name"], level): Deck(rng, t[level]) for t in words.rows("tables") for level in LEVELS}
        wordings = {
            t["name"]: Deck(rng, [(way, i, text) for way in ("ask", "back") for i, text in enumerate(t.get(way, ()))])
            for t in words.rows("tables")
        }
        levels, layouts, orders = Deck(rng, LEVELS), Deck(rng, list(LAYOUTS)), Deck(rng, ORDERS)
        while True:
            level = levels.deal()
            table = tables[level].deal()
            way, i, text = wordings[table["name"]].deal()
            dealt = rows[table["name"], level].deal_many(CHOICES)
            shown, wanted = (0, 1) if way == "ask" else (1, 0)
            yield sisters(
                [capitalise(fill(text, {"ask" if way == "ask" else "answer": row[shown]})) for row in dealt],
                [row[wanted] for row in dealt],
                order=orders.deal(),
                layout=layouts.deal(),
                template=f"{table['name']}-{way}-{i + 1}",
                slots={"level": level, "topic": table["topic"]},
                each=[{"fact": f"{row[0]}: {row[1]}"} for row in dealt],
            )

    return cases
