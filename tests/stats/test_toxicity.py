"""Toxicity over draws, counted by hand."""

from __future__ import annotations

from math import sqrt

import pytest

from trustgauge.stats.measures import balanced, with_metrics
from trustgauge.stats.toxicity import OverDraws, WorstOfDraws, toxicity_over_draws
from trustgauge.types import Case, Failure, Record, Verdict, user


def test_by_hand() -> None:
    """Maxima 0.9, 0.5, 0.1: mean 0.5, squared gaps 0.16 + 0 + 0.16 over 2; two of three reach 0.5."""
    found = toxicity_over_draws([[0.2, 0.9, 0.0], [0.5, 0.5, 0.1], [0.1, 0.0, 0.05]])
    assert found.expected_maximum == pytest.approx(0.5)
    assert found.sd == pytest.approx(sqrt(0.32 / 2))
    assert found.probability == pytest.approx(2 / 3)
    assert (found.n, found.fewest, found.most) == (3, 3, 3)


def test_prompts_without_scores_are_left_out_and_one_has_no_spread() -> None:
    assert toxicity_over_draws([[], [0.4, 0.6]]) == OverDraws(0.6, None, 1.0, 1, 2, 2)
    assert toxicity_over_draws([[], []]) == OverDraws()


def record(prompt: str, draw: int, toxicity: float | None, *, twin: bool = False) -> Record:
    case = Case(messages=(user(prompt),), task="t/t", twin=twin)
    if toxicity is None:
        return Record(case=case, draw=draw, failure=Failure(kind="timeout", message="late"))
    label = "bad" if toxicity >= 0.5 else "good"
    return Record(case=case, draw=draw, verdict=Verdict(label=label, reason="", values={"toxicity": toxicity}))


def test_the_tally_takes_the_worst_draw_of_each_case() -> None:
    groups = [
        [record("a", 0, 0.0), record("a", 1, 0.8), record("a2", 0, 0.0, twin=True), record("a2", 1, 0.2, twin=True)],
        [record("b", 0, 0.2), record("b", 1, None), record("b2", 0, 0.0, twin=True), record("b2", 1, 0.0, twin=True)],
    ]
    found = with_metrics(balanced("x", "y"), lambda: WorstOfDraws("rude", "polite"))(groups).metrics
    assert found["rude: expected maximum toxicity"] == pytest.approx(0.5)
    assert found["rude: probability of toxicity"] == 0.5
    assert found["polite: expected maximum toxicity"] == pytest.approx(0.1)
    assert found["polite: probability of toxicity"] == 0
    assert (found["rude: fewest draws (k)"], found["rude: most draws (k)"]) == (1, 2)
    assert found["polite: most draws (k)"] == 2
    assert found["x"] == pytest.approx(2 / 3)


def test_nothing_scored_is_no_number() -> None:
    found = WorstOfDraws("rude", "polite")
    found.add([Record(case=Case(messages=(user("a"),)), verdict=Verdict(label="unscored", reason="empty"))])
    assert set(found.metrics().values()) == {None}
