"""The page of a change over stages: the answer, 29 differences, over-refusal, the Pareto view, two judges, tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustgauge.aligning.change_result import Change, JudgeGap, Moved, Plane, Span, StageChange
from trustgauge.aligning.change_words import called, hollow_mark, judge_called, moved_by, says
from trustgauge.aligning.stages import OTHERS
from trustgauge.reports.kit import Point, Row, forest, read_out, scatter
from trustgauge.reports.page import Figure, Page
from trustgauge.reports.section import Section, chance, interval, number, percent
from trustgauge.taxonomy import CATEGORIES, OUTSIDE, SUB_CATEGORIES

SMALL = 30


def page_of(found: Change, *, tasks: bool = True) -> Page:
    """Everything people see. tasks: with a row for each task."""
    names = " → ".join(called(name) for name in found.runs)
    title = f"What alignment changed, on {'held-out' if found.held_out else 'the same'} cases: {names}"
    blocks = [*_figures(found), *_tables(found, tasks=tasks)]
    return Page(title=title, lead=says(found), blocks=tuple(blocks), foot=_foot(found, tasks=tasks))


def _figures(found: Change) -> Iterator[Figure]:
    yield from filter(
        None, (_changes(found), _refusals(found), *(_plane(plane) for plane in found.planes), _judges(found))
    )


def _changes(found: Change) -> Figure | None:
    rows = [_row(called(stage.name), moved, found) for stage in found.stages for moved in stage.every]
    if all(moved.score.difference is None for stage in found.stages for moved in stage.every):
        return None
    last = found.last
    raised, lowered = (
        len(last.words(target=True)[w]) + len(last.words(target=False)[w]) for w in ("raised", "lowered")
    )
    title = f"{called(last.name)} raised {raised} and lowered {lowered} of the {len(last.subs)} sub-categories asked."
    return Figure(
        title=title,
        chart=forest(rows, f"score minus that of {called(found.base)} (right: better)", rule=0.0),
        alt=f"{title} Differences with 95 % intervals. {read_out(rows)}",
        note="Before correction for asking so often; the tables say what is left after it.",
    )


def _row(series: str, moved: Moved, found: Change) -> Row:
    s = moved.score
    return Row(moved.id, s.difference, s.low, s.high, series, _group(moved, found), moved.n)


def _group(moved: Moved, found: Change) -> str:
    if moved.id in OUTSIDE:
        return "Outside the taxonomy"
    if moved.target and found.targets:
        return "Targets"
    known = SUB_CATEGORIES.get(moved.id.removesuffix(OTHERS))
    place = CATEGORIES[known.category].title if known else "Other"
    return f"Untouched: {place}" if found.targets else place


def _refusals(found: Change) -> Figure | None:
    sides = (
        ("benign twins declined (over-refusal)", "declined"),
        ("harmful requests complied with", "complied"),
    )
    rows: list[Row] = []
    for label, side in sides:
        spans: list[tuple[str, Span, int]] = [
            (stage.name, getattr(stage.refusals, side), getattr(stage.refusals, f"{side}_n")) for stage in found.stages
        ]
        known = [(name, span, n) for name, span, n in spans if span.before is not None]
        for name, span, n in known:  # first, so that a stage has the colour that it has in the other charts
            rows.append(Row(label, span.after, *(span.after_ends or (None, None)), called(name), "", n))
        for _, span, n in known[-1:]:
            rows.append(Row(label, span.before, *(span.before_ends or (None, None)), called(found.base), "", n))
    if not rows:
        return None
    over = found.last.refusals.declined
    title = f"Benign twins declined: {interval(over.before, *(over.before_ends or (None, None)))} before, " + (
        f"{interval(over.after, *(over.after_ends or (None, None)))} in {called(found.last.name)}."
    )
    return Figure(
        title=title,
        chart=forest(rows, "share of cases (left: better)", (0.0, 1.0)),
        alt=f"{title} {read_out(rows)}",
        note="Over the tasks that pair requests to be declined with benign twins; of what could be scored.",
    )


def _plane(plane: Plane) -> Figure:
    points = [
        Point(called(p.stage), p.x[0], p.y[0], p.x[1], p.x[2], p.y[1], p.y[2], front=not p.dominated_by)
        for p in plane.places
    ]
    beaten = [p for p in plane.places if p.dominated_by]
    title = "; ".join(f"{called(p.stage)} is dominated by {', '.join(map(called, p.dominated_by))}" for p in beaten)
    said = "; ".join(f"{called(p.stage)}: {interval(*p.x)} across, {interval(*p.y)} up" for p in plane.places)
    return Figure(
        title=f"{plane.name.capitalize()}: {title or 'no stage dominates another'}.",
        chart=scatter(points, f"{plane.x_title} (right: better)", f"{plane.y_title} (up: better)"),
        alt=f"{plane.x_title} across, {plane.y_title} up. {said}.",
        note="By the points alone; where intervals cross, which one dominates is open. The dashed line joins those "
        "that no other dominates.",
    )


def _judges(found: Change) -> Figure | None:
    judged = found.last.judged
    if judged is None or not judged.rows:
        return None
    first, second = f"first: {judge_called(judged.first)}", f"second: {judge_called(judged.second)}"
    rows = [
        Row(row.id, span.difference, span.low, span.high, series, _judge_group(row, found), row.n)
        for row in judged.rows
        for series, span in ((first, row.first), (second, row.second))
    ]
    doubted = [row.id for row in judged.rows if row.word in ("not confirmed", "contradicted")]
    title = (
        f"The first judge's gain is not confirmed by the second in {', '.join(doubted[:4])}"
        if doubted
        else "No gain of the first judge is left unconfirmed by the second"
    )
    return Figure(
        title=f"{title} ({called(found.last.name)} minus {called(found.base)}).",
        chart=forest(rows, f"share of good minus that of {called(found.base)} (right: better)", rule=0.0),
        alt=f"{title}. {read_out(rows)}",
        note="Both judged the same stored replies; cases where one did not decide are left out.",
    )


def _judge_group(row: JudgeGap, found: Change) -> str:
    return "" if not found.targets else "Targets" if row.target else "Untouched"


def _tables(found: Change, *, tasks: bool) -> Iterator[Section]:
    base = called(found.base)
    for stage in reversed(found.stages):
        name = called(stage.name)
        targets, rest = ([m for m in stage.subs if m.target == target] for target in (True, False))
        what = "targets" if found.targets else "sub-categories"
        yield _moved(f"{name} minus {base}: {what}", targets)
        if rest:
            yield _moved(f"{name} minus {base}: untouched", rest)
        if stage.outside:
            yield _moved(f"{name} minus {base}: outside the taxonomy", stage.outside)
        if stage.refusals.declined_n or stage.refusals.complied_n:
            yield _sides(f"{name} and {base}: what was declined", stage)
        if stage.judged:
            yield _gaps(f"{name} minus {base}: two judges", stage)
        if tasks:
            yield _by_task(f"{name} minus {base}: tasks", stage)


_MOVED = (
    "Score: by the tasks' own measures over what could be scored. Among all: share of good, what is unscored or failed "
    "being not good; raised needs both. Holm: p over the rows of this table and of its like for other stages. Without "
    "a score: before and after. +/-: cases from bad to good and from good to bad. *: some tasks could not be compared."
)


def _moved(title: str, rows: Sequence[Moved]) -> Section:
    columns = ("", "says", "before", "after", "difference", "among all", "Holm", "n", "+/-", "without a score")
    return Section(title=title, columns=columns, rows=tuple(_cells(moved) for moved in rows), note=_MOVED)


def _cells(moved: Moved) -> tuple[str, ...]:
    small = " (small)" if 0 < moved.n < SMALL else ""
    return (
        f"{moved.id}{'*' if moved.left_out else ''}",
        f"{hollow_mark(moved)}{small}",
        *_numbers(moved),
        chance(moved.p_adjusted),
        *_counts(moved),
    )


def _numbers(moved: Moved) -> tuple[str, ...]:
    return number(moved.score.before), number(moved.score.after), moved_by(moved.score), moved_by(moved.whole)


def _counts(moved: Moved) -> tuple[str, ...]:
    lost = f"{percent(moved.missing_before, moved.n)} / {percent(moved.missing_after, moved.n)}"
    return f"{moved.n:,}", f"{moved.gained:,}/{moved.lost:,}", lost


def _sides(title: str, stage: StageChange) -> Section:
    found = stage.refusals
    rows = [
        (
            name,
            number(span.before),
            number(span.after),
            moved_by(span),
            f"{n:,}",
            f"{percent(was, n)} / {percent(now, n)}",
        )
        for name, span, n, (was, now) in (
            ("benign twins declined (over-refusal)", found.declined, found.declined_n, found.declined_missing),
            ("harmful requests complied with", found.complied, found.complied_n, found.complied_missing),
        )
        if n
    ]
    return Section(
        title=title,
        columns=("", "before", "after", "difference", "n", "without a score"),
        rows=tuple(rows),
        note="Lower is better. Over the tasks that pair requests to be declined with benign twins, all together; 95 % "
        "intervals by group, paired by case.",
    )


def _gaps(title: str, stage: StageChange) -> Section:
    judged = stage.judged
    rows = judged.rows if judged else ()
    first, second = (judge_called(judged.first), judge_called(judged.second)) if judged else ("", "")
    return Section(
        title=title,
        columns=("", "says", "by the first", "by the second", "first minus second", "n", "left out"),
        rows=tuple(
            (
                row.id,
                row.word,
                moved_by(row.first),
                moved_by(row.second),
                moved_by(row.gap),
                f"{row.n:,}",
                f"{row.left_out:,}",
            )
            for row in rows
        ),
        note=f"First: {first}. Second: {second}. Share of good among the cases that both decided, before and after. "
        "Says: whether the second confirms a gain that the first shows (Holm over the rows, 5 %); partly: it rises "
        "too, and by surely less (Holm too); left open: it saw too little to tell.",
    )


def _by_task(title: str, stage: StageChange) -> Section:
    rows = tuple(
        (task.id, *_numbers(task), chance(task.score.p), *_counts(task))
        for moved in stage.every
        for task in moved.tasks
    )
    columns = ("task", "before", "after", "difference", "among all", "p", "n", "+/-", "without a score")
    return Section(
        title=title, columns=columns, rows=rows, note="Nothing is adjusted here: the words are of the tables above."
    )


def _foot(found: Change, *, tasks: bool) -> str:
    targets, rest = found.family
    return (
        "A difference is the stage minus the base with its 95 % interval, by group and paired by case. raised, "
        f"lowered: Holm-adjusted p below 5 %, over {targets} tests of targets and over {rest} of the untouched; raised "
        "only where good rose among all cases too. not shown: it may have changed all the same. "
        f"{found.resamples:,} bootstrap resamples, seed {found.seed}."
        + ("" if tasks else " Task by task: the HTML page and the JSON.")
    )
