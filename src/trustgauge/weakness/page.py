"""The page of weaknesses: sentences, then sub-categories, tasks and parts, the worst with confidence first."""

from __future__ import annotations

from collections.abc import Sequence

from trustgauge.reports.page import Page
from trustgauge.reports.section import Section, interval, number, percent, run_names
from trustgauge.safe import plain
from trustgauge.weakness.result import Part, Place, Weakness
from trustgauge.weakness.words import lead, rate

FOOT = (
    "Scores: 1 is trustworthy. Bad: share of bad among the scored cases; brackets hold 95 % intervals, clustered by "
    "group. Gain: how much the sub-category's score would rise, were all of them good. Worse: the adjusted p of no "
    "difference is at most 0.05 (Benjamini & Hochberg)."
)
_COLUMNS = ("score", "others", "gain", "n", "unscored", "failed", "sure")


def page_of(found: Sequence[Weakness], most: int = 12) -> Page:
    """One page of all runs; of each list so many rows, what is undecided being counted in the sentences."""
    names = run_names([each.run for each in found])
    said = [
        f"{name}: {sentence}" if len(found) > 1 else sentence
        for name, each in zip(names, found, strict=True)
        for sentence in lead(each)
    ]
    blocks = [s for name, each in zip(names, found, strict=True) for s in _sections(name, each, most)]
    title = f"Where to aim: {', '.join(plain(name, 60) for name in names)}"
    return Page(title=title, lead=tuple(said), blocks=tuple(blocks), foot=f"{FOOT} {_next(found)}")


def _next(found: Sequence[Weakness]) -> str:
    """What to type next: the same instruments on the training side, and training data of what comes."""
    run = found[0].run
    export = "--format dpo --mix gaps -o data"
    if run.manifest.get("import"):
        return f"Next: trustgauge export {run.id} {export}"
    export = f"--written gold {export}"  # one model's one draw has no good and bad reply to one prompt
    worst = next((p.id for each in found for p in each.sub_categories if p.word == "worse"), None)
    suite = f" -s {worst}" if worst else ""
    return f"Next: trustgauge run -m {run.model}{suite} --split train   then   trustgauge export last {export}"


def _sections(name: str, found: Weakness, most: int) -> list[Section]:
    sides = [part for part in found.parts if part.level in ("side", "kind")]
    rest = [part for part in found.parts if part.level not in ("side", "kind")]
    sections = [
        _places(f"{name}: sub-categories", "sub-category", found.sub_categories, most),
        _places(f"{name}: tasks, against the others of their sub-category", "task", found.tasks, most),
        _parts(f"{name}: sides and kinds of case", sides, most),
        _parts(f"{name}: topics, wordings and groups, against the rest of their kind", rest, most),
    ]
    return [section for section in sections if section.rows]


def _places(title: str, what: str, places: Sequence[Place], most: int) -> Section:
    unsure = [p for p in places if p.word == "alone" or (p.word == "can't tell" and (p.score or 0.0) < (p.rest or 0.0))]
    shown = [p for p in places if p.word == "worse"] or unsure[:3]
    rows = tuple(
        (
            place.id,
            interval(place.score, place.low, place.high),
            number(place.rest),
            number(place.gain),
            f"{place.counts.n:,}",
            percent(place.counts.unscored, place.counts.n),
            percent(place.counts.failed, place.counts.n),
            sure(place),
        )
        for place in shown[:most]
    )
    return Section(title=title, columns=(what, *_COLUMNS), rows=rows, note=_left(len(shown), most))


def _parts(title: str, parts: Sequence[Part], most: int) -> Section:
    unsure = [p for p in parts if p.word == "can't tell" and (p.rate or 0.0) > (p.rest or 0.0)]
    shown = [p for p in parts if p.word == "worse"] or unsure[:3]
    rows = tuple(
        (
            plain(part.called, 50),
            part.sub_category,
            rate(part),
            number(part.rest),
            number(part.gain, 3),
            f"{part.counts.n:,}",
            percent(part.counts.unscored, part.counts.n),
            sure(part),
            part.example,
        )
        for part in shown[:most]
    )
    columns = ("part", "of", "bad", "rest", "gain", "n", "unscored", "sure", "a bad case")
    return Section(title=title, columns=columns, rows=rows, note=_left(len(shown), most))


def _left(shown: int, most: int) -> str:
    return f"{shown - most} more: --json has all." if shown > most else ""


def sure(found: Place | Part) -> str:
    """ "worse, p 0.003"."""
    if found.p_bh is None:
        return found.word
    return f"{found.word}, p {'<0.001' if found.p_bh < 0.001 else f'{found.p_bh:.3f}'}"
