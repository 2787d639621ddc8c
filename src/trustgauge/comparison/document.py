"""The JSON document of a comparison: everything found, in plain numbers; null where there is none."""

from __future__ import annotations

from typing import Any

import msgspec

from trustgauge.comparison.result import Comparison, RunPair
from trustgauge.comparison.words import counted, lead
from trustgauge.store import RunInfo


def document(found: Comparison) -> dict[str, Any]:
    """{"schema": 1, "baseline": ..., "says": [...], "runs": [{"run", "words", "sub_categories", ...}]}."""
    return {
        "schema": 1,
        "baseline": _run(found.baseline),
        "margin": found.margin,
        "resamples": found.resamples,
        "seed": found.seed,
        "family": found.family,
        "says": list(lead(found)),
        "runs": [_pair(pair) for pair in found.pairs],
    }


def _run(info: RunInfo) -> dict[str, Any]:
    return {"run": info.id, "model": info.model, "study": info.study}


def _pair(pair: RunPair) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(pair)
    subs, outside, categories = ([_flat(each) for each in plain[key]] for key in ("subs", "outside", "categories"))
    for sub in (*subs, *outside):
        sub["tasks"] = [_flat(task) for task in sub.pop("parts")]
    kept = {key: plain[key] for key in ("slices", "flips", "warnings", "differs", "alone")}
    head = _run(pair.run) | {"words": counted(pair)}
    return head | {"sub_categories": subs, "outside": outside, "categories": categories} | kept


def _flat(compared: dict[str, Any]) -> dict[str, Any]:
    """The tested numbers beside the counts, not one level below."""
    rest = {key: value for key, value in compared.items() if key != "tested"}
    return {"id": rest.pop("id")} | compared["tested"] | rest
