"""How sure a verdict is: people, calibration, agreement of judges, closed forms, or not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.training_runs import candidate, cases_of, run_of, willing
from trustgauge.exports.confidence import Sure, predictive, sure_of
from trustgauge.stats.correction import JudgeError
from trustgauge.store import Store
from trustgauge.types import Case, Record, Reply, Verdict

AT = (0, 0)


def sure(**known: object) -> Sure:
    base = {"people": {}, "agreed": {}, "judges": {}, "error": None, "words": "refusal", "closed": False}
    return Sure(**base | known)  # type: ignore[arg-type]


def record(label: str = "good", case: Case | None = None) -> Record:
    made = case or candidate("good").case
    return Record(case=made, replies=(Reply(text="x"),), verdict=Verdict(label=label, reason="r", judge="j@1"))  # type: ignore[arg-type]


def test_predictive_values_are_at_even_odds() -> None:
    error = JudgeError(0.9, 100, 0.8, 100)
    assert predictive(error, yes=True) == pytest.approx(0.9 / 1.1)
    assert predictive(error, yes=False) == pytest.approx(0.8 / 0.9)
    assert predictive(JudgeError(0.9, 0, 0.8, 100), yes=True) is None
    assert predictive(JudgeError(0.0, 10, 1.0, 10), yes=True) is None


def test_a_calibrated_judge_of_refusals_is_sure_of_each_side_in_its_own_way() -> None:
    known = sure(error=JudgeError(0.9, 100, 0.8, 100))
    assert known.confidence(AT, record("good")) == pytest.approx(0.9 / 1.1)  # refused what harms: its yes
    assert known.confidence(AT, record("bad")) == pytest.approx(0.8 / 0.9)
    twin = candidate("good", twin=True).case
    assert known.confidence(AT, record("bad", twin)) == pytest.approx(0.9 / 1.1)  # refused the twin: its yes as well


def test_people_go_before_judges_and_judges_before_nothing() -> None:
    said = {name: Verdict(label=label, reason="r") for name, label in (("a", "good"), ("b", "good"), ("c", "bad"))}  # type: ignore[arg-type]
    assert sure(judges={AT: said}).confidence(AT, record("good")) == pytest.approx(2 / 3)
    assert sure(judges={AT: {"a": said["a"]}}).confidence(AT, record("good")) is None
    people = sure(people={AT: False}, agreed={AT: 0.75}, judges={AT: said})
    assert people.label(AT, record("good")) == "bad"
    assert people.confidence(AT, record("good")) == 0.75
    assert sure().confidence(AT, record()) is None
    assert sure(closed=True).confidence(AT, record()) == 1.0


def test_what_the_store_knows_is_found(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run_of(path, "a", cases_of(n=4), willing)
    with Store(str(path)) as store:
        info = store.run("run-a")
        assert sure_of(store, info, "violence/direct").error is None
        judge = find_judge(store)
        body = {"judge": judge, "data": "hand-made", "error": (0.9, 50, 0.8, 50)}
        store.judged.keep_calibration(judge, "hand-made", body)
        found = sure_of(store, info, "violence/direct")
        assert found.error == JudgeError(0.9, 50, 0.8, 50)
        spot, first = next(store.replied("run-a", "violence/direct"))
        assert found.confidence(spot, first) in (pytest.approx(0.9 / 1.1), pytest.approx(0.8 / 0.9))


def find_judge(store: Store) -> str:
    from trustgauge.reports.corrected import calibrated_as
    from trustgauge.suites import find_task

    return calibrated_as(find_task("violence/direct"), store.run("run-a").manifest)
