"""Simulated comparisons: are the errors of tests and intervals held, and is the published table of these designs?"""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.comparing import (
    BEGIN,
    DESIGNS,
    END,
    MOVED,
    PAGE,
    RATES,
    Design,
    at_margin,
    families,
    single_cases,
    smallest_rate,
    tried,
)

from trustgauge.stats.paired import mcnemar

TIMES = 200
MOST = 0.05 + 3 * (0.05 * 0.95 / TIMES) ** 0.5  # three standard errors of 5 %


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.6, 0.9, 0.98])
@pytest.mark.parametrize(
    "design", [Design(200), Design(100, 2), Design(15, 1, 4), Design(50, 1, 6)], ids=lambda d: d.name
)
def test_no_difference_is_seldom_seen_and_the_interval_holds_it(design: Design, rate: float) -> None:
    found = tried([design], (rate, rate), TIMES, np.random.default_rng(1))
    assert found.no_interval <= 0.05 * TIMES
    assert max(found.share(name) for name in ("limits", "resampled", "larger")) <= MOST
    assert min(found.share("held"), found.share("held_resampled")) >= 1 - MOST


@pytest.mark.slow
@pytest.mark.parametrize("rates", [(0.7, 0.7), (0.9, 0.8)])
def test_a_sub_category_of_unlike_tasks(rates: tuple[float, float]) -> None:
    found = tried([Design(100, 2), Design(50, 1, 2), Design(15, 1, 4)], rates, TIMES, np.random.default_rng(2))
    assert found.share("held") >= 1 - MOST
    assert found.share("larger") <= MOST if rates[0] == rates[1] else found.share("larger") > 0.5


@pytest.mark.slow
def test_mcnemar_and_the_jackknife_hold_their_level() -> None:
    rng = np.random.default_rng(3)
    exact = [mcnemar(*single_cases(rng, 200, 0.7)) for _ in range(1000)]
    assert sum(each.p < 0.05 for each in exact) <= 0.06 * 1000
    assert sum(each.mid_p < 0.05 for each in exact) <= 0.07 * 1000
    assert smallest_rate(50, 2, TIMES, rng) <= MOST


@pytest.mark.slow
@pytest.mark.parametrize("design", [Design(200), Design(100, 2), Design(50, 1, 6)], ids=lambda d: d.name)
@pytest.mark.parametrize(("up", "down"), [(0.0, 0.0), (0.005, 0.005), (0.0, 0.02), (0.0, 0.05), (0.02, 0.07)])
def test_runs_that_nearly_agree_hold_their_errors(design: Design, up: float, down: float) -> None:
    found = at_margin([design], up, down, TIMES // 2, np.random.default_rng(5))
    most = 0.05 + 3.5 * (0.05 * 0.95 / (TIMES // 2)) ** 0.5
    assert found.held >= 1 - most
    assert up == down or max(found.not_worse, found.equivalent) <= most


@pytest.mark.slow
def test_families_are_held() -> None:
    """Any false finding by Holm, and the share of false findings by Benjamini and Hochberg: at most 5 % on average."""
    for true, wrong, false_share, holm_power, bh_power in families(30, np.random.default_rng(4)):
        assert wrong <= 0.05 + 3 * (0.05 * 0.95 / 30) ** 0.5
        assert false_share <= 0.12
        assert not true or bh_power >= holm_power > 0.5


def test_the_published_table_is_of_these_designs() -> None:
    table = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    rows = [line for line in table.splitlines() if "groups of" in line and "/" in line]
    assert len(rows) == len(DESIGNS) * len(RATES) + 5 * len(MOVED)
    assert all(any(row.startswith(f"| {design.name} |") for row in rows) for design in DESIGNS)
