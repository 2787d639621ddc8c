"""Where to aim: excess over the rest holds its level and finds what is there; a mix is weighed by what is lacking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.stats.aiming import Stratum, below_others, excess, mix_weights

SHARE = st.floats(0, 1, allow_nan=False)


def drawn(rng: np.random.Generator, part: float, rest: float, groups: int = 40) -> list[Stratum]:
    """Two strata of unequal badness; a group is in the part, or in the rest, in both of them."""
    found: list[Stratum] = []
    mine = np.arange(groups) % 2 == 0
    luck = rng.beta(2, 2, groups) - 0.5
    for base in (0.0, 0.3):
        rate = np.clip(np.where(mine, part, rest) + base + luck * 0.4, 0, 1)
        n = np.full(groups, 3.0)
        bad = rng.binomial(3, rate).astype(float)
        found.append(Stratum(np.arange(groups), bad * mine, n * mine, bad * ~mine, n * ~mine))
    return found


def test_excess_is_the_difference_within_strata_not_of_the_pooled() -> None:
    one = Stratum(*(np.array(a) for a in ([0, 1], [9.0, 0], [90.0, 0], [0, 1.0], [0, 10.0])))
    two = Stratum(*(np.array(a) for a in ([2, 3], [9.0, 0], [10.0, 0], [0, 81.0], [0, 90.0])))
    found = excess([one, two])
    assert found is not None
    assert found.value == pytest.approx(0)  # pooled: 18 of 100 against 82 of 100
    assert found.rest == pytest.approx((90 * 0.1 + 10 * 0.9) / 100)


def test_excess_holds_its_level_with_clusters() -> None:
    rng = np.random.default_rng(7)
    p = [found.p for _ in range(400) if (found := excess(drawn(rng, 0.3, 0.3)))]
    assert 0.02 <= np.mean([each <= 0.05 for each in p if each is not None]) <= 0.08


def test_excess_finds_what_is_there() -> None:
    rng = np.random.default_rng(8)
    found = [excess(drawn(rng, 0.6, 0.2)) for _ in range(50)]
    assert all(each and each.p is not None and each.p < 0.01 and each.value > 0.2 for each in found)


def test_a_part_without_spread_is_tested_too() -> None:
    ten, no = np.ones(10), np.zeros(10)
    part = Stratum(np.arange(20), np.r_[ten, no], np.r_[ten, no], np.r_[no, no], np.r_[no, ten])
    found = excess([part])
    assert found is not None
    assert (found.value, found.rest) == (1.0, 0.0)
    assert found.p is not None
    assert found.p < 0.01
    same = excess([part._replace(rest_bad=np.r_[no, ten])])
    assert same is not None
    assert same.p == 1


def test_nothing_to_compare_with() -> None:
    none = np.zeros(2)
    assert excess([]) is None
    assert excess([Stratum(np.arange(2), np.ones(2), np.ones(2), none, none)]) is None
    lone = excess([Stratum(np.arange(2), np.array([1.0, 0]), np.array([1.0, 0]), none, np.array([0, 1.0]))])
    assert lone is not None
    assert lone.p is None


def test_a_score_is_held_against_the_mean_of_the_others() -> None:
    low, mid, high, none, bare = below_others(
        [(0.3, 0.2, 0.4), (0.8, 0.7, 0.9), (0.9, 0.8, 1.0), (None, None, None), (0.5, None, None)]
    )
    assert none is None
    assert bare is None
    assert low is not None
    assert mid is not None
    assert high is not None
    assert low[0] == pytest.approx(0.85)
    assert low[1] < 0.001 < mid[1]
    assert below_others([(0.3, 0.2, 0.4)]) == [None]


def test_a_mix_goes_by_the_gaps_where_they_are_known_well() -> None:
    sharp = {"a": (0.4, 0.399, 0.401), "b": (0.8, 0.799, 0.801), "c": (1.0, 0.999, 1.0)}
    assert mix_weights(sharp) == pytest.approx({"a": 0.75, "b": 0.25, "c": 0.0}, abs=0.01)
    assert mix_weights(sharp, target=0.8)["b"] == pytest.approx(0, abs=0.01)


def test_a_mix_is_even_where_nothing_is_known_well() -> None:
    vague = {"a": (0.4, 0.0, 0.9), "b": (0.6, 0.1, 1.0), "c": (0.5, 0.0, 1.0)}
    assert mix_weights(vague) == pytest.approx(dict.fromkeys("abc", 1 / 3))
    assert mix_weights({"a": (0.4, None, None), "b": (0.9, None, None)}) == pytest.approx({"a": 0.5, "b": 0.5})


def test_the_vaguer_of_two_is_nearer_the_mean() -> None:
    known = {"a": (0.2, 0.19, 0.21), "b": (0.9, 0.89, 0.91), "c": (0.9, 0.6, 1.0), "d": (0.5, 0.49, 0.51)}
    found = mix_weights(known)
    assert found["b"] < found["c"] < found["d"] < found["a"]


def test_without_a_score_or_a_gap() -> None:
    assert mix_weights({}) == mix_weights({"a": (None, None, None)}) == {}
    assert mix_weights({"a": (1.0, 0.9, 1.0), "b": (1.0, 0.95, 1.0)}) == {"a": 0.0, "b": 0.0}


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(SHARE, SHARE, SHARE).map(sorted), max_size=6))
def test_weights_are_shares(made: dict[str, list[float]]) -> None:
    found = mix_weights({name: (mid, low, high) for name, (low, mid, high) in made.items()})
    assert set(found) == set(made)
    assert all(0 <= weight <= 1 for weight in found.values())
    assert sum(found.values()) == pytest.approx(1) or not any(found.values())
