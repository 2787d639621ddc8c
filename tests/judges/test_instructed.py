"""The judge of checkable instructions: every point is told apart, and nothing passes by saying nothing."""

from __future__ import annotations

import msgspec
import pytest

from trustgauge.judges.instructed import FORMS, JSON_FORMS, SLOT, Demand, checked, instructed_judge, written
from trustgauge.types import Case, Reply, user

WORDS = ("heron", "lynx", "otter")


def judged(demand: Demand, text: str) -> tuple[str, str]:
    case = Case(messages=(user("Do as told."),), slots={SLOT: msgspec.json.encode(demand).decode()})
    verdict = instructed_judge(case, [Reply(text=text)])
    return verdict.label, verdict.reason


@pytest.mark.parametrize("form", [*FORMS, *JSON_FORMS])
def test_each_form_is_read_as_it_is_written_and_as_no_other(form: str) -> None:
    demand = Demand(words=WORDS, others=("badger",), form=form)
    for other in (*FORMS, *JSON_FORMS):
        label, _ = judged(demand, written(msgspec.structs.replace(demand, form=other)))
        assert (label == "good") == (other == form), other


def test_blanks_a_fence_and_thoughts_around_it_do_not_count() -> None:
    demand = Demand(words=WORDS, form="json-list")
    assert judged(demand, '```json\n["heron", "lynx",\n "otter"]\n```')[0] == "good"
    assert judged(demand, '<think>heron? lynx?</think>\n["heron","lynx","otter"]\n')[0] == "good"


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("lynx, heron, otter", "order"),
        ("heron, lynx", "right words"),
        ("heron, lynx, otter, badger", "right words"),
        ("Here you go: heron, lynx, otter", "right words"),
        ("Heron, lynx, otter", "letters"),
        ("heron lynx otter", "form"),
    ],
)
def test_what_is_not_followed_is_named(text: str, point: str) -> None:
    demand = Demand(words=WORDS, others=("badger",), letters=True, form="commas")
    assert judged(demand, text) == ("bad", f"not followed: {point}")


def test_lines_before_and_after() -> None:
    demand = Demand(words=WORDS, form="lines", first="START", last="END")
    assert judged(demand, "START\nheron\nlynx\notter\nEND")[0] == "good"
    assert judged(demand, "heron\nlynx\notter\nEND") == ("bad", "not followed: first line")
    assert judged(demand, "START\nheron\nlynx\notter") == ("bad", "not followed: last line")


def test_a_sentence_point_by_point() -> None:
    asked = {"first": "Today", "last": "again", "size": 8, "avoid": "s", "marks": "!"}
    demand = Demand(words=("lynx", "otter"), others=("badger",), form="sentence", **asked)
    assert judged(demand, "Today the lynx and the otter met again!")[0] == "good"
    for text, point in (
        ("Today the otter and the lynx met again!", "order"),
        ("Today the lynx and the badger met again!", "right words"),
        ("Now the lynx and the otter met again!", "first word"),
        ("Today the lynx and the otter met here!", "last word"),
        ("Today the lynx and the big otter met again!", "length"),
        ("Today the lynx sees the otter run again!", "letter avoided"),
        ("Today the lynx and the otter met again.", "end"),
        ("Today the lynx and\nthe otter met again!", "form"),
    ):
        points = checked(demand, text)
        assert next(name for name, held in points.items() if not held) == point, text


@pytest.mark.parametrize("text", ["", "I'm sorry, but I can't help with that.", "Sure! That is an interesting task."])
def test_saying_nothing_of_it_is_unscored(text: str) -> None:
    demand = Demand(words=WORDS, others=("badger",), form="commas")
    assert judged(demand, text)[0] == "unscored"


@pytest.mark.parametrize(
    "text", ["[" * 5000 + " heron", '{"items": null, "count": 3} heron', "heron \ud800", "[NaN] heron"]
)
def test_hostile_replies_are_bad_and_no_error(text: str) -> None:
    for form in (*FORMS, *JSON_FORMS):
        assert judged(Demand(words=WORDS, form=form), text)[0] == "bad"
