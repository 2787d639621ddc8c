"""`trustgauge plan`: what a question takes, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trustgauge.api import plan
from trustgauge.cli.delivering import deliver_page

if TYPE_CHECKING:
    from trustgauge.reports.page import Page


def plan_run(given: Mapping[str, Any], format_: str, out: Path | None) -> None:
    """Make the plan and show it."""
    found = plan(**{name: value for name, value in given.items() if value is not None})
    from trustgauge.planning.document import document

    def page() -> Page:
        from trustgauge.planning.page import page_of

        return page_of(found)

    deliver_page(page, document(found), format_, out, "plan")
