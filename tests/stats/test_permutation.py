"""Permutation tests, against scipy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trustgauge.stats.permutation import arrangements, mean_difference, permutation_p


@pytest.mark.parametrize(
    ("labels", "wanted"), [([0, 1, 2, 3], 24), ([0, 0, 1, 1, 1], 10), ([5], 1), ([], 1), ([2, 2], 1)]
)
def test_arrangements_are_multinomial(labels: list[int], wanted: int) -> None:
    assert arrangements(labels) == wanted


def test_every_arrangement_is_gone_through_once() -> None:
    seen: list[tuple[int, ...]] = []

    def statistic(codes: np.ndarray) -> np.ndarray:
        seen.extend(map(tuple, codes.tolist()))
        return codes[:, 0].astype(float)

    permutation_p([0, 0, 1, 2], statistic, np.random.default_rng(0))
    assert len(seen[1:]) == len(set(seen[1:])) == 12  # the first is the one given
    assert all(sorted(row) == [0, 0, 1, 2] for row in seen)


def test_random_arrangements_never_give_zero() -> None:
    labels = list(range(12))
    weights = np.arange(12) - 5.5
    found = permutation_p(labels, lambda codes: (codes - 5.5) @ weights, np.random.default_rng(1), draws=99)
    assert not found.exact
    assert found.p == found.least == 1 / 100


def test_a_difference_of_means_is_that_of_scipy() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.normal(0.8, 1, 4).tolist(), rng.normal(0, 2, 7).tolist()
    found = mean_difference(first, second, rng)
    wanted = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    exact = stats.permutation_test(
        (first, second), lambda a, b: abs(np.mean(a) - np.mean(b)), alternative="greater", n_resamples=np.inf
    )
    assert found and found.p.exact
    assert found.p.p == pytest.approx(exact.pvalue)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    assert found.value == pytest.approx(np.mean(first) - np.mean(second))


def test_differences_at_the_edges() -> None:
    rng = np.random.default_rng(0)
    assert mean_difference([], [1.0], rng) is None
    one = mean_difference([1.0], [2.0, 3.0], rng)
    assert one and (one.low, one.high) == (None, None)
    assert one.p.least == pytest.approx(2 / 3)  # as far off with 3 alone
    flat = mean_difference([1.0, 1.0], [1.0, 1.0], rng)
    assert flat and flat.p.p == 1.0 and flat.low is None
