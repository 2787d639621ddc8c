"""Flips: the cases that went from good to bad or back, with what was asked and what both runs said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from trustgauge.comparison.pairs import Key, matched, record_key
from trustgauge.comparison.result import Compared, Flip
from trustgauge.store import Store
from trustgauge.types import Record

LOST, GAINED = "good to bad", "bad to good"

Flipped = dict[str, set[Key]]
"""By task, which cases and draws flipped."""


def flips_of(store: Store, first: str, second: str, task: str, keys: Collection[Key]) -> Iterator[Flip]:
    """The flips of a task among these keys. Streams: holds little more than one pair of records."""
    sides = ((record for record in store.records(run, task) if record_key(record) in keys) for run in (first, second))
    for before, after in matched(*sides, key=record_key):
        if before and after and {before.label, after.label} == {"good", "bad"}:
            yield _flip(second, before, after)


def _flip(run: str, before: Record, after: Record) -> Flip:
    case = before.case
    return Flip(
        run=run,
        task=case.task,
        case=case.id,
        draw=before.draw,
        way=LOST if before.label == "good" else GAINED,
        group=case.group,
        template=case.template,
        slots=case.slots,
        prompt=case.prompt,
        first_replies=tuple(reply.text for reply in before.replies),
        first_reason=before.verdict.reason if before.verdict else "",
        second_replies=tuple(reply.text for reply in after.replies),
        second_reason=after.verdict.reason if after.verdict else "",
    )


def worst_first(subs: Sequence[Compared]) -> list[Compared]:
    """Sub-categories with flips, those that fell furthest first."""
    moved = [sub for sub in subs if sub.gained or sub.lost]
    return sorted(moved, key=lambda sub: (sub.tested.difference or 0.0, -sub.lost, sub.id))


def shown_flips(
    store: Store, first: str, second: str, subs: Sequence[Compared], flipped: Flipped, limit: int
) -> tuple[Flip, ...]:
    """Up to `limit` flips: one of each way of each sub-category in turn, those that fell furthest first."""
    columns: list[list[Flip]] = []
    for sub in worst_first(subs):
        if len(columns) >= limit:
            break
        found = [flip for task in sub.parts for flip in _some(store, first, second, task, flipped, limit)]
        for way in (LOST, GAINED):
            columns += [mine] if (mine := [flip for flip in found if flip.way == way]) else []
    chosen = [column[i] for i in range(limit) for column in columns if i < len(column)][:limit]
    return tuple(flip for column in columns for flip in column if flip in chosen)


def _some(store: Store, first: str, second: str, task: Compared, flipped: Flipped, limit: int) -> list[Flip]:
    """Up to `limit` of each way; reads no further than it must."""
    owed = {LOST: min(limit, task.lost), GAINED: min(limit, task.gained)}
    found: list[Flip] = []
    for flip in flips_of(store, first, second, task.id, flipped.get(task.id, ())) if any(owed.values()) else ():
        if owed[flip.way]:
            owed[flip.way] -= 1
            found.append(flip)
        if not any(owed.values()):
            break
    return found


def all_flips(store: Store, first: str, second: str, flipped: Flipped) -> Iterator[Flip]:
    """Every flip, task by task."""
    for task, keys in flipped.items():
        if keys:
            yield from flips_of(store, first, second, task, keys)
