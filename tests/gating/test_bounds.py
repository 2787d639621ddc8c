"""Bounds: against scipy's binomial, against each other, and at the ends."""

from __future__ import annotations

from itertools import pairwise

import pytest
from scipy import stats
from scipy.special import stdtrit

from trustgauge.gating.bounds import (
    Effective,
    effective,
    lower,
    p_at_least,
    p_at_most,
    rate_bounds,
    score_bounds,
    upper,
)
from trustgauge.stats.intervals import ClusterRate


def clusters(*pairs: tuple[int, int]) -> ClusterRate:
    made = ClusterRate()
    for events, n in pairs:
        made.add(events, n)
    return made


@pytest.mark.parametrize(("k", "n"), [(1, 100), (3, 40), (10, 250), (39, 40)])
def test_with_whole_numbers_the_bounds_are_clopper_and_pearson_s(k: int, n: int) -> None:
    exact = stats.binomtest(k, n).proportion_ci(0.90, "exact")
    rate = Effective(k, n, n)
    assert lower(rate, 0.05) == pytest.approx(exact.low, abs=1e-9)
    assert upper(rate, 0.05) == pytest.approx(exact.high, abs=1e-9)
    assert p_at_most(rate, 0.1) == pytest.approx(stats.binomtest(k, n, 0.1, "less").pvalue)
    assert p_at_least(rate, 0.1) == pytest.approx(stats.binomtest(k, n, 0.1, "greater").pvalue)


def test_of_no_events_each_cluster_is_one_case() -> None:
    """0 of n: the upper bound is 1 - alpha^(1/n); 149 groups are the fewest that bound it by 2 %."""
    many = rate_bounds(clusters(*[(0, 3)] * 149), clusters(*[(0, 3)] * 149), 0.02, 0.95)
    assert many.high == pytest.approx(1 - 0.05 ** (1 / 149))
    assert many.low == 0.0
    assert many.p_go is not None and many.p_go <= 0.05
    few = rate_bounds(clusters(*[(0, 3)] * 148), clusters(*[(0, 3)] * 148), 0.02, 0.95)
    assert few.p_go is not None and few.p_go > 0.05
    assert few.p_no_go == 1.0


def test_one_more_event_never_makes_a_rule_look_better() -> None:
    bounds = [rate_bounds(c, c, 0.05, 0.95) for k in range(12) for c in [clusters(*[(1, 5)] * k, *[(0, 5)] * (60 - k))]]
    for before, after in pairwise(bounds):
        assert after.high >= before.high - 1e-12  # type: ignore[operator]
        assert after.p_go >= before.p_go - 1e-12  # type: ignore[operator]


@pytest.mark.parametrize("k", [0, 1, 7, 30, 60])
def test_p_value_and_bound_are_one_and_the_same(k: int) -> None:
    rate = effective(clusters(*[(1, 2)] * k, *[(0, 2)] * (60 - k)))
    for limit in (0.03, 0.2, 0.6):
        p = p_at_most(rate, limit)
        if 1e-6 < p < 1 - 1e-6:
            assert upper(rate, p) == pytest.approx(limit, abs=1e-6)
        p = p_at_least(rate, limit)
        if 1e-6 < p < 1 - 1e-6:
            assert lower(rate, p) == pytest.approx(limit, abs=1e-6)


def test_likeness_within_groups_widens_the_bounds() -> None:
    alike = clusters(*[(5, 5)] * 6, *[(0, 5)] * 54)
    apart = clusters(*[(1, 5)] * 30, *[(0, 5)] * 30)
    assert effective(alike).n < 65  # 60 groups that are all of one kind: about as many cases as groups
    assert effective(apart).n > 225
    assert upper(effective(alike), 0.05) > upper(effective(apart), 0.05)


def test_few_events_tell_little_of_how_alike_a_group_is() -> None:
    """Drawn towards wholly alike, by hand: two events that do not repeat, in groups of 4: (2 * 1 + 2 * 4) / (2 + 2)."""
    few = float(stdtrit(399, 0.975) / stdtrit(99, 0.975)) ** 2
    assert effective(clusters(*[(1, 4)] * 2, *[(0, 4)] * 98)).n == pytest.approx(400 / 2.5 * few)
    lone = clusters(*[(1, 1)] * 3, *[(0, 1)] * 97)  # but for the C/(C - 1) of the variance, all
    assert effective(lone).n == pytest.approx(99)


def test_one_cluster_bounds_nothing() -> None:
    found = rate_bounds(clusters((1, 100)), clusters((1, 100)), 0.5, 0.95)
    assert (found.low, found.high, found.p_go, found.p_no_go) == (None,) * 4


def test_all_events() -> None:
    found = rate_bounds(clusters(*[(2, 2)] * 20), clusters(*[(2, 2)] * 20), 0.5, 0.95)
    assert found.high == 1.0
    assert found.low == pytest.approx(0.05 ** (1 / 20))
    assert found.p_go == 1.0


def test_a_score_is_measured_in_half_widths_of_its_own_side() -> None:
    found = score_bounds((0.9, 0.9 - 1.959964 * 0.02, 0.93), (0.9, 0.86, 0.93), 0.85, 0.95)
    assert found.p_go == pytest.approx(stats.norm.sf(2.5), rel=1e-5)
    assert found.low == pytest.approx(0.9 - 1.644854 * 0.02, abs=1e-6)
    assert found.p_no_go == pytest.approx(stats.norm.cdf(0.05 / (0.03 / 1.959964)), rel=1e-5)


def test_a_score_without_width_or_interval_bounds_nothing() -> None:
    assert score_bounds((0.9, None, None), (0.9, None, None), 0.8, 0.95).p_go is None
    flat = score_bounds((0.9, 0.9, 0.9), (0.9, 0.9, 0.9), 0.8, 0.95)
    assert flat.p_go is None
    assert score_bounds((0.0, 0.0, 0.1), (0.0, 0.0, 0.1), 0.8, 0.95).p_go == 1.0
