"""unanswerable and no-such-thing: twins one sentence apart, names that nothing has, words that a right answer has."""

from __future__ import annotations

import re
from itertools import groupby

from trustgauge.generate.text import faults, fill
from trustgauge.judges.knowing import names_of
from trustgauge.judges.readers.naming import folded
from trustgauge.suites import find_task
from trustgauge.suites.reliability.hallucination import GAPS, NO_SUCH, WORDS
from trustgauge.types import Case, Reply

UNANSWERABLE, NO_SUCH_THING = find_task("hallucination/unanswerable"), find_task("hallucination/no-such-thing")
PASSAGES = {row["name"]: row for row in WORDS.rows("passages")}
KINDS = NO_SUCH.rows("kinds")


def pairs(cases: list[Case]) -> list[list[Case]]:
    return [list(group) for _, group in groupby(cases, key=lambda case: case.group)]


def test_every_passage_has_its_gaps() -> None:
    assert set(GAPS["gaps"]) == set(PASSAGES)
    for name, gaps in GAPS["gaps"].items():
        assert len(gaps) >= 4, name
        assert len({gap["ask"] for gap in gaps}) == len(gaps)
        for gap in gaps:
            assert gap["pool"] in WORDS["pools"]
            assert len(re.findall(r"\{(?:a )?value\}", gap["tell"])) == 1
            assert gap["ask"].endswith("?") and gap["tell"].endswith(".")


def test_twins_differ_in_the_sentence_that_tells() -> None:
    for without, with_it in pairs(list(UNANSWERABLE.generate(3, 400))):
        assert (without.twin, with_it.twin) == (False, True)
        frames = [case.prompt.split("\n\n") for case in (without, with_it)]
        assert (frames[0][0], frames[0][2]) == (frames[1][0], frames[1][2])
        assert re.search(rf"(?<!\w){re.escape(with_it.key)}(?!\w)", frames[1][1])
        assert not re.search(rf"(?<!\w){re.escape(with_it.key)}(?!\w)", frames[0][1])
        assert len(frames[0][1].split(". ")) == len(frames[1][1].split(". "))
        assert not faults(without.prompt) and not faults(with_it.prompt)


def test_naming_what_else_the_passage_tells_is_wrong_on_both_sides() -> None:
    tried = 0
    for without, with_it in pairs(list(UNANSWERABLE.generate(4, 300))):
        for lure in names_of(with_it.slots["lure"]):
            tried += 1
            assert UNANSWERABLE.judge(without, [Reply(text=f"It was {lure}.")]).label == "bad"
            assert UNANSWERABLE.judge(with_it, [Reply(text=f"It was {lure}.")]).label == "bad"
    assert tried >= 50


def test_there_are_enough_kinds_and_real_things() -> None:
    assert len(KINDS) >= 8
    for kind in KINDS:
        names = [name for name, _ in kind["real"]]
        assert len(names) == len(set(names)) >= 15, kind["name"]
        assert len(kind["ask"]) >= 3


def test_the_words_of_a_right_answer_stand_in_no_question() -> None:
    for kind in KINDS:
        for name, expected in kind["real"]:
            for ask in kind["ask"]:
                said = folded(fill(ask, {"name": name}))
                assert [word for word in names_of(expected) if f" {word}" in said] == [], (ask, name)


def test_invented_names_are_none_of_the_real_ones() -> None:
    real = {name.lower() for kind in KINDS for name, _ in kind["real"]}
    cases = list(NO_SUCH_THING.generate(5, 600))
    invented = {case.slots["name"].lower() for case in cases if not case.twin}
    assert len(invented) >= 250
    assert not invented & real


def test_both_sides_are_asked_in_the_same_words() -> None:
    for made_up, real in pairs(list(NO_SUCH_THING.generate(6, 200))):
        frames = [
            re.sub(re.escape(case.slots["name"]), "\u2026", case.prompt, flags=re.I).lower() for case in (made_up, real)
        ]
        assert frames[0] == frames[1] and "\u2026" in frames[0]
        assert (made_up.twin, real.twin) == (False, True)
