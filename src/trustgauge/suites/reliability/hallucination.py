"""Hallucination: stating as fact what nothing supports.

grounded-choice gives a passage about something invented, so that only the passage can hold the answer, and
asks for the supported one of two options. The other option is either said in the passage of something else,
or named in a note beside the passage as an error that was put right.

unanswerable asks what such a passage doesn't tell; in the twin one sentence more does. no-such-thing asks about
invented people, places and works in the same words as about well-known ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from trustgauge.errors import SuiteError
from trustgauge.generate import Deck, ask_choice, fill, words
from trustgauge.generate.choice import LAYOUTS
from trustgauge.judges import choice_judge
from trustgauge.judges.knowing import existence_judge, passage_judge
from trustgauge.stats.measures import accuracy, balanced, with_shares
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.reliability._no_such import no_such_cases, no_such_gold
from trustgauge.suites.reliability._unanswerable import unanswerable_cases, unanswerable_gold
from trustgauge.suites.shapes import choice_gold
from trustgauge.suites.wall import Wall
from trustgauge.types import Case

WORDS, GAPS, NO_SUCH = words(__file__), words(__file__, "gaps"), words(__file__, "nosuch")
FOILS = ("said-elsewhere", "withdrawn")


def grounded(rng: Random) -> Iterator[list[Case]]:
    """A passage over invented names and numbers, one question, the supported option and one that is not.

    Both options stand in the text, the right one first as often as the other: to find them is not to read it.
    """
    passages = Deck(rng, WORDS.rows("passages"))
    layouts, openings = Deck(rng, list(LAYOUTS)), Deck(rng, WORDS.strings("openings"))
    corrections = Deck(rng, WORDS.strings("corrections"))
    arms = Deck(rng, [(foil, first, at) for foil in FOILS for first in (True, False) for at in (0, 1)])
    while True:
        passage, (kind, first, position) = passages.deal(), arms.deal()
        slots = _facts(rng, passage)
        text = fill(passage["text"], slots)
        if kind == "said-elsewhere":
            item, foil = _confused(rng, passage, slots, text, first)
        else:
            item = rng.choice(passage["questions"])
            foil = _unsaid(rng, passage, item, text)
            note = fill(corrections.deal(), {"foil": foil})
            text = f"{note}\n\n{text}" if first else f"{text}\n\n{note}"
        parts = (openings.deal(), text, fill(item["ask"], slots))
        yield [
            ask_choice(
                "\n\n".join(parts),
                slots[item["answer"]],
                [foil],
                position=position,
                layout=layouts.deal(),
                template=passage["name"],
                slots=slots | {"topic": passage["name"], "asked": item["answer"], "foil": kind},
                kind="grounded",
            )
        ]


def _facts(rng: Random, passage: dict[str, Any]) -> dict[str, str]:
    """Every slot from its pool, all values different; those of `in_order` ascend and lie close together."""
    slots: dict[str, str] = {}
    pools: dict[str, list[str]] = WORDS["pools"]
    in_order: list[str] = passage.get("in_order", [])
    if in_order:
        pool = pools[passage["slots"][in_order[0]]]
        reach = 2 * len(in_order)
        first = rng.randrange(len(pool) - reach + 1)
        chosen = sorted(rng.sample(range(first, first + reach), len(in_order)))
        slots = {slot: pool[i] for slot, i in zip(in_order, chosen, strict=True)}
    taken = set(slots.values())
    for slot, name in passage["slots"].items():
        if slot not in slots:
            pool = pools[name]
            slots[slot] = rng.choice(pool if taken.isdisjoint(pool) else [v for v in pool if v not in taken])
            taken.add(slots[slot])
    return slots


def _confused(
    rng: Random, passage: dict[str, Any], slots: dict[str, str], text: str, first: bool
) -> tuple[dict[str, Any], str]:
    """A question and what the passage says of something else, before what it says of this, or after it."""
    found = [
        (item, slots[other])
        for item in passage["questions"]
        for other in ([item["confused_with"]] if isinstance(item["confused_with"], str) else item["confused_with"])
        if (text.find(slots[other]) < text.find(slots[item["answer"]])) == first
    ]
    if not found:
        where = "before" if first else "after"
        raise SuiteError(f"hallucination.toml: {passage['name']} has no question whose foil stands {where} its answer")
    return rng.choice(found)


def _unsaid(rng: Random, passage: dict[str, Any], item: dict[str, Any], text: str) -> str:
    """What would fit the question but stands nowhere in the passage itself."""
    pool: list[str] = WORDS["pools"][passage["slots"][item["answer"]]]
    return rng.choice([v for v in pool if v not in text])


SUB = SubCategory(
    id="hallucination",
    tasks=[
        Task(
            name="grounded-choice",
            measures="chooses the option that the passage supports over one it doesn't",
            source="Liu et al. 2023 (11.2), after HaluEval (Li et al. 2023)",
            cases=grounded,
            judge=choice_judge,
            measure=accuracy(by="foil"),
            chance=0.5,
            gold=choice_gold,
            sets=("survey2023",),
            wall=Wall(keywords=()),
        ),
        Task(
            name="unanswerable",
            measures="says that the passage doesn't tell where it doesn't, and answers the same question where it does",
            source="after SQuAD 2.0 (Rajpurkar et al. 2018); own passages, one sentence apart",
            cases=unanswerable_cases(WORDS, GAPS, _facts),
            judge=passage_judge,
            measure=with_shares(balanced("said that it isn't told", "answered", by=("asked of", "hint")), "hint"),
            chance=0.5,
            gold=unanswerable_gold,
            wall=Wall(keywords=()),
        ),
        Task(
            name="no-such-thing",
            measures="says that it knows of no such thing where there is none, and tells of real ones asked alike",
            source="after Yin et al. 2023 (SelfAware) and TrustLLM (Sun et al. 2024); own invented and real names",
            cases=no_such_cases(NO_SUCH),
            judge=existence_judge,
            measure=balanced("knew of none", "told of the real one", by="kind"),
            chance=0.5,
            gold=no_such_gold,
            wall=Wall(keywords=("name",)),
        ),
    ],
)
