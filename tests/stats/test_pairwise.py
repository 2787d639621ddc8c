"""Statistics of pairwise verdicts, on examples worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.stats.agreement import Share
from trustgauge.stats.pairwise import (
    accuracy,
    accuracy_by_order,
    agreement,
    beside_people,
    half_credit,
    majority,
    places,
    raters,
)

F, S, T, U = "first", "second", "tie", "unscored"
WORD = st.sampled_from((F, S, T, U))


def test_ties_in_three_ways():
    # Ten pairs, nine of them read: 5 same (4 named, 1 tie), 2 with one tie, 2 opposite.
    pairs = [(F, F)] * 3 + [(S, S), (T, T), (F, T), (T, S), (F, S), (S, F), (F, U)]
    found = agreement(pairs)
    assert (found.n, found.unread) == (9, 1)
    assert found.as_class == Share(5, 9)
    assert found.left_out == Share(4, 6)  # both named: 3 + 1 same, 2 opposite
    assert found.as_half.value == pytest.approx((5 + 2 / 2) / 9)
    assert found.as_half.low < 6 / 9 < found.as_half.high


def test_kappa_over_three_words():
    # Reference: 4 first, 3 second, 3 tie; verdicts: 4 first, 4 second, 2 tie; 7 of 10 alike.
    # By chance .4 x .4 + .3 x .4 + .3 x .2 = .34: kappa (.7 - .34) / .66.
    pairs = [(F, F)] * 3 + [(F, S)] + [(S, S)] * 2 + [(S, F)] + [(T, T)] * 2 + [(T, S)]
    found = agreement(pairs).kappa
    assert found is not None
    assert found.value == pytest.approx(0.36 / 0.66)


def test_nothing_read_has_no_value():
    found = agreement([(F, U), ("", F)])
    assert (found.n, found.unread, found.kappa) == (0, 2, None)
    assert found.as_class.value is None
    assert found.as_half.value is None


def test_accuracy_counts_undecided_as_wrong():
    assert accuracy([(F, F), (F, T), (S, S), (S, U), (S, F)]) == Share(2, 5)


def test_accuracy_by_order():
    # Right in both (2), right as it is only (1), a tie and wrong when turned (1/2), unread and right (1): 4.5 of 8.
    pairs = [(F, (F, S)), (F, (F, F)), (S, (T, S)), (S, ("", F))]
    found = accuracy_by_order(pairs)
    assert found.value == pytest.approx(4.5 / 8)
    assert found.n == 4
    assert found.low < 4.5 / 8 < found.high
    assert accuracy_by_order([]).value is None


def test_places():
    orders = (
        [(F, S)] * 4  # the same reply twice
        + [(T, T)]
        + [(F, F)] * 3  # the first place twice
        + [(S, S)]
        + [(T, F)]  # half a lean to the first place
        + [(S, T)]
        + [(F, "")]
    )
    found = places(orders)
    assert (found.n, found.unread, found.opposed) == (11, 1, 4)
    assert found.consistent == Share(5, 11)
    assert found.to_first == Share(4, 6)


def test_a_judge_of_one_place_is_never_consistent():
    found = places([(F, F)] * 20)
    assert (found.consistent, found.to_first, found.opposed) == (Share(0, 20), Share(20, 20), 20)


@given(st.lists(st.tuples(WORD, WORD), max_size=40))
def test_turning_every_pair_changes_nothing(orders: list[tuple[str, str]]):
    """Which reply is called the first one is arbitrary: the two orders trade places, and no figure moves."""
    assert places(orders) == places([(b, a) for a, b in orders])


@given(st.lists(st.tuples(WORD, WORD), max_size=40))
def test_naming_the_replies_the_other_way_round_changes_no_agreement(pairs: list[tuple[str, str]]):
    turned = {F: S, S: F, T: T, U: U}
    one, other = agreement(pairs), agreement([(turned[a], turned[b]) for a, b in pairs])
    assert (one.as_class, one.left_out, one.as_half, one.n) == (
        other.as_class,
        other.left_out,
        other.as_half,
        other.n,
    )


def test_half_credit():
    assert [half_credit(F, word) for word in (F, T, S)] == [1.0, 0.5, 0.0]
    assert half_credit(T, T) == 1.0


def test_majority_is_more_than_half():
    assert majority((F, F, T)) == F
    assert majority((F, S, T)) == ""
    assert majority((F, F, S, S)) == ""
    assert majority(()) == ""


def test_people_among_themselves():
    # Three units of three votes: 3, 1 and 0 pairs of 9 alike; of the last none has a majority.
    units = [(F, F, F), (S, S, T), (F, S, T)]
    found = raters(units)
    assert found.pairwise == Share(4, 9)
    assert found.no_majority == 1
    # Coincidences: F 4, S 3, T 2 of 9; observed alike 3 x 2/2 + 2/2 = 4 of 9, so Do = 5/9; De = (72 - 20) / 72.
    assert found.alpha == pytest.approx(1 - (5 / 9) / (1 - (4 * 3 + 3 * 2 + 2 * 1) / 72))
    assert raters([(F, F), (F,)]).pairwise == Share(1, 1)


def test_judge_beside_people():
    # Judge with one person: 1, 1/3, 0; two people: 1, 1/3, 1/3. Differences 0, 0, -1/3: mean -1/9, s = .19245.
    units = [((F, F, F), F), ((S, S, T), T), ((F, F, S), T), ((F,), F), ((F, F, F), U)]
    found = beside_people(units)
    assert found is not None
    assert found.n == 3
    assert found.judge == pytest.approx(4 / 9)
    assert found.people == pytest.approx(5 / 9)
    assert found.difference == pytest.approx(-1 / 9)
    assert found.high - found.difference == pytest.approx(1.959964 * 0.1924501 / 3**0.5, rel=1e-5)
    assert beside_people(units[:1]) is None
