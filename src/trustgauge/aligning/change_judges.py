"""Two judges over the same stored replies: does an independent one confirm what the first one's gain shows?

Training follows the judge that chose its data, whatever that judge likes (Gao, Schulman & Hilton 2023); what only it
sees is overfitting to it. No model under test is asked, and what a judge has answered is not asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from msgspec.structs import replace

from trustgauge.aligning.change_result import ALPHA, Judged, JudgeGap, Span
from trustgauge.aligning.change_sides import Cells, share, span
from trustgauge.aligning.stages import StageRuns, task_runs
from trustgauge.config import Config, environment
from trustgauge.engine import Budget, Drive, Job, Patience
from trustgauge.errors import ModelError, UsageError
from trustgauge.judges.base import no_answer
from trustgauge.judges.classifier import Classifier
from trustgauge.judging import Bench, Hearing, Seat, hearing, load_of, seat, sitter, turns_of
from trustgauge.runner import run_to_end
from trustgauge.stats.multiplicity import holm
from trustgauge.stats.paired import student, unmoved
from trustgauge.stats.paired_rates import NOTHING, cell, plus
from trustgauge.store import Store, reply_key
from trustgauge.suites import Task, known_task
from trustgauge.taxonomy import SUB_CATEGORIES
from trustgauge.types import Ask, Record

RUN, RULES = "run", "rules"
"""Judges that are no MODEL: the verdicts as stored, and the rules of the suites."""

Key = tuple[str, int]
"""Case id and draw."""

Said = dict[Key, str]
"""good, bad, unscored or failed, by what was asked."""


class Judge:
    """One judge over stored replies. word: "run", "rules" or a MODEL word, which is opened here. ModelError."""

    def __init__(self, word: str, config: Config, env: Mapping[str, str]) -> None:
        self.word = word
        self._config = config
        self._seat: Seat | None = None
        self._bench: Bench | None = None
        self._budget: Budget | None = None
        if word not in (RUN, RULES):
            classifiers: dict[str, Classifier] = {}
            self._seat = seat(word, config, env, classifiers)
            self._bench = Bench((word,), "all", "majority", sitter(classifiers))
            price = self._seat.price
            if config.budget is not None and price:
                self._budget = Budget(config.budget, price.input_mtok, price.output_mtok)

    def judges(self, task: str) -> bool:
        """Whether it has something to say of a task's replies."""
        known = known_task(task)
        return self.word == RUN or (known is not None and (self._bench is None or bool(self._bench.on(known))))

    def of(self, store: Store, run: str, tasks: Sequence[str], salt: str = "") -> dict[str, Said]:
        """Its verdicts on the records of a run, by task. Raises ModelError where it stops answering."""
        if self._bench is None or self._seat is None:
            return {task: dict(self._stored(store, run, task)) for task in tasks}
        known = [one for task in tasks if (one := known_task(task))]
        found: dict[str, Said] = {task: {} for task in tasks}
        jobs = self._jobs(store, run, known, found, self._bench)
        model = self._seat.open()
        if model is None:  # a classifier: nobody is asked
            for job in jobs:
                found[job.case.task][job.case.id, job.draw] = job.judge(job.case, ()).label
            return found
        opened = model

        def heard(record: Record, place: int) -> None:
            found[record.case.task][record.case.id, record.draw] = record.label

        def key(ask: Ask, draw: int) -> bytes:  # as `run --judge` asks, so that what it was told is known here
            return reply_key(opened.id, opened.revision, opened.options, ask, 0, salt)

        load, patience = load_of(opened, self._config, self._budget), Patience(attempts=self._config.attempts)
        drive = Drive("", opened, Hearing(store, heard), key, load=load, patience=patience)
        run_to_end(lambda: drive.go_and_close(jobs))
        if drive.halted or drive.spent:
            why = drive.halted or "the budget is spent"
            raise ModelError(f"the judge {self.word} stopped judging: {why}; what it said is kept")
        return found

    def _stored(self, store: Store, run: str, task: str) -> Iterator[tuple[Key, str]]:
        known = known_task(task)
        if self.word == RUN or known is None:
            for group in store.groups(run, task):
                yield from (((record.case.id, record.draw), record.label) for record in group)
            return
        for record in store.records(run, task):
            label = "failed" if record.failure else known.judge(record.case, record.replies).label
            yield (record.case.id, record.draw), label

    @staticmethod
    def _jobs(store: Store, run: str, tasks: Sequence[Task], found: dict[str, Said], bench: Bench) -> Iterator[Job]:
        """The conversations with the judge about every reply that can be read; the others get their label here."""
        for task in tasks:
            (sitting,) = bench.on(task).values()
            for (place, draw), record in store.replied(run, task.id):
                if record.failure or no_answer(record.case, record.replies):
                    found[task.id][record.case.id, draw] = record.label
                else:
                    yield hearing(record.case, turns_of(task, record), sitting, place, draw)


@dataclass
class _Row:
    """What is counted of one sub-category: each judge's cells by group, and the difference of their changes."""

    first: Cells = field(default_factory=dict[str, Any])
    second: Cells = field(default_factory=dict[str, Any])
    gaps: dict[str, list[int]] = field(default_factory=lambda: defaultdict[str, list[int]](list))
    left_out: int = 0


def two_judges(words: Sequence[str]) -> tuple[str, ...]:
    """The judges to hold against each other: one that is named alone is held against the verdicts of the run."""
    return (RUN, *words) if len(words) == 1 else tuple(words)


def check_independent(words: Sequence[str], *, judged: bool) -> None:
    """UsageError where both are the rules. judged: whether any run was judged by a model, or by several."""
    if not judged and set(words) == {RUN, RULES}:
        raise UsageError(
            "the runs are judged by the rules, so 'run' and 'rules' are one judge: name a MODEL as --judge"
        )


def judged(
    store: Store,
    stages: Sequence[StageRuns],
    words: Sequence[str],
    targets: Sequence[str],
    config: Config,
    env: Mapping[str, str] | None = None,
) -> list[Judged]:
    """Every stage against the first by both judges. UsageError where they have no task in common."""
    check_independent(words, judged=any("judging" in info.manifest for stage in stages for info in stage.runs))
    variables = environment() if env is None else env
    judges = [Judge(word, config, variables) for word in words]
    places = [task_runs(store, stage) for stage in stages]
    tasks = [t for t in places[0] if all(t in other for other in places) and all(j.judges(t) for j in judges)]
    if not tasks:
        raise UsageError(f"{' and '.join(words)} have no task that both can judge: a rule's closed form has no rubric")
    said = [
        [_labels(judge, store, stage, place, tasks) for stage, place in zip(stages, places, strict=True)]
        for judge in judges
    ]
    groups = {task: _groups(store, places[0][task], task) for task in tasks}
    found: list[Judged] = []
    for at in range(1, len(stages)):
        labels = (said[0][0], said[0][at], said[1][0], said[1][at])
        found.append(_held(words, labels, groups, targets))
    return found


def _labels(
    judge: Judge, store: Store, stage: StageRuns, places: Mapping[str, str], tasks: Sequence[str]
) -> dict[str, Said]:
    """A judge's verdicts on a stage, by task: each task is read from its run."""
    found: dict[str, Said] = {}
    for info in stage.runs:
        mine = [task for task in tasks if places[task] == info.id]
        found |= judge.of(store, info.id, mine, info.manifest.get("fresh", "")) if mine else {}
    return found


def _groups(store: Store, run: str, task: str) -> dict[Key, str]:
    return {(r.case.id, r.draw): f"{task} {r.case.group}" for group in store.groups(run, task) for r in group}


def _held(
    words: Sequence[str],
    labels: Sequence[Mapping[str, Said]],
    groups: Mapping[str, Mapping[Key, str]],
    targets: Sequence[str],
) -> Judged:
    """One stage. labels: of the first judge before and after, and of the second."""
    rows: dict[str, _Row] = defaultdict(_Row)
    same = of = 0
    for task, known in groups.items():
        row = rows[task.partition("/")[0]]
        for key, group in known.items():
            four = [each[task].get(key, "failed") for each in labels]
            both = [(a, b) for a, b in zip(four[:2], four[2:], strict=True) if {a, b} <= {"good", "bad"}]
            same, of = same + sum(a == b for a, b in both), of + len(both)
            if len(both) < 2:
                row.left_out += 1
            else:
                _count(row, group, [label == "good" for label in four])
    order = {id_: place for place, id_ in enumerate(SUB_CATEGORIES)}
    ids = sorted(rows, key=lambda sub: (sub not in targets, order.get(sub, len(order)), sub))
    told = [_gap(id_, rows[id_], id_ in targets) for id_ in ids]
    gains = holm([row.first.p for row in told])
    gaps = holm([row.gap.p for row in told])
    named = tuple(replace(row, word=_word(row, p, q)) for row, p, q in zip(told, gains, gaps, strict=True))
    return Judged(first=words[0], second=words[1], rows=named, agree=same / of if of else None, n=of)


def _count(row: _Row, group: str, four: Sequence[bool]) -> None:
    before, after, again, now = four
    row.first[group] = plus(row.first.get(group, NOTHING), cell(before, after))
    row.second[group] = plus(row.second.get(group, NOTHING), cell(again, now))
    row.gaps[group].append((after - before) - (now - again))


def _gap(id_: str, row: _Row, target: bool) -> JudgeGap:
    return JudgeGap(
        id=id_,
        target=target,
        first=span(share(row.first)),
        second=span(share(row.second)),
        gap=difference_in_differences(list(row.gaps.values())),
        n=sum(map(len, row.gaps.values())),
        left_out=row.left_out,
    )


def difference_in_differences(clusters: Sequence[Sequence[int]]) -> Span:
    """Mean of each case's (first judge's change - second judge's change), from -2 to 2, with 95 % limits.

    clusters: the cases of each group. Limits are the mean's by a cluster-robust variance with Student's t, and never
    nearer than what so few clusters cannot show (`stats.paired.unmoved`). None where nothing is compared.
    """
    k, n = len(clusters), sum(map(len, clusters))
    if not n:
        return Span()
    mean = sum(map(sum, clusters)) / n
    if k < 2:
        return Span(difference=mean)
    squares = sum((sum(each) - mean * len(each)) ** 2 for each in clusters)
    error = sqrt(squares * k / (k - 1)) / n
    half = max(student(ALPHA, k - 1) * error, unmoved(ALPHA, k))
    return Span(difference=mean, low=max(-2.0, mean - half), high=min(2.0, mean + half), p=_chance(mean, error, k))


def _chance(mean: float, error: float, k: int) -> float:
    """Two-sided p of no gap: the larger of Student's t, and of what so few clusters cannot show."""
    from scipy.special import stdtr

    by_t = 2 * float(stdtr(k - 1, -abs(mean) / error)) if error > 0 else float(abs(mean) <= 0)
    return max(by_t, min(1.0, 2 * (1 - min(abs(mean), 1.0)) ** k))


def _word(row: JudgeGap, gain: float | None, gap: float | None) -> str:
    """Whether the second judge confirms the first one's gain; both p-values are adjusted over all rows.

    Doubted only where the two surely differ: a second judge who saw too little to tell leaves it open.
    """
    if gain is None or gain >= ALPHA or (row.first.difference or 0.0) <= 0:
        return "no gain"
    if gap is None or gap >= ALPHA or (row.gap.difference or 0.0) <= 0:
        return "confirmed" if row.second.rose else "left open"
    return "contradicted" if row.second.fell else "partly confirmed" if row.second.rose else "not confirmed"
