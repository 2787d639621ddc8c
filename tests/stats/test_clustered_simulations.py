"""Simulated groups and templates of known truth: two-way variance, Wilson by template, and the block jackknife."""

from __future__ import annotations

from random import Random
from statistics import mean, pvariance

import pytest

from trustgauge.stats.clusters import Cells
from trustgauge.stats.measures import accuracy
from trustgauge.stats.robust import block_jackknife, one_way, t_limits, two_way
from trustgauge.types import Case, Groups, Measured, Record, Verdict, user

RUNS = 150  # a share of .95 has a standard error of .018: .88 lies four below

CASES = {(g, i, t): Case(messages=(user(f"{g} {i}"),), task="t/t", template=f"t{t}")
         for g in range(30) for i in range(4) for t in range(15)}  # fmt: skip
SAID = {True: Verdict(label="good", reason="r"), False: Verdict(label="bad", reason="r")}


def drawn(rng: Random, own: float, shared: float) -> list[list[Record]]:
    """30 groups of 4 records of any of 15 templates; rates vary around 1/2 by group (own) and template (shared)."""
    templates = [rng.uniform(-shared, shared) for _ in range(15)]
    groups: list[list[Record]] = []
    for g in range(30):
        rate = 0.5 + rng.uniform(-own, own)
        picked = [rng.randrange(15) for _ in range(4)]
        groups.append(
            [
                Record(case=CASES[g, i, t], verdict=SAID[rng.random() < rate + templates[t]])
                for i, t in enumerate(picked)
            ]
        )
    return groups


def cells(groups: list[list[Record]]) -> Cells:
    found = Cells(lambda record: "")
    for group in groups:
        found.add(group)
    return found


@pytest.mark.slow
def test_two_way_and_wilson_by_template_hold_where_templates_differ() -> None:
    rng = Random(11)
    held = {"two-way": 0, "wilson": 0, "by group": 0}
    scores: list[float] = []
    variances: list[float] = []
    for _ in range(RUNS):
        found = cells(drawn(rng, 0.15, 0.35))
        by_group, both = one_way(found.by("group")), two_way(found)
        score, limits = found.by("group").score, found.by("template").rates[0].interval()
        assert by_group and both and limits and score is not None
        scores.append(score)
        variances.append(both.variance)
        for name, (low, high) in (
            ("two-way", t_limits(score, both)),
            ("wilson", limits),
            ("by group", t_limits(score, by_group)),
        ):
            held[name] += low <= 0.5 <= high
    assert held["two-way"] >= 0.88 * RUNS and held["wilson"] >= 0.86 * RUNS, held
    assert held["by group"] < held["two-way"]  # by group alone the templates' part is not seen
    assert mean(variances) == pytest.approx(pvariance(scores, 0.5), rel=0.35)


def squared(groups: Groups) -> Measured:
    """A score that is no mean of rates."""
    share = accuracy()(groups).score
    return Measured(score=None if share is None else share**2)


@pytest.mark.slow
def test_the_jackknife_has_the_variance_of_a_score_that_is_no_mean() -> None:
    rng = Random(12)
    found: list[tuple[float, float]] = []
    for _ in range(RUNS):
        groups = drawn(rng, 0.45, 0.0)
        spread, score = block_jackknife(squared, [[group] for group in groups], 15), squared(groups).score  # type: ignore[arg-type]
        assert spread is not None and score is not None
        found.append((score, spread.variance))
    scores = [score for score, _ in found]
    assert mean(variance for _, variance in found) == pytest.approx(pvariance(scores), rel=0.35)
