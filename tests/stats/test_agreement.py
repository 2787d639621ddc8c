"""Agreement: worked examples from the papers, and what must hold for any labels."""

from __future__ import annotations

from itertools import product
from math import isclose
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.stats.agreement import Binary, Share, binary, cohen_kappa, confusion, krippendorff_alpha

LABELS = st.sampled_from("abc")
PAIRS = st.lists(st.tuples(LABELS, LABELS), max_size=60)


def test_binary_counts_and_shares():
    found = binary([(True, True)] * 8 + [(True, False)] * 2 + [(False, True)] * 5 + [(False, False)] * 15)
    assert found == Binary(8, 5, 2, 15)
    assert found.n == 30
    assert found.accuracy.value == pytest.approx(23 / 30)
    assert found.sensitivity.value == pytest.approx(0.8)
    assert found.specificity.value == pytest.approx(0.75)
    assert found.precision.value == pytest.approx(8 / 13)
    assert sum(found.confusion.values()) == 30


def test_a_share_of_nothing_has_no_value():
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)
    assert binary([]).sensitivity.value is None


def test_wilson_interval_of_a_share():
    low, high = Share(8, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


def test_kappa_of_the_two_reader_example():
    # 50 proposals: both yes 20, both no 15, first only 5, second only 10: po .7, pe .5, kappa .4.
    found = cohen_kappa({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15})
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.se == pytest.approx(0.1279, abs=1e-3)
    assert found.low < 0.4 < found.high


def test_kappa_error_matches_resampling():
    cells = {("a", "a"): 90, ("a", "b"): 20, ("b", "a"): 10, ("b", "b"): 40, ("c", "c"): 30, ("c", "a"): 10}
    pool = [cell for cell, count in cells.items() for _ in range(count)]
    rng = Random(7)
    draws = [cohen_kappa(confusion(rng.choices(pool, k=len(pool)))) for _ in range(600)]
    values = [d.value for d in draws if d]
    mean = sum(values) / len(values)
    spread = (sum((v - mean) ** 2 for v in values) / (len(values) - 1)) ** 0.5
    found = cohen_kappa(cells)
    assert found is not None
    assert found.se == pytest.approx(spread, rel=0.12)


def test_kappa_is_undefined_where_one_label_is_all_there_is():
    assert cohen_kappa({}) is None
    assert cohen_kappa({("a", "a"): 9}) is None


def test_alpha_of_krippendorffs_own_example():
    # Krippendorff (2011), section C: four observers, twelve units, missing data, nominal alpha .743.
    observers = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    columns = zip(*(row.split() for row in observers), strict=True)
    alpha = krippendorff_alpha([[None if r == "." else r for r in unit] for unit in columns])
    assert alpha == pytest.approx(0.743, abs=5e-4)


def test_alpha_is_undefined_without_pairs_or_with_one_label():
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["a"], [None, "b"]]) is None
    assert krippendorff_alpha([["a", "a"], ["a", "a", "a"]]) is None


@given(PAIRS)
def test_kappa_is_symmetric_and_in_range(pairs: list[tuple[str, str]]):
    one, other = cohen_kappa(confusion(pairs)), cohen_kappa(confusion((b, a) for a, b in pairs))
    assert (one is None) == (other is None)
    if one and other:
        assert isclose(one.value, other.value, abs_tol=1e-9)
        assert isclose(one.se, other.se, abs_tol=1e-6)
        assert -1 - 1e-9 <= one.value <= 1 + 1e-9
        assert one.low <= one.value + 1e-9
        assert one.value <= one.high + 1e-9


@given(st.lists(LABELS, min_size=2, max_size=40))
def test_perfect_agreement_is_one(labels: list[str]):
    kappa, alpha = cohen_kappa(confusion((x, x) for x in labels)), krippendorff_alpha([[x, x] for x in labels])
    if len(set(labels)) == 1:
        assert kappa is None
        assert alpha is None
    else:
        assert kappa is not None
        assert kappa.value == pytest.approx(1)
        assert kappa.se == pytest.approx(0, abs=1e-6)
        assert alpha == pytest.approx(1)


def test_independent_raters_agree_by_chance_only():
    counts = {(a, b): {"a": 3, "b": 5}[a] * {"a": 2, "b": 7}[b] for a, b in product("ab", repeat=2)}
    found = cohen_kappa(counts)
    assert found is not None
    assert found.value == pytest.approx(0, abs=1e-12)


@given(st.lists(st.lists(st.one_of(st.none(), LABELS), max_size=4), max_size=20), st.randoms(use_true_random=False))
def test_alpha_does_not_mind_order_or_names(units: list[list[str | None]], rng: Random):
    shuffled = [rng.sample(unit, len(unit)) for unit in rng.sample(units, len(units))]
    renamed = [[None if r is None else r + "!" for r in unit] for unit in shuffled]
    first, second = krippendorff_alpha(units), krippendorff_alpha(renamed)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert first <= 1 + 1e-9
        assert first == pytest.approx(second)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_binary_agrees_with_its_confusion(pairs: list[tuple[bool, bool]]):
    found = binary(pairs)
    assert sum(found.confusion.values()) == len(pairs)
    assert found.accuracy.hits == sum(a == b for a, b in pairs)
    low, high = found.accuracy.interval
    assert low - 1e-12 <= (found.accuracy.value or 0) <= high + 1e-12
