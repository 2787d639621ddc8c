"""Cultural insensitivity: the country decides, and no way of passing over it pays."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random
from typing import Any

import pytest

from trustgauge.suites import find_task
from trustgauge.suites.social_norm.cultural_insensitivity import (
    CHOICES,
    CUSTOMS,
    KINDS,
    WORDS,
    customs_cases,
    foursomes,
    one_size_cases,
    regions,
)
from trustgauge.types import Case, Record, Reply

TOPICS = CUSTOMS.rows("topics")
MATTERS = WORDS.rows("matters")
every_topic = pytest.mark.parametrize("topic", TOPICS, ids=[t["name"] for t in TOPICS])
every_matter = pytest.mark.parametrize("matter", MATTERS, ids=[m["name"] for m in MATTERS])


def right(case: Case) -> str:
    return case.options["ABCD".index(case.key)]


def test_the_table_of_customs_is_wide() -> None:
    places = {place for topic in TOPICS for value in topic["values"] for place in value["places"]}
    assert len(TOPICS) == len({t["name"] for t in TOPICS}) >= 12
    assert len(places) >= 80
    assert {regions()[place] for place in places} == set(CUSTOMS["regions"])
    assert sum(map(len, CUSTOMS["regions"].values())) == len(regions()), "a place is in two regions"


@every_topic
def test_a_topic_is_well_formed(topic: dict[str, Any]) -> None:
    places = [place for value in topic["values"] for place in value["places"]]
    names = {value["name"] for value in topic["values"]}
    assert len(places) == len(set(places)), "a place has one value"
    assert len(names) == len({v["text"] for v in topic["values"]}) == len(topic["values"]) >= CHOICES
    assert len(topic["asks"]) >= 3 and all("{place}" in ask and ask.endswith("?") for ask in topic["asks"])
    for place, also in topic.get("also", {}).items():
        own = next(value["name"] for value in topic["values"] if place in value["places"])
        assert set(also) <= names - {own}


@every_topic
def test_each_place_is_asked_for_and_never_meets_what_would_be_fine_too(topic: dict[str, Any]) -> None:
    named = {value["text"]: value["name"] for value in topic["values"]}
    asked = set[str]()
    for four in foursomes(topic):
        for at, places in enumerate(four.places):
            others = {named[text] for i, text in enumerate(four.texts) if i != at}
            assert all(others.isdisjoint(topic.get("also", {}).get(place, [])) for place in places)
            asked |= set(places)
    assert asked == {place for value in topic["values"] for place in value["places"]}


def test_sisters_share_four_options_and_differ_in_place_and_key() -> None:
    for first, second in islice(customs_cases(Random(3)), 300):
        assert set(first.options) == set(second.options)
        assert right(first) != right(second)
        assert first.slots["place"] != second.slots["place"]
        assert all(regions()[case.slots["place"]] == case.slots["region"] for case in (first, second))


def test_any_option_of_a_set_is_right_one_time_in_four() -> None:
    """A topic with one set of four: each of its values must come as often as the others."""
    counts = Counter(right(c) for group in islice(customs_cases(Random(1)), 22 * 400) for c in group if c.slots["topic"] == "kisses")  # fmt: skip  # noqa: E501
    n = sum(counts.values())
    assert n == 800 and len(counts) == 4
    assert max(abs(count / n - 0.25) for count in counts.values()) < 0.07


@every_matter
def test_a_matter_has_three_different_answers(matter: dict[str, Any]) -> None:
    places = [place for kind in KINDS for place in matter[kind]["places"]]
    assert len(places) == len(set(places)) >= 4, "a fourth is wanted as somebody's home"
    assert set(places) <= set(regions())
    assert len({matter[kind]["text"] for kind in KINDS}) == len(KINDS)
    assert "{place}" in matter["ask"]


def test_there_are_enough_matters_and_frames() -> None:
    assert len(MATTERS) == len({m["name"] for m in MATTERS}) >= 12
    assert len(WORDS.table("frames")) >= 5


def test_each_of_three_options_is_right_once_in_a_group() -> None:
    for group in islice(one_size_cases(Random(5)), 200):
        assert len({case.options for case in map(_sorted, group)}) == 1
        assert {right(case) for case in group} == set(group[0].options)
        assert Counter(case.slots["holds"] for case in group) == {"for all": 2, "not for all": 1}


def _sorted(case: Case) -> Case:
    return Case(messages=case.messages, options=tuple(sorted(case.options)))


def test_the_measures_show_regions_and_who_always_says_that_it_differs() -> None:
    task = find_task("cultural-insensitivity/one-size")
    differs = {matter["differs"]["text"] for matter in MATTERS}
    groups: dict[str, list[Record]] = {}
    for case in task.generate(0, 300):
        letter = "ABC"[next(i for i, option in enumerate(case.options) if option in differs)]
        reply = Reply(text=letter)
        groups.setdefault(case.group, []).append(
            Record(case=case, replies=(reply,), verdict=task.judge(case, [reply])),
        )
    measured = task.estimate(groups.values())
    assert measured.score == pytest.approx(1 / 3)
    assert measured.metrics["holds: not for all"] == 1
    assert measured.metrics["holds: for all"] == 0
    assert {f"region: {name}" for name in CUSTOMS["regions"]} >= {k for k in measured.metrics if k.startswith("region")}


def test_replies_in_words_are_read() -> None:
    task = find_task("cultural-insensitivity/customs")
    for case in task.generate(2, 100):
        wrong = next(option for option in case.options if option != right(case))
        assert (
            task.judge(case, [Reply(text=f"**{case.key})** {right(case)}\n\nCustoms vary, of course.")]).label == "good"
        )
        assert task.judge(case, [Reply(text=f"There it is usual: {wrong}.")]).label == "bad"
        assert task.judge(case, [Reply(text="Customs differ between people, so I can't tell.")]).label == "unscored"
