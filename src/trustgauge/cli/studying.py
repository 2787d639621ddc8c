"""`trustgauge study`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trustgauge.cli.delivering import deliver_page
from trustgauge.config import load

if TYPE_CHECKING:
    from trustgauge.reports.page import Page


def study_models(
    runs: Sequence[str],
    tables: Sequence[Path],
    facts: Path | None,
    seed: int,
    format_: str,
    out: Path | None,
    store_url: str | None,
) -> None:
    """The study of the named runs, or of published tables, to the terminal, stdout or a file.

    Raises UsageError where both or neither are named.
    """
    from trustgauge.api import study
    from trustgauge.studying.document import document

    found = study(*runs, tables=tables, facts=facts, seed=seed, store=load({"store": store_url}).store)

    def page() -> Page:
        from trustgauge.studying.page import page_of

        return page_of(found)

    deliver_page(page, document(found), format_, out, "study")
