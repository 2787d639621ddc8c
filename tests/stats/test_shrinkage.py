"""Shrinkage: a published example, Jeffreys' limits, and what siblings may do."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import default_rng
from scipy import stats

from trustgauge.stats.shrinkage import mean_of_shrunk, posterior, shrunk, shrunk_mean

# Gelman et al. (2013), Bayesian Data Analysis, table 5.1: rats with a tumour in 70 earlier groups, then 4 of 14.
RATS = (
    "0/20 0/20 0/20 0/20 0/20 0/20 0/20 0/19 0/19 0/19 0/19 0/18 0/18 0/17 1/20 1/20 1/20 1/20 1/19 1/19 1/18 1/18 "
    "2/25 2/24 2/23 2/20 2/20 2/20 2/20 2/20 2/20 1/10 5/49 2/19 5/46 3/27 2/17 7/49 7/47 3/20 3/20 2/13 9/48 10/50 "
    "4/20 4/20 4/20 4/20 4/20 4/20 4/20 10/48 4/19 4/19 4/19 5/22 11/46 12/49 5/20 5/20 6/23 5/19 6/22 6/20 6/20 6/20 "
    "16/52 15/46 15/47 9/24"
)


def test_the_rats_of_bayesian_data_analysis() -> None:
    """Page 113: the posterior mean of (alpha, beta) is (2.4, 14.3)."""
    siblings = [(float(g), float(n)) for g, n in (each.split("/") for each in RATS.split())]
    assert len(siblings) == 70
    found = posterior(4, 14, siblings)
    assert float(found.share @ (found.good - 4)) == pytest.approx(2.4, abs=0.1)
    assert float(found.share @ (found.bad - 10)) == pytest.approx(14.3, abs=0.6)
    mean, low, high = shrunk(4, 14, siblings)
    assert low < mean < 4 / 14 < high


def test_without_siblings_it_is_jeffreys_interval() -> None:
    for good, n in ((0, 10), (3, 10), (10, 10), (2.5, 7.25)):
        prior = stats.beta(good + 0.5, n - good + 0.5)
        assert shrunk(good, n) == pytest.approx((prior.mean(), prior.ppf(0.025), prior.ppf(0.975)), abs=2e-5)
        assert shrunk(good, n, [(5, 10), (6, 10)]) == shrunk(good, n)  # two siblings say nothing of a spread


def test_siblings_alike_pull_and_narrow_and_those_far_apart_hardly_do() -> None:
    alone, alike, apart = shrunk(5, 10), shrunk(5, 10, [(18, 20)] * 6), shrunk(5, 10, [(0, 20), (20, 20)] * 3)
    assert 0.5 < alike[0] < 0.9
    assert alike[2] - alike[1] < alone[2] - alone[1]
    assert abs(apart[0] - 0.5) < 0.05 < abs(alike[0] - 0.5)


def test_nothing_of_its_own_is_what_siblings_say() -> None:
    mean, low, high = shrunk(0, 0, [(18, 20)] * 10)
    assert mean == pytest.approx(0.89, abs=0.03) and low < 0.85 and 0.93 < high <= 1


def test_the_more_there_is_of_its_own_the_less_siblings_count() -> None:
    pulls = [shrunk(0.5 * n, n, [(45, 50)] * 6)[0] - 0.5 for n in (5, 20, 100, 1000)]
    assert pulls == sorted(pulls, reverse=True) and pulls[-1] < 0.01


def test_two_arms_near_one_keep_what_the_posterior_leaves_possible() -> None:
    """Limits put together from the arms' would end at 0.95 here, and hold a rate of 0.99 never."""
    arm = posterior(2, 2)
    mean, low, high = shrunk_mean([arm, arm], 0.0, default_rng(1))
    rng = default_rng(2)
    draws = (rng.beta(2.5, 0.5, 200_000) + rng.beta(2.5, 0.5, 200_000)) / 2
    assert (low, high) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])), abs=0.01)
    assert high > 0.99 and mean == pytest.approx(2.5 / 3)
    assert shrunk_mean([arm], 0.0, rng) == shrunk(2, 2)


def test_arms_that_go_together_are_less_sure() -> None:
    arm = posterior(15, 30)
    widths = [high - low for _, low, high in (shrunk_mean([arm, arm], c, default_rng(1)) for c in (-1, 0, 1))]
    _, low, high = shrunk(15, 30)
    assert widths[0] < 0.01
    assert widths[1] == pytest.approx((high - low) / 2**0.5, abs=0.02)
    assert widths[2] == pytest.approx(high - low, abs=0.02)


def test_draws_are_of_the_mixture() -> None:
    found = posterior(3, 10, [(9, 10), (2, 10), (5, 10)])
    drawn = found.draw(100_000, default_rng(1))
    assert drawn.mean() == pytest.approx(found.mean, abs=0.003)
    assert np.quantile(drawn, 0.975) == pytest.approx(found.quantile(0.975), abs=0.01)


@pytest.mark.parametrize("counts", [(10, 10), (9, 10), (5, 10), (0, 30)])
def test_a_mean_of_posteriors_has_the_quantiles_of_their_mean(counts: tuple[int, int]) -> None:
    rng = default_rng(1)
    parts = [shrunk(*counts), shrunk(*counts), shrunk(5, 10)]
    weights = [0.5, 0.25, 0.25]
    betas = [posterior(*counts), posterior(*counts), posterior(5, 10)]
    draws = sum(w * each.draw(100_000, rng) for w, each in zip(weights, betas, strict=True))
    mean, low, high = mean_of_shrunk(parts, [2, 1, 1])
    assert mean == pytest.approx(float(np.mean(draws)), abs=0.003)
    assert (low, high) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])), abs=0.015)
    assert mean_of_shrunk(parts[:1]) == pytest.approx(parts[0])
    assert mean_of_shrunk([(1.0, 1.0, 1.0), (1.0, 0.8, 1.0)])[2] == 1  # no beta distribution has the mean 1
