"""A bank of easy closed items with a certain key: school facts, everyday sense, ordering, sums.

Made for measures that ask what *changes* an answer (typos, pushback, wording, option order), so the items
are such that a capable model gets them right. The words are in items.toml.

Items come in sisters: two questions in the same wording over the same four options, with different right
ones. Each option is the right one equally often, and whoever answers without reading the question (always
the first, the longest, the one that sounds best) is right on at most one of two sisters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, count
from random import Random
from typing import Any

import msgspec

from trustgauge.errors import SuiteError
from trustgauge.generate.deck import Deck
from trustgauge.generate.text import capitalise, fill
from trustgauge.generate.words import words

WORDS = words(__file__)
CHOICES = 4
_BETWEEN = re.compile(r"\W+")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One closed question: the right option, three wrong ones in random order, and where it comes from.

    template  name of the wording ("capitals-map"); slots: what was filled in, as text
    """

    question: str
    right: str
    others: tuple[str, ...]
    domain: str
    template: str
    slots: dict[str, str]


Sisters = tuple[Item, Item]
Asked = tuple[str, str, dict[str, str]]  # wording, right option, what to fill in
Source = Callable[[Random], Iterator[Sisters]]


def closed_items(rng: Random) -> Iterator[Item]:
    """Endless stream of items: one of each pair of sisters."""
    for pair in closed_pairs(rng):
        yield pair[rng.randrange(2)]


def closed_pairs(rng: Random) -> Iterator[Sisters]:
    """Endless stream of sisters: (item, item) with the same options and different right ones.

    Sources take turns, tables of facts twice as often as the rest, so that sums and orderings don't prevail.
    """
    streams = {name: stream(rng) for name, stream in sources().items()}
    names = Deck(rng, [*streams, *(row["name"] for row in WORDS.rows("tables"))])
    while True:
        yield next(streams[names.deal()])


@cache
def sources() -> dict[str, Source]:
    """Where items come from, by name: tables, scales and sums of items.toml, and numbers made here."""
    tables = {row["name"]: _table(row) for row in WORDS.rows("tables")}
    scales = {row["name"]: _scale(row) for row in WORDS.rows("scales")}
    sums = {row["name"]: _sum(row) for row in WORDS.rows("sums")}
    named = tables | scales | sums | {"series": _series, "compare": _compare}
    return {name: _unmentioned(source) for name, source in named.items()}


def _unmentioned(source: Source) -> Source:
    """The source without items whose question names an option: that would be a good guess, or a bad one."""

    def stream(rng: Random) -> Iterator[Sisters]:
        return (pair for pair in source(rng) if not any(_mentions(item.question, item) for item in pair))

    return stream


def _mentions(question: str, item: Item) -> bool:
    said = f" {_BETWEEN.sub(' ', question.lower())} "
    return any(f" {_BETWEEN.sub(' ', option.lower())} " in said for option in (item.right, *item.others))


def arranged(rng: Random, sisters: Sisters, keys: tuple[int, int], unlike: Sequence[str] = ()) -> tuple[str, ...]:
    """The sisters' options with their keys at those two places, the rest at random; never in the order `unlike`."""
    rights = [item.right for item in sisters]
    rest = [option for option in sisters[0].others if option not in rights]
    rest = rng.sample(rest, len(rest))
    placed = dict(zip(keys, rights, strict=True))
    free = [place for place in range(CHOICES) if place not in placed]
    order, turned = (
        tuple({**placed, **dict(zip(free, left, strict=True))}[place] for place in range(CHOICES))
        for left in (rest, rest[::-1])
    )
    return turned if order == tuple(unlike) else order


def _sisters(rng: Random, asked: Sequence[Asked], foils: Sequence[str], domain: str, template: str) -> Sisters:
    """Two items over the same options: each one's right option is a wrong one of the other's."""
    name = rng.choice(WORDS.strings("names"))
    rights = [right for _, right, _ in asked]

    def item(wording: str, right: str, slots: dict[str, str]) -> Item:
        others = [o for o in (*rights, *foils) if o != right]
        used = slots | ({"name": name} if "{name}" in wording else {})
        return Item(
            question=capitalise(fill(wording, used)),
            right=right,
            others=tuple(rng.sample(others, len(others))),
            domain=domain,
            template=template,
            slots=used,
        )

    first, second = (item(*each) for each in asked)
    return first, second


def _table(table: dict[str, Any]) -> Source:
    """Items from rows of [left, right]: `ask` wordings want the right, `back` wordings the left."""
    rows = [(left, right) for left, right in table["rows"]]
    forward = [(f"{table['name']}-{key}", text, False) for key, text in table["ask"].items()]
    backward = [(f"{table['name']}-{key}", text, True) for key, text in table.get("back", {}).items()]
    rivals = _rivals(table)

    def stream(rng: Random) -> Iterator[Sisters]:
        wordings, first = Deck(rng, forward + backward), Deck(rng, rows)
        while True:
            template, wording, back = wordings.deal()
            hand = _hand(rng, first.deal(), rows, rivals)
            asked, slot = (1, "answer") if back else (0, "ask")
            pairs = [(wording, row[1 - asked], {slot: row[asked]}) for row in hand[:2]]
            yield _sisters(rng, pairs, [row[1 - asked] for row in hand[2:]], table["domain"], template)

    return stream


def _rivals(table: Mapping[str, Any]) -> set[frozenset[str]]:
    """Pairs of left values that must not be shown together; a name that is in no row is a SuiteError."""
    lefts = {left for left, _ in table["rows"]}
    for group in table.get("apart", []):
        if unknown := set(group) - lefts:
            raise SuiteError(f"items.toml: {table['name']} has no row for {sorted(unknown)} of its 'apart'")
    return {frozenset(pair) for group in table.get("apart", []) for pair in combinations(group, 2)}


def _hand(
    rng: Random, first: tuple[str, str], rows: Sequence[tuple[str, str]], rivals: set[frozenset[str]]
) -> list[tuple[str, str]]:
    """`first` and three more rows, all of different right values and none a rival of another."""
    for _ in range(50):
        hand = [first]
        for row in rng.sample(rows, len(rows)):
            if all(row[1] != held[1] and frozenset((row[0], held[0])) not in rivals for held in hand):
                hand.append(row)
            if len(hand) == CHOICES:
                return hand
    raise SuiteError(f"items.toml: too few rows go together with {first[0]!r}: add some, or loosen 'apart'")


def _scale(scale: dict[str, Any]) -> Source:
    """Items over things in rising order: the last or the first of four."""

    def stream(rng: Random) -> Iterator[Sisters]:
        wordings = Deck(rng, list(scale["wordings"]))
        while True:
            wording = wordings.deal()
            shown = sorted(rng.sample(range(len(scale["items"])), CHOICES))
            low, *middle, high = (str(scale["items"][i]) for i in shown)
            asked = [(wording["high"], high, {"end": "high"}), (wording["low"], low, {"end": "low"})]
            template = f"{scale['name']}-{wording['name']}"
            yield _sisters(rng, rng.sample(asked, 2), middle, scale["domain"], template)

    return stream


# x, y, z -> the result. For "divide" the text shows the total x * y, shared by y.
OPS: dict[str, Callable[[int, int, int], int]] = {
    "add": lambda x, y, z: x + y,
    "subtract": lambda x, y, z: x - y,
    "multiply": lambda x, y, z: x * y,
    "divide": lambda x, y, z: x,
    "add-subtract": lambda x, y, z: x + y - z,
    "multiply-add": lambda x, y, z: x * y + z,
}


def _sum(task: dict[str, Any]) -> Source:
    """Word problems: two with different numbers, near enough that each one's result could be the other's."""

    def draw(rng: Random) -> tuple[int, dict[str, str]]:
        x, y, z = (rng.randint(*task.get(name, (0, 0))) for name in "xyz")
        slots = {"x": x, "y": y, "z": z, "total": x * y}
        used = {name: str(value) for name, value in slots.items() if f"{{{name}}}" in task["text"]}
        return OPS[task["op"]](x, y, z), used

    def stream(rng: Random) -> Iterator[Sisters]:
        while True:
            first = draw(rng)
            second = next(s for s in (draw(rng) for _ in count()) if s[0] != first[0])
            asked = [(task["text"], str(result), slots) for result, slots in (first, second)]
            foils = _near(rng, (first[0], second[0]))
            yield _sisters(rng, asked, foils, "arithmetic", f"sum-{task['name']}")

    return stream


def _near(rng: Random, results: tuple[int, int]) -> list[str]:
    """One wrong number near each result: off by a little, or by ten."""
    taken = set(results)
    for result in results:
        near = [n for step in (1, 2, 10) for n in (result - step, result + step) if n > 0 and n not in taken]
        taken.add(rng.choice(near))
    return [str(n) for n in sorted(taken - set(results))]


def _series(rng: Random) -> Iterator[Sisters]:
    """The next number of a rising or falling row."""
    wordings = Deck(rng, list(WORDS.table("series").items()))
    while True:
        template, wording = wordings.deal()
        step = rng.choice([s for s in range(-9, 12) if abs(s) > 1])
        starts = rng.sample(range(40, 90), 2)
        asked = [
            (wording, str(start + 4 * step), {"row": ", ".join(str(start + i * step) for i in range(4))})
            for start in starts
        ]
        results = (starts[0] + 4 * step, starts[1] + 4 * step)
        yield _sisters(rng, asked, _near(rng, results), "arithmetic", f"series-{template}")


def _compare(rng: Random) -> Iterator[Sisters]:
    """The largest or smallest of four numbers of two or three digits."""
    wordings = Deck(rng, WORDS.rows("compare"))
    while True:
        wording = wordings.deal()
        top = rng.choice((100, 1000))
        low, *middle, high = (str(n) for n in sorted(rng.sample(range(top // 10, top), CHOICES)))
        asked = [(wording["high"], high, {"end": "high"}), (wording["low"], low, {"end": "low"})]
        yield _sisters(rng, rng.sample(asked, 2), middle, "arithmetic", f"compare-{wording['name']}")
