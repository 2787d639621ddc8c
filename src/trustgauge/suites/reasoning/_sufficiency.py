"""sufficiency: whether what is known of a story is enough for the effect, whatever else happened or did not.

The mechanisms are those of necessity. Told are the rule and one or two things that happened or did not; all else is
left open. They are enough if the effect comes about however the rest is filled in, which is tried out in full. One
story is asked about in two wordings, one of which calls for yes and one for no. The other half of the question is
necessity's; an answerer who takes every cause for enough, or none, earns one half.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from random import Random
from typing import Any

from trustgauge.generate import Deck, Words, fill, words
from trustgauge.judges import yes_no_judge
from trustgauge.stats.measures import balanced_accuracy, with_shares
from trustgauge.suites.base import Task
from trustgauge.suites.reasoning._mechanism import ASIDE, effect
from trustgauge.suites.shapes import yes_no_gold
from trustgauge.suites.wall import Wall
from trustgauge.types import Case, user

WORDS = words(__file__)
ENOUGH, NOT_ENOUGH = "enough", "not enough"


@dataclass(frozen=True)
class Known:
    """What is known of a story: some events that happened (True) or did not; at least one did."""

    mechanism: dict[str, Any]
    events: tuple[tuple[str, bool], ...]

    def outcomes(self) -> set[bool]:
        """Whether the effect comes about, over all ways to fill in the rest."""
        known = dict(self.events)
        rest = [name for name in self.mechanism["events"] if name not in known]
        found: set[bool] = set()
        for values in product((True, False), repeat=len(rest)):
            filled = known | dict(zip(rest, values, strict=True))
            found.add(effect(self.mechanism, {name for name, value in filled.items() if value}))
        return found

    @property
    def truth(self) -> str:
        """ENOUGH, NOT_ENOUGH, or "" where the effect is out of the question: that is not asked about."""
        outcomes = self.outcomes()
        if outcomes == {True}:
            return ENOUGH
        return NOT_ENOUGH if True in outcomes else ""

    @property
    def told(self) -> str:
        """What is told besides the first thing, as far as it looks: more that happened, or that did not."""
        if len(self.events) == 1:
            return "one thing"
        return "two things" if all(value for _, value in self.events) else "one thing and one that failed"


def all_known(mechanism: dict[str, Any]) -> list[Known]:
    """Everything that can be told of one or two events, the aside among them."""
    names = [*mechanism["events"], ASIDE]
    told = [[(name, True)] for name in names]
    for pair in combinations(names, 2):
        told += [list(zip(pair, values, strict=True)) for values in ((True, True), (True, False), (False, True))]
    return [Known(mechanism, tuple(each)) for each in told]


@cache
def _sorted_out(mechanisms_of: Words) -> dict[tuple[str, str], dict[str, list[Known]]]:
    """For each truth and each way of telling, what can be known, by the shape of the mechanism."""
    found = defaultdict[tuple[str, str], dict[str, list[Known]]](lambda: defaultdict[str, list[Known]](list))
    for mechanism in mechanisms_of.rows("mechanisms"):
        for known in all_known(mechanism):
            if known.truth:
                found[known.truth, known.told][mechanism["shape"]].append(known)
    return {cell: dict(sorted(those.items())) for cell, those in sorted(found.items())}


def sufficiency_task(mechanisms_of: Words) -> Task:
    """The task over the mechanisms and people of some words."""

    def cases(rng: Random) -> Iterator[list[Case]]:
        found = _sorted_out(mechanisms_of)
        decks = {cell: {shape: Deck(rng, those) for shape, those in by.items()} for cell, by in found.items()}
        shapes = {cell: Deck(rng, list(by)) for cell, by in decks.items()}
        asks = {yes: Deck(rng, [q for q in WORDS.rows("questions") if q["yes"] == yes]) for yes in (ENOUGH, NOT_ENOUGH)}
        order, tellings = Deck(rng, list(decks)), Deck(rng, WORDS.strings("tellings"))
        instructions = Deck(rng, mechanisms_of.strings("instructions"))
        while True:
            cell = order.deal()
            known = decks[cell][shapes[cell].deal()].deal()
            people = dict(zip("pqrs", rng.sample(mechanisms_of.strings("people"), 4), strict=True))
            said = fill(tellings.deal(), {"known": _said(rng, known, people)})
            text = f"{known.mechanism['rule']}\n\n{said} {{ask}} {instructions.deal()}"
            yield [_case(known, asks[yes].deal(), people, text) for yes in (ENOUGH, NOT_ENOUGH)]

    return Task(
        name="sufficiency",
        measures="tells whether what happened was enough for the effect, whatever else may have happened",
        source="beside necessity in Liu et al. 2023 (11.8); sufficient causes after Mackie 1965, Pearl 2009 (9)",
        cases=cases,
        judge=yes_no_judge,
        measure=with_shares(balanced_accuracy(by="shape"), "truth", "told"),
        chance=0.5,
        gold=yes_no_gold,
        wall=Wall(keywords=()),
    )


def _said(rng: Random, known: Known, people: dict[str, str]) -> str:
    """ "that P pressed the button and that Q did not draw the bolt", in any order."""
    parts: list[str] = []
    for name, happened in known.events:
        event = known.mechanism["aside"] if name == ASIDE else known.mechanism["events"][name]
        parts.append(f"that {fill(event['who'], people)} {event['did'] if happened else 'did not ' + event['do']}")
    rng.shuffle(parts)
    return " and ".join(parts)


def _case(known: Known, question: dict[str, str], people: dict[str, str], text: str) -> Case:
    """The question in place of {ask} in the text."""
    outcome = known.mechanism["effect"]
    parts = {"effect": outcome["who"], "effect_do": outcome["do"], "effect_did": outcome["did"]}
    return Case(
        messages=(user(text.replace("{ask}", fill(question["ask"], parts))),),
        key="yes" if question["yes"] == known.truth else "no",
        template=f"{known.mechanism['name']}/{question['name']}",
        slots={
            "mechanism": known.mechanism["name"],
            "shape": known.mechanism["shape"],
            "truth": known.truth,
            "told": known.told,
            "known": ", ".join(name if happened else f"not {name}" for name, happened in known.events),
            **people,
        },
    )
