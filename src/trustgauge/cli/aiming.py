"""`trustgauge weak`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trustgauge.cli.delivering import check_format, deliver_page
from trustgauge.config import load

if TYPE_CHECKING:
    from trustgauge.reports.page import Page


def aim(names: list[str], top: int, format_: str, out: Path | None, store_url: str | None) -> None:
    """Show or write where the named runs are worst with confidence."""
    from trustgauge.loop import weak
    from trustgauge.weakness.document import document

    check_format(format_)
    found = weak(*names, store=load({"store": store_url}).store)

    def page() -> Page:
        from trustgauge.weakness.page import page_of

        return page_of(found, top)

    deliver_page(page, document(found), format_, out, "weak")
