"""The JSON document of weaknesses: every place and part, in plain numbers; null where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from trustgauge.weakness.result import Weakness
from trustgauge.weakness.words import lead


def document(found: Sequence[Weakness]) -> dict[str, Any]:
    """{"schema": 1, "runs": [{"run", "model", "says", "sub_categories", "tasks", "parts", "mix"}]}."""
    return {"schema": 1, "runs": [_run(each) for each in found]}


def _run(found: Weakness) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(found)
    head = {"run": found.run.id, "model": found.run.model, "study": found.run.study, "says": list(lead(found))}
    rest = {key: plain[key] for key in ("mix", "owed")}
    return head | {key: [_flat(e) for e in plain[key]] for key in ("sub_categories", "tasks", "parts")} | rest


def _flat(each: dict[str, Any]) -> dict[str, Any]:
    """The four counts beside the other numbers, as in reports; n is their sum."""
    counts = each.pop("counts")
    return each | {"n": sum(counts.values())} | counts
