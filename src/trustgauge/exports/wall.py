"""The wall at the export: which side each record of a run lies on, and the refusal where one is held out."""

from __future__ import annotations

from collections.abc import Mapping

from trustgauge.errors import UsageError
from trustgauge.store import Store
from trustgauge.suites import known_task
from trustgauge.types import Case

Place = Mapping[tuple[str, str], str]
"""Sides by (task, group): "train", "held-out", or "mixed" where a group's parts lie on both."""


def sides(store: Store, run: str) -> dict[tuple[str, str], str]:
    """The side of each group of a run's records.

    Recorded replies to tasks that are not ours are outside material: train.
    """
    found: dict[tuple[str, str], str] = {}
    for name in store.tasks(run):
        task = known_task(name)
        for records in store.groups(run, name):
            key = (name, records[0].case.group)
            cases = list({record.case.id: record.case for record in records}.values())
            found[key] = (task.side_of(cases) or "mixed") if task else "train"
    return found


def side_in(places: Mapping[str, Place], run: str, case: Case) -> str:
    """The side of a case of a run."""
    return places[run][case.task, case.group]


def refuse_held_out(held: Mapping[str, Mapping[str, Case]]) -> None:
    """UsageError where runs hold cases that are not on the training side; held gives these, by run and by id."""
    if not held:
        return
    run, cases = next(iter(held.items()))
    n = len({id_ for each in held.values() for id_ in each})
    example = min(cases.values(), key=lambda case: (case.task, case.id))
    others = f" (as {len(held) - 1} more of these runs)" if len(held) > 1 else ""
    raise UsageError(
        f"{run}{others} holds {n:,} cases that are kept for testing, such as {example.id} of {example.task}: training "
        "on them would spoil every later measurement. Measure with --split train to make training data, or export "
        "with --train-only to take just the training side of what is there"
    )
