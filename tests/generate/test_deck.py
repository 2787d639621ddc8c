"""Decks: balanced at every n, and no more than they hold."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.errors import SuiteError
from trustgauge.generate import Deck
from trustgauge.generate.deck import shuffled

items = st.lists(st.integers(0, 5), min_size=1, max_size=8)


@given(items, st.integers(0, 99), st.integers(0, 60))
def test_counts_never_differ_by_more_than_one(of: list[int], seed: int, n: int) -> None:
    places = list(enumerate(of))
    deck = Deck(Random(seed), places)
    counts = Counter(deck.deal() for _ in range(n))
    assert max(counts.values(), default=0) - min(counts[p] for p in places) <= 1


@given(items, st.integers(0, 99), st.lists(st.integers(0, 8), max_size=12))
def test_hands_hold_no_place_twice_and_rounds_stay_complete(of: list[int], seed: int, sizes: list[int]) -> None:
    places = list(enumerate(of))
    deck = Deck(Random(seed), places)
    dealt: list[tuple[int, int]] = []
    for size in (min(s, len(of)) for s in sizes):
        hand = deck.deal_many(size)
        assert len(set(hand)) == len(hand) == size
        dealt += hand
    # What a hand skipped comes next, so that no place ever falls a whole round behind another.
    counts = Counter(dealt)
    assert max(counts.values(), default=0) - min(counts[p] for p in places) <= 2
    rest = -len(dealt) % len(places)
    assert set(Counter(dealt + [deck.deal() for _ in range(rest)]).values()) <= {(len(dealt) + rest) // len(places)}


def test_equal_items_stay_two() -> None:
    assert Deck(Random(0), ["same", "same"]).deal_many(2) == ["same", "same"]


def test_the_same_rng_deals_the_same() -> None:
    first, second = (Deck(Random(7), "abcdef") for _ in range(2))
    assert [first.deal() for _ in range(30)] == [second.deal() for _ in range(30)]
    assert sorted(Deck(Random(7), "abcdef").deal_many(6)) == list("abcdef")


def test_items_added_later_are_not_dealt() -> None:
    of = [1, 2]
    deck = Deck(Random(0), of)
    of.append(3)
    assert {deck.deal() for _ in range(10)} == {1, 2}


def test_an_empty_deck_and_too_large_a_hand_say_so() -> None:
    with pytest.raises(SuiteError, match="at least one item"):
        Deck(Random(0), [])
    with pytest.raises(SuiteError, match="3 cannot deal 4"):
        Deck(Random(0), [1, 2, 3]).deal_many(4)


@given(st.integers(0, 300), st.integers(0, 99))
def test_shuffled_is_the_standard_sample_of_all(n: int, seed: int) -> None:
    rng, plain = Random(seed), Random(seed)
    assert shuffled(rng, n) == plain.sample(range(n), n)
    assert rng.getstate() == plain.getstate()
