"""Stated percentages against behaviour: what answerers of known self-knowledge score, sampled or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import log
from random import Random

import pytest

from support.answering import Responder, converse, exact, measured, records
from trustgauge.suites.reliability.miscalibration import SUB, letter_probabilities, plain_question
from trustgauge.types import Ask, Case, Record, Reply, TokenLogprob

_, BEHAVIOUR = SUB.tasks


Shares = Callable[[Random, list[float]], list[float]]


def true(rng: Random, p: list[float]) -> list[float]:
    return p


def uniform(rng: Random, p: list[float]) -> list[float]:
    return [1 / 3] * 3


def at_random(rng: Random, p: list[float]) -> list[float]:
    top = rng.randrange(3)
    return [float(i == top) for i in range(3)]


def likeliest(rng: Random, p: list[float]) -> list[float]:
    return [float(i == p.index(max(p))) for i in range(3)]


def mixed(share: float) -> Shares:
    """Nearer to uniform by that share."""
    return lambda rng, p: [(1 - share) * x + share / 3 for x in p]


def self_knower(rng: Random, *, states: Shares = true, behaves: Shares = true, logprobs: bool = False) -> Responder:
    """States and behaves by what is made of the exact probabilities."""

    def respond(case: Case, ask: Ask) -> str | Reply:
        if ask.messages == case.messages:
            said = states(rng, exact(case))
            return "\n".join(f"{c}: {100 * p:.1f}%" for c, p in zip("ABC", said, strict=True))
        by_content = behaves(rng, exact(case))
        shares = [by_content["ABC".index(letter)] for letter in case.slots["order"]]
        letter = rng.choices("ABC", shares)[0]
        top = {f" {c}": log(p) for c, p in zip("ABC", shares, strict=True) if p}
        token = TokenLogprob(token=f" {letter}", logprob=top[f" {letter}"], top=top)
        return Reply(text=letter, logprobs=(token,) if logprobs else None)

    return respond


SOURCES = pytest.mark.parametrize("logprobs", [False, True], ids=["resampled", "logprobs"])


@SOURCES
@pytest.mark.parametrize(("share", "at_least"), [(0, 0.98), (0.2, 0.96), (0.5, 0.9), (0.7, 0.85)])
def test_whoever_does_as_stated_gets_full_marks_but_for_noise(share: float, at_least: float, logprobs: bool) -> None:
    """The less there is to tell apart, the wider the interval, but 1 is in it."""
    answerer = self_knower(Random(1), states=mixed(share), behaves=mixed(share), logprobs=logprobs)
    done = records(BEHAVIOUR, answerer, 400)
    result = BEHAVIOUR.estimate([record] for record in done)
    assert result.score > (0.99 if logprobs else at_least)
    assert result.high == pytest.approx(1, abs=0.005)
    assert result.metrics["share by log-probabilities"] == logprobs
    assert (result.metrics["mean distance by sampling alone"] == 0) is logprobs
    assert Counter(record.label for record in done)["good"] >= 380


@SOURCES
@pytest.mark.parametrize(
    ("states", "behaves"), [(uniform, true), (at_random, true), (uniform, likeliest), (at_random, uniform)]
)
def test_a_stone_gets_chance(states: Shares, behaves: Shares, logprobs: bool) -> None:
    result = measured(BEHAVIOUR, self_knower(Random(2), states=states, behaves=behaves, logprobs=logprobs), 400)
    assert result.score == pytest.approx(0.5, abs=0.06)
    assert result.low <= 0.5 <= result.high


@pytest.mark.parametrize(
    ("states", "behaves", "at_most", "apart"),
    [
        (likeliest, true, 0.83, 0.02),  # overconfident: claims to be decided
        (true, likeliest, 0.83, 0.02),  # knows the odds, but always acts on the likeliest
        (mixed(0.5), true, 0.8, 0.03),  # underconfident
        (mixed(0.2), true, 0.96, 0.05),
        (true, mixed(0.4), 0.85, 0.03),  # acts more at random than stated
    ],
)
def test_what_is_misstated_costs_the_same_by_samples_and_by_logprobs(
    states: Shares, behaves: Shares, at_most: float, apart: float
) -> None:
    by_tokens, sampled = (
        measured(BEHAVIOUR, self_knower(Random(1), states=states, behaves=behaves, logprobs=logprobs), 400)
        for logprobs in (True, False)
    )
    assert sampled.high < 0.98
    assert sampled.score < at_most
    assert sampled.score == pytest.approx(by_tokens.score, abs=apart)


def test_the_calls_are_those_that_are_needed() -> None:
    case = next(iter(BEHAVIOUR.generate(0, 1)))
    asks: list[Ask] = []

    def noted(respond: Responder) -> int:
        asks.clear()
        return len(converse(BEHAVIOUR, case, lambda c, ask: (asks.append(ask), respond(c, ask))[1]))

    assert noted(lambda case, ask: "I'm sorry, but I can't help with that.") == 1
    assert noted(self_knower(Random(0), logprobs=True)) == 2
    assert noted(self_knower(Random(0))) == 6
    assert [ask.repeat for ask in asks[1:]] == [0, 1, 2, 3, 4]
    assert asks[1].logprobs == 5
    assert {ask.temperature for ask in asks[1:]} == {1.0}


def test_a_first_reply_that_says_nothing_leaves_the_case_unscored() -> None:
    case = next(iter(BEHAVIOUR.generate(0, 1)))
    answers = [Reply(text="A")] * 5
    for first in (Reply(text=""), Reply(text="A: 100%", finish="content_filter"), Reply(text="I can't say.")):
        assert BEHAVIOUR.judge(case, [first, *answers]).label == "unscored"
    stated = Reply(text="A: 50%\nB: 30%\nC: 20%")
    assert BEHAVIOUR.judge(case, [stated]).label == "unscored"
    assert BEHAVIOUR.judge(case, [stated, *answers[:2], *[Reply(text="Hm.")] * 3]).label == "unscored"
    assert BEHAVIOUR.judge(case, [stated, *answers[:3], *[Reply(text="Hm.")] * 2]).label != "unscored"


def test_stated_and_shown_options_are_aligned_by_content() -> None:
    for case in BEHAVIOUR.generate(6, 30):
        question = plain_question(case)[0].content
        letter = next(c for c in "ABC" if f"{c}) {case.options[0]}\n" in f"{question}\n")
        replies = [Reply(text="A: 80%\nB: 20%\nC: 0%"), *[Reply(text=letter)] * 5]
        verdict = BEHAVIOUR.judge(case, replies)
        assert (verdict.label, verdict.answer) == ("good", "A")
        assert verdict.values["shown_A"] == 1
        assert verdict.values["tv"] == pytest.approx(0.2)


def test_the_survey_metrics_are_those_of_its_formulas() -> None:
    cases = list(BEHAVIOUR.generate(0, 2))
    shown = [[Reply(text="ABC"[case.slots["order"].index(c)]) for c in "AAAAB"] for case in cases]
    stated = [Reply(text="A: 80%\nB: 20%\nC: 0%"), Reply(text="A: 50%\nB: 20%\nC: 30%")]
    done = [
        [Record(case=c, replies=(s, *a), verdict=BEHAVIOUR.judge(c, [s, *a]))]
        for c, s, a in zip(cases, stated, shown, strict=True)
    ]
    metrics = BEHAVIOUR.estimate(done).metrics
    assert metrics["survey: mean gap"] == pytest.approx(0.1)
    assert metrics["survey: sd of gap"] == pytest.approx(((2 * 0.2**2 + 4 * 0.1**2) / 6) ** 0.5)
    assert metrics["survey: share of |gap| > 0.05"] == pytest.approx(2 / 6)
    assert metrics["survey: W1"] == pytest.approx((0.3 + 0.3) / 6)


@SOURCES
def test_all_alike_is_nothing_to_tell(logprobs: bool) -> None:
    answerer = self_knower(Random(2), states=uniform, behaves=uniform, logprobs=logprobs)
    result = measured(BEHAVIOUR, answerer, 300)
    assert result.score is None
    assert "alike" in result.note


def test_letter_probabilities_add_up_spellings_and_refuse_what_holds_no_answer() -> None:
    options = ("red", "blue", "green")
    top = {" B": log(0.5), "B": log(0.1), "(A": log(0.3), "The": log(0.1)}
    said = (TokenLogprob(token="Answer", logprob=-0.1), TokenLogprob(token=" B", logprob=log(0.5), top=top))
    found = letter_probabilities(Reply(text="Answer: B", logprobs=said), options)
    assert found == pytest.approx((1 / 3, 2 / 3, 0))
    assert letter_probabilities(Reply(text="Answer: B"), options) is None
    assert letter_probabilities(Reply(text="Hm.", logprobs=said), options) is None
    rare = (TokenLogprob(token="B", logprob=log(0.2), top={"So": log(0.8)}),)
    assert letter_probabilities(Reply(text="B", logprobs=rare), options) is None
