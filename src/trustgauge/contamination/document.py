"""The JSON document of a check for leaks: counts, and every leak with both texts."""

from __future__ import annotations

from typing import Any

import msgspec

from trustgauge.contamination.page import lead
from trustgauge.contamination.result import Leaks


def document(found: Leaks) -> dict[str, Any]:
    """{"schema": 1, "clean", "says", "by_kind", "by_source", "leaks": [{"kind", "likeness", "id", "of", ...}]}."""
    plain: dict[str, Any] = msgspec.to_builtins(found)
    head = {"schema": 1, "clean": found.clean, "says": list(lead(found))}
    counts = {"by_kind": found.by_kind, "by_source": found.by_source}
    each = [
        {
            "kind": leak.kind,
            "likeness": leak.likeness,
            "id": leak.held.id,
            "of": leak.held.of,
            "text": leak.held.text,
            "where": leak.where,
            "found": leak.found,
        }
        for leak in found.leaks
    ]
    return head | counts | plain | {"leaks": each}
