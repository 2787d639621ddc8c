"""Two streams side by side: every item once, partners together, in whatever order they come."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from trustgauge.comparison.pairs import matched

ITEMS = st.lists(st.integers(0, 8), max_size=25)


@given(ITEMS, ITEMS)
def test_each_item_once_with_as_many_partners_as_there_are(first: list[int], second: list[int]) -> None:
    one, two = ([(key, place) for place, key in enumerate(items)] for items in (first, second))
    pairs = list(matched(one, two, key=lambda item: item[0]))
    assert sorted(a for a, _ in pairs if a) == sorted(one)
    assert sorted(b for _, b in pairs if b) == sorted(two)
    both = [(a, b) for a, b in pairs if a and b]
    assert all(a[0] == b[0] for a, b in both)
    assert Counter(a[0] for a, _ in both) == Counter(first) & Counter(second)


def test_one_order_holds_nothing_back() -> None:
    seen = list[int]()

    def stream(name: str) -> object:
        for i in range(5):
            seen.append(i)
            yield i

    pairs = matched(stream("a"), stream("b"), key=lambda i: i)  # type: ignore[arg-type]
    assert next(iter(pairs)) == (0, 0)
    assert len(seen) == 2


def test_items_that_come_twice_are_paired_in_order() -> None:
    one, two = [("x", 1), ("x", 2)], [("x", 3), ("y", 4), ("x", 5)]
    pairs = list(matched(one, two, key=lambda item: item[0]))
    assert pairs == [(("x", 1), ("x", 3)), (("x", 2), ("x", 5)), (None, ("y", 4))]
