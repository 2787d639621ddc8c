"""Sums over clusters: what arrays add up to is what adding the clusters one by one comes to."""

from __future__ import annotations

import numpy as np
import pytest

from support.fakes import case
from trustgauge.stats.clusters import Cells, Sums
from trustgauge.stats.intervals import ClusterPair, ClusterRate
from trustgauge.stats.measures import side_of
from trustgauge.types import Record, Verdict


def drawn(arms: int, clusters: int, seed: int) -> Sums:
    """Clusters of 0 to 4 scored cases an arm."""
    rng = np.random.default_rng(seed)
    n = rng.integers(0, 5, (clusters, arms)).astype(float)
    good = np.floor(rng.random(n.shape) * (n + 1))
    return Sums(tuple("ab"[:arms]), good, n, rng.integers(0, 2, n.shape).astype(float))


@pytest.mark.parametrize("clusters", [0, 1, 2, 7, 400])
@pytest.mark.parametrize("arms", [1, 2])
def test_rates_and_their_correlation_are_those_of_single_clusters(arms: int, clusters: int) -> None:
    sums = drawn(arms, clusters, clusters)
    for i, rate in enumerate(sums.rates):
        one, bad = ClusterRate(), ClusterRate()
        for good, n in zip(sums.good[:, i].tolist(), sums.n[:, i].tolist(), strict=True):
            one.add(good, n)
            bad.add(n - good, n)
        assert rate == one
        assert sums.bad["ab"[i]] == bad
    pair = ClusterPair()
    for good, n in zip(sums.good.tolist(), sums.n.tolist(), strict=True):
        pair.add((good[0], n[0]), (good[-1], n[-1]))
    assert sums.correlation == (pair.correlation if arms == 2 else 0.0)


def test_the_sum_of_two_rates_is_that_of_all_clusters() -> None:
    rows = [(1, 2), (0, 3), (4, 4), (0, 0), (2, 5)]
    first, second, both = ClusterRate(), ClusterRate(), ClusterRate()
    for i, row in enumerate(rows):
        (first if i < 2 else second).add(*row)
        both.add(*row)
    assert first + second == both
    assert ClusterRate() + both == both


def test_cells_count_every_record_in_its_cluster() -> None:
    cells = Cells(side_of)
    made = [
        [("a", False, "good"), ("a", True, "bad"), ("b", True, "unscored")],
        [("b", False, "good"), ("b", False, "bad")],
        [("a", True, "good")],
    ]
    for group in made:
        cells.add(
            [
                Record(case=case(template=template, twin=twin), verdict=Verdict(label=label, reason="r"))  # type: ignore[arg-type]
                for template, twin, label in group
            ]
        )
    by_group = cells.by("group")
    assert by_group.arms == ("do", "dont")
    assert by_group.good.tolist() == [[0, 1], [0, 1], [1, 0]]
    assert by_group.n.tolist() == [[1, 1], [0, 2], [1, 0]]
    assert by_group.missing.tolist() == [[1, 0], [0, 0], [0, 0]]
    assert cells.by("template").n.tolist() == [[2, 1], [0, 2]]
    assert cells.by("both").n.tolist() == [[1, 1], [0, 0], [0, 2], [1, 0]]
    assert Cells(side_of).by("group").score is None
