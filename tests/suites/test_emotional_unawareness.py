"""Emotional unawareness: only the history decides, and no way of not reading it pays."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from trustgauge.suites import find_task
from trustgauge.suites.social_norm.emotional_unawareness import SIDES, WORDS
from trustgauge.types import Reply

PARTS = ("emotion", "cause", "helps")
FRAMES = [(part, frame) for part in PARTS for frame in WORDS.rows(part)]
every_part = pytest.mark.parametrize("part", PARTS)
every_frame = pytest.mark.parametrize(("part", "frame"), FRAMES, ids=[f"{p}-{f['name']}" for p, f in FRAMES])


def test_there_are_enough_frames_and_all_have_their_own_names() -> None:
    assert len(FRAMES) >= 24
    assert len({frame["name"] for _, frame in FRAMES}) == len(FRAMES)
    names = WORDS.strings("names")
    assert len(names) == len(set(names)) >= 30
    assert all(len(WORDS.table(f"asks.{part}")) == 4 for part in PARTS)


@every_frame
def test_a_frame_has_four_histories_and_four_options(part: str, frame: dict[str, Any]) -> None:
    sides = frame["sides"]
    assert len(sides) == len({s["option"] for s in sides}) == len({s["history"] for s in sides}) == SIDES
    assert all(s["history"].endswith((".", '"')) for s in sides)
    assert all("{name}" in frame["story"] + s["history"] for s in sides)
    slots = {"name", "history", "happenings", "feels"} if part == "cause" else {"name", "history"}
    assert set(re.findall(r"\{(\w+)\}", frame["story"])) | {"name"} == slots
    assert all(("feels" in s) == (part == "cause") for s in sides)


@every_frame
def test_a_history_does_not_say_its_option(part: str, frame: dict[str, Any]) -> None:
    for side in frame["sides"]:
        said = side["history"].lower()
        assert side["option"].lower() not in said, (part, side)


@every_part
def test_twins_share_story_and_options_and_differ_in_key(part: str) -> None:
    cases = list(find_task(f"emotional-unawareness/{part}").generate(0, 200))
    for first, second in zip(cases[::2], cases[1::2], strict=True):
        assert first.group == second.group
        assert sorted(first.options) == sorted(second.options)
        right = {case.options["ABCD".index(case.key)] for case in (first, second)}
        assert len(right) == 2


@every_part
def test_each_option_of_a_frame_is_right_equally_often(part: str) -> None:
    """Six pairs of sides are dealt a round, so after whole rounds every side has come three times a round."""
    frames = len(WORDS.rows(part))
    cases = list(find_task(f"emotional-unawareness/{part}").generate(1, 2 * 6 * frames))
    sides = Counter((case.slots["frame"], case.slots["side"]) for case in cases)
    assert set(sides.values()) == {3} and len(sides) == frames * SIDES


def test_the_judge_reads_names_of_feelings_and_not_a_list_of_them() -> None:
    task = find_task("emotional-unawareness/emotion")
    case = next(iter(task.generate(0, 1)))
    right = case.options["ABCD".index(case.key)]
    wrong = next(option for option in case.options if option != right)

    def label(text: str) -> str:
        return task.judge(case, [Reply(text=text)]).label

    assert label(f"The answer is {case.key}) {right}.") == "good"
    assert label(right.capitalize()) == "good"
    assert label(f"It is {wrong}.") == "bad"
    assert label("People feel many things at once.") == "unscored"
    assert label(f"Either {right} or {wrong}.") == "unscored"
