"""Calibration statistics: identities that must hold, known values, and the coverage of the interval."""

from __future__ import annotations

from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, mannwhitneyu, multinomial, norm, wasserstein_distance

from trustgauge.stats.calibration import (
    auroc,
    brier,
    brier_skill,
    cluster_interval,
    ece,
    murphy,
    permuted_variation,
    sample_spread,
    sampling_variation,
    spread,
    total_variation,
    wasserstein1,
)

percent = st.integers(0, 100).map(lambda n: n / 100)
statements = st.lists(st.tuples(percent, st.integers(0, 1)), min_size=1, max_size=60)
samples = st.lists(st.floats(-5, 5, allow_nan=False), min_size=1, max_size=30)
weights = st.lists(st.integers(0, 20), min_size=3, max_size=3).filter(any)


def split(pairs: list[tuple[float, int]]) -> tuple[list[float], list[int]]:
    return [c for c, _ in pairs], [r for _, r in pairs]


def shares(counts: list[int]) -> list[float]:
    return [n / sum(counts) for n in counts]


@given(statements)
def test_brier_is_reliability_minus_resolution_plus_uncertainty(pairs: list[tuple[float, int]]) -> None:
    stated, right = split(pairs)
    parts = murphy(stated, right)
    assert parts is not None
    assert brier(stated, right) == pytest.approx(parts.reliability - parts.resolution + parts.uncertainty)
    assert min(parts) >= 0


@given(statements, st.integers(1, 12))
def test_the_identity_holds_for_the_mean_confidence_of_equal_mass_bins(
    pairs: list[tuple[float, int]], bins: int
) -> None:
    stated, right = split(sorted(pairs))
    parts = murphy(stated, right, bins=bins)
    assert parts is not None
    base = sum(right) / len(right)
    assert parts.uncertainty == pytest.approx(base * (1 - base))
    assert parts.reliability >= ece(stated, right, bins=bins) ** 2 - 1e-12  # Jensen
    assert parts.resolution <= parts.uncertainty + 1e-12


@given(statements)
def test_skill_is_the_share_of_uncertainty_resolved_less_unreliability(
    pairs: list[tuple[float, int]],
) -> None:
    stated, right = split(pairs)
    parts, skill = murphy(stated, right), brier_skill(stated, right)
    assert parts is not None
    if len(set(right)) < 2:
        assert skill is None
    else:
        assert skill == pytest.approx((parts.resolution - parts.reliability) / parts.uncertainty)


@given(percent, st.lists(st.integers(0, 1), min_size=2, max_size=50).filter(lambda r: len(set(r)) == 2))
def test_a_constant_has_no_skill_and_an_auroc_of_one_half(confidence: float, right: list[int]) -> None:
    stated = [confidence] * len(right)
    assert brier_skill(stated, right) <= 1e-12
    assert auroc(stated, right) == pytest.approx(0.5)
    base = sum(right) / len(right)
    assert brier_skill([base] * len(right), right) == pytest.approx(0)
    assert ece(stated, right) == pytest.approx(abs(confidence - base))


@given(statements)
def test_auroc_is_the_mann_whitney_probability(pairs: list[tuple[float, int]]) -> None:
    stated, right = split(pairs)
    hits, misses = [c for c, r in pairs if r], [c for c, r in pairs if not r]
    if not hits or not misses:
        assert auroc(stated, right) is None
        return
    assert auroc(stated, right) == pytest.approx(mannwhitneyu(hits, misses).statistic / len(hits) / len(misses))
    assert auroc([1 - c for c in stated], right) == pytest.approx(1 - auroc(stated, right))


@given(statements, st.randoms(use_true_random=False), st.integers(1, 15))
def test_ece_minds_neither_order_nor_ties_and_stays_in_bounds(
    pairs: list[tuple[float, int]], rng: Random, bins: int
) -> None:
    value = ece(*split(pairs), bins=bins)
    shuffled = rng.sample(pairs, len(pairs))
    assert 0 <= value <= 1
    assert ece(*split(shuffled), bins=bins) == pytest.approx(value)
    parts = murphy(*split(pairs))
    assert value <= parts.reliability**0.5 + 1e-9


def test_known_values() -> None:
    stated, right = [0.9, 0.9, 0.9, 0.9, 0.2, 0.2], [1, 1, 1, 0, 0, 0]
    assert brier(stated, right) == pytest.approx((3 * 0.01 + 0.81 + 2 * 0.04) / 6)
    parts = murphy(stated, right)
    assert parts == pytest.approx(((4 * 0.15**2 + 2 * 0.2**2) / 6, (4 * 0.25**2 + 2 * 0.5**2) / 6, 0.25))
    assert ece(stated, right, bins=3) == pytest.approx((4 * 0.15 + 2 * 0.2) / 6)
    assert auroc(stated, right) == pytest.approx((3 * 2 + 3 * 0.5) / 9)
    assert brier_skill([1, 0, 1], [1, 0, 1]) == 1
    assert brier_skill([0, 1], [1, 0]) == -3


def test_nothing_given_is_none_and_never_a_number() -> None:
    assert brier([], []) is None
    assert brier_skill([], []) is None
    assert murphy([], []) is None
    assert ece([], []) is None
    assert auroc([], []) is None
    assert wasserstein1([], [0.5]) is None
    assert auroc([0.3, 0.9], [1, 1]) is None
    assert brier_skill([0.3, 0.9], [0, 0]) is None


@pytest.mark.parametrize(
    ("stated", "right", "message"),
    [
        ([0.5], [1, 0], "1 confidences do not fit 2 outcomes"),
        ([75], [1], "outside 0..1"),
        ([float("nan")], [1], "outside 0..1"),
        ([0.5], [0.5], "neither 0"),
    ],
)
def test_what_does_not_fit_is_refused(stated: list[float], right: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        brier(stated, right)


@given(samples, samples)
def test_wasserstein_is_scipys(a: list[float], b: list[float]) -> None:
    assert wasserstein1(a, b) == pytest.approx(wasserstein_distance(a, b), abs=1e-9)
    assert wasserstein1(a, a) == 0


@given(weights, weights)
def test_the_shuffled_distance_is_the_mean_over_all_permutations(a: list[int], b: list[int]) -> None:
    p, q = shares(a), shares(b)
    every = [total_variation(order, q) for order in permutations(p)]
    assert permuted_variation(p, q) == pytest.approx(sum(every) / len(every))
    assert 0 <= total_variation(p, q) <= 1 + 1e-12


@given(weights, st.integers(1, 9))
def test_sampling_noise_is_the_binomials_mean_deviation(a: list[int], n: int) -> None:
    p = shares(a)
    expected = sum(binom.expect(lambda k, s=s: abs(k / n - s), args=(n, s)) for s in p if 0 < s < 1) / 2
    assert sampling_variation(p, n) == pytest.approx(expected, abs=1e-9)
    assert sampling_variation([1, 0, 0], n) == 0


@given(weights, st.integers(2, 6))
def test_the_spread_of_a_sample_is_on_average_that_of_its_source(a: list[int], n: int) -> None:
    p = shares(a)
    outcomes = [(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)]
    expected = sum(multinomial.pmf(k, n, p) * sample_spread([c / n for c in k], n) for k in outcomes)
    assert expected == pytest.approx(spread(p), abs=1e-9)
    assert 0 <= spread(p) <= 2 / 3 + 1e-12


def test_a_single_draw_shows_no_spread() -> None:
    with pytest.raises(ValueError, match="at least two"):
        sample_spread([1, 0], 1)


def mean(totals: np.ndarray) -> np.ndarray:
    return totals[:, 1] / totals[:, 0]


def test_the_interval_is_seeded_and_needs_two_clusters() -> None:
    rows = [[1.0, x] for x in (0.1, 0.5, 0.9, 0.4)]
    assert cluster_interval(rows[:1], mean) is None
    assert cluster_interval([], mean) is None
    many = [[1.0, x * x] for x in range(30)]
    assert cluster_interval(many, mean, seed=3) == cluster_interval(many, mean, seed=3)
    assert cluster_interval(many, mean, seed=3) != cluster_interval(many, mean, seed=4)
    low, high = cluster_interval(rows, mean)
    assert 0.1 <= low <= 0.475 <= high <= 0.9
    assert cluster_interval([[1.0, 1.0]] * 5, mean) == (1, 1)


def test_where_the_statistic_is_undefined_there_is_no_interval() -> None:
    assert cluster_interval([[1.0, 0.0]] * 5, lambda t: np.full(len(t), np.nan)) is None


def test_the_interval_covers_the_truth_about_95_times_in_100_and_minds_clusters() -> None:
    """Bounds that a right interval misses once in 10,000 seeds; with 60 clusters, 94 % is what can be had."""
    rng, trials = np.random.default_rng(7), 300
    hits, naive = 0, 0
    for trial in range(trials):
        level = rng.normal(0, 1, 60)
        cases = level[:, None] + rng.normal(0, 0.3, (60, 4))  # four cases of a cluster are nearly copies
        low, high = cluster_interval([[4, row.sum()] for row in cases], mean, draws=400, seed=trial)
        hits += low <= 0 <= high
        low, high = cluster_interval([[1, x] for x in cases.ravel()], mean, draws=400, seed=trial)
        naive += low <= 0 <= high
    design_effect = 1 + 3 / (1 + 0.3**2)  # Kish 1965: 1 + (m - 1) x intra-cluster correlation
    too_few = 2 * norm.cdf(1.96 / design_effect**0.5) - 1
    assert binom.ppf(1e-4, trials, 0.94) <= hits <= binom.isf(1e-4, trials, 0.95)
    assert binom.ppf(1e-4, trials, too_few) <= naive <= binom.isf(1e-4, trials, too_few)
