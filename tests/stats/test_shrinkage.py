"""Shrinkage: a published example, Jeffreys' limits, and what siblings may do."""

from __future__ import annotations

import pytest
from scipy import stats

from trustgauge.stats.intervals import ClusterRate
from trustgauge.stats.shrinkage import posterior, shrunk, shrunk_rate

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


def test_no_interval_with_one_cluster() -> None:
    rate = ClusterRate()
    rate.add(1, 2)
    assert shrunk_rate(rate) is None
    rate.add(2, 2)
    assert shrunk_rate(rate) is not None
