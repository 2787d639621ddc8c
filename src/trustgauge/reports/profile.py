"""Profile: a run's records summed up over the 29, the one input of every format of report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from trustgauge.reports.corrected import CorrectedScore, corrections, known_errors
from trustgauge.reports.estimating import Estimated, How, Triple, estimates, mean_of
from trustgauge.reports.judged import JudgeUse, Said, judge_use, said_of
from trustgauge.reports.readings import Reading, readings
from trustgauge.stats.aiming import mix_weights
from trustgauge.stats.components import Components, mean_of_components
from trustgauge.stats.intervals import ClusterRate
from trustgauge.stats.missing import Bounds, bounds_of_mean
from trustgauge.store import RunInfo, Store
from trustgauge.suites import known_task
from trustgauge.taxonomy import CATEGORIES, OUTSIDE, PLACES, SUB_CATEGORIES, View
from trustgauge.types import Counts, Measured


class TaskResult(msgspec.Struct, frozen=True, kw_only=True):
    """One task: its counts, what its measure made of them, why replies were unscored, and who judged.

    open tells that its replies are free text, which a model may judge; said is what the judges said, corrected what
    the score is with their error taken out. bounds is what the score could be were all that is missing scored;
    components, where draws were repeated, what its uncertainty is made of; sides, where the score is the mean of two,
    the shares of bad on the "don't" and on the "do" side.
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
    bounds: Bounds | None = None
    components: Components | None = None
    sides: tuple[ClusterRate, ClusterRate] | None = None


class SubResult(msgspec.Struct, frozen=True, kw_only=True):
    """One of the 29: the mean of its tasks' scores, equally weighted unless the user says otherwise.

    Not assessed where it has no records. weight is its share of the whole by the user's weights, None without any;
    components what its uncertainty is made of, where all its tasks that count have that.
    """

    id: str
    category: str
    title: str
    score: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    counts: Counts = Counts()
    tasks: tuple[TaskResult, ...] = ()
    bounds: Bounds | None = None
    weight: float | None = None
    components: Components | None = None

    @property
    def assessed(self) -> bool:
        """True where something was asked, scored or not."""
        return self.counts.n > 0


class CategoryResult(msgspec.Struct, frozen=True, kw_only=True):
    """One of the 7: the mean of its scored sub-categories, equally or by the user's weights, and how many there are.

    The overall mean is one too, of the categories: the profile's last row, never shown without it.
    """

    id: str
    title: str
    score: float | None
    low: float | None
    high: float | None
    scored: int
    of: int
    bounds: Bounds | None = None
    weight: float | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One run over all 29 sub-categories, those without tasks included as not assessed. cost_usd is with judges.

    outside is what was asked beside the taxonomy (utility, ...): part of no category's mean. readings are of TrustLLM's
    tasks, where rows of its files were asked: its published formulas beside our scores.
    """

    run: RunInfo
    sub_categories: tuple[SubResult, ...]
    categories: tuple[CategoryResult, ...]
    cost_usd: float | None = None
    judges: tuple[JudgeUse, ...] = ()
    outside: tuple[SubResult, ...] = ()
    how: How = How()
    readings: tuple[Reading, ...] = ()

    @property
    def overall(self) -> CategoryResult:
        """The mean over the scored categories, equally or by the user's weights; scored and of count sub-categories."""
        return _mean_result("overall", "Overall", self.categories, self.how)

    def dimensions(self, view: View) -> tuple[CategoryResult, ...]:
        """The run grouped by another view: each dimension the mean of its scored places, those outside among them."""
        found = {sub.id: sub for sub in self.places}
        parts = {name: [found[id_] for id_ in ids if id_ in found] for name, ids in view.dimensions.items()}
        return tuple(_mean_result(name, name, mine, self.how) for name, mine in parts.items())

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
        return (*self.sub_categories, *(found.get(id_) or _sub_result(id_, [], How()) for id_ in OUTSIDE))

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


def profile(store: Store, run: str, how: How | None = None) -> Profile:
    """The profile of one run, computed from its records, with the intervals and weights that are asked for."""
    info, how = store.run(run), how or How()
    described: dict[str, Any] = info.manifest.get("tasks", {})
    counted = store.tasks(info.id)
    if how.weights:
        how.weights.check_tasks(counted)
    found = estimates(store, info, counted, how)
    results: dict[str, list[TaskResult]] = {}
    said, known, labels = said_of(store, info), known_errors(store), store.judged.labels(info.id)
    for name, counts in counted.items():
        result = _task_result(name, counts, described.get(name, {}), found[name])
        result = msgspec.structs.replace(result, said=said.get(name, Said()))
        corrected = corrections(store, info, name, result.measured, known, labels, result.said.waiting)
        result = msgspec.structs.replace(result, corrected=corrected) if corrected else result
        results.setdefault(result.sub_category, []).append(result)
    subs = tuple(_sub_result(place, results.get(place, []), how) for place in SUB_CATEGORIES)
    categories = tuple(
        _mean_result(c, place.title, [s for s in subs if s.category == c], how) for c, place in CATEGORIES.items()
    )
    outside = tuple(_sub_result(place, results[place], how.unweighted) for place in OUTSIDE if place in results)
    held = {r.task: (r.measured, r.chance, r.counts) for mine in results.values() for r in mine}
    uses = judge_use(store, info)
    cost = _cost(store, info, uses)
    return Profile(
        run=info,
        sub_categories=subs,
        categories=categories,
        cost_usd=cost,
        judges=uses,
        outside=outside,
        how=how,
        readings=tuple(readings(store, info, held)),
    )


def mix_of(found: Profile, target: float = 1.0) -> dict[str, float]:
    """The share of a training mix for each scored sub-category, summing to 1: its gap to the target, shrunk.

    The formula is that of stats.aiming.mix_weights. What nothing could be scored of is left out.
    """
    return mix_weights({sub.id: (sub.score, sub.low, sub.high) for sub in found.asked}, target)


def _task_result(task: str, counts: Counts, described: dict[str, Any], found: Estimated) -> TaskResult:
    """By the task's own measure, or by plain accuracy for recorded tasks that only the manifest describes."""
    known = known_task(task)
    return TaskResult(
        task=task,
        sub_category=task.split("/", maxsplit=1)[0],
        measures=known.measures if known else described.get("measures", ""),
        judge=described.get("judge", known.judge.id if known else ""),
        chance=known.chance if known else described.get("chance"),
        counts=counts,
        measured=found.measured,
        open=bool(known and known.judge.rubric),
        reasons=found.reasons,
        bounds=found.bounds,
        components=found.components,
        sides=found.sides,
    )


def _sub_result(id_: str, results: list[TaskResult], how: How) -> SubResult:
    place, weights = PLACES[id_], how.weights
    shares = weights.of_tasks(id_, [r.task for r in results]) if weights else [1.0] * len(results)
    scored = [(r, w) for r, w in zip(results, shares, strict=True) if r.measured.score is not None and w]
    triples: list[Triple] = [(r.measured.score, r.measured.low, r.measured.high) for r, _ in scored]
    score, low, high = mean_of(triples, [w for _, w in scored], how.interval)
    chances = [(r.chance, w) for r, w in scored if r.chance is not None]
    bounded = [(r.bounds, w) for r, w in zip(results, shares, strict=True) if r.bounds and w]
    return SubResult(
        id=id_,
        category=place.category,
        title=place.title,
        score=score,
        low=low,
        high=high,
        chance=sum(c * w for c, w in chances) / sum(w for _, w in chances)
        if chances and len(chances) == len(scored)
        else None,
        counts=sum((r.counts for r in results), Counts()),
        tasks=tuple(results),
        bounds=bounds_of_mean([b for b, _ in bounded], [w for _, w in bounded]),
        weight=weights.of_sub(id_) if weights else None,
        components=_components([(r.components, w) for r, w in scored]),
    )


def _components(parts: Sequence[tuple[Components | None, float]]) -> Components | None:
    known = [(c, w) for c, w in parts if c]
    return mean_of_components([c for c, _ in known], [w for _, w in known]) if len(known) == len(parts) else None


def _mean_result(id_: str, title: str, parts: Sequence[SubResult | CategoryResult], how: How) -> CategoryResult:
    """The mean of what is scored among the parts; those of weight 0 count for nothing."""
    counting = [(p, 1.0 if p.weight is None else p.weight) for p in parts]
    scored = [(p, w) for p, w in counting if p.score is not None and w]
    triples: list[Triple] = [(p.score, p.low, p.high) for p, _ in scored]
    score, low, high = mean_of(triples, [w for _, w in scored], how.interval)
    bounded = [(p.bounds, w) for p, w in counting if p.bounds and w]
    weighed = [p.weight for p in parts if p.weight is not None]
    return CategoryResult(
        id=id_,
        title=title,
        score=score,
        low=low,
        high=high,
        scored=sum(p.scored if isinstance(p, CategoryResult) else 1 for p, _ in scored),
        of=sum(p.of if isinstance(p, CategoryResult) else 1 for p in parts),
        bounds=bounds_of_mean([b for b, _ in bounded], [w for _, w in bounded]),
        weight=sum(weighed) if weighed else None,
    )


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
