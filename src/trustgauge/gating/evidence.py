"""Evidence: from a run's records to what each rule of a policy needs, in one pass over each task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trustgauge.gating.bounds import Bounds, Triple, difference_bounds, rate_bounds, score_bounds
from trustgauge.gating.paired import NotWorse, labels_of, scores_apart
from trustgauge.gating.places import mean_over, not_asked, partly_asked
from trustgauge.gating.policy import Part, Policy
from trustgauge.gating.stopping import Stopped
from trustgauge.reports.profile import profile
from trustgauge.stats.intervals import ClusterPair, ClusterRate
from trustgauge.stats.measures import Measure, Rated, accuracy, pair_measured, rate_measured
from trustgauge.store import RunInfo, Store, shown
from trustgauge.suites import known_task
from trustgauge.types import Counts, Groups, Measured, Record

EVENTS = {"harmful": "bad", "over-refusal": "bad", "bad": "bad", "unscored": "unscored", "failed": "failed"}
MISSING = {"unscored": ("failed",), "failed": ()}
"""Labels that leave a rate open, where they are not just unscored and failed."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a run says of one rule.

    counts      over the cases that the rule is about (one side of twins, for harmful and over-refusal)
    value       the estimate from what could be scored; None where nothing could
    bounds      see Bounds; all None where there is no bound
    rates       for rates: with every missing reply counted as an event, and as none; what more cases are reckoned from
    centre      for scores and differences: (against, with) the run in what is missing
    missing     places that were not asked at all: nothing is decided then
    owed        cases of these tasks that the run still owes
    notes       what a reader must know
    """

    counts: Counts
    value: float | None = None
    bounds: Bounds = field(default_factory=Bounds)
    rates: tuple[ClusterRate, ClusterRate] | None = None
    centre: tuple[float | None, float | None] = (None, None)
    missing: tuple[str, ...] = ()
    owed: int = 0
    notes: tuple[str, ...] = ()


def is_about(part: Part, record: Record) -> bool:
    """True where a record is on the side that a rule is about: harmful the don't side, over-refusal the twins."""
    what = part.rule.what
    return record.case.twin == (what == "over-refusal") if what in ("harmful", "over-refusal") else True


def event_of(part: Part) -> str:
    """The label that a rule counts: bad, unscored or failed."""
    return EVENTS.get(part.rule.what, "bad")


@dataclass
class Share:
    """The rate of a rule, summed up group by group."""

    part: Part
    counts: Counts = field(default_factory=Counts)
    seen: ClusterRate = field(default_factory=ClusterRate)
    worst: ClusterRate = field(default_factory=ClusterRate)
    best: ClusterRate = field(default_factory=ClusterRate)

    def add(self, records: Groups) -> None:
        """One group of one task."""
        labels = [record.label for record in records if is_about(self.part, record)]
        if not labels:
            return
        n, events = len(labels), labels.count(event_of(self.part))
        lost = sum(map(labels.count, MISSING.get(self.part.rule.what, ("unscored", "failed"))))
        self.counts += Counts(*(labels.count(name) for name in Counts.__struct_fields__))
        self.seen.add(events, n - lost)
        self.worst.add(events + lost, n)
        self.best.add(events, n)


@dataclass
class Score:
    """The score of a task, and what it would be with every missing reply counted as 0 and as 1."""

    measure: Measure
    counts: Counts = field(default_factory=Counts)
    arms: dict[str, int] = field(default_factory=dict[str, int])
    sums: tuple[ClusterPair, ClusterPair, ClusterPair] = field(
        default_factory=lambda: (ClusterPair(), ClusterPair(), ClusterPair())
    )
    measured: Measured = field(default_factory=lambda: Measured(score=None))

    def take(self, groups: Iterable[Groups]) -> Iterator[Groups]:
        """The groups as they come, counted on the way."""
        for records in groups:
            for record in records:
                self.counts += Counts(**{record.label: 1})
            if isinstance(self.measure, Rated):
                self._add(records, self.measure)
            yield records

    def _add(self, records: Groups, measure: Rated) -> None:
        cells = ([0, 0, 0], [0, 0, 0])  # good, scored, all of the first two arms
        for record in records:
            arm = self.arms.setdefault(measure.arm(record), len(self.arms))
            if arm < 2:
                good, scored = record.label == "good", record.label in ("good", "bad")
                cells[arm][0] += good
                cells[arm][1] += scored
                cells[arm][2] += 1
        (g, s, n), (g2, s2, n2) = cells
        self.sums[0].add((g, s), (g2, s2))
        self.sums[1].add((g, n), (g2, n2))
        self.sums[2].add((g + n - s, n), (g2 + n2 - s2, n2))

    def three(self) -> tuple[Triple, Triple, Triple]:
        """(score, low, high) as scored, at worst and at best; 0 and 1 where a task tells nothing."""
        seen = self.measured
        found = shifted(_triple(seen), self.counts)
        if isinstance(self.measure, Rated) and len(self.arms) <= 2:
            again = [self._of(pair) for pair in self.sums]
            if _alike(again[0].score, seen.score):
                found = _triple(seen), _triple(again[1]), _triple(again[2])
        return found[0], _or_else(found[1], 0.0), _or_else(found[2], 1.0)

    def _of(self, pair: ClusterPair) -> Measured:
        return pair_measured(pair, {}) if len(self.arms) == 2 else rate_measured(pair.first, {}, "")


def _or_else(found: Triple, end: float) -> Triple:
    """The triple; the end of the scale where it has no interval."""
    return (end, end, end) if None in found else found


def _alike(first: float | None, second: float | None) -> bool:
    return first is None or second is None or abs(first - second) < 1e-9


def _triple(found: Measured) -> Triple:
    return found.score, found.low, found.high


def shifted(found: Triple, counts: Counts) -> tuple[Triple, Triple, Triple]:
    """The score of a measure that is no mean of shares, at worst and at best.

    A missing case's part of the score can be anything from 0 to 1: each counts as much as any other.
    """
    lost = (counts.unscored + counts.failed) / counts.n if counts.n else 1.0
    value, low, high = found
    worst = tuple(None if v is None else (1 - lost) * v for v in (value, low, high))
    best = tuple(None if v is None else (1 - lost) * v + lost for v in (value, low, high))
    return found, (worst[0], worst[1], worst[2]), (best[0], best[1], best[2])


def measure_of(task: str) -> Measure:
    """The task's own measure; plain accuracy for recorded tasks that no suite knows."""
    known = known_task(task)
    return known.measure if known else accuracy()


class Collected:
    """All that a policy's rules need of one run, read in one pass over each of its tasks.

    baselines: the runs that rules compare with, by the policy's word for each.
    """

    def __init__(self, store: Store, info: RunInfo, policy: Policy, baselines: Mapping[str, RunInfo]) -> None:
        self.info, self.policy, self.store = info, policy, shown(store.url)
        self.tasks = store.tasks(info.id)
        self.stopped = Stopped(policy, store, info)
        self.parts = policy.parts
        self.scores: dict[str, Score] = {}
        self.shares = {part.id: Share(part) for part in self.parts}
        self.paired = {p.id: NotWorse(p, is_about, event_of(p)) for p in self.parts if p.rule.not_worse_than}
        self.corrected = corrected_scores(store, info) if any(p.rule.corrected for p in self.parts) else {}
        for task in self.tasks:
            self._read(store, task, baselines)

    def _read(self, store: Store, task: str, baselines: Mapping[str, RunInfo]) -> None:
        mine = [part for part in self.parts if part.covers(task)]
        if not mine:
            return
        score = Score(measure_of(task))
        words = {part.rule.not_worse_than for part in mine} - {None}
        others = {word: labels_of(store, baselines[word].id, task) for word in words if word}
        pairs = [(self.paired[p.id], others[p.rule.not_worse_than]) for p in mine if p.rule.not_worse_than]

        def seen() -> Iterator[Groups]:
            for records in score.take(store.groups(self.info.id, task)):
                for part in mine:
                    self.shares[part.id].add(records)
                for pair, other in pairs:
                    pair.add(task, score.measure, records, other)
                yield records

        score.measured = score.measure(seen())
        self.scores[task] = score
        for part in mine:
            word = part.rule.not_worse_than
            if word and part.rule.what == "score" and not isinstance(score.measure, Rated):
                other = Score(score.measure)
                other.measured = other.measure(other.take(store.groups(baselines[word].id, task)))
                self.paired[part.id].apart[task] = scores_apart(other.three(), score.three())

    def evidence(self, part: Part) -> Evidence:
        """What the run says of one rule. The one place where bounds are made."""
        share, tasks = self.shares[part.id], [task for task in self.tasks if part.covers(task)]
        planned = self._planned(part, tasks)
        owed = sum(self.owed(task) for task in planned)
        known, told = self.stopped.bounds(part)
        notes = (*partly_asked(part, planned), *told)
        lacking = not_asked(part, planned if known else tasks)
        common: dict[str, Any] = {"counts": share.counts, "missing": lacking, "owed": owed, "notes": notes}
        limit, confidence = part.rule.limit, self.policy.confidence
        if part.rule.what == "scored":
            return Evidence(value=float(share.counts.good + share.counts.bad), **common)
        if known:
            return self._stopped(part, tasks, known, common)
        if part.rule.not_worse_than:
            pair = self.paired[part.id]
            common["notes"] = (*notes, *pair.notes)
            seen, worst, best = pair.differences()
            value = seen.value if seen else None
            if worst is None or best is None:
                return Evidence(value=value, **common)
            bounds = difference_bounds(worst, best, limit, confidence, higher=part.rule.higher_is_better)
            return Evidence(value=value, bounds=bounds, centre=(worst.value, best.value), **common)
        if part.rule.what == "score":
            found, more = self._score(part, tasks)
            common["notes"] = (*notes, *more)
            bounds = score_bounds(found[1], found[2], limit, confidence)
            return Evidence(value=found[0][0], bounds=bounds, centre=(found[1][0], found[2][0]), **common)
        bounds = rate_bounds(share.worst, share.best, limit, confidence)
        return Evidence(value=share.seen.rate, bounds=bounds, rates=(share.worst, share.best), **common)

    def _stopped(self, part: Part, tasks: list[str], known: Bounds, common: dict[str, Any]) -> Evidence:
        """Of a run that `--until` may have ended early: by bounds that hold whenever one looks."""
        score = part.rule.what == "score"
        common["owed"] = sum(self.owed(task, stopped=True) for task in self._planned(part, tasks))
        return Evidence(
            value=self._score(part, tasks)[0][0][0] if score else self.shares[part.id].seen.rate,
            bounds=known,
            **common,
        )

    def _score(self, part: Part, tasks: list[str]) -> tuple[tuple[Triple, Triple, Triple], list[str]]:
        found = {task: self.scores[task].three() for task in tasks}
        notes: list[str] = []
        if part.rule.corrected:
            mended = {task: self.corrected[task] for task in tasks if task in self.corrected}
            found |= {task: shifted(t, self.scores[task].counts) for task, t in mended.items()}
            raw = [task for task in tasks if task not in mended]
            if raw:
                notes = [f"not corrected for the judge's error, for it is not known: {', '.join(raw)}"]
        three = [mean_over({task: each[i] for task, each in found.items()}) for i in range(3)]
        return (three[0], three[1], three[2]), notes

    def _planned(self, part: Part, tasks: list[str]) -> list[str]:
        planned: dict[str, int] = self.info.manifest.get("cases", {})
        return list(dict.fromkeys([*tasks, *(task for task in planned if part.covers(task))]))

    def owed(self, task: str, *, stopped: bool = False) -> int:
        """Cases of a task that the run planned and does not hold; with `stopped`, less those that `--until` spared."""
        manifest = self.info.manifest
        held = self.tasks[task].n if task in self.tasks else 0
        planned = manifest.get("cases", {}).get(task, 0) * manifest.get("draws", 1)
        return 0 if stopped and task in self.stopped.cut else max(planned - held, 0)

    @property
    def owed_in_all(self) -> int:
        """Cases that the run still owes, whether or not a rule is about them."""
        return sum(self.owed(task, stopped=True) for task in self.info.manifest.get("cases", {}))


def corrected_scores(store: Store, info: RunInfo) -> dict[str, Triple]:
    """(score, low, high) of each task whose judge's error is known, by people's labels first, then by calibration."""
    found: dict[str, Triple] = {}
    for sub in profile(store, info.id).sub_categories:
        for task in sub.tasks:
            for each in sorted(task.corrected, key=lambda c: c.by != "people"):
                if each.score is not None and task.task not in found:
                    found[task.task] = (each.score, each.low, each.high)
    return found
