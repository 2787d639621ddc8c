"""Exact limits: against scipy's own binomial test, a published table, and each other."""

from __future__ import annotations

from math import exp, log1p

import pytest
from scipy import stats

from trustgauge.stats.exact import (
    at_least_p,
    at_most_p,
    effective_counts,
    exact_limits,
    exact_lower,
    exact_upper,
    few_clusters,
    korn_graubard,
)
from trustgauge.stats.intervals import ClusterRate


@pytest.mark.parametrize(("good", "n"), [(0, 1), (1, 1), (0, 20), (20, 20), (3, 10), (81, 263), (1, 1000)])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_limits_are_scipys(good: int, n: int, confidence: float) -> None:
    theirs = stats.binomtest(good, n).proportion_ci(confidence, method="exact")
    assert exact_limits(good, n, confidence) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_limits_are_those_of_newcombes_table() -> None:
    """Newcombe (1998), table I, method 5 (Clopper-Pearson): 81/263, 15/148, 0/20, 1/29."""
    published = {
        (81, 263): (0.2527, 0.3676),
        (15, 148): (0.0578, 0.1617),
        (0, 20): (0, 0.1684),
        (1, 29): (0.0009, 0.1776),
    }
    for (good, n), limits in published.items():
        assert exact_limits(good, n) == pytest.approx(limits, abs=5e-5)


@pytest.mark.parametrize(("bad", "n", "limit"), [(0, 100, 0.02), (3, 40, 0.2), (12, 40, 0.2), (40, 40, 0.5)])
def test_p_values_are_scipys(bad: int, n: int, limit: float) -> None:
    assert at_most_p(bad, n, limit) == pytest.approx(stats.binomtest(bad, n, limit, alternative="less").pvalue)
    assert at_least_p(bad, n, limit) == pytest.approx(stats.binomtest(bad, n, limit, alternative="greater").pvalue)


@pytest.mark.parametrize("bad", [0.0, 0.4, 2.7, 11.3])
@pytest.mark.parametrize("tail", [0.05, 1e-30])
def test_p_values_and_limits_say_the_same_of_real_counts(bad: float, tail: float) -> None:
    n = 31.6
    assert at_most_p(bad, n, exact_upper(bad, n, tail)) == pytest.approx(tail)
    if bad:
        assert at_least_p(bad, n, exact_lower(bad, n, tail)) == pytest.approx(tail)
    between = [exact_upper(good, n) for good in (2.0, 2.5, 3.0)]
    assert between == sorted(between)  # real counts lie between their neighbours


def test_far_tails_keep_their_digits() -> None:
    """By hand: 0 of n has the limit 1 - tail^(1/n), n of n tail^(1/n); and 0 of n the chance (1 - limit)^n."""
    tail = 1e-40
    assert exact_upper(0, 50, tail) == pytest.approx(1 - tail ** (1 / 50), rel=1e-12)
    assert exact_lower(50, 50, tail) == pytest.approx(tail ** (1 / 50), rel=1e-12)
    assert at_most_p(0, 5e9, 1e-9) == pytest.approx(exp(5e9 * log1p(-1e-9)), rel=1e-12)


def test_few_clusters_take_off_what_student_s_t_is_wider_by() -> None:
    assert few_clusters(100, 5) == pytest.approx((stats.t.ppf(0.975, 99) / stats.t.ppf(0.975, 4)) ** 2)
    assert few_clusters(100, 5, 0.01) == pytest.approx((stats.t.ppf(0.995, 99) / stats.t.ppf(0.995, 4)) ** 2)
    assert few_clusters(40, 40) == few_clusters(1, 1) == few_clusters(4, 9) == 1


def test_nothing_counted_says_nothing() -> None:
    assert exact_limits(0, 0) == (0, 1)
    assert at_most_p(0, 0, 0.5) == at_least_p(0, 0, 0.5) == 1


def test_limits_at_the_ends_of_what_can_be_claimed() -> None:
    assert at_most_p(0, 10, 0) == 1 and at_most_p(9, 10, 1) == 0 and at_most_p(10, 10, 1) == 1
    assert at_least_p(10, 10, 1) == 1 and at_least_p(1, 10, 0) == 0 and at_least_p(0, 10, 0) == 1
    for wrong in ((-1, 5), (6, 5), (float("nan"), 5)):
        with pytest.raises(ValueError, match="counts"):
            exact_limits(*wrong)


def clusters(*each: tuple[int, int]) -> ClusterRate:
    rate = ClusterRate()
    for good, n in each:
        rate.add(good, n)
    return rate


def test_clusters_of_one_are_clopper_pearson() -> None:
    rate = clusters(*[(1, 1)] * 30, *[(0, 1)] * 10)
    good, n = effective_counts(rate)
    # n - 1 and clusters - 1 are the same, the variance has 40/39 of the binomial one
    assert n == pytest.approx(40 / (40 / 39)) and good == pytest.approx(0.75 * n)


def test_korn_graubard_is_worked_out_by_hand() -> None:
    """5 clusters of 4: rates 1, 1, .5, .5, .25; p = .65, linearised variance = 5/4 * sum((g - 4p)^2) / 400."""
    rate = clusters((4, 4), (4, 4), (2, 4), (2, 4), (1, 4))
    squares = 2 * 1.4**2 + 2 * 0.6**2 + 1.6**2
    variance = 5 / 4 * squares / 400
    size = 0.65 * 0.35 / variance * (stats.t.ppf(0.975, 19) / stats.t.ppf(0.975, 4)) ** 2
    low = stats.beta.ppf(0.025, 0.65 * size, 0.35 * size + 1)
    high = stats.beta.ppf(0.975, 0.65 * size + 1, 0.35 * size)
    assert korn_graubard(rate) == pytest.approx((low, high))


def test_all_alike_each_cluster_counts_as_one() -> None:
    assert korn_graubard(clusters(*[(3, 3)] * 7)) == pytest.approx(exact_limits(7, 7))
    assert korn_graubard(clusters(*[(0, 3)] * 7)) == pytest.approx(exact_limits(0, 7))


def test_no_interval_with_fewer_than_two_clusters() -> None:
    assert korn_graubard(clusters((3, 5))) is None
    assert korn_graubard(clusters()) is None
    with pytest.raises(ValueError, match="two clusters"):
        effective_counts(clusters((3, 5)))
