"""A deck of things dealt at random, each once before any comes again: balanced by construction."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Generic, TypeVar

from trustgauge.errors import SuiteError

T = TypeVar("T")


class Deck(Generic[T]):
    """Deals from a shuffled copy of `items`, shuffling anew when it runs out; never ends.

    Within any len(items) deals counted from the start each item comes exactly once, so labels,
    positions and templates stay balanced at every n.
    """

    def __init__(self, rng: Random, items: Sequence[T]) -> None:
        if not items:
            raise SuiteError("a deck needs at least one item, and was given none")
        self._rng = rng
        self._items = list(items)
        self._left: list[int] = []  # places in _items, so that equal items stay two

    def deal(self) -> T:
        """The next item."""
        return self._items[self._next()]

    def deal_many(self, n: int) -> list[T]:
        """The next n items, no place of the deck twice; SuiteError for more than it holds.

        What was skipped because it is in the hand already comes next, so that rounds stay complete.
        """
        if n > len(self._items):
            raise SuiteError(f"a deck of {len(self._items)} cannot deal {n} different items at once")
        hand: list[int] = []
        skipped: list[int] = []
        while len(hand) < n:
            place = self._next()
            (skipped if place in hand else hand).append(place)
        self._left += reversed(skipped)
        return [self._items[place] for place in hand]

    def _next(self) -> int:
        if not self._left:
            self._left = shuffled(self._rng, len(self._items))
        return self._left.pop()


def shuffled(rng: Random, n: int) -> list[int]:
    """rng.sample(range(n), n), the same numbers in half the time."""
    draw, left, found = rng.getrandbits, list(range(n)), list[int]()
    for size in range(n, 0, -1):
        bits = size.bit_length()
        at = draw(bits)
        while at >= size:
            at = draw(bits)
        found.append(left[at])
        left[at] = left[size - 1]
    return found
