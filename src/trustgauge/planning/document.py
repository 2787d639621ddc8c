"""A plan as one plain JSON document."""

from __future__ import annotations

from typing import Any

import msgspec

from trustgauge.planning.making import Plan


def document(plan: Plan) -> dict[str, Any]:
    """All of it; what is unknown is null."""
    found: dict[str, Any] = msgspec.to_builtins(plan)
    return {"schema": 1, **found, "cost_usd": plan.usd, "wall_s": plan.seconds if plan.bills else None}
