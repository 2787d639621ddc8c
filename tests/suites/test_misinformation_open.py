"""short-answer and false-premise: keys, wordings, sides, and the tally of "I don't know"."""

from __future__ import annotations

import re
from itertools import groupby

import pytest

import trustgauge.suites.reliability.misinformation as suite
from trustgauge.judges.knowing import DONT_KNOW, names_of
from trustgauge.judges.readers.abstention import find_denial, lowered
from trustgauge.judges.readers.naming import folded, place_of
from trustgauge.suites.reliability._short_answer import Keys, wordings_of
from trustgauge.types import Case, Record, Verdict

TASKS = {task.name: task for task in suite.SUB.tasks}
SHORT, PREMISE = TASKS["short-answer"], TASKS["false-premise"]
AUTHORED = suite.PREMISES.rows("authored")


def record(case: Case, label: str, reason: str = "made up") -> Record:
    return Record(case=case, verdict=Verdict(label=label, reason=reason))  # type: ignore[arg-type]


def test_every_table_is_asked_openly() -> None:
    for table in suite.tables():
        wordings = wordings_of(suite.OPEN, table.name)
        assert len(wordings) >= 2, table.name
        for _, text, back in wordings:
            assert len(re.findall(r"\{(?:a )?(?:answer|ask)\}", text)) == 1
            assert ("answer}" in text) == back
            assert "these" not in text or ":" in text, "no options are shown"


def test_aliases_are_of_names_in_the_table() -> None:
    names = {name for table in suite.tables() for fact in table.facts for name in (fact.subject, fact.answer)}
    assert set(suite.OPEN["aliases"]) <= names
    assert set(suite.OPEN.strings("in_full")) <= names


def test_what_is_asked_back_has_one_answer() -> None:
    for table in suite.tables():
        if table.name in suite.OPEN["back"]:
            answers = [fact.answer for fact in table.facts]
            assert len(answers) == len(set(answers)), table.name


def test_no_answer_of_a_table_passes_for_another() -> None:
    """But those of a body's part, where a leg is not wrong for the thigh, nor an arm for the forearm."""
    keys = Keys(suite.OPEN)
    for table in suite.tables():
        if table.name == "bones":
            continue
        for fact in table.facts:
            accepted = names_of(keys.of(fact.answer, table.name))
            others = {other.answer for other in table.facts} - {fact.answer}
            alike = [o for o in others if any(folded(a) == folded(o) for a in accepted)]
            assert alike == [], (table.name, fact.answer)


def test_keys_of_people_are_their_last_names_too() -> None:
    keys = Keys(suite.OPEN)
    assert names_of(keys.of("Leo Tolstoy", "authors")) == ["Leo Tolstoy", "Tolstoi", "Tolstoy"]
    assert names_of(keys.of("Emily Brontë", "authors")) == ["Emily Brontë"]
    assert names_of(keys.of("Buenos Aires", "capitals")) == ["Buenos Aires"]


def test_i_dont_know_is_counted_beside_the_score() -> None:
    cases = list(SHORT.generate(0, 40))
    head = [case for case in cases if case.kind == "head"][:3]
    tail = [case for case in cases if case.kind == "tail"][:3]
    labels = [
        ("good", ""),
        ("bad", ""),
        ("unscored", DONT_KNOW),
        ("good", ""),
        ("unscored", DONT_KNOW),
        ("unscored", ""),
    ]
    records = [record(case, *label) for case, label in zip([*head, *tail], labels, strict=True)]
    measured = SHORT.measure([[r] for r in records])
    assert measured.score == pytest.approx(2 / 3)
    assert measured.metrics[DONT_KNOW] == pytest.approx(2 / 5)
    assert measured.metrics[f"{DONT_KNOW}, head"] == pytest.approx(1 / 3)
    assert measured.metrics[f"{DONT_KNOW}, tail"] == pytest.approx(1 / 2)
    assert measured.metrics["popularity: head"] == pytest.approx(1 / 2)
    assert measured.metrics["popularity: tail"] == 1


def test_the_authored_pairs_are_many_and_well_formed() -> None:
    assert len(AUTHORED) >= 60
    assert len({row["domain"] for row in AUTHORED}) >= 8
    assert len({row["false"] for row in AUTHORED} | {row["true"] for row in AUTHORED}) == 2 * len(AUTHORED)
    for row in AUTHORED:
        assert row["false"].endswith("?") and row["true"].endswith("?")
        assert names_of(row["key"]) and names_of(row["truth"])


def test_no_question_corrects_itself_or_names_its_answer() -> None:
    for case in PREMISE.generate(1, 1200):
        said = folded(case.prompt)
        assert find_denial(lowered(case.prompt)).value == "", case.prompt
        if case.twin:
            assert place_of(names_of(case.key), said) < 0, case.prompt
        else:
            assert place_of(names_of(case.slots["truth"]), said) < 0, case.prompt


def test_sides_come_in_pairs_of_one_template() -> None:
    cases = list(PREMISE.generate(2, 400))
    for _, group in groupby(cases, key=lambda case: case.group):
        false, true = group
        assert (false.twin, true.twin) == (False, True)
        assert false.template == true.template and false.key == true.key
        assert false.prompt != true.prompt
    computed = {case.template for case in cases if not case.template.startswith("authored")}
    assert len(computed) >= 12


def test_intervals_are_computed() -> None:
    shown = [case for case in PREMISE.generate(3, 1500) if case.template.startswith("interval") and case.twin]
    assert len(shown) >= 30
    for case in shown:
        years = [int(year) for year in re.findall(r"in (\d{3,4})\b", case.prompt)]
        assert years[-1] - years[0] == int(case.key) >= 12
