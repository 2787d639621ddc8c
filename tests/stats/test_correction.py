"""Corrected rates: worked by hand, refusals, and that intervals hold the truth in simulation."""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
import pytest
from benchmarks.correcting import calibrations, judged, lang
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.stats.agreement import Binary
from trustgauge.stats.correction import JudgeError, corrected_mean, corrected_rate
from trustgauge.stats.intervals import ClusterRate, wilson

JUDGE = JudgeError(0.9, 100, 0.8, 100)


def band(runs: int) -> tuple[int, int]:
    """Counts that a coverage of 93 or 97 % would just reach with a chance of 1 in 1,000 (exact binomial)."""
    below = above = 0.0
    low = high = 0
    while (below := below + comb(runs, low) * 0.93**low * 0.07 ** (runs - low)) < 0.001:
        low += 1
    while (above := above + comb(runs, high) * 0.03**high * 0.97 ** (runs - high)) < 0.001:
        high += 1
    return low, runs - high


def test_a_rate_worked_by_hand():
    # (0.41 + 0.8 - 1) / (0.9 + 0.8 - 1) = 0.3
    found = corrected_rate((0.41, 200), JUDGE)
    assert found.value == pytest.approx(0.3)
    assert found.low is not None and found.high is not None
    assert 0 < found.low < 0.3 < found.high < 0.5
    assert found.note == ""


def test_each_limit_solves_its_own_equation():
    found = corrected_rate((0.41, 200), JUDGE)
    assert found.low is not None and found.high is not None
    p_low, p_high = wilson(82, 200)
    s_low, s_high = wilson(90, 100)
    t_low, t_high = wilson(80, 100)
    for pi, distances in (
        (found.low, (0.41 - p_low, s_high - 0.9, 0.8 - t_low)),
        (found.high, (p_high - 0.41, 0.9 - s_low, t_high - 0.8)),
    ):
        a, b, c = distances
        gap = 0.41 - pi * 0.9 - (1 - pi) * 0.2
        assert abs(gap) == pytest.approx(sqrt(a * a + (pi * b) ** 2 + ((1 - pi) * c) ** 2))


def test_a_perfect_judge_with_endless_labels_leaves_wilsons_interval():
    found = corrected_rate((0.3, 100), JudgeError(1.0, 1e12, 1.0, 1e12))
    low, high = wilson(30, 100)
    assert (found.value, found.low, found.high) == (pytest.approx(0.3), pytest.approx(low), pytest.approx(high))


@given(st.integers(0, 60), st.integers(0, 30), st.integers(0, 30))
def test_limits_lie_around_the_value_and_mirror(good: int, right: int, other: int):
    judge = JudgeError.of(Binary(right, 30 - other, 30 - right, other))
    found, mirrored = corrected_rate((good / 60, 60), judge), corrected_rate((1 - good / 60, 60), judge.flipped)
    if found.value is None:
        assert found.note and mirrored.note
        return
    assert found.low is not None and found.high is not None
    assert mirrored.low is not None and mirrored.high is not None and mirrored.value is not None
    assert 0 <= found.low <= found.value + 1e-9 and found.value - 1e-9 <= found.high <= 1
    assert (mirrored.low, mirrored.high) == (
        pytest.approx(1 - found.high, abs=1e-7),
        pytest.approx(1 - found.low, abs=1e-7),
    )
    assert mirrored.value == pytest.approx(1 - found.value)


def test_groups_widen_the_interval():
    alone, together = ClusterRate(), ClusterRate()
    for i in range(60):
        alone.add(i % 2, 1)
    for i in range(20):
        together.add(3 * (i % 2), 3)
    one, three = corrected_rate(alone, JUDGE), corrected_rate(together, JUDGE)
    assert one.low is not None and three.low is not None
    assert three.value == one.value and three.low < one.low


@pytest.mark.parametrize(
    ("judge", "why"),
    [
        (Binary(0, 5, 0, 45), "no reply that people labelled good"),
        (Binary(45, 0, 5, 0), "no reply that people labelled bad"),
        (Binary(30, 25, 20, 25), "not clearly better than chance"),
        (Binary(5, 45, 45, 5), "not clearly better than chance"),
        (Binary(3, 2, 1, 2), "not clearly better than chance"),
    ],
)
def test_it_refuses_and_says_why(judge: Binary, why: str):
    found = corrected_rate((0.5, 100), JudgeError.of(judge))
    assert found.value is found.low is found.high is None
    assert why in found.note
    assert why in corrected_mean(((0.5, 100), (0.5, 100)), (JUDGE, JudgeError.of(judge))).note


def test_nothing_judged_and_one_group_only():
    assert "nothing was judged" in corrected_rate(ClusterRate(), JUDGE).note
    single = ClusterRate()
    single.add(3, 6)
    found = corrected_rate(single, JUDGE)
    assert found.value is not None and found.low is None and "fewer than two groups" in found.note


def test_a_rate_that_no_true_rate_explains_is_noted():
    found = corrected_rate((0.0, 500), JUDGE)
    assert found.value == found.low == 0
    assert found.high is not None and found.high > 0.02
    assert "may not fit" in found.note


def test_a_clustered_calibration_counts_at_its_effective_number():
    s, t = ClusterRate(), ClusterRate()
    for i in range(40):
        s.add(3 * (i % 10 > 0), 3)
        t.add(3 * (i % 5 > 0), 3)
    clustered = JudgeError.clustered(s, t)
    assert clustered.sensitivity == 0.9 and clustered.positives < 45
    wide, narrow = corrected_rate((0.5, 1e6), clustered), corrected_rate((0.5, 1e6), JudgeError(0.9, 120, 0.8, 120))
    assert wide.low is not None and narrow.low is not None and wide.low < narrow.low


def test_a_shared_calibration_must_be_one():
    pair = ((0.5, 100), (0.5, 100))
    with pytest.raises(ValueError, match="do not share"):
        corrected_mean(pair, (JUDGE, JudgeError(0.9, 90, 0.8, 100)), shared="flipped")
    same = corrected_mean(pair, (JUDGE, JUDGE), shared="alike")
    apart = corrected_mean(pair, (JUDGE, JUDGE))
    turned = corrected_mean(pair, (JUDGE, JUDGE.flipped), shared="flipped")
    assert same.low is not None and apart.low is not None and turned.low is not None
    # Errors that move both sides alike widen the mean's interval, and errors that move them apart narrow it.
    assert same.low < apart.low
    assert turned.high is not None and apart.high is not None and turned.value is not None and apart.value is not None
    assert turned.high - turned.low < apart.high - apart.low
    # A judge that errs on both sides alike is its own flipped one: which of the two it is must be said.
    even = JudgeError(0.9, 100, 0.9, 100)
    wide, narrow = (corrected_mean(pair, (even, even.flipped), shared=how) for how in ("alike", "flipped"))
    assert wide.low is not None and narrow.low is not None and wide.low < narrow.low


def test_lang_and_reiczigel_agree_with_ours_where_all_is_large():
    raw = ClusterRate()
    for i in range(20_000):
        raw.add(i % 10 < 4, 1)
    judge, found = JudgeError(0.9, 5000, 0.8, 5000), None
    found = corrected_rate(raw, judge)
    assert lang(raw, judge) == (pytest.approx(found.low, abs=1e-3), pytest.approx(found.high, abs=1e-3))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate", "judge", "n", "labels", "grouped"),
    [
        (0.1, (0.9, 0.8), 200, 100, False),
        (0.5, (0.95, 0.95), 100, 100, True),
        (0.9, (0.8, 0.9), 200, 100, True),
        (0.3, (0.7, 0.7), 1000, 100, False),
    ],
)
def test_corrected_intervals_hold_the_truth_in_93_to_97_percent(rate, judge, n, labels, grouped):
    rng, runs = np.random.default_rng(5), 1000
    raws = judged(rng, rate, judge, n, runs, grouped=grouped)
    found = [
        corrected_rate(raw, known) for raw, known in zip(raws, calibrations(rng, judge, labels, runs), strict=True)
    ]
    held = sum(f.low is not None and f.high is not None and f.low <= rate <= f.high for f in found)
    low, high = band(runs)
    assert low <= held <= high
    # The judge's own rates are far from the truth where it errs on one side more than on the other.
    plain = sum(a <= rate <= b for a, b in (raw.interval() or (0, 1) for raw in raws))
    assert rate == 0.5 or plain < 900


@pytest.mark.slow
@pytest.mark.parametrize("shared", [False, True])
def test_a_mean_of_two_sides_holds_the_truth(shared: bool):
    rng, runs, judge = np.random.default_rng(6), 1000, (0.9, 0.8)
    first = judged(rng, 0.7, judge, 200, runs, grouped=False)
    second = judged(rng, 0.6, judge[::-1], 200, runs, grouped=False)
    one = calibrations(rng, judge, 100, runs)
    two = [known.flipped for known in one] if shared else calibrations(rng, judge[::-1], 100, runs)
    how = "flipped" if shared else None
    found = [corrected_mean((a, b), (k, m), shared=how) for a, b, k, m in zip(first, second, one, two, strict=True)]
    low, high = band(runs)
    assert low <= sum(f.low is not None and f.high is not None and f.low <= 0.65 <= f.high for f in found) <= high
