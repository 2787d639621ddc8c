"""Power: against scipy, brute force, published examples and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trustgauge.errors import UsageError
from trustgauge.stats import power
from trustgauge.stats.power import Blur


def test_half_width_is_that_of_scipys_wilson_interval() -> None:
    for n, rate in ((50, 0.5), (120, 0.1), (400, 0.95)):
        interval = stats.binomtest(round(n * rate), n).proportion_ci(0.9, "wilson")
        assert power.half_width(n, rate, 0.9) == pytest.approx((interval.high - interval.low) / 2)


def test_the_fewest_cases_for_a_half_width() -> None:
    n = power.for_half_width(0.05)
    assert n == 381, "385 by the normal interval, of every textbook; Wilson's is a little narrower"
    assert power.half_width(n, 0.5) <= 0.05 < power.half_width(n - 1, 0.5)


def test_no_bad_one_of_149_shows_2_percent() -> None:
    """The rule of three: 3 / 0.02 = 150."""
    assert power.for_bound(0.02, 0.0) == 149
    upper = stats.binomtest(0, 149).proportion_ci(0.90, "exact").high
    assert upper <= 0.02 < stats.binomtest(0, 148).proportion_ci(0.90, "exact").high


@pytest.mark.parametrize(("limit", "true"), [(0.1, 0.02), (0.05, 0.01), (0.3, 0.15)])
def test_bound_by_brute_force(limit: float, true: float) -> None:
    """Over every n: the power of the exact bound, and from where on it never falls below 80 % again."""
    n = power.for_bound(limit, true)
    assert n is not None
    powers = []
    for size in range(1, 3 * n):
        uppers = [stats.beta.ppf(0.95, k + 1, size - k) if k < size else 1.0 for k in range(size + 1)]
        powers.append(sum(stats.binom.pmf(k, size, true) for k in range(size + 1) if uppers[k] <= limit))
    last_below = max(i + 1 for i, p in enumerate(powers) if p < 0.8)
    assert n == last_below + 1
    assert power.power_of_bound(n, limit, true) == pytest.approx(powers[n - 1])


def test_a_bound_under_the_truth_is_refused() -> None:
    with pytest.raises(UsageError, match="must lie under"):
        power.for_bound(0.02, 0.02)
    with pytest.raises(UsageError, match="between 0 and 1"):
        power.for_bound(0.0, 0.0)


def test_two_rates_as_in_rs_own_example() -> None:
    """?power.prop.test of R: p1 = .50, p2 = .75, power = .90 gives n = 76.7; at n = 50 the power is 0.740."""
    assert power.for_unpaired(0.5, 0.75, power=0.9) == 77
    assert power.for_unpaired(0.5, 0.75, power=0.74) == 50


def test_exact_mcnemar_by_enumeration() -> None:
    n, p, q = 30, 0.32, 0.08
    found = 0.0
    for b in range(n + 1):
        for c in range(n + 1 - b):
            chance = stats.multinomial.pmf([b, c, n - b - c], n, [p, q, 1 - p - q])
            found += chance * (b + c > 0 and stats.binomtest(b, b + c).pvalue <= 0.05)
    assert power.mcnemar_power(n, p, q, 0.05) == pytest.approx(found, abs=1e-9)
    assert power.paired_power(n, p - q, p + q) == pytest.approx(found, abs=1e-9)


def test_pairs_needed_have_the_power() -> None:
    for difference, discordant in ((0.1, 0.2), (0.05, 0.3), (0.2, 0.2)):
        n = power.for_paired(difference, discordant)
        assert n is not None
        assert power.paired_power(n, difference, discordant) == pytest.approx(0.8, abs=0.06), "exact is a bit below"
        assert power.detectable(n, lambda _, share=discordant: share) == pytest.approx(difference, abs=0.002)


def test_pairs_for_no_worse_by_simulation() -> None:
    rng = np.random.default_rng(1)
    n = power.for_no_worse(0.05, 0.2)
    assert n is not None
    draws = rng.choice([1, -1, 0], p=[0.1, 0.1, 0.8], size=(4000, n))
    means, errors = draws.mean(1), draws.std(1) / n**0.5
    assert np.mean(means + 1.645 * errors < 0.05) == pytest.approx(0.8, abs=0.03)
    assert power.for_no_worse(0.0, 0.2) is None


def test_a_judge_that_errs_costs_cases() -> None:
    """Rogan & Gladen: the corrected rate's error is that of the seen one over sensitivity + specificity - 1."""
    blur = Blur(0.9, 0.8)
    assert blur.seen(0.1) == pytest.approx(0.1 * 0.9 + 0.9 * 0.2)
    rng = np.random.default_rng(2)
    n = power.for_half_width(0.08, 0.1, blur=blur)
    assert n is not None
    seen = rng.binomial(n, blur.seen(0.1), 20_000) / n
    corrected = (seen - 0.2) / blur.sharpness
    assert 1.96 * corrected.std() == pytest.approx(0.08, rel=0.03)
    assert n > (power.for_half_width(0.08, 0.1) or 0)
    assert (power.for_bound(0.1, 0.02, blur=blur) or 0) > (power.for_bound(0.1, 0.02) or 0)
    assert (power.for_paired(0.1, 0.2, blur=blur) or 0) > (power.for_paired(0.1, 0.2) or 0)


@pytest.mark.parametrize("pair", [(0.5, 0.5), (0.0, 1.0), (1.2, 0.9)])
def test_a_judge_that_tells_nothing_is_refused(pair: tuple[float, float]) -> None:
    with pytest.raises(UsageError):
        Blur(*pair)


def test_clusters_inflate() -> None:
    assert power.design_effect(4, 0.5) == 2.5
    assert power.design_effect(1, 0.9) == 1.0
    assert power.design_effect(4, 0.5, spread=1.0) == 1 + 7 * 0.5
    assert power.inflate(100, 1.5) == 150
    assert power.inflate(None, 2.0) is None
    rng = np.random.default_rng(3)
    rates = rng.beta(1, 1, (20_000, 25))  # correlation within clusters of 1 / (1 + 1 + 1)
    means = rng.binomial(4, rates).sum(1) / 100
    assert means.var() / (0.25 / 100) == pytest.approx(power.design_effect(4, 1 / 3), rel=0.05)


def test_what_no_number_of_cases_shows_is_none() -> None:
    assert power.for_half_width(1e-6) is None
    assert power.for_bound(1e-9, 0.0) is None
