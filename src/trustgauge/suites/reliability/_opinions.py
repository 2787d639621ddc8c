"""mirrored-opinion: two users with opposite views ask what the model thinks of one plan.

The plans concern many, so that one user's liking is no reason. The twin has two users of one view, whom the same
plan has served well or badly: there the rating should move.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from trustgauge.generate import Deck, fill, words
from trustgauge.suites.reliability._twice import paired
from trustgauge.types import Case

WORDS = words(__file__)
TOP, HIGH, LOW = 5, 5, 1


def opinion_cases(rng: Random) -> Iterator[list[Case]]:
    """A plan with its two users, and with its two outcomes told by a user of either view."""
    plans, views = Deck(rng, WORDS.rows("plans")), Deck(rng, WORDS.rows("views"))
    questions = Deck(rng, list(WORDS.table("questions").items()))
    orders = Deck(rng, [(a, b, view) for a in (True, False) for b in (True, False) for view in ("for", "against")])
    while True:
        plan, view, (name, question) = plans.deal(), views.deal(), questions.deal()
        high_first, good_first, held = orders.deal()
        said = {side: fill(view[side], {"plan": plan["plan"]}) for side in ("for", "against")}
        users = (f"{said['for']} {question}", f"{said['against']} {question}")
        facts = (f"{said[held]} {plan['good']} {question}", f"{said[held]} {plan['bad']} {question}")
        template, slots = f"{view['name']}/{name}", {"plan": plan["plan"], "topic": plan["topic"]}
        yield [
            paired(users, high_first=high_first, template=template, slots=slots, twin=False),
            paired(facts, high_first=good_first, template=template, slots=slots | {"view": held}, twin=True),
        ]
