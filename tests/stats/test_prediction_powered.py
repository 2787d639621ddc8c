"""Labels on a random part of the run: worked by hand, against a search, and that intervals hold the truth."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from benchmarks.correcting import part_labelled_runs
from tests.stats.test_correction import band

from trustgauge.stats.intervals import Z95
from trustgauge.stats.prediction_powered import (
    PartLabelled,
    _fitted,
    design_effect,
    part_labelled,
    prediction_powered,
    score_limits,
    score_limits_of,
    score_statistic,
)  # fmt: skip

TABLE = PartLabelled(16, 4, 2, 8, 84, 86)


def groups_of(table: PartLabelled, copies: int = 1):
    keys = ((True, True), (True, False), (False, True), (False, False), (True, None), (False, None))
    return [[key] * copies for key, count in zip(keys, astuple(table), strict=True) for _ in range(int(count))]


def test_the_estimate_worked_by_hand():
    # Judge good: 104 of 200, of which people say 16 of 20; judge bad: 2 of 10.
    assert TABLE.estimate == pytest.approx(0.52 * 0.8 + 0.48 * 0.2)
    assert part_labelled(groups_of(TABLE)) == TABLE
    found = prediction_powered(groups_of(TABLE))
    assert found.value == pytest.approx(TABLE.estimate)
    assert found.low is not None and found.high is not None and found.low < found.value < found.high  # type: ignore[operator]


def test_the_score_is_nought_at_the_estimate_and_at_its_bound_at_the_limits():
    low, high = score_limits(TABLE)
    counts = np.array([astuple(TABLE)] * 3, dtype=float)
    at = score_statistic(counts, np.array([TABLE.estimate, low, high]))
    assert at == pytest.approx([0, Z95**2, Z95**2], abs=1e-3)


def test_the_fit_is_the_best_of_a_fine_search():
    counts, rate = np.array([astuple(TABLE)], dtype=float), 0.4
    s, f = (float(x[0]) for x in _fitted(counts, np.array([rate])))
    grid = np.linspace(0.001, 0.999, 999)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    share = rate * a + (1 - rate) * b
    value = (
        16 * np.log(a)
        + 2 * np.log(1 - a)
        + 4 * np.log(b)
        + 8 * np.log(1 - b)
        + 84 * np.log(share)
        + 86 * np.log(1 - share)
    )
    best = np.unravel_index(value.argmax(), value.shape)
    assert (s, f) == (pytest.approx(grid[best[0]], abs=0.003), pytest.approx(grid[best[1]], abs=0.003))


def test_extremes_keep_their_bounds():
    low, high = score_limits(PartLabelled(20, 0, 0, 0, 180, 0))
    assert high == 1 and 0.75 < low < 0.9
    low, high = score_limits(PartLabelled(0, 0, 0, 20, 0, 180))
    assert low == 0 and 0.1 < high < 0.25


def test_a_class_without_a_label_takes_the_rate_of_all_and_widens():
    some, none = PartLabelled(18, 2, 0, 0, 140, 40), PartLabelled(18, 2, 0, 0, 170, 10)
    assert some.estimate == pytest.approx(0.9)
    assert score_limits(some)[0] < score_limits(none)[0]


def test_groups_that_are_alike_widen_by_their_size():
    single, triple = groups_of(TABLE), groups_of(TABLE, 3)
    assert design_effect(single, TABLE) == pytest.approx(1, abs=0.01)
    assert design_effect(triple, part_labelled(triple)) == pytest.approx(3, abs=0.05)


def test_too_few_labels_are_refused():
    found = prediction_powered([[(True, True)]] * 9 + [[(False, None)]] * 50)
    assert found.value is None and "9 labels" in found.note
    assert prediction_powered([]).value is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate", "judge", "labels"),
    [(0.3, (0.8, 0.9), 30), (0.5, (0.9, 0.8), 60), (0.1, (0.9, 0.8), 40), (0.7, (0.7, 0.7), 20)],
)
def test_intervals_hold_the_truth_in_93_to_97_percent(rate, judge, labels):
    counts = part_labelled_runs(np.random.default_rng(8), rate, judge, 200, labels, 1000)
    low, high = score_limits_of(counts, np.array([PartLabelled(*row).estimate for row in counts.tolist()]))
    least, most = band(1000)
    assert least <= ((low <= rate) & (rate <= high)).sum() <= most
