"""Every generated task on both sides of the wall: it has cases there, of all kinds, and the sides share nothing.

What is shared is looked up in the cases themselves, by the slots that a task names, not by the wall's own parts.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

from trustgauge.suites import Task, tasks
from trustgauge.suites.wall import SIDES, Side
from trustgauge.types import Case

FEW = 24
"""Cases of each task and side here."""

MANY = 0.2
"""Share of all cases from which on a kind must come on both sides."""


@cache
def made(name: str, side: Side | None, n: int = FEW) -> list[Case]:
    return list(tasks()[name].on(side).generate(0, n))


def keywords(task: Task, cases: list[Case]) -> set[str]:
    """What the slots named hold, without what all groups have."""
    names = task.wall.keywords or ()
    held = {case.slots.get(name, "").strip().casefold() for case in cases for name in names}
    return held - {"", *task.wall.arms}


@pytest.mark.parametrize("name", list(tasks()))
def test_a_task_has_cases_on_both_sides(name: str) -> None:
    task = tasks()[name]
    assert task.wall.keywords is not None, f"{name} does not say what of it is walled off: give it wall=Wall(keywords=)"
    everywhere = made(name, None, 2 * FEW)
    kinds = [case.kind for case in everywhere]
    walled = {part for case in everywhere for part in task.wall.parts(case)}
    common = {kind for kind in kinds if kinds.count(kind) >= MANY * len(kinds)} - walled
    for side in SIDES:
        cases = made(name, side)
        assert len(cases) >= FEW // 2, (
            f"{name} has {len(cases)} cases on the side {side}: name fewer keywords or parts of templates in its "
            "wall=Wall(...), or more as arms (docs/decisions/0014)"
        )
        groups: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            groups[case.group].append(case)
        assert {task.side_of(group) for group in groups.values()} == {side}
        assert {case.twin for case in cases} == {case.twin for case in everywhere}, f"{name}, {side}: twins only"
        more = made(name, side, 8 * FEW) if common - {case.kind for case in cases} else cases
        assert common <= {case.kind for case in more}, f"{name} lacks a kind on the side {side}"


@pytest.mark.parametrize("name", list(tasks()))
def test_the_sides_of_a_task_share_no_wording_and_no_keyword(name: str) -> None:
    task = tasks()[name]
    train, held_out = (made(name, side) for side in SIDES)
    shared = {case.template for case in train} & {case.template for case in held_out}
    assert shared <= set(task.wall.arms)
    assert not keywords(task, train) & keywords(task, held_out)


def test_no_keyword_and_no_prompt_of_any_task_is_on_both_sides() -> None:
    train, held_out = (
        {
            seen
            for task in tasks().values()
            for cases in (made(task.id, side),)
            for seen in (*keywords(task, cases), *(case.messages for case in cases))
        }
        for side in SIDES
    )
    assert not train & held_out
