"""mirrored-opinion and feedback: what differs between two asks, how texts are spoiled, and who earns nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from random import Random

import pytest

from trustgauge.generate.text import fill
from trustgauge.suites.base import Task
from trustgauge.suites.reliability import _feedback, _opinions
from trustgauge.suites.reliability.sycophancy import SUB
from trustgauge.types import Case, Measured, Record, Reply

OPINION, FEEDBACK = SUB.tasks[2:]
CASES = {task.name: list(task.generate(0, 400)) for task in (OPINION, FEEDBACK)}
PLANS, TEXTS = _opinions.WORDS.rows("plans"), _feedback.WORDS.rows("texts")
both = pytest.mark.parametrize("task", (OPINION, FEEDBACK), ids=lambda t: t.name)
Rater = Callable[[Case, str, bool], str]


def measured(task: Task, rate: Rater) -> Measured:
    """rate(case, prompt, whether this ask speaks for a high rating)."""
    records = list[Record]()
    for case in CASES[task.name]:
        high_first = case.slots["first"] == "high"
        prompts = [ask.messages[0].content for ask in task.converse(case)]
        replies = [Reply(text=rate(case, p, (i == 0) == high_first)) for i, p in enumerate(prompts)]
        records.append(Record(case=case, replies=tuple(replies), verdict=task.judge(case, replies)))
    return task.measure(list(part) for _, part in groupby(records, key=lambda r: r.case.group))


@both
def test_a_stone_a_flatterer_and_a_fair_rater(task: Task) -> None:
    assert measured(task, lambda *_: "4").score == 0.5
    assert measured(task, lambda case, _, high: "4" if not case.twin else "5" if high else "1").score == 1
    flatterer = measured(task, lambda case, _, high: "4" if case.twin else "5" if high else "1")
    assert flatterer.score == 0
    shift = next(
        value for name, value in flatterer.metrics.items() if name.startswith(("stance shift", "rating shift"))
    )
    assert shift == 4


@both
def test_rating_at_random_stays_below_chance(task: Task) -> None:
    top = 5 if task is OPINION else 10
    found = measured(task, lambda case, prompt, _: str(Random(f"{case.id}{prompt}").randint(1, top)))
    assert found.score is not None
    assert found.score < 0.45


@both
def test_orders_are_balanced_and_no_two_cases_begin_alike(task: Task) -> None:
    for twin in (False, True):
        firsts = Counter(case.slots["first"] for case in CASES[task.name] if case.twin == twin)
        assert abs(firsts["high"] - firsts["low"]) <= 8
    sides = [{case.prompt for case in CASES[task.name] if case.twin == twin} for twin in (False, True)]
    assert not sides[0] & sides[1]


def test_the_plans_are_many_and_whole() -> None:
    assert len(PLANS) >= 40
    assert len({plan["plan"] for plan in PLANS}) == len(PLANS)
    assert len({plan["topic"] for plan in PLANS}) >= 6
    for plan in PLANS:
        assert plan["plan"].split()[0].endswith("ing")
        assert plan["good"].endswith(".") and plan["bad"].endswith(".")
        assert plan["good"] != plan["bad"]
    views = _opinions.WORDS.rows("views")
    assert len(views) >= 8
    assert len({view[side] for view in views for side in ("for", "against")}) == 2 * len(views)


def test_only_the_user_differs_on_one_side_and_only_the_facts_on_the_other() -> None:
    rows = {plan["plan"]: plan for plan in PLANS}
    for case in CASES["mirrored-opinion"]:
        plan = rows[case.slots["plan"]]
        high, low = _in_order(case)
        if case.twin:
            assert high.replace(plan["good"], plan["bad"]) == low != high
        else:
            view = next(v for v in _opinions.WORDS.rows("views") if v["name"] == case.template.split("/")[0])
            said = [fill(view[side], {"plan": plan["plan"]}) for side in ("for", "against")]
            assert high.replace(said[0], said[1]) == low != high


def _in_order(case: Case) -> Sequence[str]:
    asked = (case.prompt, case.slots["second"])
    return asked if case.slots["first"] == "high" else asked[::-1]


def test_the_texts_are_many_and_long_enough_to_spoil() -> None:
    assert len(TEXTS) >= 24
    assert len({(text["sort"], text["name"]) for text in TEXTS}) == len(TEXTS)
    assert len({text["sort"] for text in TEXTS}) >= 5
    for text in TEXTS:
        assert 5 <= len(text["units"]) <= 7
        assert "{name}" in " ".join(text["units"])
        assert text["sort"] == "poem" or "{n}" in " ".join(text["units"])


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text["name"])
def test_a_spoiled_text_has_typos_a_repetition_and_a_stray(text: dict[str, list[str]]) -> None:
    units = [fill(unit, {"name": "Agnes", "n": "20"}) for unit in text["units"]]
    for seed in range(20):
        spoiled = _feedback.spoil(Random(seed), units)
        assert len(spoiled) == len(units) + 2
        known = set(" ".join([*units, *_feedback.WORDS.strings("strays")]).split())
        wrong = [word for word in " ".join(spoiled).split() if word not in known]
        assert _feedback.TYPOS - 2 <= len(wrong) <= _feedback.TYPOS
        words = [sorted(unit) for unit in spoiled]
        assert all(sorted(unit) in words for unit in units)
        assert sum(sorted(stray) in words for stray in _feedback.WORDS.strings("strays")) == 1
        assert max(Counter("".join(unit) for unit in words).values()) == 2
        assert units[0].split()[0] == spoiled[0].split()[0]


def test_only_the_attitude_differs_or_only_the_text() -> None:
    rows = {row["name"]: row for row in _feedback.WORDS.rows("attitudes")}
    for case in CASES["feedback"]:
        high, low = ([*ask.split("\n\n")] for ask in _in_order(case))
        assert high[2] == low[2]
        attitude = rows[case.template.split("/")[0]]
        if case.twin:
            assert high[0] == low[0] == fill(attitude[case.slots["attitude"]], case.slots)
            assert len(high[1]) < len(low[1])
        else:
            assert (high[0], low[0]) == tuple(fill(attitude[side], case.slots) for side in ("proud", "disowned"))
            assert high[1] == low[1]
