"""Compare: runs against a baseline, task by task up to the categories, on the cases that both have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from trustgauge.comparison.differs import differences, doubts
from trustgauge.comparison.estimate import Part, mean_part, task_part
from trustgauge.comparison.flips import Flipped, all_flips, shown_flips
from trustgauge.comparison.pairs import record_pairs
from trustgauge.comparison.result import ALPHA, Compared, Comparison, Flip, RunPair
from trustgauge.comparison.slices import USUAL, slices_of
from trustgauge.comparison.tally import Tally
from trustgauge.errors import UsageError
from trustgauge.safe import plain
from trustgauge.stats.measures import Rated, accuracy
from trustgauge.stats.multiplicity import benjamini_hochberg, holm
from trustgauge.store import RunInfo, Store
from trustgauge.suites import known_task
from trustgauge.taxonomy import CATEGORIES, OUTSIDE, SUB_CATEGORIES
from trustgauge.types import digest

if TYPE_CHECKING:
    from numpy.random import Generator

FEWEST = 1000
"""Resamples below which no p-value could survive the correction for 29."""

Found = Callable[[Flip], None]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to compare: the margin within which a difference does not matter, resamples, seed, slices, flips to show."""

    margin: float = 0.05
    resamples: int = 10_000
    seed: int = 0
    slices: Sequence[str] = USUAL
    flips: int = 6

    def check(self) -> None:
        """Raises UsageError for what cannot be."""
        if not 0 <= self.margin < 1:
            raise UsageError(
                f"the margin {self.margin:g} is no difference of scores: give one from 0 (none) to below 1"
            )
        if self.resamples < FEWEST:
            raise UsageError(
                f"{self.resamples} resamples are too few to correct for 29 sub-categories: {FEWEST} at least"
            )
        if self.seed < 0 or self.flips < 0:
            raise UsageError("seed and flips must be at least 0")


@dataclass(slots=True)
class _Side:
    """One run against the baseline while it is worked on."""

    info: RunInfo
    tallies: dict[str, list[Tally]] = field(default_factory=dict[str, list[Tally]])
    flipped: Flipped = field(default_factory=dict[str, set[tuple[str, int]]])
    subs: list[Part] = field(default_factory=list[Part])
    outside: list[Part] = field(default_factory=list[Part])
    warnings: list[str] = field(default_factory=list[str])


def against(store: Store, names: Sequence[str], baseline: str | None = None) -> tuple[RunInfo, list[RunInfo]]:
    """The baseline and the others that RUN words name: a study stands for its runs, and the first is the baseline.

    Raises UsageError where a word names nothing, or the baseline's word several runs.
    """
    infos = {info.id: info for name in names for info in store.resolve(name)}
    first = store.run(baseline) if baseline else next(iter(infos.values()), None)
    if first is None:
        raise UsageError("name two or more runs to compare, or a study")
    return first, [info for id_, info in infos.items() if id_ != first.id]


def compare(
    store: Store,
    baseline: RunInfo,
    others: Sequence[RunInfo],
    settings: Settings | None = None,
    each: Found | None = None,
) -> Comparison:
    """Every run against the baseline: scores on shared cases, paired differences, tests, slices, flips.

    p-values are adjusted over the sub-categories of all runs together; those outside the taxonomy by themselves.
    `each` is handed every flip, if given. The same settings give the same numbers. Raises UsageError where there
    is nothing to compare.
    """
    chosen = settings or Settings()
    chosen.check()
    runs = [info for info in others if info.id != baseline.id]
    if not runs:
        raise UsageError(f"there is only one run to compare, {baseline.id}: name two or more, or a study")
    sides = [_compared(store, baseline, info, chosen) for info in runs]
    family, subs = _judged([[part.told for part in side.subs] for side in sides])
    _, outside = _judged([[part.told for part in side.outside] for side in sides])
    pairs = tuple(
        _pair(store, baseline, side, (mine, beside), chosen, each)
        for side, mine, beside in zip(sides, subs, outside, strict=True)
    )
    return Comparison(
        baseline=baseline,
        pairs=pairs,
        margin=chosen.margin,
        resamples=chosen.resamples,
        seed=chosen.seed,
        family=family,
    )


def _compared(store: Store, baseline: RunInfo, info: RunInfo, chosen: Settings) -> _Side:
    side = _Side(info)
    parts: dict[str, list[Part]] = defaultdict(list)
    for id_ in _shared(store, baseline, info):
        known = known_task(id_)
        measure = known.measure if known else accuracy()
        tally = Tally(measure.arm if isinstance(measure, Rated) else None, chosen.slices)
        for first, second in record_pairs(store, baseline.id, info.id, id_):
            tally.add(first, second)
        part = task_part(id_, tally, measure, chosen.margin, chosen.resamples, _rng(chosen.seed, id_))
        sub = id_.partition("/")[0]
        parts[sub].append(part)
        side.tallies.setdefault(sub, []).append(tally.light())
        side.flipped[id_] = tally.flipped if tally.paired else set()
        side.warnings += doubts(baseline, info, id_, tally)
    order = {id_: place for place, id_ in enumerate(SUB_CATEGORIES)}
    for sub in sorted(parts, key=lambda sub: (order.get(sub, len(order)), sub)):
        into = side.outside if sub in OUTSIDE else side.subs
        into.append(mean_part(sub, parts[sub], chosen.margin, tasks=True))
    return side


def _rng(seed: int, task: str) -> Generator:
    """A task's own, so that what else is compared changes nothing in it."""
    import numpy as np

    return np.random.default_rng([seed, int(digest(task), 16)])


def _shared(store: Store, baseline: RunInfo, info: RunInfo) -> list[str]:
    first, second = store.tasks(baseline.id), store.tasks(info.id)
    shared = [id_ for id_ in first if id_ in second]
    if not shared:
        raise UsageError(f"{baseline.id} and {info.id} have no task in common: there is nothing to compare")
    return shared


def _judged(runs: Sequence[Sequence[Compared]]) -> tuple[int, list[list[Compared]]]:
    """All sub-categories with their adjusted p-values and words; and how many were adjusted for together."""
    every = [sub for subs in runs for sub in subs]
    p = [sub.tested.p for sub in every]
    steps, shares = holm(p), benjamini_hochberg(p)
    equal = holm([sub.tested.p_equivalent for sub in every])
    above = holm([sub.tested.p_not_worse for sub in every])
    named = iter(
        replace(sub, p_holm=a, p_bh=b, word=word(sub.tested.difference, a, c, d))
        for sub, a, b, c, d in zip(every, steps, shares, equal, above, strict=True)
    )
    return sum(value is not None for value in p), [[next(named) for _ in subs] for subs in runs]


def word(difference: float | None, p: float | None, equivalent: float | None, not_worse: float | None) -> str:
    """What may be said of a difference at 5 %, by p-values that are adjusted already."""
    if difference is None:
        return "not compared"
    if p is not None and p < ALPHA:
        return "better" if difference > 0 else "worse"
    if equivalent is not None and equivalent < ALPHA:
        return "equivalent"
    return "not worse" if not_worse is not None and not_worse < ALPHA else "can't tell"


def _pair(
    store: Store,
    baseline: RunInfo,
    side: _Side,
    told: tuple[Sequence[Compared], Sequence[Compared]],
    chosen: Settings,
    each: Found | None,
) -> RunPair:
    """told: the sub-categories, and what is outside the taxonomy."""
    if each:
        for flip in all_flips(store, baseline.id, side.info.id, side.flipped):
            each(flip)
    first, second = set(store.tasks(baseline.id)), set(store.tasks(side.info.id))
    alone = {baseline.id: tuple(sorted(first - second)), side.info.id: tuple(sorted(second - first))}
    return RunPair(
        run=side.info,
        subs=tuple(told[0]),
        outside=tuple(told[1]),
        categories=tuple(_categories(side.subs, chosen.margin)),
        slices=slices_of(side.tallies),
        flips=shown_flips(store, baseline.id, side.info.id, [*told[0], *told[1]], side.flipped, chosen.flips),
        warnings=(*dict.fromkeys(side.warnings), *_unsliced(chosen.slices, side)),
        differs=differences(baseline, side.info),
        alone={run: tasks for run, tasks in alone.items() if tasks},
    )


def _unsliced(slots: Sequence[str], side: _Side) -> Iterator[str]:
    """Slots that were asked for, other than the usual ones, and that no case has."""
    has = {slot for tallies in side.tallies.values() for tally in tallies for slot, _, _ in tally.slices()}
    for slot in dict.fromkeys(slots):
        if slot not in has and slot not in USUAL:
            yield f"No case has a slot '{plain(slot, 40)}': nothing is sliced by it."


def _categories(subs: Sequence[Part], margin: float) -> Iterator[Compared]:
    """The categories that have something; their p is not one of the family, and is adjusted over the seven by Holm."""
    by = {id_: [p for p in subs if _category(p.told.id) == id_] for id_ in CATEGORIES}
    told = [mean_part(id_, parts, margin, tasks=False).told for id_, parts in by.items() if parts]
    columns = ([getattr(each.tested, name) for each in told] for name in ("p", "p_equivalent", "p_not_worse"))
    p, equal, above = (holm(column) for column in columns)
    shares = benjamini_hochberg([each.tested.p for each in told])
    for each, a, b, c, d in zip(told, p, shares, equal, above, strict=True):
        yield replace(each, p_holm=a, p_bh=b, word=word(each.tested.difference, a, c, d))


def _category(sub: str) -> str:
    return SUB_CATEGORIES[sub].category if sub in SUB_CATEGORIES else ""
