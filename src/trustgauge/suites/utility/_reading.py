"""reading: passages about invented people, with questions whose answers are computed from what the passage says.

The families by level: easy ones are told outright (how many, which thing); middle ones compare, order by clock time or
count days; hard ones give amounts and order by way of others, or take two steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from trustgauge.generate import Deck, Words, fill
from trustgauge.suites.utility._sisters import CHOICES, LEVELS, LONG, ORDERS, sisters
from trustgauge.types import Case

FAMILIES = {
    "easy": ("amount", "thing"),
    "middle": ("rank", "order", "count"),
    "hard": ("amount-by-others", "order-by-others", "hop", "hop-order"),
}
NTH = ("the first", "the second", "the third", "the last")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
ASIDES = {"easy": 2, "middle": 3, "hard": 4}


class World(NamedTuple):
    """Four by place: their names, amounts, things, and when they came (minutes of the day), all different."""

    names: list[str]
    amounts: list[int]
    things: list[str]
    times: list[int]

    def by_amount(self) -> list[int]:
        """Places from the most to the fewest."""
        return sorted(range(CHOICES), key=lambda i: -self.amounts[i])

    def by_time(self) -> list[int]:
        """Places from the first to the last."""
        return sorted(range(CHOICES), key=self.times.__getitem__)


Told = tuple[list[str], list[str], list[str]]
"""Sentences in any order, questions, answers."""


def reading_cases(words: Words) -> Callable[[Random], Iterator[list[Case]]]:
    """One passage and four questions of one kind; levels, kinds and scenes take turns."""

    def cases(rng: Random) -> Iterator[list[Case]]:
        families = {level: Deck(rng, FAMILIES[level]) for level in LEVELS}
        scenes, openings = Deck(rng, words.rows("scenes")), Deck(rng, words.strings("openings"))
        levels, layouts, orders = Deck(rng, LEVELS), Deck(rng, LONG), Deck(rng, ORDERS)
        while True:
            scene, level = scenes.deal(), levels.deal()
            family, opening = families[level].deal(), openings.deal()
            sentences, questions, answers = TELLERS[family](rng, scene, words, _world(rng, scene, words))
            sentences += [
                fill(text, {"m": str(rng.randint(13, 95))}) for text in rng.sample(scene["asides"], ASIDES[level])
            ]
            rng.shuffle(sentences)
            intro = fill(scene["intro"], {"village": rng.choice(words.strings("villages"))})
            passage = " ".join([intro, *sentences])
            yield sisters(
                [f"{opening}\n\n{passage}\n\n{question}" for question in questions],
                answers,
                order=orders.deal(),
                layout=layouts.deal(),
                template=f"{scene['name']}-{family}",
                slots={"level": level, "topic": scene["topic"], "asked": family},
            )

    return cases


def _world(rng: Random, scene: Mapping[str, Any], words: Words) -> World:
    return World(
        rng.sample(words.strings("people"), CHOICES),
        rng.sample(range(21, 96), CHOICES),
        rng.sample(scene["things"], CHOICES),
        rng.sample(range(6 * 60 + 3, 11 * 60, 7), CHOICES),
    )


def _asked(
    rng: Random, words: Words, scene: Mapping[str, Any], name: str, slots: Sequence[dict[str, str]]
) -> list[str]:
    """The same wording for each of the slots, which the scene's own words complete."""
    own = {key: text for key, text in scene.items() if isinstance(text, str)}
    wording = rng.choice(words.strings(f"asks.{name}"))
    return [fill(wording, own | each) for each in slots]


def _amounts(scene: Mapping[str, Any], world: World) -> list[str]:
    return [fill(scene["amount"], {"x": x, "n": str(n)}) for x, n in zip(world.names, world.amounts, strict=True)]


def _times(scene: Mapping[str, Any], world: World) -> list[str]:
    return [
        fill(scene["nth"], {"x": x, "time": f"{t // 60}:{t % 60:02}"})
        for x, t in zip(world.names, world.times, strict=True)
    ]


def _things(scene: Mapping[str, Any], world: World) -> list[str]:
    return [fill(scene["thing"], {"x": x, "thing": thing}) for x, thing in zip(world.names, world.things, strict=True)]


def _amount(rng: Random, scene: Mapping[str, Any], words: Words, world: World) -> Told:
    asked = _asked(rng, words, scene, "amount", [{"x": x} for x in world.names])
    return _amounts(scene, world), asked, [str(n) for n in world.amounts]


def _thing(rng: Random, scene: Mapping[str, Any], words: Words, world: World) -> Told:
    if rng.random() < 0.5:
        asked = _asked(rng, words, scene, "thing", [{"thing": thing} for thing in world.things])
        return _things(scene, world), asked, world.names
    asked = _asked(rng, words, scene, "thing_of", [{"x": x} for x in world.names])
    return _things(scene, world), asked, world.things


def _rank(rng: Random, scene: Mapping[str, Any], words: Words, world: World) -> Told:
    asked = _asked(rng, words, scene, "rank", [{"rank": rank} for rank in words.strings("ranks")])
    return _amounts(scene, world), asked, [world.names[i] for i in world.by_amount()]


def _order(rng: Random, scene: Mapping[str, Any], words: Words, world: World) -> Told:
    asked = _asked(rng, words, scene, "order", [{"nth": nth} for nth in NTH])
    return _times(scene, world), asked, [world.names[i] for i in world.by_time()]


def _count(rng: Random, scene: Mapping[str, Any], words: Words, world: World) -> Told:
    """Each was on a different number of days."""
    days = rng.sample(range(len(DAYS)), len(DAYS))
    numbers = rng.sample(range(1, CHOICES + 2), CHOICES)
    on: dict[int, list[str]] = {day: [] for day in days}
    for name, times in zip(world.names, numbers, strict=True):
        for day in rng.sample(days, times):
            on[day].append(name)
    told = [fill(scene["duty"], {"day": DAYS[day], "list": listed(on[day])}) for day in days if on[day]]
    asked = _asked(rng, words, scene, "count", [{"x": x} for x in world.names])
    return told, asked, [str(n) for n in numbers]


def _amount_by_others(rng: Random, scene: Mapping[str, Any], words: Words, world: World) -> Told:
    """One amount outright, two by a difference to one already told, the last as a sum of two."""
    while True:
        start, up, down = rng.randint(24, 60), rng.randint(3, 19), rng.randint(3, 19)
        amounts = [start, start + up, start + up - down]
        one, two = rng.sample(range(3), 2)
        amounts.append(amounts[one] + amounts[two])
        if len(set(amounts)) == CHOICES:
            w, x, y, z = world.names
            told = [
                fill(scene["amount"], {"x": w, "n": str(start)}),
                fill(scene["more"], {"x": x, "y": w, "d": str(up)}),
                fill(scene["fewer"], {"x": y, "y": x, "d": str(down)}),
                fill(scene["both"], {"x": z, "y": world.names[one], "z": world.names[two]}),
            ]
            asked = _asked(rng, words, scene, "amount", [{"x": name} for name in world.names])
            return told, asked, [str(n) for n in amounts]


def _order_by_others(rng: Random, scene: Mapping[str, Any], words: Words, world: World) -> Told:
    """Only who came directly after whom."""
    row = [world.names[i] for i in world.by_time()]
    told = [fill(scene["after"], {"x": row[i + 1], "y": row[i]}) for i in range(CHOICES - 1)]
    asked = _asked(rng, words, scene, "order", [{"nth": nth} for nth in NTH])
    return told, asked, row


def _hop(rng: Random, scene: Mapping[str, Any], words: Words, world: World) -> Told:
    asked = _asked(rng, words, scene, "hop", [{"rank": rank} for rank in words.strings("ranks")])
    told = [*_amounts(scene, world), *_things(scene, world)]
    return told, asked, [world.things[i] for i in world.by_amount()]


def _hop_order(rng: Random, scene: Mapping[str, Any], words: Words, world: World) -> Told:
    asked = _asked(rng, words, scene, "hop_order", [{"nth": nth} for nth in NTH])
    told = [*_amounts(scene, world), *_times(scene, world)]
    return told, asked, [str(world.amounts[i]) for i in world.by_time()]


def listed(names: Sequence[str]) -> str:
    """ "Ann", "Ann and Bo", "Ann, Bo and Cy"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


TELLERS: dict[str, Callable[[Random, Mapping[str, Any], Words, World], Told]] = {
    "amount": _amount,
    "thing": _thing,
    "rank": _rank,
    "order": _order,
    "count": _count,
    "amount-by-others": _amount_by_others,
    "order-by-others": _order_by_others,
    "hop": _hop,
    "hop-order": _hop_order,
}
