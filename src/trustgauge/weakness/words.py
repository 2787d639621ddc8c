"""What is said of weaknesses in sentences: where to aim first, how sure that is, what cannot be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from trustgauge.reports.section import first_few, interval, percent
from trustgauge.types import Counts
from trustgauge.weakness.result import FEWEST, Part, Place, Weakness

_NAMED = 5


def lead(found: Weakness) -> tuple[str, ...]:
    """The sentences of one run: what is worst, what of it, and what is left open."""
    return tuple(_sentences(found))


def _sentences(found: Weakness) -> Iterator[str]:
    if found.owed:
        yield f"INCOMPLETE: {found.owed:,} cases of this run are still to be asked; the same command asks them."
    worse = [place for place in found.sub_categories if place.word == "worse"]
    yield _worst(found.sub_categories, worse)
    parts = [part for part in found.parts if part.word == "worse"]
    if parts:
        named = [f"{part.called} ({part.sub_category})" for part in parts[:_NAMED]]
        yield f"Of the parts, {len(parts)} are worse than the rest of their kind for sure, first {'; '.join(named)}."
    elif found.parts:
        yield "No topic, template, kind or side is worse than the rest of its kind for sure."
    yield from _open(found)


def _worst(places: Sequence[Place], worse: Sequence[Place]) -> str:
    if worse:
        first = worse[0]
        said = f"Aim at {first.id} first: {_against(first)}."
        others = [place.id for place in worse[1:]]
        return said + (f" Worse than the others for sure too: {first_few(others)}." if others else "")
    known = [place for place in places if place.score is not None]
    if not known:
        return "Nothing could be scored, so nothing can be said of where to aim."
    lowest = min(known, key=lambda place: place.score or 0.0)
    return (
        f"No sub-category is worse than the others for sure; lowest is {lowest.id}, "
        f"{interval(lowest.score, lowest.low, lowest.high)}."
    )


def _against(place: Place) -> str:
    score = interval(place.score, place.low, place.high)
    return f"{score} against {place.rest:.2f} on average elsewhere" if place.rest is not None else score


def _open(found: Weakness) -> Iterator[str]:
    """What is not known, so that it is not taken for well."""
    words = Counter(part.word for part in found.parts)
    few, unsure = words["too few"], words["can't tell"]
    if few:
        yield (
            f"UNDECIDED: {few:,} parts with fewer than {FEWEST} scored groups of cases, in them or beside them; "
            f"{unsure:,} more cannot be told from the rest. A larger -n decides more."
        )
    elif unsure:
        yield f"UNDECIDED: {unsure:,} parts cannot be told from the rest. A larger -n decides more."
    total = sum((place.counts for place in found.sub_categories), Counts())
    if total.unscored or total.failed:
        yield (
            f"Unscored {total.unscored:,} ({percent(total.unscored, total.n)}) and failed {total.failed:,} "
            f"({percent(total.failed, total.n)}) of {total.n:,}: neither good nor bad here."
        )
    none = [place.id for place in found.sub_categories if place.word == "no score"]
    if none:
        yield f"NO SCORE, so not known to be well: {first_few(none)}."


def rate(part: Part) -> str:
    """ "0.42 [.33 .51]"."""
    return interval(part.rate, part.low, part.high)
