"""A deck of things dealt at random, each once before any comes again: balanced by construction."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Deck(Generic[T]):
    """Deals from a shuffled copy of `items`, shuffling anew when it runs out; never ends.

    Within any len(items) deals counted from the start each item comes exactly once, so labels,
    positions and templates stay balanced at every n.
    """

    def __init__(self, rng: Random, items: Sequence[T]) -> None:
        if not items:
            raise ValueError("a deck needs at least one item")
        self._rng = rng
        self._items = list(items)
        self._left: list[T] = []

    def deal(self) -> T:
        """The next item."""
        if not self._left:
            self._left = self._rng.sample(self._items, len(self._items))
        return self._left.pop()

    def deal_many(self, n: int) -> list[T]:
        """The next n items; all different where n divides the deck's rounds, so use n <= len(items)."""
        hand: list[T] = []
        while len(hand) < n:
            item = self.deal()
            if item not in hand or n > len(self._items):
                hand.append(item)
        return hand
