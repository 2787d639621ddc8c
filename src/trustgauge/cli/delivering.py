"""Where a page goes: the terminal, stdout or a file, in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trustgauge.cli.say import console, note, print_json, width
from trustgauge.errors import TrustgaugeError, UsageError

if TYPE_CHECKING:
    from trustgauge.reports.page import Page


def deliver_page(page: Callable[[], Page], document: dict[str, Any], format_: str, out: Path | None, name: str) -> None:
    """Show a page in the terminal, or write it; html goes to `trustgauge-<name>.html` unless told otherwise.

    page is called only where people are to see it: JSON needs no charts, nor what draws them.

    Raises UsageError for an unknown format, TrustgaugeError where the file cannot be written.
    """
    if format_ == "json" and out is None:
        print_json(document)
    elif format_ == "text" and out is None:
        from trustgauge.reports.page import show

        show(page(), console())
    else:
        default = Path(f"trustgauge-{name}.html" if format_ == "html" else "-")
        deliver(in_format(page, document, format_), out or default)


def in_format(page: Callable[[], Page], document: dict[str, Any], format_: str) -> str:
    """The page as text of that format; UsageError names what there is."""
    check_format(format_)
    if format_ == "json":
        from trustgauge.safe import json_text

        return json_text(document, indent=1) + "\n"
    from trustgauge.reports.page import html, markdown, text

    return text(page(), width()) if format_ == "text" else {"html": html, "md": markdown}[format_](page())


def check_format(format_: str) -> None:
    """Raises UsageError for an unknown format, before anything is worked out."""
    if format_ not in ("text", "html", "md", "json"):
        raise UsageError(f"there is no format '{format_}': use one of text, html, md, json")


def deliver(content: str | bytes, target: Path) -> None:
    """Write to a file, or to stdout where it is "-". Raises TrustgaugeError where it can't be written."""
    data = content.encode() if isinstance(content, str) else content
    if str(target) == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        target.write_bytes(data)
    except OSError as error:
        raise TrustgaugeError(f"the report {target} cannot be written: {error.strerror}") from None
    note(f"report written to {target}")
