"""Simulated runs of the reference panel: do the intervals hold the truth as often as they say?"""

from __future__ import annotations

import pytest
from benchmarks.coverage import PAGE, RUNS, Held, coverage, table

from trustgauge.models.panel import members
from trustgauge.suites import sub_categories

pytestmark = pytest.mark.xdist_group("coverage")  # its runs are simulated once


@pytest.fixture(scope="module")
def found() -> dict[str, Held]:
    return {name: held for sub in sub_categories() for name, held in coverage(sub, RUNS)}


@pytest.mark.slow
def test_intervals_hold_the_truth_in_95_of_100_runs(found: dict[str, Held]) -> None:
    assert RUNS * len(members()) == 200
    subs = {id_: found[id_] for id_ in sub_categories()}
    whole = sum(subs.values(), Held())
    assert 0.94 <= whole.share <= 0.96, whole
    assert {id_: held for id_, held in subs.items() if held.share < 0.90} == {}
    assert {id_: held for id_, held in subs.items() if held.none > 0.1 * RUNS * len(members())} == {}


@pytest.mark.slow
def test_the_published_table_is_of_these_tasks(found: dict[str, Held]) -> None:
    """Its last digits may differ between machines, its rows not."""

    def rows(page: str) -> list[str]:
        return [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")]

    assert rows(PAGE.read_text(encoding="utf-8")) == rows(table(found, RUNS)), (
        "run `python -m benchmarks.coverage --write`"
    )


def test_what_lies_beside_the_truth_is_counted() -> None:
    from trustgauge.types import Measured

    held = Held()
    for low, high in ((0.4, 0.6), (0.1, 0.2), (0.8, 0.9), (None, None)):
        held.add(Measured(score=0.5, low=low, high=high), 0.5)
    assert (held.held, held.below, held.above, held.none, held.n) == (1, 1, 1, 1, 3)
    assert held.share == pytest.approx(1 / 3)
