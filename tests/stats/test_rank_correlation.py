"""Spearman's rho and what is made of it, against scipy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from trustgauge.stats.permutation import PValue
from trustgauge.stats.rank_correlation import (
    Correlation,
    correlation_map,
    rank_rows,
    ranks,
    redundant,
    spearman,
    spearman_draws,
)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("values", [[3.0, 1.0, 2.0], [1.0, 1.0, 1.0], [2.0, 5.0, 2.0, 9.0], [4.0], []])
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    assert ranks(values) == stats.rankdata(values).tolist()
    if values:
        assert rank_rows(np.array([values]))[0].tolist() == stats.rankdata(values).tolist()


@pytest.mark.parametrize("n", [5, 7])
def test_rho_and_its_exact_p_are_those_of_scipy_with_ties(n: int) -> None:
    own = np.random.default_rng(n)
    x, y = own.integers(0, 4, n).astype(float), own.normal(size=n)
    found = spearman(x.tolist(), y.tolist(), rng())
    wanted = stats.permutation_test(
        (x,),
        lambda a: abs(stats.spearmanr(a, y).statistic),
        permutation_type="pairings",
        alternative="greater",
        n_resamples=np.inf,
    )
    assert found and found.p.exact
    assert found.value == pytest.approx(stats.spearmanr(x, y).statistic)
    assert found.p.p == pytest.approx(wanted.pvalue)


def test_random_arrangements_come_near_to_student() -> None:
    own = np.random.default_rng(3)
    x = own.normal(size=30)
    y = 0.4 * x + own.normal(size=30)
    found = spearman(x.tolist(), y.tolist(), rng())
    assert found and not found.p.exact
    assert found.p.p == pytest.approx(stats.spearmanr(x, y).pvalue, abs=0.01)


def test_the_interval_is_bonett_and_wrights() -> None:
    x, y = [1.0, 2, 3, 4, 5, 6, 7], [2.0, 1, 4, 3, 7, 5, 6]
    found = spearman(x, y, rng())
    assert found and found.low is not None and found.high is not None
    half = 1.959963984540054 * np.sqrt((1 + found.value**2 / 2) / 4)
    assert np.arctanh([found.low, found.high]) == pytest.approx(np.arctanh(found.value) + np.array([-half, half]))


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    own = np.random.default_rng(11)
    truth = 6 / np.pi * np.arcsin(0.6 / 2)  # rho of a normal pair with that correlation
    held = 0
    for _ in range(600):
        x = own.normal(size=25)
        y = 0.6 * x + 0.8 * own.normal(size=25)
        found = spearman(x.tolist(), y.tolist(), own, draws=1)
        assert found and found.low is not None and found.high is not None
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 600 <= 0.98


def test_missing_pairs_are_left_out_and_nothing_is_made_of_nothing() -> None:
    found = spearman([1.0, None, 2.0, 3.0, 4.0], [1.0, 9.0, None, 3.0, 5.0], rng())
    assert found and found.n == 3 and found.low is None
    assert found.p.p == pytest.approx(2 / 6)
    assert spearman([1.0, 1.0], [1.0, 2.0], rng()) is None
    assert spearman([], [], rng()) is None
    assert spearman([None, 1.0], [1.0, None], rng()) is None
    whole = spearman([1.0, 2, 3, 4, 5], [2.0, 4, 6, 8, 9], rng())
    assert whole and whole.value == 1.0 and whole.low is None


def test_a_map_has_every_pair_that_can_have_a_rho() -> None:
    columns = {"a": [1.0, 2, 3, 4], "b": [4.0, 3, 2, 1], "c": [1.0, None, None, 1.0], "d": [1.0, 3, 2, None]}
    found = correlation_map(columns, rng())
    assert set(found) == {("a", "b"), ("a", "d"), ("b", "d")}
    assert found["a", "b"].value == -1.0


def test_redundant_measures_are_scipys_average_linkage() -> None:
    own = np.random.default_rng(5)
    base = own.normal(size=(20, 2))
    table = np.column_stack(
        [base[:, [0]] + 0.3 * own.normal(size=(20, 3)), -base[:, [1]] + 0.4 * own.normal(size=(20, 3))]
    )
    names = [f"m{i}" for i in range(6)]
    found = correlation_map(dict(zip(names, table.T.tolist(), strict=True)), own, draws=9)
    rho = np.abs(stats.spearmanr(table).statistic)
    tree = hierarchy.linkage(squareform(1 - rho, checks=False), "average")
    for least in (0.95, 0.85, 0.7, 0.3):
        labels = hierarchy.fcluster(tree, 1 - least, "distance")
        wanted = {frozenset(n for n, k in zip(names, labels, strict=True) if k == label) for label in labels}
        groups = redundant(names, found, least=least)
        assert {frozenset(g) for g, _ in groups} == {g for g in wanted if len(g) > 1}
        assert all(mean >= least for _, mean in groups)


def test_a_pair_without_rho_joins_nothing() -> None:
    one = Correlation(0.99, 9, PValue(0.001, True, 0.0))
    assert redundant(["a", "b", "c"], {("a", "b"): one}) == [(["a", "b"], 0.99)]
    assert redundant([], {}) == [] == redundant(["a"], {})


def test_scores_without_noise_have_a_rho_without_noise() -> None:
    x = np.tile([0.1, 0.2, 0.3, 0.4], (50, 1))
    assert spearman_draws(x, x) == (1.0, 1.0)
    assert spearman_draws(np.zeros((50, 4)), x) is None
