"""Profile: a run's records summed up over the 29, the one input of every format of report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from trustgauge.reports.corrected import CorrectedScore, corrections, known_errors
from trustgauge.reports.judged import JudgeUse, Said, judge_use, said_of
from trustgauge.stats.intervals import mean_interval
from trustgauge.stats.measures import accuracy
from trustgauge.store import RunInfo, Store
from trustgauge.suites import known_task
from trustgauge.taxonomy import CATEGORIES, OUTSIDE, PLACES, SUB_CATEGORIES
from trustgauge.types import Counts, Measured


class TaskResult(msgspec.Struct, frozen=True, kw_only=True):
    """One task: its counts, what its measure made of them, why replies were unscored, and who judged.

    open tells that its replies are free text, which a model may judge; said is what the judges said, corrected what
    the score is with their error taken out.
    """

    task: str
    sub_category: str
    measures: str
    judge: str
    chance: float | None
    counts: Counts
    measured: Measured
    open: bool = False
    said: Said = Said()
    corrected: tuple[CorrectedScore, ...] = ()
    reasons: dict[str, dict[str, int]] = {}


class SubResult(msgspec.Struct, frozen=True, kw_only=True):
    """One of the 29: the equally weighted mean of its tasks' scores; not assessed where it has no records."""

    id: str
    category: str
    title: str
    score: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    counts: Counts = Counts()
    tasks: tuple[TaskResult, ...] = ()

    @property
    def assessed(self) -> bool:
        """True where something was asked, scored or not."""
        return self.counts.n > 0


class CategoryResult(msgspec.Struct, frozen=True, kw_only=True):
    """One of the 7: the equally weighted mean of its scored sub-categories, and how many of them there are."""

    id: str
    title: str
    score: float | None
    low: float | None
    high: float | None
    scored: int
    of: int


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One run over all 29 sub-categories, those without tasks included as not assessed. cost_usd is with judges.

    outside is what was asked beside the taxonomy (utility): part of no category's mean.
    """

    run: RunInfo
    sub_categories: tuple[SubResult, ...]
    categories: tuple[CategoryResult, ...]
    cost_usd: float | None = None
    judges: tuple[JudgeUse, ...] = ()
    outside: tuple[SubResult, ...] = ()

    @property
    def counts(self) -> Counts:
        """The four counts over the 29."""
        return sum((s.counts for s in self.sub_categories), Counts())

    @property
    def all_counts(self) -> Counts:
        """The four counts over everything that was asked, outside the taxonomy too."""
        return sum((s.counts for s in self.outside), self.counts)

    @property
    def places(self) -> tuple[SubResult, ...]:
        """All 29 and all that is outside the taxonomy, asked or not: the same places in every profile."""
        found = {sub.id: sub for sub in self.outside}
        return (*self.sub_categories, *(found.get(id_) or _sub_result(id_, []) for id_ in OUTSIDE))

    @property
    def asked(self) -> list[SubResult]:
        """All that was asked: those of the 29, then what is outside."""
        return [*self.assessed, *self.outside]

    @property
    def owed(self) -> int:
        """Cases of the run that are not there: it was interrupted or halted, or is still going."""
        manifest = self.run.manifest
        return max(sum(manifest.get("cases", {}).values()) * manifest.get("draws", 1) - self.all_counts.n, 0)

    @property
    def assessed(self) -> list[SubResult]:
        """Those of the 29 that were asked."""
        return [s for s in self.sub_categories if s.assessed]


def profile(store: Store, run: str) -> Profile:
    """The profile of one run, computed from its records."""
    info = store.run(run)
    described: dict[str, Any] = info.manifest.get("tasks", {})
    results: dict[str, list[TaskResult]] = {}
    said, known, labels = said_of(store, info), known_errors(store), store.judged.labels(info.id)
    for name, counts in store.tasks(info.id).items():
        result = _task_result(store, info.id, name, counts, described.get(name, {}), said.get(name, Said()))
        corrected = corrections(store, info, name, result.measured, known, labels, result.said.waiting)
        result = msgspec.structs.replace(result, corrected=corrected) if corrected else result
        results.setdefault(result.sub_category, []).append(result)
    subs = tuple(_sub_result(place, results.get(place, [])) for place in SUB_CATEGORIES)
    categories = tuple(_category_result(c, [s for s in subs if s.category == c]) for c in CATEGORIES)
    outside = tuple(_sub_result(place, results[place]) for place in OUTSIDE if place in results)
    uses = judge_use(store, info)
    cost = _cost(store, info, uses)
    return Profile(run=info, sub_categories=subs, categories=categories, cost_usd=cost, judges=uses, outside=outside)


def _task_result(
    store: Store, run: str, task: str, counts: Counts, described: dict[str, Any], said: Said
) -> TaskResult:
    """By the task's own measure, or by plain accuracy for recorded tasks that only the manifest describes."""
    known = known_task(task)
    measured = (known.measure if known else accuracy())(store.groups(run, task))
    return TaskResult(
        task=task,
        sub_category=task.split("/", maxsplit=1)[0],
        measures=known.measures if known else described.get("measures", ""),
        judge=described.get("judge", known.judge.id if known else ""),
        chance=known.chance if known else described.get("chance"),
        counts=counts,
        measured=measured,
        open=bool(known and known.judge.rubric),
        said=said,
        reasons=store.reasons(run, task),
    )


def _sub_result(id_: str, results: list[TaskResult]) -> SubResult:
    place = PLACES[id_]
    scored = [r for r in results if r.measured.score is not None]
    score, low, high = mean_of([(r.measured.score, r.measured.low, r.measured.high) for r in scored])
    chances = [r.chance for r in scored if r.chance is not None]
    return SubResult(
        id=id_,
        category=place.category,
        title=place.title,
        score=score,
        low=low,
        high=high,
        chance=sum(chances) / len(chances) if chances and len(chances) == len(scored) else None,
        counts=sum((r.counts for r in results), Counts()),
        tasks=tuple(results),
    )


def _category_result(id_: str, subs: list[SubResult]) -> CategoryResult:
    scored = [s for s in subs if s.score is not None]
    score, low, high = mean_of([(s.score, s.low, s.high) for s in scored])
    title = CATEGORIES[id_].title
    return CategoryResult(id=id_, title=title, score=score, low=low, high=high, scored=len(scored), of=len(subs))


Triple = tuple[float | None, float | None, float | None]


def mean_of(parts: list[Triple]) -> Triple:
    """Equally weighted mean with its interval; without one where a part has none."""
    if not parts:
        return None, None, None
    whole = [(v, lo, hi) for v, lo, hi in parts if v is not None and lo is not None and hi is not None]
    if len(whole) == len(parts):
        return mean_interval(whole)
    return sum(v for v, _, _ in parts if v is not None) / len(parts), None, None


def _cost(store: Store, info: RunInfo, uses: Sequence[JudgeUse]) -> float | None:
    """USD by the manifest's prices, None where a price or a token count is unknown: never 0 for unknown."""
    prices = info.manifest.get("prices")
    if not prices:
        return None
    tokens_in, tokens_out, uncounted = store.usage(info.id)
    judging = [use.cost_usd for use in uses if use.calls]
    if uncounted or None in judging:
        return None
    return (tokens_in * prices[0] + tokens_out * prices[1]) / 1e6 + sum(cost or 0.0 for cost in judging)
