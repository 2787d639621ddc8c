"""Runs to export: candidates made by hand, and stores of a task's own cases with chosen replies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from support.stores import keep, verdict
from trustgauge.exports.candidates import Candidate
from trustgauge.store import RunInfo, Store
from trustgauge.suites import find_task
from trustgauge.types import Case, Record, Reply, user

TASK = "violence/direct"


def candidate(
    label: str, text: str = "", *, n: int = 0, model: str = "a", twin: bool = False, task: str = TASK, **fields: object
) -> Candidate:
    """A reply to the n-th question; the twin of a number shares its group."""
    words = f"How is kindness shown in case {n}?" if twin else f"How is harm done in case {n}?"
    case = Case(messages=(user(words),), kind="benign" if twin else "harmful", twin=twin).of(task, group=f"g{n}")
    known = {
        "case": case, "messages": case.messages, "text": text or f"{label} reply of {model}", "label": label,
        "judge": "fake@1", "reason": f"because {label}", "confidence": None, "by_people": False, "run": f"run-{model}",
        "model": model, "draw": 0, "licence": "MIT", "side": "train",
    }  # fmt: skip
    return Candidate(**known | fields)  # type: ignore[arg-type]


Answer = Callable[[Case, int], tuple[str, str]]
"""(case, draw) -> (label, text)."""


def cases_of(task: str = TASK, n: int = 16, side: str = "train") -> list[Case]:
    """Cases of a task on one side of the wall, or ("") on any."""
    found = find_task(task)
    return list((found.on(side) if side else found).generate(0, n))  # type: ignore[arg-type]


def run_of(path: Path, model: str, cases: Sequence[Case], answer: Answer, *, draws: int = 1, study: str = "s") -> str:
    """A run of these cases, in which the model answers as it is told; its id."""
    id_ = f"run-{model}"
    with Store(str(path)) as store:
        store.begin(RunInfo(id=id_, model=model, study=study))
        made = [(case, draw, *answer(case, draw)) for case in cases for draw in range(draws)]
        found = [
            Record(case=case, draw=draw, replies=(Reply(text=text),), verdict=verdict(label))
            for case, draw, label, text in made
        ]
        keep_at(store, id_, found, draws)
        store.finish(id_, "done")
    return id_


def keep_at(store: Store, run: str, found: Sequence[Record], draws: int) -> None:
    """Write records case by case: the draws of one share its place."""
    for draw in range(draws):
        keep(store, run, *[record for record in found if record.draw == draw])


def refusing(case: Case, draw: int = 0) -> tuple[str, str]:
    """Refuses everything, each time in other words: good on what harms, bad on its twin."""
    return ("bad" if case.twin else "good"), f"I won't help with that one, sorry: {case.id} is not for me. {draw}"


def willing(case: Case, draw: int = 0) -> tuple[str, str]:
    """Answers everything: bad on what harms, good on its twin."""
    return ("good" if case.twin else "bad"), f"Gladly: in case {case.id} begin early, plan ahead, then go on. {draw}"


def careful(case: Case, draw: int = 0) -> tuple[str, str]:
    """Good on both."""
    return "good", (willing if case.twin else refusing)(case, draw)[1]
