"""Shapes: an item as the row that TRL's trainers read, with flat columns that say where it comes from."""

from __future__ import annotations

from typing import Any

from trustgauge.exports.candidates import Candidate
from trustgauge.exports.pairs import PAIRED, Format, Item

Row = dict[str, Any]
TRAINERS: dict[Format, str] = {
    "sft": "SFTTrainer",
    "dpo": "DPOTrainer",
    "reward": "RewardTrainer",
    "kto": "KTOTrainer",
    "unlikelihood": "KTOTrainer, or a trainer of your own that lowers the likelihood of what is labelled false",
}
"""Who reads each format as it is."""


def row_of(format_: Format, item: Item, canary: str) -> Row:
    """The row of an item: what is trained on first, then provenance, all of it text, numbers or booleans.

    sft                {"messages"}
    dpo, reward        {"prompt", "chosen", "rejected"}; columns of the rejected reply begin with "rejected_"
    kto, unlikelihood  {"prompt", "completion", "label"}
    """
    one = item.lead
    asked = [{"role": m.role, "content": m.content} for m in one.messages]
    if format_ == "sft":
        row: Row = {"messages": [*asked, *_said(one)]}
    elif format_ in PAIRED and item.good and item.bad:
        row = {"prompt": asked, "chosen": _said(item.good), "rejected": _said(item.bad)}
    else:
        row = {"prompt": asked, "completion": _said(one), "label": one.label == "good"}
    case = one.case
    row |= {
        "case": case.id,
        "task": case.task,
        "sub_category": one.sub_category,
        "template": case.template,
        "kind": case.kind,
        "twin": case.twin,
        "group": case.group,
        "side": one.side,
        **_from(one, ""),
    }
    if format_ in PAIRED and item.bad:
        row |= _from(item.bad, "rejected_")
    return row | {"canary": canary}


def _said(one: Candidate) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": one.text}]


def _from(one: Candidate, prefix: str) -> Row:
    """Who wrote a reply, and who says what of it."""
    found = {
        "verdict": one.label,
        "reason": one.reason,
        "judge": one.judge,
        "by_people": one.by_people,
        "confidence": one.confidence,
        "model": one.model,
        "draw": one.draw,
        "run": one.run,
        "origin": one.origin,
        "licence": one.licence,
    }
    return {f"{prefix}{name}": value for name, value in found.items()}
