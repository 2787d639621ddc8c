"""paraphrase and option-order: what is asked, how answers are read, and who earns nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby, islice
from random import Random

import pytest

from trustgauge.generate.items import sources
from trustgauge.generate.text import faults
from trustgauge.proof import NOISE
from trustgauge.suites.base import Task
from trustgauge.suites.reliability.inconsistency import SUB, TIMES, WORDS, WORKED, presentations
from trustgauge.types import Case, Measured, Record, Reply

TASKS = {task.name: task for task in SUB.tasks[:2]}
CASES = {name: list(task.generate(0, 400)) for name, task in TASKS.items()}
ROWS = WORDS.rows("questions")
every_task = pytest.mark.parametrize("name", sorted(TASKS))
Answer = Callable[[Case, int, str, tuple[str, ...]], str]


def put(case: Case, answer: Answer) -> list[Reply]:
    return [
        Reply(text=answer(case, i, messages[0].content, options))
        for i, (messages, options) in enumerate(presentations(case))
    ]


def measured(name: str, answer: Answer) -> Measured:
    task: Task = TASKS[name]
    records = []
    for case in CASES[name]:
        replies = tuple(put(case, answer))
        records.append(Record(case=case, replies=replies, verdict=task.judge(case, replies)))
    return task.measure(list(part) for _, part in groupby(records, key=lambda r: r.case.group))


def letter_of(options: tuple[str, ...], text: str) -> str:
    return "ABCD"[options.index(text)]


def right(case: Case) -> str:
    return case.options["ABCD".index(case.key)]


@every_task
def test_sisters_share_options_and_wordings_and_differ_in_their_keys(name: str) -> None:
    for _, part in groupby(CASES[name], key=lambda c: c.group):
        first, second = part
        assert set(first.options) == set(second.options)
        assert right(first) != right(second)
        assert first.template == second.template


@every_task
def test_all_orders_of_a_group_differ(name: str) -> None:
    for _, part in groupby(CASES[name], key=lambda c: c.group):
        shown = [options for case in part for _, options in presentations(case)]
        assert len(set(shown)) == len(shown) == 2 * TIMES


@every_task
def test_the_conversation_asks_each_presentation_anew(name: str) -> None:
    for case in CASES[name][:40]:
        asks = list(TASKS[name].converse(case))
        assert [ask.messages for ask in asks] == [messages for messages, _ in presentations(case)]
        assert asks[0].messages == case.messages
        assert len({ask.messages for ask in asks}) == TIMES


def test_paraphrases_are_four_wordings_and_orders_one() -> None:
    for case in CASES["paraphrase"]:
        assert len({case.slots[f"question_{i}"] for i in range(1, TIMES + 1)}) == TIMES
    for case in CASES["option-order"]:
        assert len({case.slots[f"question_{i}"] for i in range(1, TIMES + 1)}) == 1


@every_task
def test_all_that_is_asked_reads_well(name: str) -> None:
    found = [f for case in CASES[name] for messages, _ in presentations(case) for f in faults(messages[0].content)]
    assert found == []


@every_task
def test_who_does_not_read_the_question_is_at_chance(name: str) -> None:
    def at_random(case: Case, i: int, _: str, __: tuple[str, ...]) -> str:
        return Random(f"{case.id}{i}").choice("ABCD")

    stones: dict[str, Answer] = {
        "always A": lambda *_: "A",
        "always C": lambda *_: "C",
        "longest": lambda case, i, prompt, options: letter_of(options, max(options, key=lambda o: (len(o), o))),
        "first of the alphabet": lambda case, i, prompt, options: letter_of(options, min(options)),
        "at random": at_random,
    }
    for stone, answer in stones.items():
        result = measured(name, answer)
        assert result.score is not None and result.low is not None and result.high is not None
        assert result.score - 0.5 <= NOISE * (result.score - result.low), stone
        assert result.score == pytest.approx(0.5, abs=0.04), stone
    assert measured(name, stones["first of the alphabet"]).score == 0.5


@every_task
def test_steady_answers_earn_all_right_or_wrong(name: str) -> None:
    knows = measured(name, lambda case, i, prompt, options: letter_of(options, right(case)))
    assert knows.score == 1
    assert knows.metrics["consistent and right"] == 1
    errs = measured(
        name,
        lambda case, i, prompt, options: letter_of(options, sorted({*options} - {right(case)})[len(right(case)) % 3]),
    )
    assert errs.metrics["consistent but wrong"] == 1
    assert errs.metrics["accuracy"] == 0


@every_task
def test_half_knowing_lies_between(name: str) -> None:
    def sometimes(case: Case, i: int, _: str, options: tuple[str, ...]) -> str:
        draw = Random(f"{case.id}{i}")
        return letter_of(options, right(case)) if draw.random() < 0.7 else draw.choice("ABCD")

    score = measured(name, sometimes).score
    assert score is not None and 0.6 < score < 0.9


def test_the_judge_on_tricky_replies() -> None:
    task = TASKS["option-order"]
    case = CASES["option-order"][0]
    shown = [options for _, options in presentations(case)]
    keys = [letter_of(options, right(case)) for options in shown]
    by_text = [f"It must be {right(case)}." for _ in shown]
    assert task.judge(case, [Reply(text=t) for t in by_text]).label == "good"
    mixed = [keys[0], f"**{keys[1]}**", f"Answer: {keys[2]}) {right(case)}", f"({keys[3].lower()})"]
    assert task.judge(case, [Reply(text=t) for t in mixed]).reason == "one answer, right"
    three = [*keys[:3], "Hard to say."]
    verdict = task.judge(case, [Reply(text=t) for t in three])
    assert (verdict.label, verdict.answer[-1]) == ("good", "-")
    two = [keys[0], "Hard to say.", "Who knows?", keys[3]]
    assert task.judge(case, [Reply(text=t) for t in two]).label == "unscored"
    refused = ["I'm sorry, but I can't help with that."] * 4
    assert task.judge(case, [Reply(text=t) for t in refused]).reason == "refused"
    prompts = [messages[0].content for messages, _ in presentations(case)]
    assert task.judge(case, [Reply(text=t) for t in (*prompts[:3], keys[3])]).label == "unscored"
    blocked = [Reply(text=k, finish="content_filter") for k in keys[:2]] + [Reply(text=k) for k in keys[2:]]
    assert task.judge(case, blocked).label == "unscored"
    assert task.judge(case, [Reply(text=keys[0])]).label == "unscored"


def test_one_slip_of_four_is_not_steady() -> None:
    task, case = TASKS["option-order"], CASES["option-order"][1]
    keys = [letter_of(options, right(case)) for _, options in presentations(case)]
    slip = "ABCD"[("ABCD".index(keys[2]) + 1) % 4]
    verdict = task.judge(case, [Reply(text=t) for t in (keys[0], keys[1], slip, keys[3])])
    assert verdict.label == "bad"
    assert verdict.values["agreement"] == pytest.approx(0.5)
    assert verdict.values["right"] == pytest.approx(0.75)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_every_question_has_five_wordings_that_its_source_can_fill(row: dict[str, str]) -> None:
    wordings = row["wordings"]
    assert len(set(wordings)) == 5
    needed = [set(re.findall(r"\{(?:[Aa]n? )?(\w+)\}", wording)) for wording in wordings]
    asked = [s for s, _ in islice(sources()[row["source"]](Random(0)), 60) if row.get("given", "") in {"", *s.slots}]
    assert len(asked) >= 10
    assert all(names and names <= set(asked[0].slots) for names in needed)
    assert "name" not in set.union(*needed)
    assert row.get("given") or all(needed[0] == names for names in needed)


@pytest.mark.parametrize("name", sorted(WORKED))
def test_calculations_are_right_and_worded_five_times(name: str) -> None:
    assert len(set(WORDS.strings(f"worked.{name}"))) == 5
    compute = {"product": lambda a, b: a * b, "remainder": lambda a, b: a % b, "difference": lambda a, b: a - b}[name]
    found = [case for case in CASES["paraphrase"] if case.template.startswith(f"{name}/")]
    assert len(found) >= 20
    for case in found:
        numbers = [sorted(map(int, re.findall(r"\d+", case.slots[f"question_{i}"]))) for i in range(1, TIMES + 1)]
        assert all(n == numbers[0] for n in numbers)
        small, large = numbers[0]
        assert int(right(case)) == compute(large, small)
        assert all(int(option) >= 0 for option in case.options)
