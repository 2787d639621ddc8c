"""Stopping: rules decided while groups come in, in whatever order, and the errors that this makes."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from benchmarks.stopping import FOUR, ONE, Model, simulate

from trustgauge.gating.design import Count, Design, design
from trustgauge.gating.policy import Policy, policy_of
from trustgauge.gating.stopping import GO, NO_GO, Monitor
from trustgauge.suites import find_task
from trustgauge.types import Case, Failure, Record, Verdict, user

TASK, OTHER = "violence/direct", "violence/indirect"


def policy(*rules: dict[str, Any], **more: Any) -> Policy:
    return policy_of({"rules": list(rules), **more})


def record(task: str, label: str, *, twin: bool = False) -> Record:
    case = Case(messages=(user("?"),), task=task, twin=twin, group="g")
    if label == "failed":
        return Record(case=case, failure=Failure(kind="timeout", message="late"))
    return Record(case=case, verdict=Verdict(label=label, reason="said"))  # type: ignore[arg-type]


def twins(groups: int) -> Design:
    """Groups of a case and its twin."""
    side = Count(groups, 1)
    return Design(groups, side, side, {"dont": side, "do": side})


def monitor(policy: Policy, groups: int = 400, tasks: tuple[str, ...] = (TASK,)) -> Monitor:
    return Monitor(policy, dict.fromkeys(tasks, twins(groups)))


def feed(found: Monitor, labels: list[str], task: str = TASK, twin: str = "good", first: int = 0) -> None:
    """Groups of a case and its twin."""
    for g, label in enumerate(labels, first):
        found.expect(task, 2 * g, 2)
        found.hear(record(task, label), 2 * g)
        found.hear(record(task, twin, twin=True), 2 * g + 1)


HARM = {"what": "harmful", "of": "violence", "at_most": 0.1}


def test_a_clear_pass_and_a_clear_fail_are_decided() -> None:
    passes, fails = monitor(policy(HARM)), monitor(policy(HARM))
    feed(passes, ["good"] * 100)
    feed(fails, ["bad", "good"] * 20)
    assert passes.decided == {"harmful:violence": GO}
    assert fails.decided == {"harmful:violence": NO_GO}
    assert not passes.wanted(TASK)
    assert not fails.wanted(TASK)
    assert fails.over
    assert not passes.over


def test_nothing_is_decided_by_few() -> None:
    found = monitor(policy(HARM))
    feed(found, ["good"] * 20)
    assert found.decided == {}
    assert found.wanted(TASK)


@pytest.mark.parametrize("label", ["unscored", "failed"])
def test_nothing_passes_or_fails_by_not_answering(label: str) -> None:
    found = monitor(policy(HARM, {"what": "score", "of": TASK, "at_least": 0.5}, go_on=True))
    feed(found, [label] * 300, twin=label)
    assert found.decided == {}


def test_a_reply_that_awaits_its_judge_is_missing() -> None:
    found = monitor(policy(HARM))
    for g in range(200):
        found.expect(TASK, g, 1)
        found.hear(record(TASK, "good"), g, open_=True)
    assert found.decided == {}


def test_the_order_in_which_replies_come_in_changes_nothing() -> None:
    rng = Random(0)
    labels = [rng.choice(["good"] * 19 + ["bad"]) for _ in range(300)]
    straight, mixed = monitor(policy(HARM)), monitor(policy(HARM))
    feed(straight, labels)
    order = list(range(300))
    rng.shuffle(order)
    for g in range(300):
        mixed.expect(TASK, 2 * g, 2)
    for g in order:
        mixed.hear(record(TASK, "good", twin=True), 2 * g + 1)
        mixed.hear(record(TASK, labels[g]), 2 * g)
    assert mixed.anytime() == straight.anytime()
    assert mixed.decided == straight.decided


def test_only_groups_without_a_gap_before_them_count() -> None:
    found = monitor(policy(HARM))
    found.expect(TASK, 0, 2)
    found.hear(record(TASK, "bad"), 0)  # its twin is still being asked
    feed(found, ["good"] * 100, first=1)
    assert found.decided == {}
    assert found.ended == {TASK: 0}
    found.hear(record(TASK, "good", twin=True), 1)
    assert found.ended == {TASK: 101}
    assert found.decided == {"harmful:violence": GO}


def test_a_rule_over_tasks_waits_for_all_of_them() -> None:
    found = monitor(policy(HARM), tasks=(TASK, OTHER))
    feed(found, ["good"] * 100)
    assert found.decided == {}, "nothing is known of the other"
    feed(found, ["good"] * 100, task=OTHER)
    assert found.decided == {"harmful:violence": GO}


def test_a_task_goes_on_while_one_of_its_rules_is_open() -> None:
    found = monitor(policy(HARM, {"what": "over-refusal", "of": TASK, "at_most": 0.001}))
    feed(found, ["good"] * 100)
    assert found.decided == {"harmful:violence": GO}
    assert found.wanted(TASK)


def test_tasks_that_no_rule_needs_are_asked_in_full() -> None:
    found = monitor(policy({**HARM, "of": TASK}), tasks=(TASK, OTHER))
    feed(found, ["good"] * 100)
    assert not found.wanted(TASK)
    assert found.wanted(OTHER)


@pytest.mark.parametrize("go_on", [False, True])
def test_one_no_go_ends_all_unless_the_policy_goes_on(go_on: bool) -> None:
    found = monitor(policy({**HARM, "of": TASK}, {**HARM, "of": OTHER}, go_on=go_on), tasks=(TASK, OTHER))
    feed(found, ["bad"] * 60)
    assert found.decided == {f"harmful:{TASK}": NO_GO}
    assert found.wanted(OTHER) is go_on
    assert not found.wanted(TASK)


def test_the_level_of_a_no_go_is_shared_by_all_rules() -> None:
    """Those too that can't be decided early: ten rules take more bad ones than one."""
    others = [{"what": "score", "of": TASK, "not_worse_than": "last", "by": 0.1, "id": str(i)} for i in range(9)]
    alone, together = monitor(policy(HARM)), monitor(policy(HARM, *others))
    needed = []
    for found in (alone, together):
        for g in range(60):
            feed(found, ["bad" if g % 2 else "good"], first=g)
            if found.decided:
                needed.append(g)
                break
    assert needed[0] < needed[1]


def test_every_rule_takes_more_for_a_go() -> None:
    rules = [{**HARM, "id": str(i)} for i in range(5)]
    rules.append({"what": "score", "of": TASK, "at_least": 0.999})
    counts = []
    for family in ("overall", "every-rule"):
        found = monitor(policy(*rules, family=family))
        g = 0
        while not found.decided and g < 400:
            feed(found, ["good"], first=g)
            g += 1
        counts.append(g)
    assert counts[0] < counts[1] < 400


def test_counts_are_decided_when_they_are_reached() -> None:
    found = monitor(policy({"what": "scored", "of": TASK, "at_least": 50}))
    feed(found, ["good", "unscored"] * 16)
    assert found.decided == {}, "48 of 64"
    feed(found, ["good"], first=32)
    assert found.decided == {"scored:violence/direct": GO}


def test_what_can_only_be_told_of_the_whole_keeps_its_task() -> None:
    function = "inconsistency/paraphrase"
    rules = [{"what": "score", "of": function, "at_least": 0.1}]
    found = Monitor(policy(*rules), {function: design(find_task(function), find_task(function).generate(0, 20))})
    assert found.anytime() == {}
    assert found.wanted(function)


def test_a_design_is_that_of_the_cases() -> None:
    task = find_task(TASK)
    cases = list(task.generate(0, 40))
    assert design(task, cases) == twins(20)
    assert design(find_task("hallucination/grounded-choice"), []) == Design(0, Count(), Count())


def test_draws_are_of_one_group() -> None:
    found = Monitor(policy(HARM), {TASK: Design(200, Count(200, 1), Count())}, draws=3)
    for g in range(100):
        found.expect(TASK, g, 1)
        for _ in range(2):
            found.hear(record(TASK, "good"), g)
    assert found.ended == {TASK: 0}
    for g in range(100):
        found.hear(record(TASK, "good"), g)
    assert found.ended == {TASK: 100}
    assert found.decided == {"harmful:violence": GO}
    assert found.anytime()["harmful:violence"].cases == 300


@pytest.mark.parametrize(("bad", "limit", "wrong"), [(1, 0.12, NO_GO), (8, 0.88, GO)])
def test_a_group_counts_by_its_cases(bad: int, limit: float, wrong: str) -> None:
    """Groups of one and of eight cases in turn, and bad are those of one size: 1 of 9, or 8 of 9, not a half."""
    rule = {"what": "harmful", "of": "violence", "at_most": limit}
    found = Monitor(policy(rule), {TASK: Design(600, Count(2700, 8), Count())})
    for place in range(0, 2700, 9):
        for start, size in ((place, 1), (place + 1, 8)):
            found.expect(TASK, start, size)
            for each in range(start, start + size):
                found.hear(record(TASK, "bad" if size == bad else "good"), each)
    assert wrong not in found.decided.values()
    known = found.anytime()["harmful:violence"]
    assert known.low < bad / 9 < known.high
    assert known.high - known.low < 0.2


def test_a_score_weighs_tasks_and_arms_alike() -> None:
    """One side of one task all bad: a quarter of the score, whatever the numbers of cases."""
    designs = {TASK: twins(100), OTHER: twins(200)}
    found = Monitor(policy({"what": "score", "of": "violence", "at_least": 0.5}), designs)
    feed(found, ["bad"] * 100)
    feed(found, ["good"] * 200, task=OTHER)
    known = found.anytime()["score:violence"]
    assert known.low < 0.75 < known.high
    assert known.high - known.low < 0.4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rules", "size", "wrong", "runs", "most"),
    [(ONE, 2, "go", 40, 7), (ONE, 8, "no_go", 40, 7), (FOUR, 2, "no_go", 15, 4)],
)
def test_errors_are_held_(rules: Any, size: int, wrong: str, runs: int, most: int) -> None:
    """At the limit each error comes at most in 5 % of runs: so many more in less than 1 of 500."""
    cell = simulate(rules, Model(name="limit", harmful=0.05, alike=0.5 if size > 2 else 0.0), runs, size, seed=1)
    assert getattr(cell, wrong) <= most


@pytest.mark.slow
def test_clear_models_are_decided_early() -> None:
    good, bad = (simulate(ONE, Model(name="clear", harmful=rate), 20, seed=2) for rate in (0.005, 0.25))
    assert (good.go, bad.no_go) == (20, 20)
    assert good.saved > 0.5
    assert bad.saved > 0.9
