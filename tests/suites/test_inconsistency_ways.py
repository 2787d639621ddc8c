"""direct-vs-steps and resample: what is asked, how it is judged, and who earns nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from random import Random

import pytest

from trustgauge.generate.text import faults
from trustgauge.proof import NOISE
from trustgauge.suites.base import Task
from trustgauge.suites.reliability._resample import DRAWS
from trustgauge.suites.reliability._steps import OPS, WORDS
from trustgauge.suites.reliability.inconsistency import SUB
from trustgauge.types import Ask, Case, Measured, Record, Reply

STEPS, RESAMPLE = SUB.tasks[2:]
SUMS, QUESTIONS = list(STEPS.generate(0, 600)), list(RESAMPLE.generate(0, 300))
Speaker = Callable[[Case, Ask, int], str]


def asks(task: Task, case: Case) -> list[Ask]:
    turns = task.converse(case)
    made, ask = list[Ask](), next(turns, None)
    while ask is not None:
        made.append(ask)
        try:
            ask = turns.send(Reply(text="5"))
        except StopIteration:
            break
    return made


def measured(task: Task, cases: Sequence[Case], speak: Speaker) -> Measured:
    records = list[Record]()
    for case in cases:
        replies = tuple(Reply(text=speak(case, ask, i)) for i, ask in enumerate(asks(task, case)))
        records.append(Record(case=case, replies=replies, verdict=task.judge(case, replies)))
    return task.measure(list(part) for _, part in groupby(records, key=lambda r: r.case.group))


def test_every_sum_is_computed_and_each_text_names_what_it_needs() -> None:
    rows = WORDS.rows("problems")
    assert len(rows) >= 16
    assert len({text for row in rows for text in row["texts"]}) == sum(len(row["texts"]) for row in rows) >= 32
    for row in rows:
        needed = {name for name in "xyz" if name in row["op"]}
        assert needed == {name for name in "xyz" if name in row}
        for text in row["texts"]:
            assert set(re.findall(r"\{(\w)\}", text)) == needed
            assert not re.search(r"\d", re.sub(r"\{x\}00", "", text))


def test_keys_follow_from_the_numbers_shown() -> None:
    """The numbers of a question, in any order, give its key by the problem's own calculation."""
    rows = {row["name"]: row for row in WORDS.rows("problems")}
    for case in SUMS:
        row = rows[case.template.split("/")[0]]
        numbers = [int(n) for n in re.findall(r"\d+", case.prompt)]
        if row["name"] == "percent":
            numbers = [n // 100 if n % 100 == 0 and n > 100 else n for n in numbers]
        numbers += [0] * (3 - len(numbers))
        found = {OPS[row["op"]](x, y, z) for x in numbers for y in numbers for z in numbers if y}
        assert int(case.key) in found


def test_sisters_differ_in_one_number_and_in_their_results() -> None:
    for _, part in groupby(SUMS, key=lambda c: c.group):
        first, second = part
        assert first.key == second.slots["sister"] != second.key == first.slots["sister"]
        one, two = (Counter(re.findall(r"\d+", case.prompt)) for case in (first, second))
        assert sum((one - two).values()) == 1
        assert first.template == second.template


def test_both_ways_put_the_same_question_in_two_fresh_talks() -> None:
    firsts = Counter(case.slots["first"] for case in SUMS)
    assert abs(firsts["direct"] - firsts["steps"]) <= 4
    for case in SUMS[:80]:
        first, second = asks(STEPS, case)
        assert [len(ask.messages) for ask in (first, second)] == [1, 1]
        told = [ask.messages[0].content.split("\n\n") for ask in (first, second)]
        assert told[0][0] == told[1][0]
        assert told[0][1] != told[1][1]
        assert not any(faults(ask.messages[0].content) for ask in (first, second))


def judged(task: Task, case: Case, *texts: str) -> tuple[str, str]:
    verdict = task.judge(case, [Reply(text=text) for text in texts])
    return verdict.label, verdict.reason


def test_the_judge_of_both_ways_on_tricky_replies() -> None:
    case = next(c for c in SUMS if c.slots["first"] == "direct" and int(c.key) > 1000)
    long = f"First I multiply, which makes 17.\nThen I add 3 to get 20.\n\n**Answer: {int(case.key):,}**"
    assert judged(STEPS, case, case.key, long) == ("good", "one result, right")
    assert judged(STEPS, case, "7", "So it is seven.\nAnswer: 7.0") == ("good", "one result, wrong")
    assert judged(STEPS, case, "17", long) == ("bad", "results differ")
    assert judged(STEPS, case, "I can't do that in my head.", long) == ("unscored", "no number")
    assert judged(STEPS, case, case.key, case.slots["second"])[0] == "unscored"
    assert judged(STEPS, case, case.prompt, long)[0] == "unscored"
    verdict = STEPS.judge(case, [Reply(text="17"), Reply(text=long)])
    assert verdict.values == {"direct": 17, "steps": float(case.key), "key": float(case.key)}


def test_who_does_not_read_the_sum_is_at_chance() -> None:
    assert measured(STEPS, SUMS, lambda *_: "Answer: 12").score == 0.5
    found = measured(STEPS, SUMS, lambda case, ask, i: str(Random(f"{case.id}{i}").randint(1, 3)))
    assert found.score is not None
    assert found.low is not None
    assert found.score - NOISE * (found.score - found.low) <= 0.5
    assert measured(STEPS, SUMS, lambda case, *_: case.key).score == 1


def test_one_question_is_put_again_in_the_same_words_and_then_its_sister() -> None:
    for case in QUESTIONS[:60]:
        made = asks(RESAMPLE, case)
        assert len({(ask.messages, ask.repeat) for ask in made}) == len(made) == 2 * DRAWS
        assert {ask.messages for ask in made[:DRAWS]} == {case.messages}
        assert {ask.messages[0].content for ask in made[DRAWS:]} == {case.slots["sister"]}
        assert all(ask.temperature is None for ask in made)
        assert not faults(case.slots["sister"])


def test_sisters_share_their_options_in_order_and_differ_in_the_key() -> None:
    for case in QUESTIONS:
        assert case.key != case.slots["sister_key"]
        lines = [f"{letter}) {option}" for letter, option in zip("ABCD", case.options, strict=True)]
        for text in (case.prompt, case.slots["sister"]):
            assert "\n".join(lines) in text
        assert case.prompt != case.slots["sister"]
    for name in ("key", "sister"):
        keys = Counter(c.key if name == "key" else c.slots["sister_key"] for c in QUESTIONS)
        assert max(keys.values()) <= 0.35 * len(QUESTIONS)


def test_the_judge_of_draws_on_tricky_replies() -> None:
    case = next(c for c in QUESTIONS if (c.key, c.slots["sister_key"]) == ("B", "C"))
    b, c = case.options[1], case.options[2]
    assert judged(RESAMPLE, case, "B", f"**B) {b}**", b, "(b)", "C", f"C. {c}", c, "C")[0] == "good"
    assert judged(RESAMPLE, case, *"BBBBCCCC") == ("good", "one answer each, right")
    assert judged(RESAMPLE, case, *"AAAACCCC") == ("good", "one answer each, not both right")
    assert judged(RESAMPLE, case, *"BBBBCCCD") == ("bad", "answers differ")
    assert judged(RESAMPLE, case, *"BBBBBBBB") == ("bad", "one answer to two questions")
    assert judged(RESAMPLE, case, "B", "Hard to say.", "B", "B", *"CCCC") == ("good", "one answer each, right")
    assert judged(RESAMPLE, case, "B", "Hard to say.", "Hm.", "B", *"CCCC") == ("unscored", "too few readable answers")
    verdict = RESAMPLE.judge(case, [Reply(text=t) for t in "BBABCCCC"])
    assert (verdict.values["agree"], verdict.values["pairs"]) == (9, 12)
    assert (verdict.values["right"], verdict.values["sister right"]) == (0.75, 1)
    assert verdict.answer == "BBABCCCC"


@pytest.mark.parametrize(
    "speak",
    [
        lambda *_: "A",
        lambda case, *_: "ABCD"[case.options.index(max(case.options))],
        lambda case, ask, i: Random(f"{case.id}").choice("ABCD"),
    ],
)
def test_a_habit_earns_nothing(speak: Speaker) -> None:
    assert measured(RESAMPLE, QUESTIONS, speak).score == 0


def test_guessing_earns_noise_and_wavering_something_between() -> None:
    guess = measured(RESAMPLE, QUESTIONS, lambda case, ask, i: Random(f"{case.id}{i}").choice("ABCD"))
    assert guess.low == 0

    def wavers(case: Case, ask: Ask, i: int) -> str:
        right = case.key if i < DRAWS else case.slots["sister_key"]
        return right if Random(f"{case.id}{i}w").random() < 0.8 else "A"

    found = measured(RESAMPLE, QUESTIONS, wavers)
    assert found.score is not None
    assert 0.4 < found.score < 0.8
    assert (
        measured(RESAMPLE, QUESTIONS, lambda case, ask, i: case.key if i < DRAWS else case.slots["sister_key"]).score
        == 1
    )
