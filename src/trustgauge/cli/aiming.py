"""`trustgauge weak`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trustgauge.cli.delivering import check_format, deliver_page
from trustgauge.config import load
from trustgauge.store import Store

if TYPE_CHECKING:
    from trustgauge.reports.page import Page


def aim(names: list[str], top: int, format_: str, out: Path | None, store_url: str | None) -> None:
    """Show or write where the named runs are worst with confidence."""
    from trustgauge.weakness import weak
    from trustgauge.weakness.document import document

    check_format(format_)
    with Store(load({"store": store_url}).store, create=False) as store:
        ids = dict.fromkeys(info.id for name in names for info in store.resolve(name))
        found = [weak(store, id_) for id_ in ids]

    def page() -> Page:
        from trustgauge.weakness.page import page_of

        return page_of(found, top)

    deliver_page(page, document(found), format_, out, "weak")
