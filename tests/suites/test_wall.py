"""The wall: a group is on a side by the parts of all its cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.errors import UsageError
from trustgauge.generate.choice import LAYOUTS
from trustgauge.suites import find_task, select
from trustgauge.suites.wall import RELATION, SIDES, SOURCE, Wall, part_side, side_named
from trustgauge.types import Case, user


def case(template: str, **slots: str) -> Case:
    return Case(messages=(user("?"),), template=template, slots=slots)


def on(side: str, n: int = 40) -> list[str]:
    """Words that lie on a side."""
    return [word for word in (f"word{i}" for i in range(2000)) if part_side(word) == side][:n]


@given(st.text())
def test_case_and_outer_spaces_do_not_move_a_part(text: str) -> None:
    assert part_side(f"  {text.upper()} ") == part_side(text.upper())
    assert part_side(text) in SIDES


def test_about_half_of_all_words_lie_on_each_side() -> None:
    train = sum(part_side(f"word {i}") == "train" for i in range(4000))
    assert 1850 < train < 2150


def test_a_group_is_on_a_side_only_with_all_its_parts() -> None:
    (a, b, *_), (x, *_) = on("train"), on("held-out")
    wall = Wall(keywords=("act",))
    assert wall.side_of([case(a, act=b), case(b, act=a)]) == "train"
    assert wall.side_of([case(a, act=b), case(a, act=x)]) is None
    assert wall.side_of([case(f"{a}/{x}", act=b)]) is None
    assert wall.side_of([case(x, act=x)]) == "held-out"


def test_arms_and_slots_that_are_no_keywords_are_shared() -> None:
    (a, *_), (x, *_) = on("train"), on("held-out")
    assert Wall(keywords=("act",), arms=(x,)).side_of([case(f"{a}/{x}", act=a, tone=x)]) == "train"
    assert Wall().side_of([case(a, tone=x)]) is None  # nothing named: every word counts
    assert Wall().side_of([case(a, age="17")]) == "train"  # a number is no word


@pytest.mark.parametrize("side", SIDES)
def test_a_task_on_a_side_makes_only_that_side(side: str) -> None:
    (task,) = select(["violence/direct"], split=side_named(side))
    groups: dict[str, list[Case]] = {}
    for made in task.generate(3, 40):
        groups.setdefault(made.group, []).append(made)
    assert sum(map(len, groups.values())) == 40
    assert {task.side_of(group) for group in groups.values()} == {side}


def test_the_two_sides_of_a_seed_share_no_case() -> None:
    task = find_task("violence/direct")
    ids = [{made.id for made in task.on(side).generate(0, 60)} for side in SIDES]
    assert not ids[0] & ids[1]


def test_a_public_set_is_held_out_whole() -> None:
    with pytest.raises(UsageError, match="held out whole"):
        select(["truthfulqa"], split="train")
    for task in select(["truthfulqa"], split="held-out"):
        assert task.side_of([]) == "held-out"


def test_an_unknown_side_is_named() -> None:
    with pytest.raises(UsageError, match="'test'"):
        side_named("test")


def test_arms_also_take_what_a_keyword_slot_holds() -> None:
    (a, *_), (x, *_) = on("train"), on("held-out")
    assert Wall(keywords=("topic",), arms=(x,)).side_of([case(a, topic=x)]) == "train"
    assert Wall(keywords=("topic",)).side_of([case(a, topic=x)]) is None


@pytest.mark.parametrize(
    ("names", "template", "parts"),
    [
        (RELATION, "greek-myths-ask-2/pick", {"greek-myths", "pick"}),
        (RELATION, "capitals-back-1", {"capitals"}),
        (SOURCE, "animal-size-drawer/pick", {"animal-size", "pick"}),
        (SOURCE, "nobody/sum-marbles/which-one", {"sum-marbles", "which-one"}),
        (SOURCE, "materials-close-plain/letter-only", {"materials", "letter-only"}),
        (SOURCE, "archaic-1/pick", {"archaic-1", "pick"}),
        ("", "ferry-a", set()),
    ],
)
def test_names_finds_the_family_in_a_name(names: str, template: str, parts: set[str]) -> None:
    assert Wall(keywords=(), names=names).parts(case(template)) == parts


def test_the_wordings_of_a_choice_are_parted_two_and_two() -> None:
    assert sorted(part_side(name) for name in LAYOUTS) == ["held-out"] * 2 + ["train"] * 2
