"""`trustgauge plan`: what a question takes, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trustgauge.api import plan
from trustgauge.cli.delivering import deliver_page


def plan_run(given: Mapping[str, Any], format_: str, out: Path | None) -> None:
    """Make the plan and show it."""
    found = plan(**{name: value for name, value in given.items() if value is not None})
    from trustgauge.planning.document import document
    from trustgauge.planning.page import page_of

    deliver_page(page_of(found), document(found), format_, out, "plan")
