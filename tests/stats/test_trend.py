"""Kendall's tau-b and the Jonckheere-Terpstra test, against scipy, brute force and a published example."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from trustgauge.stats.trend import jonckheere, kendall, score, score_variance, within_families


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_tau_without_ties_is_scipys_exact_test() -> None:
    x, y = [1.0, 2, 3, 4, 5, 6, 7], [2.0, 1, 4, 3, 7, 5, 6]
    found, wanted = kendall(x, y, rng()), stats.kendalltau(x, y, method="exact")
    assert found and found.p.exact
    assert (found.value, found.p.p) == pytest.approx((wanted.statistic, wanted.pvalue))


def test_tau_with_ties_is_exact_by_going_through_all() -> None:
    x, y = [0.0, 0, 1, 2, 3, 3], [0.78, 0.753, 0.742, 0.896, 0.9949, 0.9939]
    own = abs(score(x, y))
    every = [abs(score(order, y)) for order in permutations(x)]
    found = kendall(x, y, rng())
    assert found and found.value == pytest.approx(stats.kendalltau(x, y).statistic)
    assert found.p.p == pytest.approx(sum(s >= own for s in every) / len(every))
    assert found.p.least == pytest.approx(sum(s == max(every) for s in every) / len(every))


def test_tau_of_many_is_scipys_normal_test_with_ties() -> None:
    own = np.random.default_rng(2)
    x, y = own.integers(0, 5, 60).astype(float), own.integers(0, 7, 60).astype(float)
    found, wanted = kendall(x.tolist(), y.tolist(), rng()), stats.kendalltau(x, y, method="asymptotic")
    assert found and not found.p.exact
    assert (found.value, found.p.p) == pytest.approx((wanted.statistic, wanted.pvalue))


@pytest.mark.parametrize(("x", "y"), [([0, 0, 1, 1, 2], [1, 2, 2, 3, 3]), ([1, 2, 3], [3, 3, 1]), ([0, 1], [0, 1])])
def test_the_variance_of_s_is_that_over_all_orders(x: list[float], y: list[float]) -> None:
    every = [score(order, y) for order in permutations(x)]
    assert score_variance(x, y) == pytest.approx(np.var(every))


def test_jonckheere_counts_what_it_says() -> None:
    groups = [
        [40, 35, 38, 43, 44, 41],
        [38, 40, 47, 44, 40, 42],
        [48, 40, 45, 43, 46, 44],
    ]  # Hollander and Wolfe 1973, 6.2
    stages = [float(i) for i, own in enumerate(groups) for _ in own]
    values = [float(v) for own in groups for v in own]
    found = jonckheere(stages, values, rng())
    by_hand = sum(
        (b > a) + (a == b) / 2 for i, one in enumerate(groups) for other in groups[i + 1 :] for a in one for b in other
    )
    assert found and found.j == by_hand == 79.0
    assert found.expected == 54.0
    assert found.z == pytest.approx((79 - 54) / np.sqrt(score_variance(stages, values) / 4))
    assert 0.03 < found.p.p < 0.05  # their one-sided 0.0231 by the normal, without ties


def test_the_test_holds_its_level() -> None:
    own = np.random.default_rng(1)
    stages = [0.0, 0, 1, 1, 2, 2]
    p = [found.p.p for _ in range(400) if (found := jonckheere(stages, own.normal(size=6).tolist(), own))]
    assert np.mean(np.array(p) <= 0.05) <= 0.08  # exact, so at most 0.05 but for the noise of 400


def test_edges() -> None:
    assert kendall([1.0, 1.0], [1.0, 2.0], rng()) is None
    assert jonckheere([], [], rng()) is None
    assert jonckheere([0.0, None, 1.0], [1.0, 2.0, None], rng()) is None
    two = kendall([0.0, 1.0], [0.0, 1.0], rng())
    assert two and two.value == 1.0 and two.p.p == 1.0 and two.low is None


def test_families_are_shuffled_inside() -> None:
    families = [([7.0, 13, 70], [0.02, 0.0, 0.07]), ([7.0, 13, 33], [0.17, 0.21, 0.28])]
    every = [
        score(a, p) + score(b, q) for (a, x), (b, y) in [families] for p in permutations(x) for q in permutations(y)
    ]
    found = within_families(families, rng())
    assert found and found.value == pytest.approx(4 / 6) and found.n == 6
    assert found.p.p == pytest.approx(np.mean(np.abs(every) >= 4))
    assert found.p.least == pytest.approx(2 / 36)
    assert within_families([([1.0], [2.0])], rng()) is None
