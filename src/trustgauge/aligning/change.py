"""Change: what every stage changed against the base, on held-out cases, for targets and for what was left alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from trustgauge.aligning.change_judges import judged
from trustgauge.aligning.change_planes import planes_of
from trustgauge.aligning.change_result import ALPHA, Change, Judged, Moved, Span, StageChange
from trustgauge.aligning.change_sides import Beside, Sides, span
from trustgauge.aligning.stages import HELD_OUT, OTHERS, StageRuns, check_stages, place_of, target_places, task_runs
from trustgauge.comparison.compare import FEWEST
from trustgauge.comparison.differs import differences, doubts
from trustgauge.comparison.estimate import Part, mean_part, task_part
from trustgauge.comparison.pairs import record_pairs
from trustgauge.comparison.result import Compared
from trustgauge.comparison.tally import Tally
from trustgauge.config import Config
from trustgauge.errors import UsageError
from trustgauge.stats.measures import Rated, accuracy
from trustgauge.stats.multiplicity import holm
from trustgauge.stats.paired import Difference, mean_difference
from trustgauge.store import Store
from trustgauge.suites import known_task
from trustgauge.taxonomy import OUTSIDE, SUB_CATEGORIES
from trustgauge.types import digest

if TYPE_CHECKING:
    from numpy.random import Generator

TARGET, UNTOUCHED, BEYOND = range(3)
"""Families of p-values: what training aimed at, what it left alone, what lies outside the taxonomy."""


@dataclass(frozen=True, kw_only=True)
class ChangeSettings:
    """What to hold against what.

    targets   suite words of what training aimed at; none: everything counts as aimed at
    judges    two judges held against each other over the stored replies: first the one that chose the training data,
              then an independent one. Each is "run" (the verdicts as stored), "rules" (those of the suites), or a MODEL
              word, which is asked by rubric; () holds none against another
    config    how a judge that is a model is asked: prices, concurrency, offline
    anywhere  also where the cases are not held out
    """

    targets: tuple[str, ...] = ()
    judges: tuple[str, ...] = ()
    resamples: int = 10_000
    seed: int = 0
    anywhere: bool = False
    config: Config = field(default_factory=Config)

    def check(self) -> None:
        """Raises UsageError for what cannot be."""
        if len(self.judges) not in (0, 2) or len(set(self.judges)) < len(self.judges):
            raise UsageError("judges are held against each other in twos: name the first and an independent second")
        if self.resamples < FEWEST:
            raise UsageError(f"{self.resamples} resamples are too few to correct for 29 sub-categories: {FEWEST}")
        if self.seed < 0:
            raise UsageError("the seed must be at least 0")


@dataclass
class _Stage:
    """One stage against the base while it is worked on."""

    name: str
    parts: dict[str, list[Part]] = field(default_factory=lambda: defaultdict[str, list[Part]](list))
    whole: dict[str, list[Difference | None]] = field(
        default_factory=lambda: defaultdict[str, list[Difference | None]](list)
    )
    subs: list[Part] = field(default_factory=list[Part])
    sides: Sides = field(default_factory=Sides)
    warnings: list[str] = field(default_factory=list[str])


def change(
    store: Store,
    stages: Sequence[StageRuns],
    settings: ChangeSettings | None = None,
    env: Mapping[str, str] | None = None,
) -> Change:
    """Every stage against the first, the base: sub-categories, refusals, utility, tax, the Pareto view, two judges.

    The same settings give the same numbers. Raises UsageError where the stages cannot be held against each other.
    """
    chosen = settings or ChangeSettings()
    chosen.check()
    check_stages(stages, anywhere=chosen.anywhere)
    targets = target_places(chosen.targets)
    base, *later = stages
    found = [_against(store, base, stage, chosen) for stage in later]
    families = [_moved(found, family, targets) for family in (TARGET, UNTOUCHED, BEYOND)]
    said = judged(store, stages, chosen.judges, targets, chosen.config, env) if chosen.judges else [None] * len(found)
    told = tuple(
        _told(each, first, rest, beyond, by)
        for each, first, rest, beyond, by in zip(found, *families, said, strict=True)
    )
    sizes = [sum(moved.score.p is not None for stage in family for moved in stage) for family in families]
    return Change(
        base=base.name,
        runs={stage.name: stage.runs for stage in stages},
        targets=targets,
        stages=told,
        planes=planes_of(base.name, told),
        family=(sizes[0], sizes[1]),
        unmeasured=tuple(sub for sub in targets if all(sub not in stage.parts for stage in found)),
        held_out=all(info.manifest.get("split") == HELD_OUT for stage in stages for info in stage.runs),
        resamples=chosen.resamples,
        seed=chosen.seed,
    )


def _family(sub: str, targets: Sequence[str]) -> int:
    """Which p-values a sub-category's is adjusted with."""
    return BEYOND if sub in OUTSIDE else TARGET if sub in targets or not targets else UNTOUCHED


def _against(store: Store, base: StageRuns, stage: StageRuns, chosen: ChangeSettings) -> _Stage:
    found = _Stage(stage.name)
    first, second = task_runs(store, base), task_runs(store, stage)
    shared = [task for task in first if task in second]
    if empty := [each.name for each, tasks in ((base, first), (stage, second)) if not tasks]:
        raise UsageError(
            f"the stage '{empty[0]}' holds no case at all: groups of cases may be larger than what was asked for, so "
            "raise -n"
        )
    if not shared:
        raise UsageError(f"the stages '{base.name}' and '{stage.name}' have no task in common: measure both alike")
    for task in shared:
        _task(store, task, (first[task], second[task]), found, chosen, (base, stage))
    for one, mine, others in ((base, first, second), (stage, second, first)):
        if alone := sorted(set(mine) - set(others)):
            found.warnings.append(f"{len(alone)} tasks are in '{one.name}' alone and not compared, such as {alone[0]}.")
    infos = {info.id: info for each in (base, stage) for info in each.runs}
    for a, b in dict.fromkeys((first[task], second[task]) for task in shared):
        found.warnings += differences(infos[a], infos[b])
    order = {id_: place for place, id_ in enumerate(SUB_CATEGORIES)}
    for sub in sorted(found.parts, key=lambda sub: (order.get(sub.removesuffix(OTHERS), len(order)), sub)):
        found.subs.append(mean_part(sub, _telling(found.parts[sub]), 0.0, tasks=True))
    return found


def _telling(parts: Sequence[Part]) -> list[Part]:
    """The tasks with those left out of the mean that have too few scored groups for an interval, if others have one.

    One task that a base model hardly answers readably must not leave its sub-category without an interval.
    """
    known = any(part.difference and part.difference.reach for part in parts)
    return [Part(p.told) if known and p.difference and not p.difference.reach else p for p in parts]


def _task(
    store: Store,
    task: str,
    runs: tuple[str, str],
    found: _Stage,
    chosen: ChangeSettings,
    stages: tuple[StageRuns, StageRuns],
) -> None:
    """Count one task in both runs."""
    known = known_task(task)
    measure = known.measure if known else accuracy()
    arm = measure.arm if isinstance(measure, Rated) else None
    tally, beside = Tally(arm), Beside(task, arm)
    for first, second in record_pairs(store, *runs, task):
        tally.add(first, second)
        if first and second:
            beside.add(first, second)
    if not tally.paired:
        names = " and ".join(f"'{stage.name}'" for stage in stages)
        raise UsageError(f"{names} share too few cases of {task}: measure all stages with one seed, n and split")
    part = task_part(task, tally, measure, 0.0, chosen.resamples, _rng(chosen.seed, task))
    place = place_of(task, chosen.targets)
    found.parts[place].append(part)
    found.whole[place].append(beside.whole())
    found.sides.add(beside)
    infos = {info.id: info for stage in stages for info in stage.runs}
    found.warnings += doubts(infos[runs[0]], infos[runs[1]], task, tally)


def _rng(seed: int, task: str) -> Generator:
    """A task's own, so that what else is compared changes nothing in it."""
    import numpy as np

    return np.random.default_rng([seed, int(digest(task), 16)])


def _told(
    found: _Stage, targets: Sequence[Moved], rest: Sequence[Moved], beyond: Sequence[Moved], by: Judged | None
) -> StageChange:
    """One stage's results; a mean is of those that have an interval, for it has none without that of each."""
    aimed, left = ([p for p in found.subs if p.told.id in [m.id for m in family]] for family in (targets, rest))
    aims, taxed = ([p.difference for p in parts if p.difference and p.difference.reach] for parts in (aimed, left))
    whole = [_whole(found, part.told.id) for part in left]
    return StageChange(
        name=found.name,
        subs=(*targets, *rest),
        outside=tuple(beyond),
        targets=span(mean_difference(aims)),
        tax=span(mean_difference(taxed)),
        tax_of=len(taxed),
        tax_whole=span(mean_difference([one for one in whole if one and one.reach])),
        refusals=found.sides.found(),
        judged=by,
        warnings=tuple(dict.fromkeys(found.warnings)),
    )


def _whole(stage: _Stage, sub: str) -> Difference | None:
    """Good among all cases, the equal mean of the sub-category's tasks."""
    return mean_difference([one for one in stage.whole[sub] if one is not None])


def _moved(stages: Sequence[_Stage], family: int, targets: Sequence[str]) -> list[list[Moved]]:
    """The sub-categories of one family in every stage, judged together."""
    every = [[_plain(p, stage) for p in stage.subs if _family(p.told.id, targets) == family] for stage in stages]
    flat = [moved for stage in every for moved in stage]
    p, missing = holm([moved.score.p for moved in flat]), holm([moved.missing_p for moved in flat])
    told = iter(
        replace(moved, target=family == TARGET, p_adjusted=a, missing_p=b, word=word(moved, a))
        for moved, a, b in zip(flat, p, missing, strict=True)
    )
    return [[next(told) for _ in stage] for stage in every]


def word(moved: Moved, p: float | None) -> str:
    """What may be said at 5 %, by a p-value that is adjusted already.

    What rose only because less can be scored is not raised; what fell among what can be scored is lowered.
    """
    if moved.score.difference is None:
        return "not compared"
    if p is None or p >= ALPHA:
        return "not shown"
    if moved.score.difference < 0:
        return "lowered"
    return "raised" if moved.whole.rose else "not shown"


def _plain(part: Part, stage: _Stage) -> Moved:
    sub = part.told.id
    tasks = tuple(
        replace(_counted(task), whole=span(each)) for task, each in zip(part.told.parts, stage.whole[sub], strict=True)
    )
    return replace(_counted(part.told), whole=span(_whole(stage, sub)), tasks=tasks)


def _counted(told: Compared) -> Moved:
    t = told.tested
    score = Span(
        before=t.first,
        after=t.second,
        difference=t.difference,
        low=t.low,
        high=t.high,
        p=t.p,
        before_ends=t.first_ends,
        after_ends=t.second_ends,
    )
    return Moved(
        id=told.id,
        score=score,
        n=told.n,
        clusters=told.clusters,
        gained=told.gained,
        lost=told.lost,
        missing_before=told.missing.first,
        missing_after=told.missing.second,
        missing_p=told.missing.p,
        left_out=told.left_out,
    )
