"""Scores corrected for the error of their judge: by people's labels on the run itself, or by a calibration.

Both need a score that is the mean of its sides' shares of good, as of every task with open replies that has twins, or
of one side alone. Raw and corrected stand side by side; where nothing can be corrected, the reason does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from trustgauge.judges.ensemble import cascade_id, joint_id
from trustgauge.judges.named import VERSION
from trustgauge.judges.rubric import Rubric, rubric
from trustgauge.reports.section import Section, interval
from trustgauge.stats.correction import Corrected, JudgeError, corrected_mean, corrected_rate
from trustgauge.stats.intervals import ClusterPair, mean_interval
from trustgauge.stats.measures import good_of_scored
from trustgauge.stats.prediction_powered import Group, prediction_powered
from trustgauge.store import Label, RunInfo, Spot, Store
from trustgauge.suites import Task, known_task
from trustgauge.types import Measured, Record

K = TypeVar("K", bound=Hashable)
CLOSE = 1e-9
NO_MEAN = "not corrected: this score is no mean of shares of good"
LEFT = 0.01
"""Share of a task's replies that a judge may have left (a server that won't take some) before nothing is corrected."""

Placed = list[list[tuple[Spot, Record]]]
"""A task's records in their groups, each behind its spot."""


class CorrectedScore(msgspec.Struct, frozen=True, kw_only=True):
    """One correction of a task's score; without a score the note says why.

    by      "people" (labels on a random part of this run) or "calibration" (the judge against other labelled replies)
    source  how many labels, or which calibration
    """

    by: Literal["people", "calibration"]
    source: str
    score: float | None
    low: float | None
    high: float | None
    method: str
    note: str


class Known(msgspec.Struct, frozen=True):
    """What a report needs of a stored calibration: whose it is, on which labels, and the error (see JudgeError)."""

    judge: str
    data: str
    error: tuple[float, float, float, float]


def known_errors(store: Store) -> dict[str, Known]:
    """The last calibration of each judge that the store holds, by the judge's id."""
    return {found.judge: found for body in store.judged.calibrations() for found in [msgspec.convert(body, Known)]}


def calibrated_as(task: Task, manifest: Mapping[str, Any]) -> str:
    """The id under which those who judged a task of a run are calibrated; "" where they can't be.

    Who they were is what the run's manifest says: neither the rule nor the rubric of today, if they have changed since.
    """
    judge, judging = task.judge, manifest.get("judging", {})
    ruled = manifest.get("tasks", {}).get(task.id, {}).get("judge", judge.id) == judge.id
    rule = f"{judge.reader}@{VERSION}" if judge.reader and ruled else ""
    if not judging or not judge.rubric:
        return rule
    words = next((id_ for id_ in judging["rubrics"] if id_.startswith(f"{judge.rubric}@")), "")
    if not words or (judging["panel"] == "weighted" and len(judging["judges"]) > 1):
        return ""  # a panel is calibrated by its majority
    rest = joint_id([f"{words}[{model}]" for model in judging["judges"]])
    if judging["mode"] == "all":
        return rest
    return cascade_id(rule, rest) if rule else ""


def corrections(
    store: Store,
    info: RunInfo,
    name: str,
    measured: Measured,
    known: Mapping[str, Known],
    labels: Sequence[Label],
    waiting: int = 0,
) -> tuple[CorrectedScore, ...]:
    """All corrections of a task's score that the store has the labels or the calibration for.

    A task of recorded replies, which no suite knows, has those by people's labels alone.

    waiting  replies that are still to be judged: until then it is not the calibrated judge who decided them
    """
    mine, task = [label for label in labels if label.task == name], known_task(name)
    calibration = known.get(calibrated_as(task, info.manifest)) if task else None
    if not mine and not calibration:
        return ()
    groups = list(store.spots(info.id, name))
    found = [by_people(groups, mine, measured)]
    if calibration and waiting > LEFT * sum(map(len, groups)):
        note = f"not corrected: {waiting:,} replies are still to be judged"
        found.append(_none("calibration", calibration.data, note))
    elif task and calibration and task.judge.rubric:
        error = JudgeError(*calibration.error)
        found.append(by_calibration(groups, rubric(task.judge.rubric), error, calibration.data, measured))
    return tuple(each for each in found if each)


def by_people(groups: Placed, labels: Sequence[Label], measured: Measured) -> CorrectedScore | None:
    """The score that people's labels on a random part of the run lead to; None where there are none.

    Labels chosen for another reason are not used; of several people on one reply the majority counts, a tie not at all.
    """
    said = settled([label for label in labels if label.chosen == "random"])
    if not said:
        return None
    source = f"{len(said):,} labels on this run"
    pair = _pair(groups)
    if not _is_mean_of_sides(pair, measured):
        return _none("people", source, NO_MEAN)
    sides: list[Corrected] = []
    for twin in (False, True):
        mine = [_judged(group, said, twin) for group in groups]
        if any(mine):
            sides.append(prediction_powered(mine))
    return _made("people", source, _mean(sides, pair.correlation))


def by_calibration(groups: Placed, words: Rubric, error: JudgeError, source: str, measured: Measured) -> CorrectedScore:
    """The score that the judge's measured sensitivity and specificity lead to."""
    sides = {words.side(record.case): record.case.twin for group in groups for _, record in group}
    means = [{words.yes_means(side) for side, of in sides.items() if of == twin} for twin in (False, True)]
    if any(len(each) > 1 or "" in each for each in means):
        return _none("calibration", source, "not corrected: good and bad are not just yes and no of the calibration")
    pair = _pair(groups)
    if not _is_mean_of_sides(pair, measured):
        return _none("calibration", source, NO_MEAN)
    errors = [error.flipped if each == {"bad"} else error for each in means]
    if pair.first.n and pair.second.n:
        shared = "alike" if means[0] == means[1] else "flipped"
        both = (pair.first, pair.second), (errors[0], errors[1])
        return _made("calibration", source, corrected_mean(*both, correlation=pair.correlation, shared=shared))
    rate, known = (pair.first, errors[0]) if pair.first.n else (pair.second, errors[1])
    return _made("calibration", source, corrected_rate(rate, known))


def settled(labels: Iterable[Label]) -> dict[Spot, bool]:
    """What people say of each record of one task; see `settled_at`."""
    return settled_at(labels, lambda label: (label.place, label.draw))


def settled_at(labels: Iterable[Label], key: Callable[[Label], K]) -> dict[K, bool]:
    """What people say of each record, True for good, by its key: the majority of those who are sure; no ties.

    In the order in which somebody was first sure of a record.
    """
    votes = defaultdict[K, Counter[str]](Counter)
    for label in labels:
        if label.label in ("good", "bad"):
            votes[key(label)][label.label] += 1
    return {at: found["good"] > found["bad"] for at, found in votes.items() if found["good"] != found["bad"]}


def _is_mean_of_sides(pair: ClusterPair, measured: Measured) -> bool:
    """True where the score is the mean of the shares of good of its sides, or the share of its only one."""
    rates = [side.rate for side in (pair.first, pair.second) if side.rate is not None]
    return bool(rates) and measured.score is not None and abs(sum(rates) / len(rates) - measured.score) < CLOSE


def _pair(groups: Placed) -> ClusterPair:
    """The shares of good of both sides."""
    pair = ClusterPair()
    for group in groups:
        records = [record for _, record in group]
        first, second = ([r for r in records if r.case.twin == twin] for twin in (False, True))
        pair.add(good_of_scored(first), good_of_scored(second))
    return pair


def _judged(group: list[tuple[Spot, Record]], said: Mapping[Spot, bool], twin: bool) -> Group:
    """What the judge and people say of a group's scored replies of one side."""
    return [
        (record.label == "good", said.get(spot))
        for spot, record in group
        if record.case.twin == twin and record.label in ("good", "bad")
    ]


def _mean(sides: Sequence[Corrected], correlation: float) -> Corrected:
    """The mean of the sides, which move together as their raw rates do."""
    lacking = [side for side in sides if side.value is None]
    if lacking or len(sides) == 1:
        return lacking[0] if lacking else sides[0]
    parts = [
        (side.value, side.low, side.high)
        for side in sides
        if side.value is not None and side.low is not None and side.high is not None
    ]
    value, low, high = mean_interval(parts, correlation=correlation)
    return Corrected(value, max(0.0, low), min(1.0, high), f"mean of both sides; {sides[0].method}")


def _made(by: Literal["people", "calibration"], source: str, found: Corrected) -> CorrectedScore:
    return CorrectedScore(
        by=by,
        source=source,
        score=found.value,
        low=found.low,
        high=found.high,
        method=found.method,
        note=found.note,
    )


def _none(by: Literal["people", "calibration"], source: str, note: str) -> CorrectedScore:
    return _made(by, source, Corrected(None, note=note))


def corrected_section(rows: Sequence[tuple[str, str, Measured, CorrectedScore]]) -> Section | None:
    """Raw beside corrected: (model, task, raw, corrected) a row; None where nothing was corrected."""
    if not rows:
        return None
    remarks = {note: f" ({i})" for i, note in enumerate(dict.fromkeys(c.note for *_, c in rows if c.note), start=1)}
    return Section(
        title="Corrected for the judge's error",
        columns=("model", "task", "raw", "corrected", "by"),
        rows=tuple(
            (
                model,
                task,
                interval(raw.score, raw.low, raw.high),
                interval(found.score, found.low, found.high) + remarks.get(found.note, ""),
                f"{found.by}: {found.source}",
            )
            for model, task, raw, found in rows
        ),
        note="people: labels on a random part of these very replies, beside the judge's verdicts on all of them "
        "(prediction-powered). calibration: the judge's sensitivity and specificity on other labelled replies "
        "(Rogan-Gladen); it holds as far as those are like these. Both intervals have the judge's error in them."
        + "".join(f"{number} {note}." for note, number in remarks.items()),
    )
