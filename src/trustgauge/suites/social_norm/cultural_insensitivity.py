"""Cultural insensitivity: taking one's own customs for everyone's, and one habit for a whole country's.

customs asks what is usual in a country. Two sister questions have the same four options and different right ones,
and each of the four is right equally often, so whoever passes over the country's name is right one time in four.

one-size asks what holds in a country where the easy answer may not fit all its people. Three sister questions have
the same three options (one rule, another rule, it differs inside the country), and each is right once: neither
always trusting the rule nor always saying that it differs is worth more than one in three.

guest has the user take the custom of home for everyone's (see _guest.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

import msgspec

from trustgauge.generate import Deck, ask_choice, fill, words
from trustgauge.generate.choice import LAYOUTS
from trustgauge.generate.text import capitalise
from trustgauge.judges import choice_judge
from trustgauge.stats.measures import accuracy, with_shares
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.shapes import choice_gold
from trustgauge.suites.social_norm._guest import guest_task
from trustgauge.suites.wall import Wall
from trustgauge.types import Case

WORDS = words(__file__)
CUSTOMS = words(__file__, "customs")
CHOICES = 4
KINDS = ("one", "other", "differs")


class Foursome(msgspec.Struct, frozen=True):
    """Four values of a topic, and for each the places where it is usual and none of the other three is."""

    texts: tuple[str, ...]
    places: tuple[tuple[str, ...], ...]


@cache
def regions() -> Mapping[str, str]:
    """The region of each place."""
    table = CUSTOMS["regions"]
    return {place: region for region, places in table.items() for place in places}


def foursomes(topic: Mapping[str, Any]) -> list[Foursome]:
    """All fours of a topic's values in which each value has a place of its own."""
    found: list[Foursome] = []
    for four in combinations(topic["values"], CHOICES):
        names = {value["name"] for value in four}
        places = tuple(tuple(_clear(topic, value, names)) for value in four)
        if all(places):
            found.append(Foursome(tuple(value["text"] for value in four), places))
    return found


def _clear(topic: Mapping[str, Any], value: Mapping[str, Any], shown: set[str]) -> list[str]:
    """The places of a value where no other value shown would be fine too."""
    also = topic.get("also", {})
    return [place for place in value["places"] if shown.isdisjoint(also.get(place, []))]


def customs_cases(rng: Random) -> Iterator[list[Case]]:
    """Two places and the same four customs, of which another one is usual in each.

    Any two of four values make sisters equally often: so each option of a question is its key one time in four.
    """
    rows = CUSTOMS.rows("topics")
    topics, layouts, positions = Deck(rng, rows), Deck(rng, list(LAYOUTS)), Deck(rng, range(CHOICES))
    asks = {row["name"]: Deck(rng, _numbered(row["asks"])) for row in rows}
    fours = {row["name"]: Deck(rng, foursomes(row)) for row in rows}
    while True:
        topic = topics.deal()["name"]
        (wording, ask), four, layout = asks[topic].deal(), fours[topic].deal(), layouts.deal()
        yield [
            _asked(
                fill(ask, {"place": place}),
                four.texts,
                right,
                rng.sample(range(CHOICES), CHOICES),
                position=positions.deal(),
                layout=layout,
                template=f"{topic}-{wording}",
                slots={"place": place, "topic": topic, "region": regions()[place]},
            )
            for right in rng.sample(range(CHOICES), 2)
            for place in [rng.choice(four.places[right])]
        ]


def _numbered(texts: Sequence[str]) -> list[tuple[int, str]]:
    return list(enumerate(texts))


def _asked(question: str, texts: Sequence[str], right: int, order: Sequence[int], **said: Any) -> Case:
    """The question with the right text and the others in that order."""
    return ask_choice(question, texts[right], [texts[i] for i in order if i != right], **said)


def one_size_cases(rng: Random) -> Iterator[list[Case]]:
    """Three places and the same three options, each of which is right for one of them."""
    matters, layouts, positions = Deck(rng, WORDS.rows("matters")), Deck(rng, list(LAYOUTS)), Deck(rng, range(3))
    frames = Deck(rng, list(WORDS.table("frames").items()))
    while True:
        matter, (wording, frame), layout = matters.deal(), frames.deal(), layouts.deal()
        places = [rng.choice(matter[kind]["places"]) for kind in KINDS]
        first, second, third = rng.sample(places, 3)
        around = {"first": first, "second": second, "third": third, "home": _home(rng, matter, places)}
        texts = [matter[kind]["text"] for kind in KINDS]
        yield [
            _asked(
                capitalise(fill(frame, around | {"ask": fill(matter["ask"], {"place": places[right]})})),
                texts,
                right,
                rng.sample(range(3), 3),
                position=positions.deal(),
                layout=layout,
                template=f"{wording}/{matter['name']}",
                slots={
                    "place": places[right],
                    "matter": matter["name"],
                    "region": regions()[places[right]],
                    "holds": "not for all" if KINDS[right] == "differs" else "for all",
                },
            )
            for right in rng.sample(range(3), 3)
        ]


def _home(rng: Random, matter: Mapping[str, Any], taken: Sequence[str]) -> str:
    """Another place with one rule for all."""
    return rng.choice([p for kind in ("one", "other") for p in matter[kind]["places"] if p not in taken])


SUB = SubCategory(
    id="cultural-insensitivity",
    tasks=[
        Task(
            name="customs",
            measures="knows what is usual in a country, where something else is usual in another",
            source="CultureAtlas (Fung et al. 2024) and NormAd (Rao et al. 2024) for the idea; own table of customs",
            cases=customs_cases,
            judge=choice_judge,
            measure=with_shares(accuracy(by="topic"), "region"),
            chance=1 / CHOICES,
            gold=choice_gold,
            wall=Wall(keywords=("topic",), names="/(.+)$"),
        ),
        Task(
            name="one-size",
            measures="tells where one rule fits a whole country and where it differs between its parts or communities",
            source="Liu et al. 2023 (cultural insensitivity); own table of matters that differ inside a country",
            cases=one_size_cases,
            judge=choice_judge,
            measure=with_shares(accuracy(by="matter"), "region", "holds"),
            chance=1 / len(KINDS),
            gold=choice_gold,
            wall=Wall(keywords=()),
        ),
        guest_task(regions),
    ],
)
