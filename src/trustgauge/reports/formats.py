"""All formats of a report by name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

import msgspec

from trustgauge.errors import UsageError, missing_extra
from trustgauge.reports.document import whole
from trustgauge.reports.findings import findings
from trustgauge.reports.outside import outside_sections
from trustgauge.reports.profile import Profile, SubResult, TaskResult
from trustgauge.reports.section import Section, model_names
from trustgauge.reports.studies import sections
from trustgauge.reports.text import cell, legend, show_profiles
from trustgauge.reports.uncertainty import mean_cell
from trustgauge.safe import json_text, plain
from trustgauge.store import Store

Render = Callable[[list[Profile], Store], "str | bytes"]
BINARY = ("parquet", "png", "svg")
"""Formats that go to a file unless told otherwise."""


def render(profiles: list[Profile], store: Store, format_: str, width: int = 140) -> str | bytes:
    """The report in that format, text so many columns wide; UsageError names what there is."""
    if format_ not in FORMATS:
        raise UsageError(f"there is no format '{format_}': use one of {', '.join(FORMATS)}")
    return _text(profiles, store, width) if format_ == "text" else FORMATS[format_](profiles, store)


def _text(profiles: list[Profile], store: Store, width: int = 140) -> str:
    from rich.console import Console

    buffer = io.StringIO()
    settings: Any = {"width": width, "no_color": True, "force_terminal": False}
    settings |= {"highlight": False, "markup": False, "emoji": False}
    show_profiles(profiles, Console(file=buffer, **settings), store=store)
    return buffer.getvalue()


def _json(profiles: list[Profile], _: Store) -> str:
    return json_text(whole(profiles), indent=1) + "\n"


TEXTS = ("run", "model", "level", "id")
SCORES = ("score", "low", "high", "worst", "best", "chance")
COUNTS = ("n", "good", "bad", "unscored", "failed")
COLUMNS = (*TEXTS, *SCORES, *COUNTS, "judge")
"""Columns of csv and parquet, whatever a run holds."""


def rows(profiles: list[Profile]) -> list[dict[str, Any]]:
    """One flat row for each assessed sub-category and each of its tasks, with the same columns."""
    return [
        row for p in profiles for sub in p.asked for row in (_sub_row(p, sub), *(_task_row(p, t) for t in sub.tasks))
    ]


def _sub_row(found: Profile, sub: SubResult) -> dict[str, Any]:
    return _row(found, "sub_category", sub.id, sub, (sub.score, sub.low, sub.high), "")


def _task_row(found: Profile, task: TaskResult) -> dict[str, Any]:
    m = task.measured
    return _row(found, "task", task.task, task, (m.score, m.low, m.high), task.judge)


def _row(
    found: Profile, level: str, id_: str, result: SubResult | TaskResult, triple: Any, judge: str
) -> dict[str, Any]:
    counts = result.counts
    head = {"run": found.run.id, "model": found.run.model, "level": level, "id": id_}
    ends = (result.bounds.worst, result.bounds.best) if result.bounds else (None, None)
    scores = dict(zip(SCORES, (*triple, *ends, result.chance), strict=True))
    return head | scores | {"n": counts.n} | msgspec.to_builtins(counts) | {"judge": judge}


def _csv(profiles: list[Profile], _: Store) -> str:
    buffer = io.StringIO()
    writer: csv.DictWriter[str] = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _inert(v) for k, v in row.items()} for row in rows(profiles))
    return buffer.getvalue()


FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def _inert(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a quote before it; hidden characters go."""
    if not isinstance(value, str):
        return value
    shown = plain(value)
    return f"'{shown}" if shown.startswith("\t") or shown.lstrip("\ufffd \n\t").startswith(FORMULA) else shown


def _parquet(profiles: list[Profile], _: Store) -> bytes:
    try:
        pa: Any = import_module("pyarrow")
        pq: Any = import_module("pyarrow.parquet")
    except ImportError:
        raise missing_extra("The format parquet", "parquet") from None
    numbers = [(name, pa.float64()) for name in SCORES] + [(name, pa.int64()) for name in COUNTS]
    texts = [(name, pa.string()) for name in TEXTS]
    schema = pa.schema([*texts, *numbers, ("judge", pa.string())])
    table = pa.Table.from_pylist(rows(profiles), schema=schema)
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def _markdown(profiles: list[Profile], store: Store) -> str:
    lines = ["# trustgauge report", ""]
    lines += [f"- {escape(s)}" for s in findings(profiles)]
    rows = [
        (sub.id, *(cell(p.sub_categories[i]) for p in profiles)) for i, sub in enumerate(profiles[0].sub_categories)
    ]
    table = Section(
        title="Profile",
        columns=("sub-category", *model_names(profiles)),
        rows=(*rows, ("overall", *(mean_cell(p.overall) for p in profiles))),
        note=legend(profiles),
    )
    for section in (table, *outside_sections(profiles), *sections(profiles, store)):
        lines += markdown_section(section)
    return "\n".join(lines) + "\n"


def markdown_section(section: Section) -> list[str]:
    """The lines of a titled table with its note."""
    note = ["", f"*{escape(section.note)}*"] if section.note else []
    return ["", f"## {escape(section.title)}", "", *_markdown_table(section), *note]


def _markdown_table(section: Section) -> list[str]:
    head = "| " + " | ".join(map(escape, section.columns)) + " |"
    rule = "|" + "|".join("---" if i == 0 else "---:" for i in range(len(section.columns))) + "|"
    return [head, rule, *("| " + " | ".join(map(escape, row)) + " |" for row in section.rows)]


def escape(text: str) -> str:
    """Text that stays text in Markdown: no tags, tables, code, emphasis, headings, links or pictures."""
    shown = re.sub(r"([\\|`*#~])", r"\\\1", plain(text).replace("\n", " "))
    shown = re.sub(r"\](?=[(\[:])", r"\]", shown)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace("://", ":\\//")


def _html(profiles: list[Profile], store: Store) -> str:
    from trustgauge.reports.html import html_report

    return html_report(profiles, store)


def _svg(profiles: list[Profile], _: Store) -> str:
    from trustgauge.reports.charts import picture
    from trustgauge.reports.drawing.style import svg

    figure = picture(profiles)
    return svg(figure.chart, title=figure.title, alt_text=figure.alt)


def _png(profiles: list[Profile], _: Store) -> bytes:
    from trustgauge.reports.charts import picture
    from trustgauge.reports.drawing.style import png

    return png(picture(profiles).chart)


def _junit(profiles: list[Profile], _: Store) -> str:
    from trustgauge.reports.junit import junit_report

    return junit_report(profiles)


FORMATS: dict[str, Render] = {
    "text": _text,
    "html": _html,
    "md": _markdown,
    "json": _json,
    "csv": _csv,
    "parquet": _parquet,
    "junit": _junit,
    "svg": _svg,
    "png": _png,
}
"""Format name -> what makes it."""
