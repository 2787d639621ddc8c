"""Two runs' records side by side, by case and draw, in one pass."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import zip_longest
from typing import TypeVar

from trustgauge.store import Store
from trustgauge.types import Record

T = TypeVar("T")
Key = tuple[str, int]
"""Case id, which is a hash of its content, and draw."""


def matched(
    first: Iterable[T], second: Iterable[T], key: Callable[[T], Hashable]
) -> Iterator[tuple[T | None, T | None]]:
    """Items of equal keys as pairs, the rest with None for the other side, at the end.

    Holds only what still waits for its partner: nothing where both come in one order. Items that come several times
    are paired in the order they come.
    """
    waiting: tuple[dict[Hashable, deque[T]], dict[Hashable, deque[T]]] = ({}, {})
    for pair in zip_longest(first, second):
        for side, item in enumerate(pair):
            if item is None:
                continue
            at = key(item)
            others = waiting[1 - side].get(at)
            if others:
                partner = others.popleft()
                if not others:
                    del waiting[1 - side][at]
                yield (partner, item) if side else (item, partner)
            else:
                waiting[side].setdefault(at, deque()).append(item)
    for items in waiting[0].values():
        yield from ((item, None) for item in items)
    for items in waiting[1].values():
        yield from ((None, item) for item in items)


def record_key(record: Record) -> Key:
    """What makes records of two runs answers to the same question."""
    return record.case.id, record.draw


def record_pairs(store: Store, first: str, second: str, task: str) -> Iterator[tuple[Record | None, Record | None]]:
    """All records of a task in two runs, without replies."""
    flat = ((record for group in store.groups(run, task) for record in group) for run in (first, second))
    return matched(*flat, key=record_key)
