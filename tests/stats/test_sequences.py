"""Sequences: by hand, by brute force over all outcomes, and by simulation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.stats.sequences import STAKES, Block, Evidence, Ledger, block

ONE = (1.0, 1.0, 1.0)
NONE = (1.0, 0.0, 0.0)
MISSING = (1.0, 0.0, 1.0)


def evidence(outcomes: list[tuple[float, float, float]]) -> Evidence:
    return Evidence(tuple(block([one], 1) for one in outcomes))


def ledger(limit: float, blocks: list[Block]) -> Ledger:
    found = Ledger(limit)
    for each in blocks:
        found.add(each)
    return found


def wealth(outcomes: tuple[int, ...], limit: float, *, above: bool) -> float:
    """By the definition, one case at a time."""
    weights = np.sqrt(STAKES) / np.sqrt(STAKES).sum()
    total = 0.0
    for weight, stake in zip(weights, STAKES, strict=True):
        bet = stake / limit if above else -stake / (1 - limit)
        total += weight * float(np.prod([1 + bet * (x - limit) for x in outcomes]))
    return total


@pytest.mark.parametrize("above", [True, False])
def test_the_p_value_is_one_over_the_most_wealth(above: bool) -> None:
    outcomes = (1, 0, 1, 1, 0, 1) if above else (0, 0, 1, 0, 0, 0)
    most = max(1.0, *(wealth(outcomes[: i + 1], 0.4, above=above) for i in range(6)))
    found = evidence([ONE if x else NONE for x in outcomes])
    assert (found.p_above(0.4) if above else found.p_below(0.4)) == pytest.approx(1 / most)


@pytest.mark.parametrize(("limit", "above"), [(0.3, True), (0.3, False), (0.9, True), (0.02, False)])
def test_a_true_claim_is_a_fair_game(limit: float, above: bool) -> None:
    """Over all outcomes of 8 cases at the very limit, the expected wealth is 1."""
    expected = sum(
        wealth(x, limit, above=above) * limit ** sum(x) * (1 - limit) ** (8 - sum(x)) for x in product((0, 1), repeat=8)
    )
    assert expected == pytest.approx(1)


def test_strata_may_differ_as_long_as_their_mean_is_as_claimed() -> None:
    """Two strata of rates 0.1 and 0.5, limit 0.3: over all outcomes of two blocks the expected wealth is at most 1."""
    expected = 0.0
    for x in product((0, 1), repeat=4):
        chance = float(np.prod([(p if hit else 1 - p) for p, hit in zip((0.1, 0.5) * 2, x, strict=True)]))
        blocks = [block([(0.5, hit / 2, hit / 2) for hit in x[i : i + 2]], 0.5) for i in (0, 2)]
        found = ledger(0.3, blocks)
        expected += chance * np.exp(np.logaddexp.reduce(found._above + np.log(np.sqrt(STAKES) / np.sqrt(STAKES).sum())))
    assert 0.7 < expected <= 1


def test_what_is_missing_counts_against_both_claims() -> None:
    found = evidence([NONE] * 100 + [MISSING] * 10)
    clean, worst = evidence([NONE] * 110), evidence([NONE] * 100 + [ONE] * 10)
    assert found.p_above(0.05) == clean.p_above(0.05) == 1
    assert found.high(0.95) == worst.high(0.95)
    assert found.low(0.95) == clean.low(0.95)
    assert evidence([MISSING] * 50).low(0.95) == 0
    assert evidence([MISSING] * 50).high(0.95) == 1


def test_without_evidence_nothing_is_known() -> None:
    found = Evidence(())
    assert (found.low(0.95), found.high(0.95), found.p_above(0.5), found.p_below(0.5)) == (0, 1, 1, 1)


def test_all_good_and_all_bad() -> None:
    clean, full = evidence([NONE] * 300), evidence([ONE] * 300)
    assert clean.low(0.95) == 0
    assert 0.01 < clean.high(0.95) < 0.02, "1 % would be the bound for a fixed n"
    assert full.high(0.95) == 1
    assert full.low(0.95) == pytest.approx(1 - clean.high(0.95), abs=1e-9)


def test_bounds_are_where_the_p_values_reach_the_level() -> None:
    rng = np.random.default_rng(0)
    found = evidence([ONE if x else NONE for x in rng.random(200) < 0.2])
    low, high = found.low(0.95), found.high(0.95)
    assert low < 0.2 < high
    assert found.p_above(low - 1e-6) <= 0.05 < found.p_above(low + 1e-6)
    assert found.p_below(high + 1e-6) <= 0.05 < found.p_below(high - 1e-6)


def test_the_ledger_is_the_same_evidence() -> None:
    rng = np.random.default_rng(0)
    blocks = [block([(0.25, x / 4, x / 4) for x in rng.random(4) < 0.1], 0.25) for _ in range(60)]
    found, kept = Evidence(tuple(blocks)), ledger(0.3, blocks)
    assert kept.blocks == 60
    assert kept.p_below == pytest.approx(found.p_below(0.3))
    assert kept.p_above == pytest.approx(found.p_above(0.3))


@pytest.mark.parametrize("limit", [0.0, 1.0])
def test_limits_at_the_ends(limit: float) -> None:
    found = ledger(limit, [block([ONE], 1), block([NONE], 1)])
    assert found.p_above == pytest.approx(0.0, abs=1e-9) if limit == 0 else found.p_above == 1
    assert found.p_below == pytest.approx(0.0, abs=1e-9) if limit == 1 else found.p_below == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_bounds_hold_the_means_order(pairs: list[tuple[float, float]]) -> None:
    found = evidence([(1.0, min(pair), max(pair)) for pair in pairs])
    assert 0 <= found.low(0.9) <= found.high(0.9) <= 1
    assert found.p_above(0.6) >= found.p_above(0.4)
    assert found.p_below(0.4) >= found.p_below(0.6)


def test_a_block_must_be_one() -> None:
    with pytest.raises(ValueError, match="largest that could be"):
        block([(0.5, 0, 0)], 0.4)
    with pytest.raises(ValueError, match="more to the mean"):
        block([(0.5, 0.6, 0.6), (0.5, 0, 0)], 0.5)
    with pytest.raises(ValueError, match="least"):
        block([(1.0, 0.5, 0.4)], 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Ledger(1.5)


@pytest.mark.slow
def test_looked_at_after_every_case_the_error_is_held() -> None:
    """Rates at the limit itself, 600 cases, looked at after each: at most 5 % ever reject, on either side."""
    rng = np.random.default_rng(5)
    for limit in (0.02, 0.3, 0.8):
        x = rng.random((1000, 600)) < limit
        for above in (True, False):
            stakes = np.array(STAKES)[:, None, None] * (1 / limit if above else -1 / (1 - limit))
            grown = np.zeros((1000, 600))
            weights = np.sqrt(STAKES) / np.sqrt(STAKES).sum()
            for stake, weight in zip(stakes, weights, strict=True):
                with np.errstate(divide="ignore"):
                    grown += weight * np.exp(np.log(np.clip(1 + stake * (x - limit), 0, None)).cumsum(1))
            assert np.mean(grown.max(1) >= 20) <= 0.05 + 2 * (0.05 * 0.95 / 1000) ** 0.5
