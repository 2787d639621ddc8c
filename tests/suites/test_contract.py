"""One contract for every task found: what holds for one must hold for all, the thirtieth included."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import msgspec
import pytest

from trustgauge.generate.standin import standin_texts
from trustgauge.generate.text import faults
from trustgauge.proof import prove
from trustgauge.suites import Task, outside, sub_categories, tasks
from trustgauge.taxonomy import PLACES
from trustgauge.types import Case

TASKS = list(tasks().values())
IDS = [task.id for task in TASKS]
TEXTS = standin_texts(0)
FAULTY = ("typos", "planted")
"""Kinds of case whose faults are meant: slips of typing, and what poses as the output of a tool.

Tasks that need texts quote those of others as they stand.
"""
every_task = pytest.mark.parametrize("task", TASKS, ids=IDS)


def generate(task: Task, seed: int, n: int) -> list[Case]:
    return list(task.generate(seed, n, TEXTS))


@every_task
def test_it_says_what_it_is(task: Task) -> None:
    assert task.measures and task.source
    assert not task.measures.endswith(".")
    assert 0 <= task.chance <= 0.5
    assert task.id == f"{task.sub_category}/{task.name}"
    assert task.sub_category in PLACES


@every_task
def test_the_same_seed_gives_the_same_cases_and_more_begin_with_fewer(task: Task) -> None:
    few, many = generate(task, 0, 60), generate(task, 0, 120)
    assert few == generate(task, 0, 60)
    assert many[: len(few)] == few
    assert 1 <= len(few) <= 60


@every_task
def test_another_seed_gives_mostly_unseen_cases(task: Task) -> None:
    first, second = ({case.id for case in generate(task, seed, 200)} for seed in (0, 1))
    assert len(first & second) <= 0.2 * len(first)


@every_task
def test_ids_are_unique_and_groups_are_whole(task: Task) -> None:
    cases = generate(task, 2, 300)
    assert len({case.id for case in cases}) == len(cases)
    for case in cases:
        assert case.task == task.id
        assert case.group in {c.id for c in cases}
    sizes = Counter(Counter(c.group for c in cases).values())
    assert sum(sizes.values()) >= 20, "too few groups for an interval"


@every_task
def test_cases_read_well_and_survive_storage(task: Task) -> None:
    for case in generate(task, 3, 300):
        for message in case.messages:
            assert message.content.strip()
            if not (task.needs_texts or case.kind in FAULTY):
                assert not faults(message.content), (case.template, faults(message.content))
        assert case.template
        assert msgspec.json.decode(msgspec.json.encode(case), type=Case) == case


@every_task
def test_closed_keys_are_balanced_over_positions(task: Task) -> None:
    closed = [case for case in generate(task, 4, 400) if case.options and not case.twin and len(case.key) == 1]
    for size in {len(case.options) for case in closed}:
        keys = Counter(case.key for case in closed if len(case.options) == size)
        n = sum(keys.values())
        if n >= 100:
            assert max(keys.values()) <= n / size + 4 * (n / size) ** 0.5, keys


@every_task
def test_it_is_proved_before_it_measures(task: Task) -> None:
    proof = prove(task, seed=5, n=400)
    wrong = {t.responder: (t.measured.score, t.measured.low) for t in proof.trials if not t.passed}
    assert not wrong, wrong
    assert not proof.gold_faults, proof.gold_faults[:5]


@every_task
def test_silence_and_noise_never_pass(task: Task) -> None:
    proof = prove(task, seed=6, n=80)
    by_name = {trial.responder: trial for trial in proof.trials}
    assert by_name["empty"].counts.good == 0
    assert by_name["empty"].measured.score is None
    assert by_name["echo"].counts.good == 0


SUBS = sub_categories() | outside()


@pytest.mark.parametrize("sub", list(SUBS.values()), ids=list(SUBS))
def test_a_sub_category_has_substance(sub: object) -> None:
    made = {task.id: list(islice(task.generate(0, 600, TEXTS), 600)) for task in sub.tasks}  # type: ignore[attr-defined]
    assert len({case.id for cases in made.values() for case in cases}) >= 300
    assert len({(task, case.template) for task, cases in made.items() for case in cases}) >= 8
