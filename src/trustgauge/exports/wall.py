"""The wall at the export: which side each record of a run lies on, and the refusal where one is not for training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise

from trustgauge.errors import UsageError
from trustgauge.store import RunInfo, Spot, Store
from trustgauge.suites import known_task
from trustgauge.types import Case, Record

Place = Mapping[tuple[str, str], str]
"""Sides by (task, group): "train", "held-out", "mixed" where a group's parts lie on both, or PARTIAL."""

PARTIAL = "partial"
"""The side of a group that was not asked whole: what is missing of it could lie on the other side, or be a twin."""


def sides(store: Store, info: RunInfo) -> dict[tuple[str, str], str]:
    """The side of each group of a run's records.

    Recorded replies to tasks that are not ours are outside material: train. Of a run that was stopped, a group on the
    training side counts only where none of its cases can be missing.
    """
    found: dict[tuple[str, str], str] = {}
    for name in store.tasks(info.id):
        task = known_task(name)
        for group, cases, whole in _groups(store, info, name):
            side = (task.side_of(cases) or "mixed") if task else "train"
            found[name, group] = side if whole or side != "train" else PARTIAL
    return found


def _groups(store: Store, info: RunInfo, name: str) -> Iterator[tuple[str, list[Case], bool]]:
    """Each group of a task with its cases, and True where the places before, in and behind it are all taken."""
    done, before = info.status in ("done", "imported"), 0
    there = (_spread(spots) for spots in store.spots(info.id, name))
    for (places, cases), (following, _) in pairwise(chain(there, [(_end(info, name), [])])):
        whole = places.start == before and len(places) == len(cases) and places.stop == following.start
        yield cases[0].group, cases, done or whole
        before = places.stop


def _spread(spots: Sequence[tuple[Spot, Record]]) -> tuple[range, list[Case]]:
    """From the first place of a group to the last, and the cases that are there."""
    cases = {place: record.case for (place, _), record in spots}
    return range(min(cases), max(cases) + 1), list(cases.values())


def _end(info: RunInfo, name: str) -> range:
    """What begins behind a task's last case; nowhere where a stopped run does not know which is the last."""
    known = info.manifest.get("cases", {}).get(name) if name in info.manifest.get("case_hashes", {}) else None
    return range(-1 if known is None else known, 0)


def side_in(places: Mapping[str, Place], run: str, case: Case) -> str:
    """The side of a case of a run."""
    return places[run][case.task, case.group]


def refuse_held_out(held: Mapping[str, Mapping[str, tuple[str, Case]]]) -> None:
    """UsageError where runs hold cases that are not on the training side; held gives these with it, by run and id."""
    if not held:
        return
    run, cases = next(iter(held.items()))
    kept = {id_: case for id_, (side, case) in cases.items() if side == "held-out"}
    example = min((kept or {id_: case for id_, (_, case) in cases.items()}).values(), key=lambda c: (c.task, c.id))
    mixed = len(cases) - len(kept)
    parts = [f"{len(kept):,} cases that are kept for testing"] if kept else []
    parts += [f"{mixed:,} {'' if kept else 'cases '}that are made of parts of both sides of the wall"] if mixed else []
    others = f" (as {len(held) - 1} more of these runs)" if len(held) > 1 else ""
    raise UsageError(
        f"{run}{others} holds {' and '.join(parts)}, such as {example.id} of {example.task}: training "
        "on them would spoil every later measurement. Measure with --split train to make training data, or export "
        "with --train-only to take just the training side of what is there"
    )
