"""The page of a comparison: the answer, differences over the 29, profiles, tests, what is missing, slices, flips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustgauge.comparison.flips import worst_first
from trustgauge.comparison.result import ALPHA, LABELS, SMALL, Compared, Comparison, Moves, RunPair, Slice
from trustgauge.comparison.slices import TESTABLE
from trustgauge.comparison.words import lead, names, turned
from trustgauge.reports.kit import Row, forest, read_out, side_by_side
from trustgauge.reports.page import Figure, Page
from trustgauge.reports.section import Section, chance, number, signed
from trustgauge.safe import plain
from trustgauge.taxonomy import CATEGORIES, OUTSIDE, SUB_CATEGORIES

MOST_SLICES = 20
CUT = 240  # characters of a prompt or a reply


def page_of(found: Comparison, *, tasks: bool = True) -> Page:
    """Everything people see; the JSON document has every slice besides. tasks: with a row for each of the tasks."""
    baseline, runs = names(found)
    blocks = [*_blocks(found, baseline, runs)]
    if tasks:
        named = zip(runs, found.pairs, strict=True)
        blocks += [_tasks(f"{name} minus {baseline}: tasks", pair) for name, pair in named]
    title = f"{', '.join(runs)} against {baseline}"
    return Page(title=title, lead=lead(found), blocks=tuple(blocks), foot=_foot(found, tasks=tasks))


def _blocks(found: Comparison, baseline: str, runs: list[str]) -> Iterator[Section | Figure]:
    named = list(zip(runs, found.pairs, strict=True))
    yield from _figures(found, baseline, named)
    for name, pair in named:
        yield _table(f"{name} minus {baseline}: sub-categories", pair.subs)
        if pair.outside:
            yield _table(f"{name} minus {baseline}: outside the taxonomy, in no category", pair.outside)
        yield _table(f"{name} minus {baseline}: categories", pair.categories)
        yield from _flips(baseline, name, pair)
        yield from _slices(baseline, name, pair)
        yield from _lacking(baseline, name, pair)


def _figures(found: Comparison, baseline: str, named: list[tuple[str, RunPair]]) -> Iterator[Figure]:
    single = len(named) == 1  # then colour and shape are free to tell the verdict
    rows = [_row(sub.word if single else name, sub) for name, pair in named for sub in pair.every]
    band = (-found.margin, found.margin) if found.margin else None
    yield Figure(
        title=" ".join(_span(baseline, name, pair) for name, pair in named),
        chart=forest(rows, f"score minus that of {baseline} (right: better)", rule=0.0, band=band),
        alt=f"Differences to {baseline} with 95 % intervals. {read_out(rows)}",
        note=f"Shaded: within the margin of {found.margin:g}." if found.margin else "",
    )
    scores = [_score(baseline, sub, first=True) for sub in named[0][1].every]
    scores += [_score(name, sub, first=False) for name, pair in named for sub in pair.every]
    who, furthest = max(
        ((name, sub) for name, pair in named for sub in pair.every), key=lambda at: abs(at[1].tested.difference or 0.0)
    )
    yield Figure(
        title=f"The profiles lie furthest apart in {furthest.id}: "
        f"{baseline} {number(furthest.tested.first)}, {who} {number(furthest.tested.second)}.",
        chart=side_by_side(scores, "resistance: 1 is trustworthy", (0.0, 1.0)),
        alt=f"Scores on the shared cases with 95 % intervals. {read_out(scores, 60)}",
    )


def _span(baseline: str, name: str, pair: RunPair) -> str:
    """ "base-like is worse than careful in 27, most in poisoning-attacks: -0.58 [-0.66 -0.49]."."""
    known = [sub for sub in pair.subs if sub.tested.difference is not None]
    if not known:
        return f"Nothing of {name} could be compared with {baseline}."
    moved = [(word, [sub for sub in known if sub.word == word]) for word in ("better", "worse")]
    parts = [f"{word} than {baseline} in {len(subs)}, most in {_furthest(subs)}" for word, subs in moved if subs]
    if parts:
        return f"{name} is {'; '.join(parts)}."
    return f"{name} and {baseline} differ nowhere beyond noise; most in {_furthest(known)}."


def _furthest(subs: Sequence[Compared]) -> str:
    sub = max(subs, key=lambda sub: abs(sub.tested.difference or 0.0))
    return f"{sub.id}: {signed(sub.tested.difference, sub.tested.low, sub.tested.high)}"


def _row(series: str, sub: Compared) -> Row:
    t = sub.tested
    return Row(sub.id, t.difference, t.low, t.high, series, _group(sub.id), min(sub.n_first, sub.n_second))


def _score(series: str, sub: Compared, *, first: bool) -> Row:
    value, ends = (sub.tested.first, sub.tested.first_ends) if first else (sub.tested.second, sub.tested.second_ends)
    low, high = ends or (None, None)
    return Row(sub.id, value, low, high, series, _group(sub.id), sub.n_first if first else sub.n_second)


def _group(sub: str) -> str:
    known = SUB_CATEGORIES.get(sub)
    return CATEGORIES[known.category].title if known else "Outside the taxonomy" if sub in OUTSIDE else ""


_COLUMNS = ("", "says", "baseline", "run", "difference", "n", "+/-", "p", "Holm", "BH", "h")


def _table(title: str, rows: tuple[Compared, ...]) -> Section:
    return Section(title=title, columns=_COLUMNS, rows=tuple(_cells(each) for each in rows), note=_NOTE)


_NOTE = (
    "n: shared cases; +/-: of these, from bad to good and from good to bad. p: the larger of two, of the interval and "
    "of the paired bootstrap. Adjusted for asking in all rows at once: Holm (any false alarm at most 5 %), BH "
    "(Benjamini and Hochberg: of the alarms at most 5 % false). h: Cohen's effect size (0.2 small, 0.5 medium, 0.8 "
    "large). "
    "*: some tasks could not be compared. u: not paired."
)


def _cells(each: Compared) -> tuple[str, ...]:
    t, marks = each.tested, ("*" if each.left_out else "") + ("" if each.paired else " u")
    head = (f"{each.id}{marks}", _said(each), number(t.first), number(t.second), signed(t.difference, t.low, t.high))
    counts = (f"{each.n:,}" if each.paired else f"{each.n_first:,}/{each.n_second:,}", f"{each.gained:,}/{each.lost:,}")
    return (*head, *counts, chance(t.p), chance(each.p_holm), chance(each.p_bh), number(t.h))


def _said(each: Compared) -> str:
    return each.word + (" (small)" if 0 < min(each.n_first, each.n_second) < SMALL else "")


def _tasks(title: str, pair: RunPair) -> Section:
    rows = [
        (
            f"{plain(task.id)}{'' if task.paired else ' u'}",
            number(task.tested.first),
            number(task.tested.second),
            signed(task.tested.difference, task.tested.low, task.tested.high),
            f"{task.n:,}",
            f"{task.gained:,}/{task.lost:,}",
            chance(task.tested.p),
            chance(task.mcnemar),
            chance(task.mid_p),
            _odds(task),
        )
        for sub in pair.every
        for task in sub.parts
    ]
    return Section(
        title=title,
        columns=("task", "baseline", "run", "difference", "n", "+/-", "p", "McNemar", "mid-p", "odds ratio"),
        rows=tuple(rows),
        note="Not adjusted. McNemar: exact, of the single verdicts that flipped, taken as independent; the difference "
        "and its p are of the task's score, by groups of cases. Odds ratio: from bad to good, to the reverse.",
    )


def _odds(task: Compared) -> str:
    if task.odds is None:
        return "–"
    value, low, high = task.odds
    return f"{'∞' if value is None else f'{value:.1f}'} [{low:.1f} {'∞' if high is None else f'{high:.1f}'}]"


def _lacking(baseline: str, name: str, pair: RunPair) -> Iterator[Section]:
    moves = {a: {b: sum(sub.moves[a][b] for sub in pair.every) for b in LABELS} for a in LABELS}
    if any(sub.n for sub in pair.every):
        yield _moves(baseline, name, moves)
    rows = [
        (
            sub.id,
            f"{sub.missing.first:,} of {sub.n_first:,}",
            f"{sub.missing.second:,} of {sub.n_second:,}",
            chance(sub.missing.p),
            signed(sub.tested.difference, sub.missing.low, sub.missing.high),
            "could turn" if turned(sub) else "",
        )
        for sub in pair.every
        if sub.missing.first != sub.missing.second
    ]
    if rows:
        yield _missing(baseline, name, rows)


def _moves(baseline: str, name: str, moves: Moves) -> Section:
    return Section(
        title=f"How verdicts moved from {baseline} to {name}",
        columns=(f"{baseline} \\ {name}", *LABELS, "all"),
        rows=tuple((a, *(f"{moves[a][b]:,}" for b in LABELS), f"{sum(moves[a].values()):,}") for a in LABELS),
        note="Shared cases. Unscored and failed are in no score, and in no count of flips.",
    )


def _missing(baseline: str, name: str, rows: list[tuple[str, ...]]) -> Section:
    return Section(
        title=f"What {baseline} and {name} left unscored or failed, where they differ",
        columns=("", baseline, name, "p", "difference [worst and best case]", ""),
        rows=tuple(rows),
        note="Worst and best case: every missing case bad on one side and good on the other. p: exact McNemar of being "
        "missing, not adjusted.",
    )


def _slices(baseline: str, name: str, pair: RunPair) -> Iterator[Section]:
    if not pair.slices:
        return
    tested = [each for each in pair.slices if each.tested]
    moved = sorted((s for s in tested if s.p_bh is not None and s.p_bh < ALPHA), key=lambda s: (s.p_bh or 0.0, s.value))
    slots = ", ".join(dict.fromkeys(each.slot for each in pair.slices))
    yield Section(
        title=f"{len(moved):,} of {len(tested):,} slices differ (by {plain(slots)})",
        columns=("sub-category", "slice", baseline, name, "difference", "n", "p", "BH"),
        rows=tuple(_slice(each) for each in moved[:MOST_SLICES]),
        note=f"Shares of good among the scored; BH over all {len(tested):,} tested. "
        f"{len(pair.slices) - len(tested):,} more have under {TESTABLE} groups or no interval and are not tested; "
        f"those under {SMALL} are marked small. "
        + (f"The {MOST_SLICES} surest are shown; JSON has all." if len(moved) > MOST_SLICES else "JSON has all."),
    )


def _slice(each: Slice) -> tuple[str, ...]:
    small = " (small)" if each.n < SMALL else ""
    return (
        each.sub_category,
        f"{plain(each.slot)}: {plain(each.value, 50)}{small}",
        number(each.first),
        number(each.second),
        signed(each.difference, each.low, each.high),
        f"{each.n:,}",
        chance(each.p),
        chance(each.p_bh),
    )


def _flips(baseline: str, name: str, pair: RunPair) -> Iterator[Section]:
    worst = worst_first(pair.every)
    if not worst:
        return
    total = sum(sub.gained for sub in worst), sum(sub.lost for sub in worst)
    rows = [
        (
            flip.task,
            flip.way,
            plain(flip.prompt, CUT),
            f"{_texts(flip.first_replies)} ({plain(flip.first_reason, 60)})",
            f"{_texts(flip.second_replies)} ({plain(flip.second_reason, 60)})",
        )
        for flip in pair.flips
    ]
    yield Section(
        title=f"{sum(total):,} shared cases flipped: {total[0]:,} from bad to good, {total[1]:,} from good to bad",
        columns=("task", "went from", "asked", f"{baseline} said", f"{name} said"),
        rows=tuple(rows),
        note=f"{len(rows)} of {sum(total):,} are shown, from the sub-categories that fell furthest; --flips N shows "
        "more, --flips-to FILE writes them all.",
    )


def _texts(replies: tuple[str, ...]) -> str:
    return " | ".join(plain(reply, CUT) for reply in replies) or "nothing"


def _foot(found: Comparison, *, tasks: bool) -> str:
    said = f"equivalent, not worse: by the margin of {found.margin:g} (one-sided tests), adjusted alike; "
    return (
        "A difference is the run minus the baseline with its 95 % interval, by group and paired by case. better, "
        f"worse: Holm-adjusted p below 5 % over {found.family} sub-categories; {said if found.margin else ''}"
        f"can't tell: none of these. {found.resamples:,} bootstrap resamples, seed {found.seed}."
        + ("" if tasks else " Task by task: -f html, -f md or --json.")
    )
