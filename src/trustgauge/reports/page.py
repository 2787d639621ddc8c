"""Page: what a verb has to say - sentences, tables, figures - rendered alike for terminals, Markdown and HTML."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup
from rich.console import Console
from rich.padding import Padding

from trustgauge.reports.section import Section, is_number
from trustgauge.safe import plain


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A chart that says something: title states the finding, alt what a blind reader needs (n, values)."""

    title: str
    chart: Any
    alt: str
    note: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Title, the answer in sentences (lead), then tables and figures in reading order; foot says how to read it."""

    title: str
    lead: tuple[str, ...]
    blocks: tuple[Section | Figure, ...]
    foot: str = ""


def show(page: Page, out: Console) -> None:
    """In a terminal: sentences and tables; a figure is its finding, for its numbers stand in the tables."""
    from trustgauge.reports.text import print_section

    out.print(f" {plain(page.title)}", style="bold")
    out.print()
    for sentence in page.lead:
        out.print(Padding(plain(sentence), (0, 0, 0, 1)))
    for block in page.blocks:
        if isinstance(block, Section):
            out.print()
            print_section(block, out)
    if page.foot:
        out.print()
        out.print(Padding(plain(page.foot), (0, 0, 0, 1)), style="dim")


def text(page: Page) -> str:
    """What `show` prints, 140 columns wide and without colour."""
    buffer = io.StringIO()
    settings: Any = {"width": 140, "no_color": True, "force_terminal": False}
    settings |= {"highlight": False, "markup": False, "emoji": False}
    show(page, Console(file=buffer, **settings))
    return buffer.getvalue()


def markdown(page: Page) -> str:
    """Sentences and tables; of a figure its finding and its alternative text."""
    from trustgauge.reports.formats import escape, markdown_section

    lines = [f"# {escape(page.title)}", "", *(f"- {escape(sentence)}" for sentence in page.lead)]
    for block in page.blocks:
        if isinstance(block, Section):
            lines += markdown_section(block)
        else:
            lines += ["", f"**{escape(block.title)}** {escape(block.alt)}"]
    lines += ["", f"*{escape(page.foot)}*"] if page.foot else []
    return "\n".join(lines) + "\n"


@cache
def _template() -> Template:
    found = (Path(__file__).parent / "page.html.jinja").read_text(encoding="utf-8")
    settings: Any = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(autoescape=True, finalize=_harmless, **settings).from_string(found)


def _harmless(value: object) -> object:
    """Every text that goes on the page, wherever it came from; only our own charts pass as they are."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def html(page: Page) -> str:
    """One self-contained file: no script, no network, prints to PDF. All text is escaped."""
    from trustgauge.reports.charts import svg

    blocks = [
        {"section": block} if isinstance(block, Section) else {"figure": block, "svg": svg(block.chart)}
        for block in page.blocks
    ]
    return _template().render(page=page, blocks=blocks, is_number=is_number)
