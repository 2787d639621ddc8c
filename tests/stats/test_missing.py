"""Bounds for what is missing: by brute force, the published critical values, and coverage of what lies between."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from trustgauge.stats.clusters import Cells, Sums
from trustgauge.stats.intervals import wilson
from trustgauge.stats.missing import Bounds, bounds, bounds_of_mean, bounds_of_share, identified_z
from trustgauge.types import Case, Counts, Failure, Measured, Record, Verdict, user


def sums(*rows: tuple[int, int, int]) -> Sums:
    """Clusters of one arm: good, scored, missing."""
    good, n, missing = (np.array(column, float)[:, None] for column in zip(*rows, strict=True))
    return Sums(("",), good, n, missing)


def test_one_arm_counts_the_missing_as_bad_and_as_good() -> None:
    found = bounds(sums((1, 1, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1), (1, 1, 0)))
    assert found is not None
    assert (found.worst, found.best) == pytest.approx((3 / 5, 4 / 5))
    assert found.low is not None and found.high is not None
    assert found.low < found.worst < found.best < found.high


def test_arms_are_bounded_each() -> None:
    """One arm 8 of 10, none missing; the other 1 of 2 with 8 missing: (.8 + .1) / 2 to (.8 + .9) / 2."""
    good = np.array([[4.0, 1.0], [4.0, 0.0]])
    found = bounds(Sums(("do", "dont"), good, np.array([[5.0, 1], [5, 1]]), np.array([[0.0, 4], [0, 4]])))
    assert found is not None
    assert (found.worst, found.best) == pytest.approx((0.45, 0.85))


def test_where_nothing_is_missing_it_is_the_clustered_wilson_interval() -> None:
    found = bounds(sums(*[(1, 1, 0)] * 12, *[(0, 1, 0)] * 8))
    assert found is not None and found.worst == found.best == 0.6
    from trustgauge.stats.intervals import ClusterRate

    rate = ClusterRate()
    for good in [1] * 12 + [0] * 8:
        rate.add(good, 1)
    assert (found.low, found.high) == pytest.approx(rate.interval())


def test_where_all_is_missing_nothing_is_known() -> None:
    found = bounds(sums((0, 0, 3), (0, 0, 2)))
    assert found is not None and (found.worst, found.best, found.low, found.high) == (0, 1, 0, 1)
    assert bounds(sums((0, 0, 3))) == Bounds(worst=0, best=1)  # one cluster: no interval
    assert bounds(Cells(lambda r: "").by("group")) is None  # nothing asked


def test_critical_values_solve_imbens_and_manskis_equation() -> None:
    for width, error in ((0.0, 0.1), (0.01, 0.1), (0.1, 0.1), (0.3, 0.1), (5.0, 0.1)):
        z = identified_z(width, error)
        assert norm.cdf(z + width / error) - norm.cdf(-z) == pytest.approx(0.95, abs=1e-9)
    assert identified_z(0, 0.1) == pytest.approx(1.95996, abs=1e-5)
    for error in (0.01, 0.0):
        assert identified_z(1, error) == pytest.approx(1.64485, abs=1e-5)


@pytest.mark.parametrize("missing_good", [0.0, 0.5, 1.0])
def test_the_true_score_is_held_whatever_the_missing_are(missing_good: float) -> None:
    """80 % scored at .7; the missing 20 % have any rate at all."""
    rng, held = np.random.default_rng(11), 0
    truth = 0.8 * 0.7 + 0.2 * missing_good
    for _ in range(600):
        seen = rng.random(200) < 0.8
        good = (rng.random(200) < 0.7) & seen
        found = bounds(sums(*zip(good.astype(int), seen.astype(int), 1 - seen.astype(int), strict=True)))
        assert found is not None and found.low is not None and found.high is not None
        held += found.low <= truth <= found.high
    assert held / 600 >= 0.93  # exactly .95 at the ends, more in between


def test_any_other_score_is_bounded_by_the_share_that_is_missing() -> None:
    counts = Counts(good=6, bad=2, unscored=1, failed=1)
    found = bounds_of_share(Measured(score=0.5, low=0.3, high=0.9), counts)
    assert found is not None
    assert (found.worst, found.best, found.low, found.high) == pytest.approx((0.4, 0.6, 0.24, 0.92))
    assert bounds_of_share(Measured(score=None), counts) == Bounds(worst=0, best=1)
    assert bounds_of_share(Measured(score=0.5), Counts()) is None
    assert bounds_of_share(Measured(score=0.5), Counts(good=5, bad=5)) == Bounds(worst=0.5, best=0.5)


def test_means_of_bounds() -> None:
    a, b = Bounds(worst=0.2, best=0.4, low=0.1, high=0.5), Bounds(worst=0.6, best=0.6, low=0.6, high=0.6)
    found = bounds_of_mean([a, b], [3, 1])
    assert found is not None
    assert (found.worst, found.best, found.low, found.high) == pytest.approx((0.3, 0.45, 0.225, 0.525))
    bare = bounds_of_mean([a, Bounds(worst=0, best=1)])
    assert bare is not None and (bare.worst, bare.best) == pytest.approx((0.1, 0.7)) and bare.low is None
    assert bounds_of_mean([]) is None


def test_failed_calls_are_missing_too() -> None:
    cells = Cells(lambda r: "")
    cases = [Case(messages=(user(str(i)),), task="t/t") for i in range(3)]
    cells.add([Record(case=cases[0], verdict=Verdict(label="good", reason="r"))])
    cells.add([Record(case=cases[1], failure=Failure(kind="server", message="m"))])
    cells.add([Record(case=cases[2], verdict=Verdict(label="unscored", reason="r"))])
    found = bounds(cells.by("group"))
    assert found is not None and (found.worst, found.best) == pytest.approx((1 / 3, 1))
    assert found.low == pytest.approx(wilson(1, 3, identified_z(2 / 3, 0.3))[0], abs=0.05)
