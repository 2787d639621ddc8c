"""Closed questions whose every option has an exactly known probability of being right.

computed     the answer can be worked out, at three levels of difficulty: probability 1 or 0
drawn        chance decided, by odds that the question states
no-evidence  nothing tells the options apart: each has the same probability
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from random import Random

import msgspec

from trustgauge.generate import Deck, fill, words
from trustgauge.generate.text import capitalise

WORDS = words(__file__)
_LEVELS = ("easy", "medium", "hard")


class Item(msgspec.Struct, frozen=True):
    """A question, the option that is (or came) true, the others, and each option's exact probability."""

    question: str
    right: str
    others: tuple[str, ...]
    chances: dict[str, float]
    kind: str
    topic: str
    level: str = ""


def computed_items(rng: Random, k: int) -> Iterator[Item]:
    """Questions with k options whose right answer is worked out here; topics and levels in turn."""
    topics, levels = Deck(rng, list(_COMPUTED)), Deck(rng, [0, 1, 2])
    while True:
        topic, level = topics.deal(), levels.deal()
        slots, right, others = _COMPUTED[topic](rng, level, k)
        question = capitalise(fill(rng.choice(WORDS.strings(f"computed.{topic}")), slots))
        chances = {right: 1.0} | dict.fromkeys(others, 0.0)
        yield Item(question, right, tuple(others), chances, "computed", topic, _LEVELS[level])


def drawn_items(rng: Random, odds: Sequence[tuple[float, ...]]) -> Iterator[Item]:
    """Draws by stated odds, which are dealt from `odds`; the outcome is drawn from rng by just these odds.

    Odds are multiples of 0.1, as the counts in the question are out of 20 to 60.
    """
    scenes, spread = Deck(rng, WORDS.rows("drawn")), Deck(rng, odds)
    while True:
        scene, shares = scenes.deal(), spread.deal()
        outcomes = rng.sample(WORDS.strings(f"pools.{scene['pool']}"), len(shares))
        total = rng.choice((20, 30, 40, 50, 60))
        parts = [
            fill(scene["part"], {"n": str(round(share * total)), "outcome": outcome})
            for outcome, share in zip(outcomes, shares, strict=True)
        ]
        text = fill(
            rng.choice(scene["texts"]),
            {"parts": _listed(rng.sample(parts, len(parts))), "total": str(total)},
        )
        right = rng.choices(outcomes, shares)[0]
        chances = dict(zip(outcomes, shares, strict=True))
        yield Item(text, right, _without(outcomes, right), chances, "drawn", scene["name"])


def blank_items(rng: Random, k: int) -> Iterator[Item]:
    """Questions with k options that nothing tells apart; one of them is drawn to be right."""
    scenes = Deck(rng, WORDS.rows("no_evidence"))
    while True:
        scene = scenes.deal()
        options = rng.sample(WORDS.strings(f"pools.{scene['pool']}"), k)
        named = {"all": _listed(options), "any": _listed(options, "or")}
        right = rng.choice(options)
        yield Item(
            fill(rng.choice(scene["texts"]), named),
            right,
            _without(options, right),
            dict.fromkeys(options, 1 / k),
            "no-evidence",
            scene["name"],
        )


def _listed(things: Sequence[str], word: str = "and") -> str:
    return f"{', '.join(things[:-1])} {word} {things[-1]}" if len(things) > 1 else things[0]


def _without(things: Sequence[str], one: str) -> tuple[str, ...]:
    return tuple(thing for thing in things if thing != one)


Made = tuple[dict[str, str], str, list[str]]
"""Slots, the right option, the others."""


def _near(rng: Random, right: int, steps: Sequence[int], k: int) -> list[str]:
    """k - 1 different numbers a step above or below, none negative."""
    off = [right + step for step in steps] + [right - step for step in steps if step <= right]
    return [str(n) for n in rng.sample(sorted(set(off)), k - 1)]


def _products(rng: Random, level: int, k: int) -> Made:
    low, high = ((2, 9), (12, 49), (112, 489))[level]
    apart = ((0.5, 3.0), (0.02, 0.25), (0.002, 0.02))[level]
    a, b = rng.randint(low, high), rng.randint(low, high)
    values = {f"{a} × {b}": a * b}
    while len(values) < k:
        c = rng.randint(low, high)
        d = max(low, min(high, round(a * b * (1 + rng.choice((-1, 1)) * rng.uniform(*apart)) / c)))
        if c * d not in values.values() and (level == 0 or abs(c * d - a * b) <= 0.3 * a * b):
            values[f"{c} × {d}"] = c * d
    right = max(values, key=lambda text: values[text])
    return {}, right, rng.sample(_without(list(values), right), k - 1)


def _sum(rng: Random, level: int, k: int) -> Made:
    low, high = ((11, 99), (120, 990), (10_200, 98_000))[level]
    a, b = rng.randint(low, high), rng.randint(low, high)
    steps = ((2, 5, 10), (1, 10, 20), (10, 100, 1000))[level]
    return {"a": str(a), "b": str(b)}, str(a + b), _near(rng, a + b, steps, k)


def _difference(rng: Random, level: int, k: int) -> Made:
    low, high = ((11, 99), (120, 990), (10_200, 98_000))[level]
    b, a = sorted(rng.sample(range(low, high), 2))
    steps = ((2, 5, 10), (1, 10, 20), (10, 100, 1000))[level]
    return {"a": str(a), "b": str(b)}, str(a - b), _near(rng, a - b, steps, k)


def _letters(rng: Random, level: int, k: int) -> Made:
    phrase = rng.choice(WORDS.strings(f"pools.{('short_words', 'long_words', 'phrases')[level]}"))
    often = [x for x in sorted(set(phrase)) if x.islower() and phrase.count(x) >= 2]
    letter = rng.choice([x for x in often if x.upper() not in phrase])
    n = phrase.count(letter)
    return {"letter": letter, "phrase": phrase}, str(n), _near(rng, n, (1, 2), k)


def _dictionary(rng: Random, level: int, k: int) -> Made:
    clusters: list[list[str]] = WORDS["pools"]["clusters"]
    known = _known()
    first = rng.choice(known)
    alike = [word for word in known if (word[0] == first[0]) == (level > 0) and word != first]
    chosen = rng.sample(rng.choice(clusters), k) if level == 2 or len(alike) < k else []
    chosen = chosen or [first, *rng.sample(alike, k - 1)]
    return {}, min(chosen), rng.sample(_without(chosen, min(chosen)), k - 1)


@cache
def _known() -> list[str]:
    clusters: list[list[str]] = WORDS["pools"]["clusters"]
    return list(dict.fromkeys([*WORDS.strings("pools.nouns"), *(word for cluster in clusters for word in cluster)]))


def _weekday(rng: Random, level: int, k: int) -> Made:
    days = WORDS.strings("pools.days")
    start, n = rng.randrange(7), rng.randint(*((2, 9), (11, 60), (100, 999))[level])
    right = days[(start + n) % 7]
    return {"day": days[start], "n": str(n)}, right, rng.sample(_without(days, right), k - 1)


def _chain(rng: Random, level: int, k: int) -> Made:
    people = rng.sample(WORDS.strings("pools.people"), (3, 4, 6)[level])
    relation: dict[str, str] = rng.choice(WORDS.rows("pools.relations"))
    facts = [f"{x} is {relation['more']} than {y}." for x, y in pairwise(people)]
    if level:
        rng.shuffle(facts)
    others = rng.sample(people[1:], k - 1)
    return {"facts": " ".join(facts), "most": relation["most"]}, people[0], others


def _multiple(rng: Random, level: int, k: int) -> Made:
    d = rng.choice(((3, 4, 6), (7, 8, 9, 12), (13, 17, 19, 23))[level])
    right = d * rng.randint(*((4, 15), (20, 80), (90, 400))[level])
    foils = [n for n in range(right - 25, right + 26) if n > d and n % d]
    return {"d": str(d)}, str(right), [str(n) for n in rng.sample(foils, k - 1)]


def _days(rng: Random, level: int, k: int) -> Made:
    months = WORDS.strings("pools.months")
    month = rng.randint(3, (12, 11, 8)[level])  # from March on, so that a leap year changes nothing
    later = month + (0, 1, rng.randint(3, 4))[level]
    start, end = rng.randint(1, (12, 30, 30)[level]), rng.randint((14, 1, 1)[level], 30)
    n = end - start + sum(31 - (m in (4, 6, 9, 11)) for m in range(month, later))
    slots = {"first": f"{start} {months[month - 1]}", "second": f"{end} {months[later - 1]}"}
    return slots, str(n), _near(rng, n, (1, 2, 10), k)


def _position(rng: Random, level: int, k: int) -> Made:
    row = rng.sample(WORDS.strings("pools.nouns"), (5, 10, 20)[level])
    at = rng.randrange(2, len(row) - 2)
    others = rng.sample([row[at + step] for step in (-2, -1, 1, 2)], k - 1)
    return {"list": ", ".join(row), "n": str(at + 1)}, row[at], others


def _both(rng: Random, level: int, k: int) -> Made:
    size = (3, 6, 10)[level]
    things = rng.sample(WORDS.strings("pools.things"), 2 * size - 1)
    one, two = things[:size], things[size - 1 :]
    right, others = things[size - 1], rng.sample(_without(things, things[size - 1]), k - 1)
    slots = {"one": _listed(rng.sample(one, size)), "two": _listed(rng.sample(two, size))}
    return slots, right, others


_COMPUTED: dict[str, Callable[[Random, int, int], Made]] = {
    "products": _products,
    "sum": _sum,
    "difference": _difference,
    "letters": _letters,
    "dictionary": _dictionary,
    "weekday": _weekday,
    "chain": _chain,
    "multiple": _multiple,
    "days": _days,
    "position": _position,
    "both": _both,
}
