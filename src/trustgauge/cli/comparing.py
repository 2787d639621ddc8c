"""`trustgauge compare`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trustgauge.cli.delivering import check_format, deliver_page
from trustgauge.config import load
from trustgauge.errors import TrustgaugeError
from trustgauge.safe import json_text
from trustgauge.store import Store

if TYPE_CHECKING:
    from trustgauge.reports.page import Page


def compare_runs(
    names: list[str],
    baseline: str | None,
    options: dict[str, Any],
    *,
    format_: str,
    out: Path | None,
    flips_to: Path | None,
    store_url: str | None,
) -> None:
    """Compare the named runs with the baseline, the first unless named, and show or write what was found."""
    from trustgauge.comparison import Flip, Settings, against, compare
    from trustgauge.comparison.document import document

    check_format(format_)
    settings = Settings(**options)
    settings.check()
    with Store(load({"store": store_url}).store, create=False) as store, ExitStack() as files:
        first, others = against(store, names, baseline)
        file = files.enter_context(_opened(flips_to)) if flips_to else None

        def keep(flip: Flip) -> None:
            if file:
                file.write(json_text(flip) + "\n")

        found = compare(store, first, others, settings, keep if file else None)

    def page() -> Page:
        from trustgauge.comparison.page import page_of

        return page_of(found, tasks=format_ != "text")

    deliver_page(page, document(found), format_, out, "comparison")


def _opened(path: Path) -> Any:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise TrustgaugeError(f"the flips cannot be written to {path}: {error.strerror}") from None
