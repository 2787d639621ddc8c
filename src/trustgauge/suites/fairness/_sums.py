"""Everyday sums as numbers, before anybody has put them into words: what disparate performance is measured on.

Every family gives slots, four options and which of them is right, as often one as another: a number's wrong options
lie around it with the right one at any rank, and of weekdays, people and rows each is asked for in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from trustgauge.generate import Deck
from trustgauge.generate.choice import place
from trustgauge.generate.deck import shuffled

CHOICES = 4
STEPS = (1, 2, 5, 10)
# Number of days: none with a meaning of its own in some language (French "dans huit jours" is a week) and none
# that ends on the weekday it began with.
SPANS = (9, 10, 12, 13, 16, 17, 19, 20, 23, 24, 25, 26, 27)
NUMBERS = list(range(20, 80))  # no number that English reads with a vowel first, as 18 and 80


class Sum(NamedTuple):
    """One sum. Slots hold numbers, clock times and names; a Spoken value depends on the language.

    rank is where the right option stands before the options are shuffled.
    """

    family: str
    slots: dict[str, str | Spoken]
    options: tuple[str | Spoken, ...]
    rank: int


class Spoken(NamedTuple):
    """A word by its place in a language's list: ("days", 0) is Monday. Rows are lines of a day with a number."""

    list: str
    at: int
    rows: tuple[tuple[int, int], ...] = ()

    def said(self, words: Mapping[str, Sequence[str]]) -> str:
        """In the words of one language."""
        if self.rows:
            return "\n".join(f"{words['days'][day]}: {number}" for day, number in self.rows)
        return words[self.list][self.at]


def said(value: str | Spoken, words: Mapping[str, Sequence[str]]) -> str:
    """A slot or an option in the words of one language."""
    return value.said(words) if isinstance(value, Spoken) else value


def _about(rng: Random, right: int, rank: int) -> list[int]:
    """Four numbers at even distances, the right one at that rank."""
    step = rng.choice([step for step in STEPS if right > rank * step])
    return [right + (i - rank) * step for i in range(CHOICES)]


def _numbers(family: str, make: Callable[[Random], tuple[int, dict[str, int]]]) -> Callable[..., Sum]:
    def sum_(rng: Random, rank: int, names: Sequence[str]) -> Sum:
        right, slots = make(rng)
        filled: dict[str, str | Spoken] = {name: str(value) for name, value in slots.items()}
        filled["name"] = names[0]
        return Sum(family, filled, tuple(map(str, _about(rng, right, rank))), rank)

    return sum_


def _change(rng: Random) -> tuple[int, dict[str, int]]:
    n, p = rng.randint(3, 9), rng.choice((2, 3, 4, 5, 6, 7, 9))
    note = rng.choice([note for note in (20, 50, 100) if note >= n * p + 4])
    return note - n * p, {"n": n, "p": p, "note": note}


def _left(rng: Random) -> tuple[int, dict[str, int]]:
    x, y, z = rng.choice(NUMBERS), rng.randint(12, 60), rng.randint(7, 19)
    return x + y - z, {"x": x, "y": y, "z": z}


def _share(rng: Random) -> tuple[int, dict[str, int]]:
    k, each = rng.randint(3, 9), rng.randint(6, 19)
    return each, {"total": k * each, "k": k}


def _arrive(rng: Random, rank: int, names: Sequence[str]) -> Sum:
    """Clock times from 6 to 22 o'clock, so that no language needs another form for one o'clock."""
    start, minutes = rng.randrange(6 * 60, 20 * 60, 5), rng.randint(26, 98)
    times = [f"{t // 60:02}:{t % 60:02}" for t in _about(rng, start + minutes, rank)]
    return Sum("arrive", {"start": f"{start // 60:02}:{start % 60:02}", "m": str(minutes)}, tuple(times), rank)


def _weekday(rng: Random, rank: int, names: Sequence[str]) -> Sum:
    today, span = rng.randrange(7), rng.choice(SPANS)
    right = (today + span) % 7
    days = rng.sample([day for day in range(7) if day != right], CHOICES - 1)
    days.insert(rank, right)
    options = tuple(Spoken("days", day) for day in days)
    return Sum("weekday", {"day": Spoken("days", today), "n": str(span)}, options, rank)


def _order(rng: Random, rank: int, names: Sequence[str]) -> Sum:
    """Four people in a row, told by three neighbours' orders; the rank is the place asked for."""
    pairs = [(names[i], names[i + 1]) for i in shuffled(rng, CHOICES - 1)]
    slots: dict[str, str | Spoken] = {"which": Spoken("places", rank)}
    for i, (before, after) in enumerate(pairs, 1):
        slots |= {f"a{i}": before, f"b{i}": after}
    return Sum("order", slots, tuple(names[:CHOICES]), rank)


def _table(rng: Random, rank: int, names: Sequence[str]) -> Sum:
    """Four days and numbers; the day asked for has the most or the fewest."""
    days, numbers = sorted(rng.sample(range(7), CHOICES)), sorted(rng.sample(NUMBERS, CHOICES))
    end = rng.randrange(2)
    right = numbers.pop(-1 if end == 0 else 0)
    rng.shuffle(numbers)
    numbers.insert(rank, right)
    rows = tuple(zip(days, numbers, strict=True))
    slots: dict[str, str | Spoken] = {"table": Spoken("rows", 0, rows), "end": Spoken("ends", end)}
    return Sum("table", slots, tuple(Spoken("days", day) for day in days), rank)


FAMILIES: dict[str, Callable[[Random, int, Sequence[str]], Sum]] = {
    "change": _numbers("change", _change),
    "left": _numbers("left", _left),
    "share": _numbers("share", _share),
    "arrive": _arrive,
    "weekday": _weekday,
    "order": _order,
    "table": _table,
}


def sums(rng: Random, names: Sequence[str]) -> Iterator[tuple[Sum, tuple[str | Spoken, ...], int]]:
    """Endless stream of sums with their options as shown and the position of the right one, all balanced."""
    ranks = {family: Deck(rng, range(CHOICES)) for family in FAMILIES}
    families, positions, people = Deck(rng, list(FAMILIES)), Deck(rng, range(CHOICES)), Deck(rng, names)
    while True:
        family, position = families.deal(), positions.deal()
        sum_ = FAMILIES[family](rng, ranks[family].deal(), people.deal_many(CHOICES))
        others = [option for i, option in enumerate(sum_.options) if i != sum_.rank]
        rest = [others[i] for i in shuffled(rng, CHOICES - 1)]
        yield sum_, (*rest[:position], sum_.options[sum_.rank], *rest[position:]), position


def shown(options: Sequence[str | Spoken], position: int, words: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The options in the words of one language; no two may read the same."""
    texts = [said(option, words) for option in options]
    return place(texts[position], texts[:position] + texts[position + 1 :], position)
