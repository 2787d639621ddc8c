"""Paired tests and differences: against scipy, published examples, the house's own intervals, and by brute force."""

from __future__ import annotations

from itertools import combinations_with_replacement
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from support.paired import made, of_cases
from trustgauge.stats.exact import exact_limits
from trustgauge.stats.intervals import mean_interval
from trustgauge.stats.paired import (
    Difference,
    cohens_h,
    discordant_odds,
    jackknifed,
    mcnemar,
    mean_difference,
    unmoved,
)
from trustgauge.stats.paired_rates import Cluster, cell, paired_difference, paired_sums
from trustgauge.types import Measured


def difference(clusters: list[Cluster]) -> Difference:
    found = paired_difference(paired_sums(clusters))
    assert found
    return found


@given(st.integers(0, 60), st.integers(0, 60))
def test_exact_mcnemar_is_the_binomial_test(gained: int, lost: int) -> None:
    found, n = mcnemar(gained, lost), gained + lost
    assert found.p == pytest.approx(stats.binomtest(gained, n).pvalue if n else 1.0)
    assert found == mcnemar(lost, gained)
    more_extreme = sum(stats.binom.pmf(k, n, 0.5) for k in range(n + 1) if abs(2 * k - n) > abs(gained - lost))
    as_extreme = sum(stats.binom.pmf(k, n, 0.5) for k in range(n + 1) if abs(2 * k - n) == abs(gained - lost))
    assert found.mid_p == pytest.approx(more_extreme + as_extreme / 2 if n else 1.0)


def test_mcnemar_of_a_published_table() -> None:
    """Fagerland, Lydersen & Laake 2013, airway hyper-responsiveness before and after transplantation: 1 and 7."""
    found = mcnemar(7, 1)
    assert (round(found.p, 4), round(found.mid_p, 4)) == (0.0703, 0.0391)


@given(st.integers(0, 50), st.integers(0, 50))
def test_odds_of_discordant_pairs_have_exact_limits(gained: int, lost: int) -> None:
    found = discordant_odds(gained, lost)
    if not gained + lost:
        assert found is None
        return
    exact = stats.binomtest(gained, gained + lost).proportion_ci(method="exact")
    assert found
    assert found.low == pytest.approx(exact.low / (1 - exact.low))
    assert found.high == (pytest.approx(exact.high / (1 - exact.high)) if lost else None)
    assert found.value == (pytest.approx(gained / lost) if lost else None)


def test_effect_size_of_cohens_table() -> None:
    """Cohen 1988, table 6.2.2: phi is 1.571 at 0.50, 1.982 at 0.70, 3.142 at 1."""
    assert cohens_h(0.5, 0.7) == pytest.approx(1.982 - 1.571, abs=1e-3)
    assert cohens_h(0.5, 1.0) == pytest.approx(3.142 - 1.571, abs=1e-3)
    assert cohens_h(0.3, 0.3) == 0


GOOD, UP, DOWN, BAD = (cell(a, b) for a, b in ((True, True), (False, True), (True, False), (False, False)))


def single(good: int, up: int, down: int, bad: int) -> list[Cluster]:
    """Groups of one case: good in both, in the second run alone, in the first alone, in neither."""
    return [(one,) for one, n in zip((GOOD, UP, DOWN, BAD), (good, up, down, bad), strict=True) for _ in range(n)]


def test_one_arm_of_single_cases_is_mover_over_the_discordant_shares() -> None:
    """Zou & Donner 2008 with Clopper and Pearson's limits, and the multinomial's correlation of two of its shares."""
    found, n = difference(single(420, 230, 110, 240)), 1000
    p, q = 230 / n, 110 / n
    (l1, u1), (l2, u2) = exact_limits(230, n), exact_limits(110, n)
    r = -sqrt(p * q / ((1 - p) * (1 - q)))
    low = p - q - sqrt((p - l1) ** 2 + (u2 - q) ** 2 - 2 * r * (p - l1) * (u2 - q))
    high = p - q + sqrt((u1 - p) ** 2 + (q - l2) ** 2 - 2 * r * (u1 - p) * (q - l2))
    assert found.value == pytest.approx(0.12)
    assert found.limits() == pytest.approx((low, high), abs=5e-5)  # n / (n - 1) of clusters


@pytest.mark.parametrize("same", [single(40, 0, 0, 0), single(0, 0, 0, 40), single(33, 0, 0, 7), single(20, 0, 0, 20)])
def test_runs_that_agree_on_every_case_leave_open_what_so_few_cannot_show(same: list[Cluster]) -> None:
    """Whatever the level: 40 cases without a flip bound a share of flips at 8.8 % (two-sided), as Clopper-Pearson."""
    found = difference(same)
    assert found.limits() == pytest.approx((-exact_limits(0, 40)[1], exact_limits(0, 40)[1]))
    assert found.p() == 1
    assert found.p_below(-0.05) == pytest.approx(0.95**40)  # 13 %: not shown to be not worse by 0.05
    assert found.p_outside(0.05) == pytest.approx(0.95**40)


def test_arms_that_cancel_out_in_every_group_do_not_vanish() -> None:
    """A run that gains one side of each twin and loses the other: no difference anywhere, and still an interval."""
    found = difference([(UP, DOWN), (GOOD, GOOD), (DOWN, UP)] * 10)
    limits = found.limits()
    assert found.value == 0 and limits and limits[0] <= -unmoved(0.05, 30) and limits[1] >= unmoved(0.05, 30)


def test_a_scarce_arm_is_not_hidden_by_a_large_one() -> None:
    """An arm of 10 groups is half of the score: 1000 groups of the other arm tell nothing about it."""
    nothing = cell(None, None)
    found = difference([(GOOD, nothing)] * 10 + [(nothing, GOOD)] * 1000)
    limits = found.limits()
    assert limits and limits[0] == pytest.approx(-unmoved(0.05, 20)) and unmoved(0.05, 20) > 0.16


def test_what_is_scored_in_one_run_only_counts_in_its_score() -> None:
    lone = cell(None, True), cell(None, False), cell(True, None)
    found = difference([*single(50, 6, 2, 12), *((each,) for each in lone for _ in range(5))])
    assert (found.first, found.second) == pytest.approx(((52 + 5) / 75, (56 + 5) / 80))
    limits, paired = found.limits(), difference(single(50, 6, 2, 12)).limits()
    assert limits and paired and limits[0] < found.value < limits[1]
    assert limits[1] - limits[0] > 0.8 * (paired[1] - paired[0])


def test_no_interval_is_ever_without_width() -> None:
    cells = (GOOD, UP, DOWN, BAD, cell(None, True), cell(False, None))
    for n in (2, 3, 5):
        for chosen in combinations_with_replacement(cells, n):
            found = paired_difference(paired_sums((each,) for each in chosen))
            limits = found.limits(0.1) if found else None
            assert not found or not limits or limits[0] <= found.value <= limits[1]
            assert not limits or limits[1] - limits[0] > 0.1
            if found and limits:
                p = found.p()
                assert p is not None and 0 < p <= 1


@given(st.integers(0, 200), st.integers(2, 40), st.integers(1, 4), st.integers(1, 2))
def test_the_p_value_is_where_the_interval_touches(seed: int, clusters: int, size: int, arms: int) -> None:
    found = difference(made(seed, clusters, size=size, arms=arms))
    p = found.p()
    if p is None:
        return
    assert 0 < p <= 1
    if 1e-12 < p < 1 - 1e-9:
        limits = found.limits(p)
        assert limits and min(abs(end) for end in limits) < 1e-6
    wider = found.limits(0.01)
    assert wider and wider[0] <= found.value <= wider[1]


def test_margins_are_tested_one_side_at_a_time() -> None:
    found = difference(made(3, 400, rates=(0.7, 0.7)))
    limits = found.limits(0.1)  # two one-sided 5 %
    assert limits
    for margin in (0.01, 0.05, 0.1, 0.2):
        p = found.p_outside(margin)
        assert p is not None and (p < 0.05) == (-margin < limits[0] and limits[1] < margin)
        below = found.p_below(-margin)
        assert below is not None and (below < 0.05) == (-margin < limits[0])
    at_zero, above_zero, p = found.p_below(0.0), found.p_above(0.0), found.p()
    assert at_zero is not None and above_zero is not None
    assert at_zero + above_zero == pytest.approx(1)
    assert 2 * min(at_zero, above_zero) == pytest.approx(p)


def test_the_ends_of_the_scale_are_never_sure() -> None:
    apart = difference([(UP,)] * 5)
    p = apart.p()
    assert apart.value == 1 and p is not None and 1e-6 < p < 0.05


def test_what_has_no_interval_or_no_difference() -> None:
    assert paired_difference(paired_sums([])) is None
    assert paired_difference(paired_sums([(cell(None, None),)])) is None
    assert paired_difference(paired_sums([(cell(True, None),)] * 9)) is None  # nothing of the second run is scored
    assert paired_difference(paired_sums([(GOOD, cell(None, True))] * 9)) is None  # an arm lacks in the first
    lone = difference(of_cases([[[True, False]]], [[[True, True]]]))
    assert lone.value == 0.5 and lone.reach is None
    assert lone.limits() is None and lone.p() is None and lone.p_outside(0.1) is None


def test_two_independent_samples_add_their_variances() -> None:
    apart: list[Cluster] = [(cell(i < 60, None),) for i in range(100)] + [(cell(None, i < 70),) for i in range(100)]
    limits = difference(apart).limits()
    (l1, u1), (l2, u2) = exact_limits(60, 100), exact_limits(70, 100)
    expected = 0.1 - sqrt((0.7 - l2) ** 2 + (u1 - 0.6) ** 2), 0.1 + sqrt((u2 - 0.7) ** 2 + (0.6 - l1) ** 2)
    assert limits == pytest.approx(expected, abs=1e-3)


def test_a_mean_of_differences_is_the_house_s_mean_interval() -> None:
    parts = [difference(made(seed, 60)) for seed in range(3)]
    found = mean_difference(parts)
    assert found
    whole = [(part.value, *limits) for part in parts if (limits := part.limits())]
    value, low, high = mean_interval(whole)
    assert found.value == pytest.approx(value)
    assert found.limits() == pytest.approx((low, high))
    assert mean_difference([]) is None
    lone = mean_difference([*parts, Difference(0.5, 0.6)])
    assert lone and lone.limits() is None and lone.value == pytest.approx((3 * value + 0.1) / 4)


def test_a_jackknife_of_a_plain_rate_is_near_its_clustered_interval() -> None:
    clusters = made(5, 1000, size=2)
    found = difference(clusters)

    def score(kept: list[Cluster], side: int) -> Measured:
        good, n = (sum(arm[2 * side + at] for (arm,) in kept) for at in (0, 1))
        return Measured(score=good / n, low=0.0, high=1.0)

    left: list[float | None] = []
    for block in range(20):
        kept = [cluster for i, cluster in enumerate(clusters) if i % 20 != block]
        first, second = (score(kept, side).score for side in (0, 1))
        left.append(second - first if first is not None and second is not None else None)
    jack = jackknifed(score(clusters, 0), score(clusters, 1), left, 1000)
    assert jack and jack.value == pytest.approx(found.value)
    widths = [high - low for each in (jack, found) if (ends := each.limits()) for low, high in [ends]]
    assert widths[0] == pytest.approx(widths[1], rel=0.35)


def test_a_jackknife_is_no_surer_than_its_clusters() -> None:
    """One flip of 400 in one block: nine blocks that agree are not evidence of no flip anywhere."""
    found = jackknifed(Measured(score=0.5), Measured(score=0.5025), [0.0] + [0.0028] * 9, 400)
    limits = found.limits() if found else None
    assert limits and limits[1] - 0.0025 == pytest.approx(unmoved(0.05, 400))


def test_a_jackknife_that_says_nothing_falls_back_on_both_intervals() -> None:
    first, second = Measured(score=0.5, low=0.4, high=0.6), Measured(score=0.8, low=0.7, high=0.9)
    for left in ([], [0.3, 0.3, 0.3], [0.3, None, 0.2]):
        found = jackknifed(first, second, left, 40)
        assert found and found.limits() == pytest.approx((0.3 - sqrt(0.02), 0.3 + sqrt(0.02)))
        assert found.ends == ((0.4, 0.6), (0.7, 0.9))
    assert jackknifed(Measured(score=None), second, [], 40) is None
    bare = jackknifed(Measured(score=0.5), second, [], 40)
    assert bare and bare.limits() is None
