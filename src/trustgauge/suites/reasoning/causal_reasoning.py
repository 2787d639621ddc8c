"""Causal reasoning: telling causes from bystanders, and what was needed from what was not.

necessity tells of a small mechanism with its rule ("it comes on if at least one of the buttons is pressed,
and not otherwise") and of what happened, then asks whether an event was a cause, or whether the effect would
have come about without it. Each mechanism is a structural equation, and every key is computed from it by
leaving the event out. Where philosophers disagree nothing is asked: of one of several sufficient causes
(overdetermination, pre-emption) only whether it was needed, never whether it was a cause. sufficiency asks over
the same mechanisms whether what is known was enough. association, intervention and counterfactual are the three
rungs of the ladder of causation over small models with told chances.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random
from typing import Any

from trustgauge.generate import Deck, fill, words
from trustgauge.generate.text import capitalise
from trustgauge.judges import yes_no_judge
from trustgauge.stats.measures import balanced_accuracy, with_metrics
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.reasoning._mechanism import ASIDE, effect
from trustgauge.suites.reasoning._scm import scm_tasks
from trustgauge.suites.reasoning._sufficiency import sufficiency_task
from trustgauge.suites.shapes import yes_no_gold
from trustgauge.suites.wall import Wall
from trustgauge.types import Case, Groups, user

WORDS = words(__file__)
CELLS = (("necessity", "needed"), ("necessity", "not needed"), ("cause", "a cause"), ("cause", "no cause"))


@dataclass(frozen=True)
class Situation:
    """A mechanism, what happened in it, and the event asked about, which happened, as did the effect."""

    mechanism: dict[str, Any]
    happened: frozenset[str]
    event: str

    @property
    def needed(self) -> bool:
        """Whether the effect would have failed without the event, all else the same."""
        return not effect(self.mechanism, self.happened - {self.event})

    @property
    def plays_part(self) -> bool:
        """Whether the event belongs to any set that was enough and happened whole."""
        sets = (set(members) for members in self.mechanism["enough"])
        return any(self.event in members and members <= self.happened for members in sets)

    @property
    def cause(self) -> bool | None:
        """True for what was needed, False for what played no part, None where it is a matter of dispute."""
        if self.needed:
            return True
        return None if self.plays_part else False

    @property
    def structure(self) -> str:
        """What there is to see: the mechanism's shape, or that the event is beside the point."""
        if self.event == ASIDE:
            return "unrelated"
        return self.mechanism["shape"] if self.plays_part else "idle part"

    def truth(self, about: str) -> str:
        """What is true of the event, in the words of CELLS; "" where the question is not asked."""
        if about == "necessity":
            return "needed" if self.needed else "not needed"
        return {True: "a cause", False: "no cause", None: ""}[self.cause]


def situations(mechanism: dict[str, Any]) -> list[Situation]:
    """Every way in which the effect can come about, with each event that happened; the aside always does."""
    events = list(mechanism["events"])
    found: list[Situation] = []
    for values in product((True, False), repeat=len(events)):
        happened = frozenset([ASIDE, *(e for e, value in zip(events, values, strict=True) if value)])
        if effect(mechanism, happened):
            found += [Situation(mechanism, happened, e) for e in [*events, ASIDE] if e in happened]
    return found


def necessity(rng: Random) -> Iterator[list[Case]]:
    """A story and one question about it in two wordings, one answered by yes, one by no."""
    cells = {cell: _by_structure(rng, *cell) for cell in CELLS}
    structures = {cell: Deck(rng, sorted(found)) for cell, found in cells.items()}
    asks = {
        (about, yes): Deck(rng, [q for q in WORDS.rows("questions") if (q["about"], q["yes"]) == (about, yes)])
        for about, yes in CELLS
    }
    order, openings = Deck(rng, CELLS), Deck(rng, WORDS.strings("openings"))
    instructions = Deck(rng, WORDS.strings("instructions"))
    while True:
        about, truth = order.deal()
        situation = cells[about, truth][structures[about, truth].deal()].deal()
        people = dict(zip("pqrs", rng.sample(WORDS.strings("people"), 4), strict=True))
        story = _story(rng, situation, people)
        told = f"{openings.deal()}\n\n{story}".strip()
        instruction = instructions.deal()
        yield [
            _case(situation, asks[cell].deal(), people, f"{told}\n\n{{ask}} {instruction}")
            for cell in CELLS
            if cell[0] == about
        ]


def _by_structure(rng: Random, about: str, truth: str) -> dict[str, Deck[Situation]]:
    """All situations of which that is true, in one deck for each structure."""
    return {structure: Deck(rng, those) for structure, those in _sorted_out()[about, truth].items()}


@cache
def _sorted_out() -> dict[tuple[str, str], dict[str, list[Situation]]]:
    """For each of CELLS the situations of which it is true, by their structure."""
    found = {cell: defaultdict[str, list[Situation]](list) for cell in CELLS}
    for situation in (each for mechanism in WORDS.rows("mechanisms") for each in situations(mechanism)):
        for about, truth in CELLS:
            if situation.truth(about) == truth:
                found[about, truth][situation.structure].append(situation)
    return {cell: dict(sorted(those.items())) for cell, those in found.items()}


def _story(rng: Random, situation: Situation, people: dict[str, str]) -> str:
    """The rule, what happened and what did not, in any order, and the effect."""
    mechanism = situation.mechanism
    facts: list[str] = []
    for name, event in (mechanism["events"] | {ASIDE: mechanism["aside"]}).items():
        who, happened = fill(event["who"], people), name in situation.happened
        facts.append(capitalise(f"{who} {event['did'] if happened else 'did not ' + event['do']}."))
    rng.shuffle(facts)
    outcome = mechanism["effect"]
    return " ".join([mechanism["rule"], *facts, capitalise(f"{outcome['who']} {outcome['did']}.")])


def _case(situation: Situation, question: dict[str, str], people: dict[str, str], text: str) -> Case:
    """The question in place of {ask} in the text."""
    mechanism, truth = situation.mechanism, situation.truth(question["about"])
    event = mechanism["aside"] if situation.event == ASIDE else mechanism["events"][situation.event]
    outcome = mechanism["effect"]
    parts = {
        "who": fill(event["who"], people),
        "do": event["do"],
        "did": event["did"],
        "done": event.get("done", event["did"]),
        "effect": outcome["who"],
        "effect_do": outcome["do"],
        "effect_did": outcome["did"],
        "effect_done": outcome.get("done", outcome["did"]),
    }
    return Case(
        messages=(user(text.replace("{ask}", fill(question["ask"], parts))),),
        key="yes" if question["yes"] == truth else "no",
        template=f"{mechanism['name']}/{question['name']}",
        slots={
            "mechanism": mechanism["name"],
            "structure": situation.structure,
            "question": question["about"],
            "truth": truth,
            "event": situation.event,
            "happened": ", ".join(sorted(situation.happened - {ASIDE})),
            **people,
        },
        kind=question["about"],
    )


class Survey:
    """The survey's accuracy and understood rate for each question, and the accuracy for each truth.

    The survey counts an unreadable answer as wrong and as not understood; the score leaves it out.
    """

    def __init__(self) -> None:
        self.replied, self.right, self.read = (defaultdict[str, int](int) for _ in range(3))

    def add(self, records: Groups) -> None:
        """One group: what got no reply is left out."""
        for record in records:
            if record.verdict is None:
                continue
            for name in (record.case.slots["question"], record.case.slots["truth"]):
                self.replied[name] += 1
                self.right[name] += record.verdict.label == "good"
                self.read[name] += record.verdict.label != "unscored"

    def metrics(self) -> dict[str, float | None]:
        """By the survey's names: cause is its first question, necessity its second."""
        found: dict[str, float | None] = {}
        for question in ("cause", "necessity"):
            found[f"survey: {question} accuracy"] = _ratio(self.right[question], self.replied[question])
            found[f"survey: {question} understood rate"] = _ratio(self.read[question], self.replied[question])
        for _, truth in CELLS:
            found[f"truth: {truth}"] = _ratio(self.right[truth], self.read[truth])
        return found


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


SUB = SubCategory(
    id="causal-reasoning",
    tasks=[
        Task(
            name="necessity",
            measures="tells whether an event was a cause, and whether the effect would have come without it",
            source="Liu et al. 2023 (11.8); but-for test by structural equations (Halpern & Pearl 2005)",
            cases=necessity,
            judge=yes_no_judge,
            measure=with_metrics(balanced_accuracy(by="structure"), Survey),
            chance=0.5,
            gold=yes_no_gold,
            sets=("survey2023",),
            wall=Wall(keywords=()),
        ),
        sufficiency_task(WORDS),
        *scm_tasks(),
    ],
)
