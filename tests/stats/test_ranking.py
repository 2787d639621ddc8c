"""Ranking with uncertainty: by hand, by scipy and by what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trustgauge.stats.intervals import wilson
from trustgauge.stats.ranking import (
    column_ranks,
    mean_ranks,
    pareto_front,
    places,
    resampled_measures,
    simulate,
    simulated_ranks,
)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_ranks_of_a_column() -> None:
    assert column_ranks([0.5, None, 0.9, 0.5]) == [2.5, None, 1.0, 2.5]
    assert column_ranks([0.5, None, 0.9, 0.5], up=False) == [1.5, None, 3.0, 1.5]
    assert column_ranks([None]) == [None]
    assert mean_ranks([([0.1, 0.9, None], True), ([0.1, 0.9, None], False)]) == [1.5, 1.5, None]


def test_simulated_scores_have_the_intervals_they_come_from() -> None:
    scores = [(0.5, *wilson(50, 100)), (1.0, *wilson(40, 40)), (0.02, *wilson(2, 100))]
    drawn = simulate(scores, 40_000, rng())
    assert drawn.min() >= 0 and drawn.max() <= 1
    for i, (_, low, high) in enumerate(scores):
        assert low is not None and high is not None
        assert drawn[:, i].mean() == pytest.approx((low + high) / 2, abs=0.002)
        assert drawn[:, i].std() == pytest.approx((high - low) / (2 * 1.95996), rel=0.03)


def test_a_score_without_interval_stays_and_correlation_is_kept() -> None:
    joint = np.array([[1.0, 0.8], [0.8, 1.0]])
    drawn = simulate([(0.5, 0.4, 0.6), (0.5, 0.4, 0.6)], 20_000, rng(), correlation=joint)
    assert stats.pearsonr(drawn[:, 0], drawn[:, 1]).statistic == pytest.approx(0.8, abs=0.02)
    assert set(simulate([(0.7, None, None)], 5, rng())[:, 0]) == {0.7}
    wide = simulate([(0.5, 0.0, 1.0), (0.0, -1.0, 1.0)], 9, rng())
    assert np.isfinite(wide).all()


def test_the_better_model_is_first_as_often_as_it_should_be() -> None:
    a, b = (0.6, *wilson(60, 100)), (0.5, *wilson(50, 100))
    drawn = simulated_ranks([[a, b]], 40_000, rng())
    found = places(["a", "b"], [1.0, 2.0], drawn)
    beta = np.random.default_rng(1)
    wanted = (beta.beta(61.9, 41.9, 10**6) > beta.beta(51.9, 51.9, 10**6)).mean()
    assert found[0].name == "a" and found[0].best == pytest.approx(wanted, abs=0.01)
    assert sum(p.best for p in found) == pytest.approx(1)
    assert (found[0].low, found[0].high) == (1.0, 2.0)


def test_places_without_noise() -> None:
    drawn = np.tile([2.0, 1.0, 2.0], (100, 1))
    found = places(["a", "b", "c"], [2.0, 1.0, 2.0], drawn)
    assert [(p.name, p.place, p.low, p.high, p.best) for p in found] == [
        ("b", 1.0, 1.0, 1.0, 1.0),
        ("a", 2.5, 2.5, 2.5, 0.0),
        ("c", 2.5, 2.5, 2.5, 0.0),
    ]
    assert places(["a"], [None], np.ones((3, 1))) == []


def test_resampled_measures_centre_on_the_mean_rank() -> None:
    columns = [([0.1, 0.2, None], True), ([0.3, 0.1, 0.2], True), ([0.5, 0.4, 0.9], False)]
    drawn = resampled_measures(columns, 20_000, rng())
    means = mean_ranks(columns)
    assert drawn[:, 0].mean() == pytest.approx(means[0] or 0, abs=0.02)
    same = resampled_measures([([0.1, 0.2], True)] * 4, 50, rng())
    assert set(same[:, 0]) == {2.0}
    assert resampled_measures([([0.1, None], True)], 3, rng())[:, 1].tolist() == [3.0] * 3


def test_gaps_are_left_out_of_simulated_ranks() -> None:
    score = (0.9, 0.89, 0.91)
    drawn = simulated_ranks([[score, None, (0.1, 0.09, 0.11)], [None, None, score]], 100, rng())
    assert set(drawn[:, 0]) == {1.0} and set(drawn[:, 1]) == {4.0} and set(drawn[:, 2]) == {1.5}


def test_the_pareto_front() -> None:
    assert pareto_front([(1, 1), (2, 0), (0, 2), (1, 0), (2, 0)]) == [True, True, True, False, True]
    assert pareto_front([]) == []
