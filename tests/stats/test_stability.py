"""Alpha with an interval, and flips."""

from __future__ import annotations

from random import Random

import pytest

from trustgauge.stats.agreement import krippendorff_alpha
from trustgauge.stats.stability import alpha_interval, stability


def rated(seed: int, n: int = 80):
    rng = Random(seed)
    truths = [rng.choice("ab") for _ in range(n)]
    return [[t if rng.random() < 0.9 else rng.choice("ab") for _ in range(3)] for t in truths]


def test_alpha_lies_in_its_interval_and_a_seed_repeats_it():
    units = [*rated(0), ["a", None, None]]
    found = alpha_interval(units)
    assert found == alpha_interval(units) and found is not None
    assert found[0] == krippendorff_alpha(units)
    assert found[1] < found[0] < found[2]


def test_alphas_interval_holds_that_of_endless_units():
    truth = krippendorff_alpha(rated(99, 50_000))
    found = [alpha_interval(rated(seed), resamples=300) for seed in range(200)]
    held = sum(f is not None and truth is not None and f[1] <= truth <= f[2] for f in found)
    assert 178 <= held <= 200


def test_alpha_without_spread_or_units_has_none():
    assert alpha_interval([["a", "a"]] * 20) is None
    assert alpha_interval([["a", "b"], ["a", "a"]]) is None


def test_flips_by_hand():
    found = stability([["good"] * 3, ["good", "bad", "good"], ["bad", None, "bad"], ["good", None, None]])
    assert (found.flipped.hits, found.flipped.n) == (1, 3)
    assert found.differing.rate == pytest.approx(2 / 7)
