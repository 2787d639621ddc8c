"""The paired bootstrap over patterns: like one over clusters, whatever the data."""

from __future__ import annotations

import numpy as np
import pytest

from support.paired import made
from trustgauge.stats.paired_bootstrap import bootstrap, mean_draws, normal_draws
from trustgauge.stats.paired_rates import NOTHING, Cluster, cell, paired_difference, paired_sums

GOOD, UP, DOWN = cell(True, True), cell(False, True), cell(True, False)


def one_by_one(clusters: list[Cluster], draws: int, rng: np.random.Generator) -> list[float]:
    found = list[float]()
    for _ in range(draws):
        difference = paired_difference(
            paired_sums(clusters[i] for i in rng.integers(len(clusters), size=len(clusters)))
        )
        found += [difference.value] if difference else []
    return found


@pytest.mark.parametrize(("size", "arms"), [(1, 1), (3, 1), (1, 2)])
def test_patterns_are_drawn_as_clusters_are(size: int, arms: int) -> None:
    clusters = made(1, 40, size=size, arms=arms)
    found = bootstrap(paired_sums(clusters), 4000, np.random.default_rng(0))
    brute = one_by_one(clusters, 1500, np.random.default_rng(1))
    assert found
    assert found.values.mean() == pytest.approx(np.mean(brute), abs=0.01)
    assert found.values.std() == pytest.approx(np.std(brute), rel=0.08)
    assert found.values.std() ** 2 == pytest.approx(found.variance, rel=0.15)
    assert found.variances.mean() == pytest.approx(found.variance, rel=0.15)


def test_the_variance_of_one_arm_of_single_cases_is_the_textbook_one() -> None:
    """Paired difference: ((b + c) - (b - c)^2 / n) / n^2, times n / (n - 1)."""
    cells: list[Cluster] = [(UP,)] * 12 + [(DOWN,)] * 5 + [(GOOD,)] * 33
    found = bootstrap(paired_sums(cells), 10, np.random.default_rng(0))
    assert found and found.variance == pytest.approx((17 - 49 / 50) / 50**2 * 50 / 49)
    assert found.moved == 17


def test_limits_hold_no_difference_just_where_p_is_large() -> None:
    for seed in range(40):
        found = bootstrap(paired_sums(made(seed, 60)), 999, np.random.default_rng(seed))
        assert found
        low, high = found.limits()
        if found.p() > 0.06 or found.p() < 0.04:
            assert (low <= 0 <= high) == (found.p() > 0.05)


def test_few_clusters_that_moved_prove_little() -> None:
    cells: list[Cluster] = [(UP,)] * 3
    found = bootstrap(paired_sums(cells), 1000, np.random.default_rng(0))
    assert found and found.p() == 2.0**-2  # all there can be: every resample is the same
    same = bootstrap(paired_sums([(GOOD,)] * 9), 100, np.random.default_rng(0))
    assert same and same.p() == 1 and same.moved == 0


def test_arms_that_vanish_are_drawn_again() -> None:
    cells: list[Cluster] = [(DOWN, NOTHING), (NOTHING, GOOD)]
    found = bootstrap(paired_sums(cells), 500, np.random.default_rng(0))
    assert found and np.isfinite(found.values).all() and np.isfinite(found.variances).all()
    assert bootstrap(paired_sums([(DOWN,)]), 10, np.random.default_rng(0)) is None
    assert bootstrap(paired_sums([(cell(True, None),)] * 5), 10, np.random.default_rng(0)) is None
    assert bootstrap(paired_sums([]), 10, np.random.default_rng(0)) is None


def test_many_patterns_are_drawn_in_parts() -> None:
    rng = np.random.default_rng(0)
    cells: list[Cluster] = [((int(a), 40, int(b), 40, 0, 0, 0, 0),) for a, b in rng.integers(0, 41, (900, 2))]
    found = bootstrap(paired_sums(cells), 3000, rng)
    assert found and found.values.std() ** 2 == pytest.approx(found.variance, rel=0.1)
    assert np.isfinite(found.values).all()


def test_means_and_normal_draws() -> None:
    rng = np.random.default_rng(0)
    parts = [normal_draws(0.1, 0.05, 9, 20_000, rng), normal_draws(0.3, 0.02, 9, 20_000, rng)]
    found = mean_draws(parts)
    assert found
    assert found.value == pytest.approx(0.2)
    assert found.values.std() == pytest.approx(np.hypot(0.05, 0.02) / 2, rel=0.03)
    assert parts[0].p() == pytest.approx(0.0765, abs=0.01)  # of t = 2 at 9 degrees of freedom
    assert mean_draws([]) is None
    assert normal_draws(0.2, 0.0, 9, 100, rng).p() == pytest.approx(1 / 101)


def test_a_shift_that_nearly_all_clusters_share_is_seen() -> None:
    """38 pairs that lose one of two and 2 that lose both: resamples without these two have no spread of their own."""
    lost = (2, 2, 1, 2, 2, 1, 0, 1), (2, 2, 0, 2, 2, 0, 0, 2)
    draws = bootstrap(paired_sums([(lost[0],)] * 38 + [(lost[1],)] * 2), 2000, np.random.default_rng(0))
    assert draws is not None and draws.p() < 0.01
    low, high = draws.limits()
    assert low < -0.525 < high < 0
    one = bootstrap(
        paired_sums([((1, 1, 1, 1, 1, 1, 0, 0),)] * 39 + [((1, 1, 0, 1, 1, 0, 0, 1),)]), 2000, np.random.default_rng(0)
    )
    assert one is not None and one.p() > 0.3, "one cluster that moved shows nothing"
