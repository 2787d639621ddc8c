"""Finding: from a run's records to the places and parts that are worse than the rest, the surest gain first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from trustgauge.reports import Profile, SubResult, mix_of, profile
from trustgauge.stats.aiming import Stratum as Compared
from trustgauge.stats.aiming import below_others, excess
from trustgauge.stats.intervals import ClusterRate
from trustgauge.stats.multiplicity import benjamini_hochberg
from trustgauge.store import Store
from trustgauge.suites import known_task
from trustgauge.weakness.counting import Counted, Name, Stratum, Sums, Tally, merged
from trustgauge.weakness.result import ALPHA, FEWEST, Part, Place, Weakness, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ORDER = ("worse", "can't tell", "alone", "too few", "no score", "better")
_LEVELS = ("side", "kind", "template", "slot")


def weak(store: Store, run: str, found: Profile | None = None) -> Weakness:
    """Where a run is worst with confidence: sub-categories, tasks, and parts of them.

    run    a run's id, the beginning of one, or `last`; found: its profile, where it is known already
    Within a run p is adjusted by Benjamini & Hochberg, over the sub-categories and tasks and over the parts.
    """
    info = store.run(run)
    found = found or profile(store, info.id)
    subs, tasks = _places(found)
    parts: list[Part] = []
    for sub in found.asked:
        parts += _parts(sub, _counted(store, info.id, sub))
    adjusted = benjamini_hochberg([part.p for part in parts])
    parts = [replace(part, p_bh=p, word=_word(part, p)) for part, p in zip(parts, adjusted, strict=True)]
    parts.sort(key=lambda part: (_ORDER.index(part.word), -part.gain_low, part.sub_category, part.called))
    return Weakness(run=info, sub_categories=subs, tasks=tasks, parts=tuple(parts), mix=mix_of(found), owed=found.owed)


def _places(found: Profile) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """The sub-categories against each other, and each one's tasks against each other."""
    subs = _against([_of_sub(sub) for sub in found.asked])
    tasks = [place for sub in found.asked for place in _against(_of_tasks(sub))]
    adjusted = benjamini_hochberg([place.p for place in (*subs, *tasks)])
    placed = [replace(place, p_bh=p, word=_word(place, p)) for place, p in zip((*subs, *tasks), adjusted, strict=True)]
    placed.sort(
        key=lambda place: (_ORDER.index(place.word), -(1 - place.high if place.high is not None else 0.0), place.id)
    )
    by_level = [tuple(p for p in placed if p.level == level) for level in ("sub-category", "task")]
    return by_level[0], by_level[1]


def _of_sub(sub: SubResult) -> Place:
    gain = None if sub.score is None else 1 - sub.score
    ends = {"score": sub.score, "low": sub.low, "high": sub.high, "gain": gain}
    return Place(id=sub.id, level="sub-category", sub_category=sub.id, counts=sub.counts, word="alone", **ends)


def _of_tasks(sub: SubResult) -> list[Place]:
    scored = sum(task.measured.score is not None for task in sub.tasks)
    found: list[Place] = []
    for task in sub.tasks:
        mine = task.measured
        gain = None if mine.score is None else (1 - mine.score) / scored
        ends = {"score": mine.score, "low": mine.low, "high": mine.high, "gain": gain}
        found.append(Place(id=task.task, level="task", sub_category=sub.id, counts=task.counts, word="alone", **ends))
    return found


def _against(places: Sequence[Place]) -> list[Place]:
    """The places, each with the mean of the others and the p of no difference."""
    told = below_others([(place.score, place.low, place.high) for place in places])
    return [
        replace(place, rest=each[0], p=each[1]) if each else place for place, each in zip(places, told, strict=True)
    ]


def _word(found: Place | Part, p: float | None) -> Word:
    if isinstance(found, Place):
        if found.score is None:
            return "no score"
        if p is None or found.rest is None:
            return "too few" if found.low is None else "alone"
        worse = found.score < found.rest
    else:
        if found.rate is None:
            return "no score"
        if p is None or found.rest is None:
            return "too few"
        worse = found.rate > found.rest
    return "can't tell" if p > ALPHA else "worse" if worse else "better"


def _counted(store: Store, run: str, sub: SubResult) -> Counted:
    counted = Counted()
    for task in sub.tasks:
        counted.add(task.task, known_task(task.task), store.groups(run, task.task))
    return counted


Worth = Mapping[Stratum, float]
"""By stratum, what one bad case there takes from the sub-category's score."""


def _parts(sub: SubResult, counted: Counted) -> list[Part]:
    """All parts of a sub-category; those that are the very same cases are one."""
    within = _Whole(counted.whole.groups)
    across = _Whole(merged(counted.whole.groups, arms=True))
    worth = _worth(sub, counted)
    known: dict[tuple[int, int], list[tuple[Name, Tally]]] = {}
    for name, tally in sorted(counted.telling(), key=lambda each: (_LEVELS.index(each[0][0]), each[0])):
        known.setdefault((tally.print, tally.labels.n), []).append((name, tally))
    found: list[Part] = []
    for (name, tally), *others in known.values():
        if tally.labels.n == counted.whole.labels.n or len(tally.seen) < 2:
            continue  # all cases have it, and there is no rest; or one alone, and it is nothing in common
        # What sets the arms apart is compared across them, all else within each.
        apart = name[0] in ("side", "kind")
        compared = across.compared(merged(tally.groups, arms=True)) if apart else within.compared(tally.groups)
        also = tuple(f"{each[1]}: {each[2]}" for each, _ in others)
        found.append(_compared(_part(sub.id, name, tally, worth, also), compared))
    return found


def _worth(sub: SubResult, counted: Counted) -> dict[Stratum, float]:
    """One bad case's part of what its task lacks.

    A mean of rates over arms lacks 1 / arms / scored of the arm for each. Of any other measure what the task lacks is
    shared out over its bad cases alike.
    """
    scores = {task.task: task.measured.score for task in sub.tasks if task.measured.score is not None}
    sums = {stratum: counted.whole.sums(stratum) for stratum in counted.whole.groups}
    found: dict[Stratum, float] = {}
    for task, score in scores.items():
        mine = {stratum: both for stratum, both in sums.items() if stratum[0] == task}
        rates = [bad / n for bad, n in mine.values()]
        bad = sum(b for b, _ in mine.values())
        mean_of_rates = bool(rates) and abs(sum(rates) / len(rates) - (1 - score)) < 1e-9
        for stratum, (_, n) in mine.items():
            each = 1 / len(mine) / n if mean_of_rates else (1 - score) / bad if bad else 0.0
            found[stratum] = each / len(scores)
    return found


def _part(sub: str, name: Name, tally: Tally, worth: Worth, also: tuple[str, ...]) -> Part:
    rate = ClusterRate()
    for groups in merged(tally.groups, arms=False).values():
        for bad, n in groups.values():
            rate.add(bad, n)
    low, high = rate.interval() or (None, None)
    gain = sum(tally.sums(stratum)[0] * worth.get(stratum, 0.0) for stratum in tally.groups)
    level, called, value = name
    return Part(
        sub_category=sub,
        level=level,
        name=called,
        value=value,
        tasks=tuple(sorted(tally.tasks)),
        counts=tally.labels,
        groups=len(tally.seen),
        word="too few",
        rate=rate.rate,
        low=low,
        high=high,
        gain=gain,
        gain_low=gain * low / rate.rate if rate.rate and low is not None else 0.0,
        also=also,
        example=tally.example,
    )


def _compared(part: Part, strata: Sequence[Compared]) -> Part:
    """The part beside its rest, tested where both have groups enough."""
    told = excess(strata)
    if told is None:
        return part
    enough = min(len({int(c) for s in strata for c in s.cluster[s[at] > 0]}) for at in (2, 4)) >= FEWEST
    return replace(part, rest=told.rest, p=told.p if enough else None)


class _Whole:
    """All cases of a sub-category as arrays by stratum, from which a part is taken away for its rest."""

    def __init__(self, sums: Sums) -> None:
        import numpy as np

        self._arrays: dict[Stratum, tuple[NDArray[Any], dict[int, int], NDArray[Any]]] = {}
        for stratum, groups in sums.items():
            place = {group: i for i, group in enumerate(groups)}
            self._arrays[stratum] = np.array(list(groups)), place, np.array(list(groups.values()), dtype=float)

    def compared(self, part: Sums) -> list[Compared]:
        """The part and its rest in each stratum that the part has cases in."""
        import numpy as np

        found: list[Compared] = []
        for stratum, groups in part.items():
            clusters, place, sums = self._arrays[stratum]
            mine = np.zeros_like(sums)
            for group, both in groups.items():
                mine[place[group]] = both
            rest = sums - mine
            found.append(Compared(clusters, mine[:, 0], mine[:, 1], rest[:, 0], rest[:, 1]))
        return found
