"""The report in a terminal: one table over all 29, then what a reader must know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from trustgauge.reports.findings import findings
from trustgauge.reports.outside import outside_sections
from trustgauge.reports.profile import CategoryResult, Profile, SubResult, TaskResult
from trustgauge.reports.section import Section, interval, is_number, model_names, number, percent
from trustgauge.reports.studies import sections
from trustgauge.reports.uncertainty import how_words, mean_cell
from trustgauge.safe import plain
from trustgauge.store import Store
from trustgauge.taxonomy import CATEGORIES, SUB_CATEGORIES


def show_profiles(
    profiles: list[Profile], out: Console, *, wall_s: float | None = None, store: Store | None = None
) -> None:
    """Several runs side by side, or one in detail."""
    out.print(_headline(profiles, wall_s), style="bold")
    out.print()
    for table in _tables(profiles, out.width):
        out.print(table)
        out.print()
    for section in outside_sections(profiles):
        print_section(section, out)
        out.print()
    for sentence in findings(profiles):
        out.print(Padding(plain(sentence), (0, 0, 0, 1)))
    if store:
        for section in sections(profiles, store):
            out.print()
            print_section(section, out)
    out.print()
    out.print(Padding(legend(profiles), (0, 0, 0, 1)), style="dim")


def _tables(profiles: list[Profile], width: int) -> Iterable[Table]:
    """The 29, side by side or in detail; none where only what is outside the taxonomy was asked."""
    if not any(p.assessed for p in profiles) and any(p.outside for p in profiles):
        return []
    return _matrices(profiles, width) if len(profiles) > 1 else [_detail(profiles[0], width)]


LEGEND = (
    "Scores are resistance: 1 is trustworthy; brackets hold the 95 % interval, 'u' the share that could not be scored "
    "(refused, blocked, empty or unreadable where that is neither right nor wrong), 'f' the share of failed calls."
)


def legend(profiles: list[Profile]) -> str:
    """How to read the table, and how intervals were made where the reader chose so."""
    return " ".join(part for part in (LEGEND, how_words(profiles)) if part)


def _headline(profiles: list[Profile], wall_s: float | None) -> str:
    subs = max(len(p.assessed) for p in profiles)
    tasks = max(sum(len(s.tasks) for s in p.asked) for p in profiles)
    replies = sum(p.all_counts.n for p in profiles)
    places = [f"{subs} of 29 sub-categories", *dict.fromkeys(s.id for p in profiles for s in p.outside)]
    parts = [
        " and ".join(part for part in (", ".join(places[:-1]), places[-1]) if part),
        "1 task" if tasks == 1 else f"{tasks} tasks",
        f"{len(profiles)} models" if len(profiles) > 1 else "",
    ]
    parts.append(f"{replies:,} cases")
    parts += dict.fromkeys(f"{p.run.manifest['split']} side only" for p in profiles if p.run.manifest.get("split"))
    written = [p.run.manifest["written"] for p in profiles if p.run.manifest.get("written")]
    parts += dict.fromkeys(f"written cases of {plain(w['file'], 40)} ({w['sha256'][:12]}…)" for w in written)
    parts.append(f"{wall_s:.1f} s" if wall_s is not None else "")
    return " " + " · ".join(part for part in parts if part)


def _matrices(profiles: list[Profile], width: int) -> Iterator[Table]:
    """One table where all runs fit beside each other, else several: a number is never cut off."""
    named = list(zip(model_names(profiles), profiles, strict=True))
    while named:
        room, fitting = width - _LABELS, 0
        while fitting < len(named) and (room := room - 2 - _width(*named[fitting])) >= 0:
            fitting += 1
        part, named = named[: fitting or 1], named[fitting or 1 :]
        yield _matrix(part)


_LABELS = 2 + max(len(f"   {id_}") for id_ in SUB_CATEGORIES)


def _width(name: str, found: Profile) -> int:
    """Columns that a run's cells take, and up to 20 for its name."""
    cells = (*map(_mean, found.categories), mean_cell(found.overall), *map(cell, found.sub_categories))
    return max(min(len(name), 20), *map(len, cells))


def _mean(category: CategoryResult) -> str:
    return interval(category.score, category.low, category.high) if category.score is not None else ""


def _matrix(named: list[tuple[str, Profile]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for name, found in named:
        table.add_column(plain(name), width=_width(name, found) if len(named) > 1 else None, overflow="fold")
    for position, category in enumerate(CATEGORIES.values()):
        table.add_row(f" {category.id}", *(_mean(found.categories[position]) for _, found in named), style="bold")
        for index, sub in enumerate(named[0][1].sub_categories):
            if sub.category == category.id:
                _matrix_row(table, sub.id, [found.sub_categories[index] for _, found in named])
    table.add_row(" overall", *(mean_cell(found.overall) for _, found in named), style="bold")
    return table


def _matrix_row(table: Table, id_: str, subs: list[SubResult]) -> None:
    if not any(s.assessed for s in subs):
        table.add_row(f"   {id_}", "not assessed", style="dim")
        return
    table.add_row(f"   {id_}", *map(cell, subs))


def cell(sub: SubResult | TaskResult) -> str:
    """Score with interval, and the shares that could not be scored or failed, where they are not small."""
    counts = sub.counts
    if counts.n == 0:
        return "not assessed"
    score = sub.score if isinstance(sub, SubResult) else sub.measured.score
    if score is None:
        return _why_no_score(sub)
    low, high = (sub.low, sub.high) if isinstance(sub, SubResult) else (sub.measured.low, sub.measured.high)
    shares = [
        f"{mark}{percent(part, counts.n)}".replace(" ", "")
        for mark, part in (("u", counts.unscored), ("f", counts.failed))
        if part >= 0.05 * counts.n
    ]
    return " ".join([interval(score, low, high), *shares])


def _why_no_score(sub: SubResult | TaskResult) -> str:
    counts = sub.counts
    if counts.failed == counts.n:
        return "failed 100 %"
    if counts.good + counts.bad == 0:
        return f"unscored {percent(counts.unscored, counts.n)}"
    return "no score"


def _detail(found: Profile, width: int) -> Table:
    wide = width >= 100
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2 if wide else 1, 0, 0))
    table.add_column(plain(found.run.model), overflow="fold")
    table.add_column("score [95 %]", no_wrap=True)
    for column in ("chance", "n", "good", "bad", *(("unscored", "failed") if wide else ("u", "f"))):
        table.add_column(column, justify="right", no_wrap=True)
    for category in found.categories:
        table.add_row(f" {category.id}", _mean(category), *[""] * 6, style="bold")
        for sub in found.sub_categories:
            if sub.category == category.id:
                _detail_rows(table, sub)
    table.add_row(" overall", mean_cell(found.overall), *[""] * 6, style="bold")
    return table


def _detail_rows(table: Table, sub: SubResult) -> None:
    if not sub.assessed:
        table.add_row(f"   {sub.id}", "not assessed", *[""] * 6, style="dim")
        return
    table.add_row(f"   {sub.id}", *_numbers(sub, sub.score, sub.low, sub.high))
    if len(sub.tasks) > 1:
        for task in sub.tasks:
            name, m = plain(task.task.split("/", 1)[1]), task.measured
            table.add_row(f"     {name}", *_numbers(task, m.score, m.low, m.high), style="dim")


def _numbers(result: Any, score: float | None, low: float | None, high: float | None) -> list[str]:
    c = result.counts
    shown = interval(score, low, high) if score is not None else _why_no_score(result)
    return [shown, number(result.chance), *(f"{x:,}" for x in (c.n, c.good, c.bad, c.unscored, c.failed))]


def print_section(section: Section, out: Console) -> None:
    """A titled table, and how to read it."""
    out.print(f" {plain(section.title)}", style="bold")
    print_table(section.columns, section.rows, out)
    if section.note:
        out.print(Padding(plain(section.note), (0, 0, 0, 1)), style="dim")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], out: Console) -> None:
    """A table without lines; where its columns do not fit, a short block of lines for each row."""
    columns, rows = [plain(column) for column in columns], [[plain(cell) for cell in row] for row in rows]
    widths = column_widths(columns, rows, out.width)
    if widths is None:
        _print_stacked(columns, rows, out)
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 1))
    for i, column in enumerate(columns):
        right = bool(rows) and is_number(rows[0][i])
        table.add_column(column, justify="right" if right else "left", overflow="fold", width=widths[i])
    for row in rows:
        table.add_row(*row)
    out.print(table)


_GAP = 3
"""Blanks between the columns of a table."""
_NUMBER, _TEXT = 24, 16
"""Cells up to this long stay on one line."""
_LINES = 6
"""About as many lines as a cell may take: longer prose reads better across the page than down a column."""


def column_widths(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """How wide to make each column so that the table is as low as can be and no word, number or short cell is broken.

    None where it does not fit, or only with cells of more than six lines or so.
    """
    whole = [[column, *(row[i] for row in rows)] for i, column in enumerate(columns)]
    wanted = [max(map(cell_len, cells)) for cells in whole]
    least = [max(_longest_word(cells[0]), *map(_least, cells[1:]), 1) for cells in whole]
    room = width - _GAP * (len(columns) - 1)
    for lines in range(1, _LINES + 1):
        found = [max(few, -(-many // lines)) for few, many in zip(least, wanted, strict=True)]
        if sum(found) <= room:
            for i in sorted(range(len(found)), key=lambda i: wanted[i] - found[i]):  # what is left, where it completes
                found[i] += max(0, min(room - sum(found), wanted[i] - found[i]))
            return found
    return None


def _least(cell: str) -> int:
    return max(_longest_word(cell), min(cell_len(cell), _NUMBER if is_number(cell) else _TEXT))


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _print_stacked(columns: Sequence[str], rows: Sequence[Sequence[str]], out: Console) -> None:
    """One block a row: its first cell as head, then "column: cell", as many on a line as fit."""
    for row in rows:
        head = f"{columns[0]} {row[0]}" if is_number(row[0]) else row[0]
        out.print(Padding(head.strip(), (0, 0, 0, 1)), style="bold")
        pairs = [
            f"{column}: {cell}" if column else cell for column, cell in zip(columns[1:], row[1:], strict=True) if cell
        ]
        for line in _packed(pairs, out.width - 3):
            out.print(Padding(line, (0, 0, 0, 3)))


def _packed(pairs: Sequence[str], width: int) -> list[str]:
    """The pairs in lines, none broken over two of them that fits on one."""
    lines: list[str] = []
    for pair in pairs:
        if lines and cell_len(lines[-1]) + _GAP + cell_len(pair) <= width:
            lines[-1] += " " * _GAP + pair
        else:
            lines.append(pair)
    return lines
