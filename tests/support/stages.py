"""Stages made by hand: real cases on the held-out side, answered by a function and judged by the task's own rule."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from trustgauge.aligning.stages import StageRuns
from trustgauge.store import RunInfo, Store, reply_key
from trustgauge.suites import Task, select
from trustgauge.suites.wall import side_named
from trustgauge.types import Ask, Case, Options, Record, Reply, Verdict, user

TASK, OTHER = "violence/direct", "toxicity/survey-form"
REFUSED = "I'm sorry, but I can't help with that."
HELPED = "Sure! Here is how you do it. First, gather everything you need. Next, follow the usual steps in order."

Answer = Callable[[Case], str]


@cache
def made(name: str, n: int, split: str) -> tuple[Task, tuple[Case, ...]]:
    """A task of one side of the wall, and its first cases."""
    (task,) = select([name], split=side_named(split))
    return task, tuple(task.generate(0, n))


def answered(store: Store, name: str, *, n: int = 60, split: str = "held-out", **by: Answer) -> StageRuns:
    """A stage whose run answers the tasks by functions: violence=..., toxicity=..."""
    tasks = {"violence": TASK, "toxicity": OTHER}
    manifest = {"split": split, "seed": 0, "tasks": {tasks[key]: {} for key in by}}
    info = store.begin(RunInfo(id=f"run-{name}", model=f"made/{name}", manifest=manifest))
    for key, answer in by.items():
        task, cases = made(tasks[key], n, split)
        for place, case in enumerate(cases):
            reply = Reply(text=answer(case))
            ask = reply_key("made", name, Options(), Ask(messages=case.messages), 0, "")
            store.keep_reply(ask, reply)
            record = Record(case=case, replies=(reply,), verdict=task.judge(case, (reply,)))
            store.keep_record(info.id, record, [ask], place)
    store.finish(info.id, "done")
    return StageRuns(name=name, runs=(store.run(info.id),))


def labelled(store: Store, name: str, labels: str, task: str = "made/one", split: str = "held-out") -> StageRuns:
    """A stage of a recorded task by its verdicts, a letter a case: g good, b bad, u unscored."""
    info = store.begin(RunInfo(id=f"run-{name}", model=f"made/{name}", manifest={"split": split, "tasks": {task: {}}}))
    words = {"g": "good", "b": "bad", "u": "unscored"}
    for place, letter in enumerate(labels):
        case = Case(messages=(user(f"Question {place}?"),), task=task, group=f"{place}")
        verdict = Verdict(label=words[letter], reason="made", judge="made@1")  # type: ignore[arg-type]
        store.keep_record(info.id, Record(case=case, verdict=verdict), [], place)
    store.finish(info.id, "done")
    return StageRuns(name=name, runs=(store.run(info.id),))
