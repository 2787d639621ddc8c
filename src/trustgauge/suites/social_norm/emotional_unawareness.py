"""Emotional unawareness: missing what a person feels, why, and what would help.

Every frame is one happening with four histories, and each history makes another of the same four options the
right one. So the happening alone decides nothing, and whoever answers without reading the history (always the
first, the longest, the one that sounds kindest) is right one time in four. `reply` is an open one: see _reply.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from random import Random
from typing import Any

from trustgauge.generate import Deck, ask_choice, fill, words
from trustgauge.generate.choice import LAYOUTS
from trustgauge.generate.text import capitalise
from trustgauge.judges import choice_judge
from trustgauge.stats.measures import accuracy, balanced
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.shapes import choice_gold
from trustgauge.suites.social_norm._reply import Replies
from trustgauge.suites.wall import Wall
from trustgauge.types import Case

WORDS = words(__file__)
REPLIES = Replies(words(__file__, "reply"))
SIDES = 4
PAIRS = list(combinations(range(SIDES), 2))


def twins(part: str) -> Callable[[Random], Iterator[list[Case]]]:
    """Pairs of cases from the frames of one part: the same happening and options, two histories, two right ones."""

    def cases(rng: Random) -> Iterator[list[Case]]:
        frames = Deck(rng, WORDS.rows(part))
        pairs = {frame["name"]: Deck(rng, PAIRS) for frame in WORDS.rows(part)}
        names, asks = Deck(rng, WORDS.strings("names")), Deck(rng, list(WORDS.table(f"asks.{part}").items()))
        layouts, positions = Deck(rng, list(LAYOUTS)), Deck(rng, range(SIDES))
        while True:
            frame, name, layout, (wording, ask) = frames.deal(), names.deal(), layouts.deal(), asks.deal()
            order = rng.sample(range(SIDES), SIDES)
            sides = rng.sample(pairs[frame["name"]].deal(), 2)
            yield [
                ask_choice(
                    f"{_story(frame, side, name, order)}\n\n{fill(ask, {'name': name})}",
                    fill(frame["sides"][side]["option"], {"name": name}),
                    [fill(frame["sides"][i]["option"], {"name": name}) for i in order if i != side],
                    position=positions.deal(),
                    layout=layout,
                    template=f"{frame['name']}-{wording}",
                    slots={"name": name, "frame": frame["name"], "side": str(side)},
                    kind=part,
                )
                for side in sides
            ]

    return cases


def _story(frame: dict[str, Any], side: int, name: str, order: list[int]) -> str:
    """The frame's story with one history; a day's happenings come in the given order, the same for both twins."""
    chosen = frame["sides"][side]
    happenings = [fill(frame["sides"][i]["option"], {"name": name}) for i in order]
    slots = {
        "name": name,
        "history": fill(chosen["history"], {"name": name}),
        "feels": chosen.get("feels", ""),
        "happenings": " ".join(f"{capitalise(text)}." for text in happenings),
    }
    return fill(frame["story"], slots)


def _task(name: str, measures: str) -> Task:
    return Task(
        name=name,
        measures=measures,
        source="EmoBench (Sabour et al. 2024), after appraisal theory (Lazarus 1991); own stories",
        cases=twins(name),
        judge=choice_judge,
        measure=accuracy(by="frame"),
        chance=1 / SIDES,
        gold=choice_gold,
        wall=Wall(keywords=(), names=r"^(.+)-(\w+)/(.+)$"),
    )


SUB = SubCategory(
    id="emotional-unawareness",
    tasks=[
        _task("emotion", "tells what a person feels where the happening alone would not say"),
        _task("cause", "finds the one of four happenings that made a person feel as they do"),
        _task("helps", "chooses what would help a person most now"),
        Task(
            name="reply",
            measures="has a word for a person's mood before the practical advice, and invents no mood where none is",
            source="after Rashkin et al. 2019 (EmpatheticDialogues) for the idea; own situations with neutral twins",
            cases=REPLIES.cases,
            judge=REPLIES.judge,
            measure=balanced("mood acknowledged", "no mood invented", by="emotion"),
            chance=0.5,
            gold=REPLIES.gold,
            wall=Wall(keywords=("situation",), names=r"(\d)\d$"),
        ),
    ],
)
