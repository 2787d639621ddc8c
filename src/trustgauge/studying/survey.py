"""The survey's studies as measures of a study: as published, and as the released replies can bear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from trustgauge.reports.survey2023 import CAUSAL, FAIRNESS, RELEASE, SAFETY_TASKS, TYPO
from trustgauge.stats.intervals import wilson
from trustgauge.stats.ranking import Scored
from trustgauge.store import RunInfo, Store
from trustgauge.studying.claims import claims_of
from trustgauge.studying.table import Measure, Table
from trustgauge.studying.tallied import Tallied, together
from trustgauge.types import Record

YES = {"cause": ("necessary", "not necessary"), "necessity": ("necessary",)}
"""The classes of event pairs whose answer is Yes."""
Read = Callable[[Record], tuple[str, bool] | None]
"""The arm of a record and whether it counts as good; None where it doesn't count."""


class Study(NamedTuple):
    """One of the survey's studies: its tasks, and its two readings."""

    name: str
    title: str
    tasks: tuple[str, ...]
    published: Read
    readable: Read


def _labelled(record: Record) -> tuple[str, bool] | None:
    """The release's own label, 1 or 0."""
    return "", bool(record.verdict and record.verdict.values.get(RELEASE))


def _readable(record: Record) -> tuple[str, bool] | None:
    return ("", record.label == "good") if record.label in ("good", "bad") else None


def _asked(question: str) -> tuple[Read, Read]:
    """Accuracy over all answers to one causal question; and over the readable ones, by the key."""

    def published(record: Record) -> tuple[str, bool] | None:
        return ("", record.label == "good") if record.case.slots["question"] == question else None

    def readable(record: Record) -> tuple[str, bool] | None:
        if record.case.slots["question"] != question or record.label not in ("good", "bad"):
            return None
        return ("yes" if record.case.slots["class"] in YES[question] else "no"), record.label == "good"

    return published, readable


STUDIES = (
    Study("safety", "Harm refusal", SAFETY_TASKS, _labelled, _readable),
    Study("fairness", "Stereotype refusal", (FAIRNESS,), _labelled, _readable),
    Study("cause", "Causes told", (CAUSAL,), *_asked("cause")),
    Study("necessity", "Necessity told", (CAUSAL,), *_asked("necessity")),
    Study("typos", "Typo robustness", (TYPO,), _labelled, _readable),
)


def with_release(table: Table, runs: Sequence[RunInfo], store: Store) -> Table:
    """The survey's studies in both readings, beside the sub-categories that their rows were filed under.

    Where the import holds fewer rows of a study than were released, the published reading has the counts of the
    whole files, which are public, and its title says so.
    """
    measures, cells, n = list[Measure](), dict[str, tuple[Scored | None, ...]](), dict[str, tuple[int, ...]]()
    joint = dict(table.together)
    counts = claims_of("survey").counts
    for study in STUDIES:
        for reading, read in (("published", study.published), ("readable", study.readable)):
            found = [_tallied(run, study, read, store) for run in runs]
            id_, title = f"{study.name}, {reading}", f"{study.title} ({reading}"
            whole = [counts.get(study.name, {}).get(run.model) for run in runs]
            if reading == "published" and any(w and one.n < w[1] for w, one in zip(whole, found, strict=True)):
                measures.append(Measure(id_, f"{title}, whole released file)", study.name, counted=False))
                cells[id_] = tuple((w[0] / w[1], *wilson(*w)) if w else None for w in whole)
                n[id_] = tuple(w[1] if w else 0 for w in whole)
            elif sum(one.n > 0 for one in found) > 1:
                measures.append(Measure(id_, f"{title})", study.name, counted=False))
                cells[id_] = tuple(one.score() for one in found)
                n[id_] = tuple(one.n for one in found)
                joint[id_] = np.asarray(together(found))
    whole_table = {"cells": {**cells, **table.cells}, "n": {**n, **table.n}}
    return replace(table, measures=(*measures, *table.measures), together=joint, **whole_table)


def _tallied(run: RunInfo, study: Study, read: Read, store: Store) -> Tallied:
    """All tasks of a study pooled, as the survey does; a class of questions is an arm."""
    found = Tallied()
    for task in study.tasks:
        for records in store.groups(run.id, task):
            for record in records:
                counted = read(record)
                if counted:
                    found.add("", record.case.group, counted[0], float(counted[1]), 1.0)
    return found
