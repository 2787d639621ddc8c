"""Trends over stages and the weighing of claims, on tables made for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from trustgauge.stats.intervals import wilson
from trustgauge.stats.permutation import PValue
from trustgauge.stats.ranking import Scored
from trustgauge.studying.claims import Claim, Weighed, claims_of, settled, verdict_of, weigh
from trustgauge.studying.conventions import tried
from trustgauge.studying.facts import Facts, ModelFacts
from trustgauge.studying.table import Measure, Table
from trustgauge.studying.tallied import Tallied, together
from trustgauge.studying.trends import Trend, corrected, sentence, trend

STAGES = ("base", "SFT", "RLHF")
MODELS = ("b1", "b2", "s1", "s2", "r1", "r2")
FACTS = Facts(stages=STAGES, models={m: ModelFacts(stage=STAGES[i // 2], open=i < 3) for i, m in enumerate(MODELS)})


def scored(good: int, n: int) -> Scored:
    return (good / n, *wilson(good, n))


def of(values: Sequence[Scored | None], *, up: bool | None = True, models: Sequence[str] = MODELS) -> Trend:
    measure = Measure("m", "Measure", "g", up)
    table = Table(tuple(models), (measure,), {"m": tuple(values)}, "runs")
    return trend(table, measure, FACTS, np.random.default_rng(0))


def rates(*good: int, n: int = 500) -> list[Scored | None]:
    return [scored(g, n) for g in good]


@pytest.mark.parametrize(
    ("good", "shape"),
    [
        ((300, 310, 400, 405, 490, 495), "better"),
        ((400, 410, 300, 310, 490, 495), "better after a dip"),
        ((200, 200, 220, 220, 260, 260), "weak"),
        ((50, 60, 400, 400, 200, 210), "not monotone"),
        ((400, 400, 300, 310, 200, 210), "worse"),
        ((250, 250, 250, 250, 252, 251), "no clear change"),
    ],
)
def test_shapes(good: Sequence[int], shape: str) -> None:
    found = of(rates(*good))
    assert found.shape == shape
    assert found.n == 6 and [s.models for s in found.stages] == [("b1", "b2"), ("s1", "s2"), ("r1", "r2")]
    assert found.gain and found.gain[0] == pytest.approx((sum(good[4:]) - sum(good[:2])) / 1000)
    assert found.gain[1] is not None and found.gain[2] is not None and found.gain[1] < found.gain[0] < found.gain[2]
    assert sentence(found).startswith("Measure: ") and sentence(found).endswith(".")


def test_a_measure_that_should_fall_is_better_when_it_falls() -> None:
    found = of(rates(400, 405, 200, 210, 5, 10), up=False)
    assert found.shape == "better" and found.gain and found.gain[0] == pytest.approx(0.79)
    assert [round(s.mean, 3) for s in found.stages] == [0.805, 0.41, 0.015]  # as they are
    assert found.tau and found.tau.value > 0
    low, high = found.stages[0].low, found.stages[0].high
    assert low is not None and high is not None and low < 0.805 < high


def test_what_has_no_stages_cannot_be_told() -> None:
    assert of(rates(1, 2), models=("x", "y")).shape == "cannot be told"
    assert of([scored(1, 2), scored(2, 2), None, None, None, None]).shape == "cannot be told"
    assert "cannot be told" in sentence(of(rates(1, 2), models=("x", "y")))


def test_scores_without_intervals_are_told_by_the_test_over_models() -> None:
    plain = [(v, None, None) for v in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)]
    one = of(plain)
    assert one.shape == "cannot be told" and one.test and one.test.p.p == pytest.approx(2 / 90)
    assert corrected([one])[0].shape == "better"
    several = corrected([one, *([of([(0.5, None, None), (0.4, None, None), *plain[2:]])] * 4)])
    assert several[0].p == pytest.approx(5 * 2 / 90) and several[0].shape == "no clear change"


def test_models_asked_the_same_are_paired() -> None:
    one, same, other = Tallied(), Tallied(), Tallied()
    draw = np.random.default_rng(1)
    for i in range(200):
        good, apart = float(draw.random() < 0.6), float(draw.random() < 0.6)
        one.add("t", f"{i}", "", good, 1)
        same.add("t", f"{i}", "", good, 1)
        other.add("t", f"{i}", "", apart, 1)
    joint = together([one, same, other])
    assert joint[0, 1] == pytest.approx(1)
    assert abs(joint[0, 2]) < 0.2
    assert together([one, Tallied()])[0, 1] == 0


def test_a_tallied_score_is_the_mean_over_arms_and_tasks() -> None:
    found = Tallied()
    for i, (arm, good) in enumerate([("yes", 1), ("yes", 1), ("no", 0), ("no", 1)]):
        found.add("t", f"g{i}", arm, good, 1)
    found.add("u", "g0", "", 0, 1)
    found.add("u", "g1", "", 0, 0)  # nothing scored
    score = found.score()
    assert score and score[0] == pytest.approx((0.75 + 0) / 2) and score[1] is None  # one group has no interval
    assert found.n == 5
    influences = found.influences()
    assert sum(influences.values()) == pytest.approx(0)
    assert Tallied().score() is None and Tallied().influences() == {}


def p_of(p: float, least: float = 0.0) -> PValue:
    return PValue(p, True, least)


@pytest.mark.parametrize(
    ("expect", "value", "p", "wanted"),
    [
        ("positive", 0.7, p_of(0.01), "supported"),
        ("positive", -0.7, p_of(0.01), "contradicted"),
        ("negative", -0.7, p_of(0.01), "supported"),
        ("positive", 0.35, p_of(0.2), "not significant (claimed side)"),
        ("positive", 0.14, p_of(0.6), "not significant (claimed side)"),
        ("negative", 0.5, p_of(0.2), "not significant (other side)"),
        ("negative", 0.0, p_of(0.9), "not significant (neither side)"),
        ("none", 0.3, p_of(0.3), "cannot be told"),  # no significance is no absence
        ("none", 0.9, p_of(0.01), "contradicted"),
        ("none", -0.9, p_of(0.01), "supported"),
        ("positive", 0.9, p_of(0.08, 0.08), "cannot be told"),
    ],
)
def test_verdicts(expect: str, value: float, p: PValue, wanted: str) -> None:
    assert verdict_of(expect, value, p) == wanted


def test_what_is_significant_alone_has_to_be_so_among_all() -> None:
    claim = Claim(id="c", text="t", source="s", kind="correlation", expect="positive")
    found = [
        Weighed(claim, "supported", "rho", value, 16, p_of(p)) for value, p in ((0.6, 0.02), (-0.6, 0.03), (0.9, 0.001))
    ]
    one, two, three = settled(found)
    assert [one.holm, two.holm, three.holm] == pytest.approx([0.04, 0.04, 0.003])
    assert (one.verdict, two.verdict, three.verdict) == ("supported", "contradicted", "supported")
    assert {w.verdict for w in settled([*found[:2], *found[:2]])} == {
        "supported, but not after correction",
        "contradicted, but not after correction",
    }
    assert settled(found, level=0.01)[0].verdict == "not significant (claimed side)"


def test_a_word_that_hangs_on_a_convention_is_said_to() -> None:
    weak = of(rates(200, 200, 220, 220, 260, 260))
    assert weak.shape == "weak" and weak.room == pytest.approx(0.2)
    dip = of(rates(400, 410, 300, 310, 490, 495))
    claim = Claim(id="c", text="t", source="s", kind="trend", measure="m", expect="weak")
    table = Table(MODELS, (weak.measure,), {"m": tuple(rates(1, 1, 1, 1, 1, 1))}, "runs")
    found = {
        (t.other, t.changed)
        for t in tried([weak], [weigh(claim, table, FACTS, np.random.default_rng(0), [weak])], table)
    }
    assert ("0.15", ("Measure: better", "claim (1): contradicted for these models")) in found
    assert ("0.5", ()) in found
    assert [t.changed for t in tried([dip], [], table) if t.other == "not monotone"] == [("Measure: not monotone",)]


def test_a_claim_about_columns_that_are_not_there() -> None:
    measure = Measure("g: Safe", "Safe", "g")
    table = Table(("a", "b"), (measure,), {"g: Safe": ((0.1, None, None), (0.2, None, None))}, "tables")
    draw = np.random.default_rng(0)
    claim = Claim(id="c", text="t", source="s", kind="correlation", x="Safe", y="Gone", expect="positive")
    found = weigh(claim, table, FACTS, draw)
    assert found.verdict == "cannot be told" and found.said == "These tables lack Gone."
    for kind in ("openness", "size", "trend", "untestable"):
        other = Claim(id="c", text="t", source="s", kind=kind, x="Safe", expect="positive")
        assert weigh(other, table, FACTS, draw).verdict == "cannot be told"
    few = Claim(id="c", text="t", source="s", kind="share", x="Safe", above=0.15, expect="positive")
    assert weigh(few, table, FACTS, draw).verdict == "cannot be told"  # of two models nothing can be told
    assert weigh(few, table, FACTS, draw).value == 0.5


@pytest.mark.parametrize("paper", ["survey", "trustllm"])
def test_the_papers_claims_are_whole(paper: str) -> None:
    claims = claims_of(paper).claims  # type: ignore[arg-type]
    assert len({c.id for c in claims}) == len(claims) > 9
    for claim in claims:
        assert claim.text.endswith(".") and claim.source
        assert claim.kind != "correlation" or (claim.x and claim.y)
        assert claim.kind != "trend" or claim.measure


def test_the_gain_of_two_models_is_newcombes() -> None:
    """Newcombe 1998, table II (a): 56/70 and 48/80, difference 0.2, his method 10: 0.0524 to 0.3339."""
    facts = Facts(stages=STAGES, models={"b": ModelFacts(stage="base"), "r": ModelFacts(stage="RLHF")})
    measure = Measure("m", "Measure", "g")
    table = Table(("b", "r"), (measure,), {"m": (scored(48, 80), scored(56, 70))}, "runs")
    found = trend(table, measure, facts, np.random.default_rng(0))
    assert found.gain == pytest.approx((0.2, 0.0524, 0.3339), abs=0.0001)
    for stage, wanted in zip(found.stages, table.cells["m"], strict=True):  # a stage of one model has its interval
        assert (stage.mean, stage.low, stage.high) == pytest.approx(wanted)


def test_pairing_narrows_the_gain() -> None:
    facts = Facts(stages=STAGES, models={"b": ModelFacts(stage="base"), "r": ModelFacts(stage="RLHF")})
    measure = Measure("m", "Measure", "g")
    cells = {"m": (scored(250, 500), scored(260, 500))}
    apart = trend(Table(("b", "r"), (measure,), cells, "runs"), measure, facts, np.random.default_rng(0))
    joint = {"m": np.array([[1.0, 0.9], [0.9, 1.0]])}
    same = trend(Table(("b", "r"), (measure,), cells, "runs", joint), measure, facts, np.random.default_rng(0))
    assert apart.gain and same.gain and apart.gain[1] is not None and same.gain[1] is not None
    assert apart.shape == "no clear change"
    assert same.gain[0] - same.gain[1] < 0.4 * (apart.gain[0] - apart.gain[1])
