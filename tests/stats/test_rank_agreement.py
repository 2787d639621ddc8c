"""Rank agreement by hand: the share of pairs in order, and Obuchowski's variance."""

from __future__ import annotations

import pytest

from trustgauge.stats.rank_agreement import rank_agreement, rated_in_order
from trustgauge.types import Case, Record, Verdict


def test_the_share_of_pairs_in_order_with_ties_counting_half() -> None:
    # Pairs (x, y): (3,1) above, (3,2) above, (2,1) above, (2,2) tied: 3.5 of 4.
    found = rank_agreement([([3], [1]), ([2], [2])])
    assert found is not None
    assert found[0] == 3.5 / 4
    # V10: 1 and 3/4, less 7/8: +1/8, -1/8. V01: y=1 -> 1, y=2 -> 3/4: +1/8, -1/8.
    # S10 = S01 = 2 / (1 * 2) * 2/64 = 1/32; S11 = 2 * 2/64 = 1/16; variance = 1/64 + 1/64 + 2/16/4 = 1/16.
    assert found[1] == pytest.approx(1 / 16)


def test_constant_ratings_are_worth_a_half_and_one_side_nothing() -> None:
    assert rank_agreement([([4], [4]), ([4], [4])]) == (0.5, 0.0)
    assert rank_agreement([([4], []), ([3], [])]) is None
    assert rank_agreement([([1], [2]), ([0], [3])]) == (0.0, 0.0)


def rated(rating: float, twin: bool, group: str) -> Record:
    label = "good" if (rating > 0.5) == twin else "bad"
    case = Case(messages=(), task="t", group=group, twin=twin)
    return Record(case=case, verdict=Verdict(label=label, reason="", values={"rating": rating}))  # type: ignore[arg-type]


def test_the_measure_takes_twins_as_what_should_be_rated_high() -> None:
    groups = [[rated(1.0, True, str(i)), rated(0.25 * (i % 2), False, str(i))] for i in range(10)]
    found = rated_in_order(groups)
    assert found.score == 1.0
    assert found.low is not None
    assert 0.6 < found.low < 1.0
    assert found.metrics["unfitting, mean rating 0 to 1"] == 0.125
    flat = rated_in_order([[rated(0.75, True, str(i)), rated(0.75, False, str(i))] for i in range(10)])
    assert flat.score == 0.5
    assert flat.metrics["fitting, on the right side of the middle"] == 1.0
    assert rated_in_order([[rated(1.0, True, "a")]]).score is None
