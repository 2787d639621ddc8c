"""Conventions behind the words of a study, and which words would be others had they been settled otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from trustgauge.studying.claims import Weighed, settled, shaped, share_above
from trustgauge.studying.table import Table
from trustgauge.studying.trends import ROOM, Trend, shape_of

ROOMS = (0.15, 0.25, 0.5, 0.75)
LEVELS = (0.01, 0.1)
ABOVE = (0.1, 0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Tried:
    """One convention settled otherwise: what it is, ours, the other, and each word that would change with it."""

    convention: str
    ours: str
    other: str
    changed: tuple[str, ...]


def tried(trends: Sequence[Trend], claims: Sequence[Weighed], table: Table) -> tuple[Tried, ...]:
    """Every convention that has a say here, at other values than ours, one at a time."""
    return (*_rooms(trends, claims), *_dips(trends, claims), *_levels(claims), *_shares(claims, table))


def _rooms(trends: Sequence[Trend], claims: Sequence[Weighed]) -> list[Tried]:
    if not any(t.room is not None and t.gain and t.gain[1] is not None for t in trends):
        return []
    what = "least share of what was wrong made good that is not called weak, or little help"
    return [
        Tried(what, "1/3", f"{least:g}", _reworded(trends, [_reshaped(t, least) for t in trends], claims, least))
        for least in ROOMS
    ]


def _dips(trends: Sequence[Trend], claims: Sequence[Weighed]) -> list[Tried]:
    if not any(t.shape == "better after a dip" for t in trends):
        return []
    other = [_reshaped(t, ROOM, dips=False) for t in trends]
    changed = _reworded(trends, other, claims, ROOM)
    return [Tried("a fall on the way to a higher last stage", "better after a dip", "not monotone", changed)]


def _reshaped(found: Trend, least: float, *, dips: bool = True) -> Trend:
    if not found.gain or found.gain[1] is None or not found.stages:
        return found
    shape = shape_of(found.gain, found.room, found.steps, found.stages[-1].name, least=least, dips=dips)
    return replace(found, shape=shape)


def _reworded(
    trends: Sequence[Trend], other: Sequence[Trend], claims: Sequence[Weighed], least: float
) -> tuple[str, ...]:
    changed = [
        f"{now.measure.title}: {now.shape}" for was, now in zip(trends, other, strict=True) if was.shape != now.shape
    ]
    by_id = {t.measure.id: t for t in other}
    for at, one in enumerate(claims, 1):
        found = by_id.get(one.claim.measure)
        if one.claim.kind == "trend" and found and one.verdict != "cannot be told":
            verdict = shaped(one.claim.expect, found, least=least)
            changed += [f"claim ({at}): {verdict}"] if verdict != one.verdict else []
    return tuple(changed)


def _levels(claims: Sequence[Weighed]) -> list[Tried]:
    if not any(w.holm is not None for w in claims):
        return []
    return [Tried("level of p", "0.05", f"{level:g}", _moved(claims, settled(claims, level=level))) for level in LEVELS]


def _shares(claims: Sequence[Weighed], table: Table) -> list[Tried]:
    """A limit that models are above, and that most means more than half, belong to us, not to the paper."""
    found: list[Tried] = []
    for at, one in enumerate(claims):
        if one.claim.kind != "share" or one.value is None:
            continue
        for above in ABOVE:
            again = share_above(structs.replace(one.claim, above=above), table)
            other = settled([*claims[:at], again, *claims[at + 1 :]])
            changed = _moved(claims, other)
            if again.value != one.value and again.value is not None:
                changed = (f"claim ({at + 1}): {round(again.value * again.n)} of {again.n} models", *changed)
            what = f"limit from which a model counts, claim ({at + 1})"
            found.append(Tried(what, f"{one.claim.above:g}", f"{above:g}", changed))
    return found


def _moved(claims: Sequence[Weighed], other: Sequence[Weighed]) -> tuple[str, ...]:
    pairs = enumerate(zip(claims, other, strict=True), 1)
    return tuple(f"claim ({at}): {now.verdict}" for at, (was, now) in pairs if was.verdict != now.verdict)
