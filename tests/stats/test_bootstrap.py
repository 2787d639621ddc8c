"""Cluster bootstrap: the same as drawing cluster by cluster, against scipy, quick, and defined at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trustgauge.stats.bootstrap import Kind, bootstrap_limits
from trustgauge.stats.clusters import Sums

KINDS: tuple[Kind, ...] = ("percentile", "bca", "student")


def sums(good: list[int], n: list[int]) -> Sums:
    column = np.array(n, float)[:, None]
    return Sums(("",), np.array(good, float)[:, None], column, 0 * column)


def limits(of: Sums, kind: Kind, seed: int = 1, draws: int = 20_000) -> tuple[float, float]:
    found = bootstrap_limits(of, np.random.default_rng(seed), kind=kind, draws=draws)
    assert found is not None
    return found


RNG = np.random.default_rng(8)
N = RNG.integers(1, 5, 60).tolist()
GOOD = [int(RNG.binomial(n, p)) for n, p in zip(N, RNG.beta(4, 2, 60), strict=True)]


def test_percentiles_are_those_of_scipy_drawing_cluster_by_cluster() -> None:
    def ratio(good: np.ndarray, n: np.ndarray, axis: int = -1) -> np.ndarray:
        return good.sum(axis=axis) / n.sum(axis=axis)

    data, rng = (np.array(GOOD), np.array(N)), np.random.default_rng(2)
    theirs = stats.bootstrap(
        data, ratio, paired=True, n_resamples=20_000, method="percentile", rng=rng, batch=1000
    ).confidence_interval
    assert limits(sums(GOOD, N), "percentile") == pytest.approx((theirs.low, theirs.high), abs=0.004)


def test_bca_of_many_clusters_is_that_of_scipy() -> None:
    """With 600 clusters Student's tails are the normal ones to three digits."""
    data = np.array([1.0] * 570 + [0.0] * 30)
    theirs = stats.bootstrap(
        (data,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(2), batch=1000
    ).confidence_interval
    assert limits(sums([1] * 570 + [0] * 30, [1] * 600), "bca") == pytest.approx((theirs.low, theirs.high), abs=0.003)


@pytest.mark.parametrize("kind", KINDS)
def test_many_clusters_come_near_the_normal_interval(kind: Kind) -> None:
    half = 1.96 * (0.7 * 0.3 / 2000) ** 0.5
    assert limits(sums([1] * 1400 + [0] * 600, [1] * 2000), kind) == pytest.approx((0.7 - half, 0.7 + half), abs=0.002)


def test_few_clusters_have_wider_tails_than_percentiles() -> None:
    few = sums([2, 1, 2, 0, 1, 2], [2] * 6)
    plain, wide = limits(few, "percentile"), limits(few, "bca")
    assert wide[1] - wide[0] > plain[1] - plain[0]


@pytest.mark.parametrize("kind", KINDS)
def test_arms_keep_their_clusters_together(kind: Kind) -> None:
    """Arms that mirror each other have no spread between them, arms that go together all of it."""
    one = np.array([[1.0, 0.0]] * 20 + [[0.0, 1.0]] * 20)
    n = np.ones((40, 2))
    assert bootstrap_limits(Sums(("a", "b"), one, n, 0 * n), np.random.default_rng(1), kind=kind) is None
    same = np.repeat(one[:, :1], 2, axis=1)
    both = limits(Sums(("a", "b"), same, n, 0 * n), kind)
    alone = limits(sums([1] * 20 + [0] * 20, [1] * 40), kind)
    assert both == pytest.approx(alone, abs=0.03)


@pytest.mark.parametrize("kind", KINDS)
def test_no_interval_of_one_cluster_of_none_or_of_all_alike(kind: Kind) -> None:
    for of in (sums([1], [2]), sums([], []), sums([2] * 9, [2] * 9), sums([0, 0], [0, 0])):
        assert bootstrap_limits(of, np.random.default_rng(1), kind=kind) is None


@pytest.mark.parametrize("kind", KINDS)
def test_draws_that_leave_an_arm_empty_do_not_count(kind: Kind) -> None:
    n = np.array([[1.0, 1.0]] + [[1.0, 0.0]] * 5)
    good = n * np.array([[1, 1]] + [[0, 0], [1, 1]] * 2 + [[0, 0]])
    low, high = limits(Sums(("a", "b"), good, n, 0 * n), kind)
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_limits_are_between_0_and_1_and_the_same_every_time(kind: Kind) -> None:
    near = sums([1] * 29 + [0], [1] * 30)
    low, high = limits(near, kind)
    assert 0 <= low < 29 / 30 <= high <= 1
    assert limits(near, kind) == (low, high)


def test_a_hundred_thousand_clusters_are_as_easy_as_a_hundred() -> None:
    """10,000 draws of 100,000 clusters one by one would be a thousand million numbers."""
    many = sums([1] * 60_000 + [0] * 40_000, [1] * 100_000)
    low, high = limits(many, "bca", draws=10_000)
    half = 1.96 * (0.6 * 0.4 / 100_000) ** 0.5
    assert (low, high) == pytest.approx((0.6 - half, 0.6 + half), abs=2e-4)
