"""Jobs: a stratified order that a resumed run takes up where it was, without making what is settled again."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.config import Config
from trustgauge.engine import Job
from trustgauge.jobs import Jobs
from trustgauge.store import Settled
from trustgauge.suites import find_task, select
from trustgauge.suites.base import SEGMENT

TASKS = select(["survey2023"])
LONG = find_task("hallucination/grounded-choice")
PAIRS = find_task("violence/survey-form")


def nothing(task: str, start: int, most: int) -> list[Settled]:
    return []


def jobs_of(jobs: Jobs) -> list[Job]:
    return [job for job in jobs if isinstance(job, Job)]


def settled_in(jobs: list[Job], left_out: set[int] = frozenset()) -> object:
    """What a store would find of the jobs, but for those numbered in left_out."""
    rows: dict[str, list[Settled]] = {}
    for i, job in enumerate(jobs):
        if i not in left_out:
            row = Settled(job.place, job.draw, job.case.group, job.case.id)
            rows.setdefault(job.case.task, []).append(row)

    def find(task: str, start: int, most: int) -> list[Settled]:
        return [row for row in sorted(rows.get(task, [])) if row.place >= start][:most]

    return find


def identity(jobs: list[Job]) -> list[tuple[str, int, int]]:
    return [(job.case.id, job.place, job.draw) for job in jobs]


def test_at_any_moment_every_task_has_had_its_share() -> None:
    config = Config(n=60)
    jobs = Jobs(TASKS, config, None, nothing)
    taken = Counter[str]()
    whole = {task.id: len(list(task.generate(0, 60))) for task in TASKS if not task.needs_texts}
    for job in islice(iter(jobs), 400):
        assert isinstance(job, Job)
        taken[job.case.task] += 1
    shares = [taken[id_] / n for id_, n in whole.items() if n > 40]
    assert max(shares) - min(shares) < 0.25, "whole groups, so not quite even"


def test_groups_are_sent_whole() -> None:
    jobs = jobs_of(Jobs([PAIRS, LONG], Config(n=40), None, nothing))
    order = [job.case.group for job in jobs]
    assert len([g for i, g in enumerate(order) if i == 0 or order[i - 1] != g]) == len(set(order))


def test_the_order_is_the_same_every_time_and_that_of_the_task() -> None:
    first, again = (identity(jobs_of(Jobs(TASKS, Config(n=30), None, nothing))) for _ in range(2))
    assert first == again
    of_task = [job.case.id for job in jobs_of(Jobs(TASKS, Config(n=30), None, nothing)) if job.case.task == LONG.id]
    assert of_task == [case.id for case in LONG.generate(0, 30)]


def test_another_seed_is_another_order_of_tasks() -> None:
    orders = set[tuple[str, ...]]()
    for seed in range(4):
        jobs = islice(iter(Jobs(TASKS, Config(n=30, seed=seed), None, nothing)), 12)
        orders.add(tuple(job.case.task for job in jobs if isinstance(job, Job)))
    assert len(orders) > 1


@pytest.mark.parametrize("draws", [1, 3])
def test_what_is_settled_is_not_made_again(draws: int) -> None:
    config = Config(n=2 * SEGMENT + 300, draws=draws)
    whole = jobs_of(Jobs([LONG], config, None, nothing))
    made: list[int] = []

    def counting(rng: Random) -> object:
        for group in LONG.cases(rng):
            made.append(1)
            yield group

    from dataclasses import replace

    resumed = Jobs([replace(LONG, cases=counting)], config, None, settled_in(whole, {len(whole) - 1}))
    left = list(resumed)
    assert identity([job for job in left if isinstance(job, Job)]) == identity(whole[-1:])
    assert sum(job for job in left if isinstance(job, int)) == len(whole) - 1
    assert len(made) < SEGMENT, "only the last segment"
    fresh = Jobs([LONG], config, None, nothing)
    jobs_of(fresh)
    assert (resumed.total, resumed.hashes) == (fresh.total, fresh.hashes)


@given(seed=st.integers(0, 50), missing=st.sets(st.integers(0, 2 * SEGMENT + 99), max_size=30))
def test_whatever_is_missing_is_owed_and_nothing_else(seed: int, missing: set[int]) -> None:
    whole = _whole(seed)
    missing = {i for i in missing if i < len(whole)}
    jobs = Jobs([PAIRS], Config(n=2 * SEGMENT + 100, seed=seed % 3), None, settled_in(whole, missing))
    assert identity(jobs_of(jobs)) == [id_ for i, id_ in enumerate(identity(whole)) if i in missing]


WHOLE: dict[int, list[Job]] = {}


def _whole(seed: int) -> list[Job]:
    seed %= 3
    if seed not in WHOLE:
        WHOLE[seed] = jobs_of(Jobs([PAIRS], Config(n=2 * SEGMENT + 100, seed=seed), None, nothing))
    return WHOLE[seed]


def test_a_larger_n_begins_with_the_cases_of_a_smaller_one_over_segments() -> None:
    few, many = (list(PAIRS.generate(4, n)) for n in (SEGMENT + 1, 3 * SEGMENT))
    assert many[: len(few)] == few
    assert len({case.id for case in many}) == len(many)


def test_the_total_is_a_bound_and_then_exact() -> None:
    jobs = Jobs(TASKS, Config(n=200), None, nothing)
    bound = jobs.total
    had = jobs_of(jobs)
    assert bound >= jobs.total == len(had)
