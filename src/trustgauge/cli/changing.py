"""What `trustgauge align` shows of a change over stages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trustgauge.cli.delivering import deliver_page

if TYPE_CHECKING:
    from trustgauge.aligning.change_result import Change
    from trustgauge.reports.page import Page


def show_change(found: Change, format_: str = "text", out: Path | None = None) -> None:
    """In the terminal, or in a format (text, html, md, json) to a file. Raises UsageError for an unknown format."""
    from trustgauge.aligning.change_document import change_document

    def page() -> Page:
        from trustgauge.aligning.page import page_of

        return page_of(found, tasks=format_ != "text")

    deliver_page(page, change_document(found), format_, out, "align")
