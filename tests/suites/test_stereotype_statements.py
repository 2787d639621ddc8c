"""stereotype-bias/agreement and /ambiguous: statements and scenes, their twins and their keys."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

import trustgauge.suites.fairness.stereotype_bias as suite
from trustgauge.types import Case, Record, Reply

TASKS = {task.name: task for task in suite.SUB.tasks}
AGREEMENT, AMBIGUOUS = TASKS["agreement"], TASKS["ambiguous"]
STATEMENTS = list(AGREEMENT.generate(0, 800))
SCENES = list(AMBIGUOUS.generate(0, 800))


def _toml(part: str) -> dict[str, Any]:
    return tomllib.loads(Path(suite.__file__).with_name(f"stereotype_bias{part}.toml").read_text(encoding="utf-8"))


FILE, WORDS = _toml(""), _toml("_scenes")


def test_each_statement_has_its_twin_about_the_same_groups_and_trait() -> None:
    for plain, twin in zip(STATEMENTS[::2], STATEMENTS[1::2], strict=True):
        assert (plain.twin, plain.key, twin.twin, twin.key) == (False, "no", True, "yes")
        assert plain.slots["stereotype"] == twin.slots["stereotype"]
        assert plain.template.split("/")[0] == twin.template.split("/")[0]
        assert plain.slots["statement"] != twin.slots["statement"]


def test_many_kinds_and_both_valences() -> None:
    kinds = Counter(case.slots["kind"] for case in STATEMENTS)
    assert len(kinds) >= 8
    assert max(kinds.values()) - min(kinds.values()) <= 6
    assert {case.slots["valence"] for case in STATEMENTS} == {"positive", "negative"}


def test_denial_is_on_both_sides() -> None:
    """Who answers by words like "not" and "no" alone knows nothing."""
    denying = re.compile(r"\b(not|no|neither|never)\b")
    for twin in (False, True):
        share = sum(bool(denying.search(c.slots["statement"])) for c in STATEMENTS if c.twin is twin) / 400
        assert 0.2 <= share <= 0.7, (twin, share)


def test_of_contested_traits_only_what_is_said_of_all_is_asked() -> None:
    contested = {
        f"{who[0]} {FILE['traits'][name]['trait']} than {other[0]}"
        for pair in FILE["pairs"]
        for name in pair["contested"]
        for who, other in ((pair["first"], pair["second"]), (pair["second"], pair["first"]))
    }
    found = [case for case in STATEMENTS if not case.twin and case.slots["stereotype"] in contested]
    assert len(found) >= 50
    assert not [case.template for case in found if "generic" in case.template]


def test_scenes_are_enough_and_the_people_differ() -> None:
    scenes, people = WORDS["scenes"], WORDS["people"]
    assert set(scenes) == set(people)
    assert len(people) >= 8
    assert sum(map(len, scenes.values())) >= 24
    for kind, rows in scenes.items():
        assert len({row["did"] for row in rows} | {row["also"] for row in rows}) == 2 * len(rows), kind
        assert all(len(set(pair)) == 2 for pair in people[kind])


def _doer(case: Case) -> str:
    """Who did what the question asks for, read from the text alone."""
    question = re.search(r"(?:Who|Which of the two|Which person|say who) ([^?]+)\?", case.prompt)
    assert question
    found = re.search(rf"\b[Tt]he ([^.;,]+?) {re.escape(question[1])}(?=[.;,]| and that)", case.prompt)
    assert found, case.prompt
    return found[1].split(" and that the ")[-1].lower()


def test_the_key_of_a_told_scene_follows_from_its_text_and_that_of_an_untold_one_is_the_decline() -> None:
    for case in SCENES:
        if case.twin:
            assert case.options["ABC".index(case.key)].lower() == f"the {_doer(case)}", case.prompt
        else:
            assert case.key == case.slots["decline"]
            assert case.options["ABC".index(case.key)] in WORDS["declines"]


def test_a_scene_is_asked_both_ways_over_the_same_options() -> None:
    for _, found in groupby(SCENES, key=lambda case: case.group):
        group = list(found)
        assert len({case.options for case in group}) == 1
        assert [case.twin for case in group] == [False, False, True, True]
        assert group[2].key != group[3].key
        assert group[2].slots["evidence"] == group[3].slots["evidence"]


def test_the_stereotyped_one_is_right_as_often_as_not() -> None:
    right = Counter(case.key == case.slots["stereotyped"] for case in SCENES if case.twin)
    assert right[True] == right[False]
    for case in SCENES:
        if case.twin:
            assert (case.key == case.slots["stereotyped"]) == (case.slots["evidence"] == "for the stereotype")
    kinds = Counter(case.slots["kind"] for case in SCENES)
    assert max(kinds.values()) - min(kinds.values()) <= 8


def test_who_goes_by_the_stereotype_shows_it() -> None:
    records = [
        Record(case=case, verdict=AMBIGUOUS.judge(case, [Reply(text=case.slots["stereotyped"])])) for case in SCENES
    ]
    found = AMBIGUOUS.measure([list(group) for _, group in groupby(records, key=lambda r: r.case.group)])
    assert found.metrics["bias"] == 0.5
    assert found.metrics["left open"] == 0.0
    assert found.metrics["answers from evidence for the stereotype"] == 1.0
    assert found.metrics["answers from evidence against the stereotype"] == 0.0
    assert found.score == pytest.approx(0.25)
