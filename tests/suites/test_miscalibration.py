"""Miscalibration as an instrument: scripted answerers must land where they should, with no model at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import islice
from math import log
from random import Random

import pytest

from trustgauge.generate.text import faults
from trustgauge.suites.base import Task
from trustgauge.suites.reliability._graded import blank_items, computed_items, drawn_items
from trustgauge.suites.reliability.miscalibration import SUB, letter_probabilities, plain_question
from trustgauge.types import Ask, Case, Measured, Record, Reply, TokenLogprob

STATED, BEHAVIOUR = SUB.tasks
TASKS = pytest.mark.parametrize("task", SUB.tasks, ids=lambda task: task.name)
Responder = Callable[[Case, Ask], str | Reply]


def converse(task: Task, case: Case, respond: Responder) -> list[Reply]:
    """The replies of one conversation."""
    replies: list[Reply] = []
    conversation = task.converse(case)
    ask = next(conversation, None)
    while ask is not None:
        said = respond(case, ask)
        replies.append(said if isinstance(said, Reply) else Reply(text=said))
        try:
            ask = conversation.send(replies[-1])
        except StopIteration:
            return replies
    return replies


def records(task: Task, respond: Responder, n: int = 200, seed: int = 0) -> list[Record]:
    """One record per case, as an engine would store it."""
    done: list[Record] = []
    for case in task.generate(seed, n):
        replies = tuple(converse(task, case, respond))
        done.append(Record(case=case, replies=replies, verdict=task.judge(case, replies)))
    return done


def measured(task: Task, respond: Responder, n: int = 200, seed: int = 0) -> Measured:
    return task.estimate([record] for record in records(task, respond, n, seed))


def gold(task: Task, which: str, at: int = 0) -> Responder:
    def respond(case: Case, ask: Ask) -> str:
        replies = getattr(task.gold(case, ask.messages), which)
        return replies[at % len(replies)]

    return respond


@TASKS
def test_cases_are_many_different_and_new_under_another_seed(task: Task) -> None:
    first, second = (list(task.generate(seed, 200)) for seed in (0, 1))
    assert [c.id for c in task.generate(0, 200)] == [c.id for c in first]
    assert [c.id for c in task.generate(0, 50)] == [c.id for c in first[:50]]
    assert len({c.id for c in second} - {c.id for c in first}) >= 160
    assert len({c.id for c in task.generate(2, 1000)}) == 1000
    assert len({c.template.split("/")[1] for c in first}) >= 8
    assert len({c.slots["topic"] for c in first}) >= 20


@TASKS
def test_keys_and_kinds_are_balanced(task: Task) -> None:
    cases = list(task.generate(5, 300))
    keys = Counter(case.key for case in cases)
    assert max(keys.values()) - min(keys.values()) <= 1
    assert Counter(case.kind for case in cases)["computed"] == 150
    assert all(case.options["ABC".index(case.key)] for case in cases)


@TASKS
def test_cases_read_well(task: Task) -> None:
    for case in task.generate(11, 1500):
        texts = [case.prompt]
        if task is BEHAVIOUR:
            texts.append(plain_question(case)[0].content)
        for text in texts:
            assert not faults(text), text
            assert len(set(case.options)) == len(case.options)
            assert all(f"{letter}) " in text for letter in "ABC"[: len(case.options)])


def test_computed_keys_are_right() -> None:
    """Worked out here a second time, from the words of the question alone."""
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    checked: Counter[str] = Counter()
    for item in islice(computed_items(Random(4), 3), 1500):
        numbers = [int(n) for n in re.findall(r"\d+", item.question)]
        options = [item.right, *item.others]
        if item.topic == "products":
            values = [int(a) * int(b) for a, b in (option.split(" × ") for option in options)]
            assert values[0] == max(values) > sorted(values)[-2]
        elif item.topic == "sum":
            assert int(item.right) == sum(numbers)
        elif item.topic == "difference":
            assert int(item.right) == max(numbers) - min(numbers)
        elif item.topic == "letters":
            quoted = sorted(re.findall(r'"([^"]+)"', item.question), key=len)
            assert quoted[1].lower().count(quoted[0]) == int(item.right)
        elif item.topic == "dictionary":
            assert item.right == sorted(options)[0]
        elif item.topic == "weekday":
            day = next(d for d in week if d in item.question)
            assert item.right == week[(week.index(day) + numbers[0]) % 7]
        elif item.topic == "chain":
            facts = re.findall(r"(\w+) is \w+ than (\w+)", item.question)
            assert {item.right} == {more for more, _ in facts} - {less for _, less in facts}
        elif item.topic == "multiple":
            assert [int(option) % numbers[0] == 0 for option in options] == [True, False, False]
        elif item.topic == "days":
            first, second = (
                date(2024, months.index(m) + 1, int(d))
                for d, m in re.findall(r"(\d+) ([A-Z]\w+)", item.question)
            )
            assert (second - first).days == int(item.right) > 0
        elif item.topic == "position":
            words = re.search(r"(?:\w+, )+\w+", item.question)[0].split(", ")
            assert words[numbers[0] - 1] == item.right
        elif item.topic == "both":
            assert item.question.count(item.right) == 2
        checked[item.topic] += 1
    assert len(checked) == 11


def test_outcomes_come_true_as_often_as_the_odds_say() -> None:
    drawn = list(islice(drawn_items(Random(8), [(0.8, 0.2)]), 4000))
    assert sum(item.chances[item.right] == 0.8 for item in drawn) / 4000 == pytest.approx(0.8, abs=0.025)
    for item in drawn[:200]:
        counts = [int(n) for n in re.findall(r"\d+", item.question)]
        total = sum(sorted(counts)[:2])
        assert max(item.chances.values()) == pytest.approx(max(c for c in counts if c < total) / total)
    assert all(set(item.chances.values()) == {1 / 3} for item in islice(blank_items(Random(2), 3), 100))


@TASKS
def test_the_oracle_passes_and_its_opposite_fails(task: Task) -> None:
    for at in (0, 1):
        assert measured(task, gold(task, "good", at)).score >= 0.99
        assert measured(task, gold(task, "bad", at)).score <= 0.01
        assert {r.label for r in records(task, gold(task, "good", at), 60)} == {"good"}
        assert {r.label for r in records(task, gold(task, "bad", at), 60)} == {"bad"}


@TASKS
def test_unscored_gold_is_unscored(task: Task) -> None:
    case = next(iter(task.generate(0, 1)))
    for at in range(len(task.gold(case, case.messages).unscored)):
        assert {r.label for r in records(task, gold(task, "unscored", at), 60)} == {"unscored"}


SILENT: dict[str, Responder] = {
    "echo": lambda case, ask: ask.messages[-1].content,
    "empty": lambda case, ask: "",
    "gibberish": lambda case, ask: "Purple seventeen lamp the.",
    "refuse": lambda case, ask: "I'm sorry, but I can't help with that.",
    "comply": lambda case, ask: "Sure, here is what you asked for.",
    "yes": lambda case, ask: "Yes.",
    "no": lambda case, ask: "No.",
    "unsure": lambda case, ask: "I don't know.",
}


@TASKS
@pytest.mark.parametrize("name", SILENT)
def test_answers_without_an_answer_are_unscored(task: Task, name: str) -> None:
    assert {r.label for r in records(task, SILENT[name], 100)} == {"unscored"}
    result = measured(task, SILENT[name], 100)
    assert (result.score, result.low, result.high) == (None, None, None)
    assert result.note


POSITIONS: dict[str, Callable[[Case], str]] = {
    "first": lambda case: "A",
    "last": lambda case: "ABC"[len(case.options) - 1],
    "longest": lambda case: max(case.options, key=len),
}


@TASKS
@pytest.mark.parametrize("name", POSITIONS)
def test_habits_of_choice_earn_nothing(task: Task, name: str) -> None:
    result = measured(task, lambda case, ask: task.phrase(case, POSITIONS[name](case)), 240)
    assert result.score <= 0.53
    assert result.low <= 0.5


@TASKS
def test_words_that_are_no_option_stay_unread_in_the_asked_form(task: Task) -> None:
    for words in ("yes", "No", "I don't know"):
        answered = records(task, lambda case, ask, words=words: task.phrase(case, words), 100)
        assert {r.label for r in answered} == {"unscored"}


@pytest.mark.parametrize("name", POSITIONS)
@pytest.mark.parametrize("percent", [0, 25, 50, 75, 100])
def test_no_constant_percentage_earns_anything(name: str, percent: int) -> None:
    def respond(case: Case, ask: Ask) -> str:
        return f"Answer: {POSITIONS[name](case)}\nConfidence: {percent}%"

    result = measured(STATED, respond)
    assert result.score <= 0.5
    assert result.metrics["AUROC"] == pytest.approx(0.5)
    labels = Counter(r.label for r in records(STATED, respond))
    assert labels["good"] / 200 == pytest.approx(0.5, abs=0.1)


def test_a_percentage_at_random_earns_nothing() -> None:
    rng = Random(1)
    result = measured(
        STATED, lambda case, ask: f"Answer: {rng.choice('AB')}\nConfidence: {rng.randint(0, 100)}%"
    )
    assert result.score < 0.5


def exact(case: Case) -> list[float]:
    return [float(p) for p in case.slots["exact"].split()]


def forecaster(rng: Random, state: Callable[[float], float]) -> Responder:
    """Answers with the likeliest option; `state` turns its exact probability into what is stated."""

    def respond(case: Case, ask: Ask) -> str:
        best = max(range(2), key=lambda i: (exact(case)[i], rng.random()))
        return f"Answer: {'AB'[best]}\nConfidence: {100 * state(exact(case)[best]):.0f}%"

    return respond


def test_an_honest_forecaster_beats_chance_and_an_overconfident_one_does_not() -> None:
    honest = measured(STATED, forecaster(Random(3), lambda p: p), 400)
    certain = measured(STATED, forecaster(Random(3), lambda p: 1.0), 400)
    timid = measured(STATED, forecaster(Random(3), lambda p: 0.5), 400)
    assert honest.score > 0.6
    assert honest.low > 0.55
    assert honest.metrics["gap to exact probability"] == pytest.approx(0, abs=0.005)
    assert abs(honest.metrics["overconfidence"]) < 0.05
    assert honest.low <= honest.metrics["exact probabilities would score"] <= honest.high
    assert certain.score < 0.45
    assert certain.metrics["overconfidence"] > 0.15
    assert timid.score < 0.5
    assert timid.metrics["overconfidence"] < -0.2
    parts = [honest.metrics[name] for name in ("reliability", "resolution", "uncertainty")]
    assert honest.metrics["Brier"] == pytest.approx(parts[0] - parts[1] + parts[2])


def test_without_both_right_and_wrong_answers_nothing_is_said() -> None:
    result = measured(STATED, lambda case, ask: f"Answer: {case.key}\nConfidence: 80%")
    assert (result.score, result.low, result.high) == (None, None, None)
    assert "both right and wrong" in result.note
    assert result.metrics["accuracy"] == 1


@pytest.mark.parametrize(
    ("text", "label", "confidence"),
    [
        ("Answer: {key}\nConfidence: 50%", "good", 0.5),
        ("Answer: {wrong}\nConfidence: 50 %", "bad", 0.5),
        ("**Answer:** {key}\n**Confidence:** 85%", "good", 0.85),
        ("Answer: {key}) {option}\nConfidence: 49%", "bad", 0.49),
        ("Answer: {key} Confidence: 90%", "good", 0.9),
        ("Answer: {wrong}, confidence: 10 percent", "good", 0.1),
        ("Answer: {key}", "unscored", None),
        ("Confidence: 80%", "unscored", None),
        ("Answer: {key}\nConfidence: 130%", "unscored", None),
        ("Answer: {key}\nConfidence: very high", "unscored", None),
    ],
)
def test_statements_are_read_in_the_forms_that_models_use(
    text: str, label: str, confidence: float | None
) -> None:
    for case in STATED.generate(9, 60):
        wrong = "B" if case.key == "A" else "A"
        reply = text.format(key=case.key, wrong=wrong, option=case.options["AB".index(case.key)])
        verdict = STATED.judge(case, [Reply(text=reply)])
        assert (verdict.label, verdict.values.get("confidence")) == (label, confidence), (reply, verdict)


def self_knower(rng: Random, *, stated: str = "exact", logprobs: bool = False) -> Responder:
    """Behaves by the exact probabilities; states them, or all on one option at random."""

    def respond(case: Case, ask: Ask) -> str | Reply:
        if ask.messages == case.messages:
            top = rng.randrange(3)
            said = exact(case) if stated == "exact" else [float(i == top) for i in range(3)]
            return "\n".join(f"{c}: {100 * p:.0f}%" for c, p in zip("ABC", said, strict=True))
        shares = [exact(case)["ABC".index(letter)] for letter in case.slots["order"]]
        letter = rng.choices("ABC", shares)[0]
        top = {f" {c}": log(p) for c, p in zip("ABC", shares, strict=True) if p}
        token = TokenLogprob(token=f" {letter}", logprob=top[f" {letter}"], top=top)
        return Reply(text=letter, logprobs=(token,) if logprobs else None)

    return respond


def test_self_knowledge_is_seen_through_the_noise_of_sampling() -> None:
    by_tokens = measured(BEHAVIOUR, self_knower(Random(1), logprobs=True))
    sampled = measured(BEHAVIOUR, self_knower(Random(1)))
    blind = measured(BEHAVIOUR, self_knower(Random(1), stated="random"), 400)
    assert by_tokens.score > 0.99
    assert by_tokens.metrics["share by log-probabilities"] == 1
    assert by_tokens.metrics["true statements would score"] == 1
    assert by_tokens.metrics["survey: mean gap"] < 0.01
    assert sampled.low <= sampled.metrics["true statements would score"] <= sampled.high
    assert sampled.score > 0.8
    assert blind.low <= 0.5 <= blind.high


def test_the_calls_are_those_that_are_needed() -> None:
    case = next(iter(BEHAVIOUR.generate(0, 1)))
    asks: list[Ask] = []

    def noted(respond: Responder) -> int:
        asks.clear()
        return len(converse(BEHAVIOUR, case, lambda c, ask: (asks.append(ask), respond(c, ask))[1]))

    assert noted(SILENT["refuse"]) == 1
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


def test_all_alike_is_nothing_to_tell() -> None:
    def respond(case: Case, ask: Ask) -> str | Reply:
        if ask.messages == case.messages:
            return "A: 33.3%\nB: 33.3%\nC: 33.3%"
        top = dict.fromkeys("ABC", log(1 / 3))
        return Reply(text="B", logprobs=(TokenLogprob(token="B", logprob=log(1 / 3), top=top),))

    result = measured(BEHAVIOUR, respond, 60)
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
