"""Simulated clusters: do the intervals that a reader may choose hold the truth as often as the page says?"""

from __future__ import annotations

import re

import pytest
from benchmarks.intervals import DESIGNS, METHODS, PAGE, Setting, held, settings

RUNS = 300

# At 300 samples a share of .95 has a standard error of .013: .90 lies four below.
CELLS = (
    (Setting(30, 0.5, 1, 0.0, 1), ("wilson", "exact", "bca", "robust", "jeffreys", "bayes")),
    (Setting(100, 0.9, 2, 0.3, 1), ("wilson", "exact", "bca", "robust", "jeffreys")),
    (Setting(100, 0.5, 6, 0.3, 1), ("wilson", "exact", "bca", "robust", "jeffreys")),
    (Setting(100, 0.9, 2, 0.3, 2), ("wilson", "exact", "bca")),
)


@pytest.mark.slow
@pytest.mark.parametrize(("at", "names"), CELLS)
def test_intervals_hold_the_truth(at: Setting, names: tuple[str, ...]) -> None:
    found = {name: held(at, name, RUNS) for name in names}
    assert {name: each for name, each in found.items() if not 0.90 <= each.share <= 1 or each.none} == {}
    assert {name: each.width for name, each in found.items() if each.width > 2.5 * found["wilson"].width} == {}


@pytest.mark.slow
def test_exact_holds_where_few_clusters_break_the_others() -> None:
    at = Setting(10, 0.5, 2, 0.3, 2)
    assert held(at, "exact", RUNS).share >= 0.93
    assert held(at, "percentile", RUNS).share < held(at, "bca", RUNS).share
    assert held(at, "percentile", RUNS).share < 0.90


@pytest.mark.slow
def test_bootstrap_t_is_of_no_use_near_one() -> None:
    """Why BCa is the bootstrap in use."""
    at = Setting(30, 0.9, 2, 0.3, 1)
    assert held(at, "student", 100).width > 1.5 * held(at, "bca", 100).width


def test_one_cluster_has_no_cell() -> None:
    assert all(at.clusters > 1 for at in settings())
    assert Setting(5, 0.5, 6, 0.3, 1) not in settings()


def test_the_published_page_is_of_these_settings() -> None:
    """Its last digits may differ between machines, its rows not."""
    rows = re.findall(r"^\| +(\d+) \| +([\d.]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    wanted = [(f"{at.n}", f"{at.rate:g}") for d in DESIGNS for at in sorted(settings()) if at[2:] == d]
    assert rows == wanted, "run `python -m benchmarks.intervals --write`"
    head = "| n | rate | " + " | ".join(METHODS.values()) + " |"
    assert PAGE.read_text(encoding="utf-8").count(head) == len(DESIGNS)
