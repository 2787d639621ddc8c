"""The JSON document of a change over stages: everything found, in plain numbers; null where there is none."""

from __future__ import annotations

from typing import Any

import msgspec

from trustgauge.aligning.change_result import Change, Moved, StageChange
from trustgauge.aligning.change_words import says


def change_document(found: Change) -> dict[str, Any]:
    """{"schema": 1, "base", "stages": [{"stage", "tax", "sub_categories", ...}], ...}: docs/align-report.md."""
    return {
        "schema": 1,
        "base": found.base,
        "runs": {name: [{"run": r.id, "model": r.model} for r in runs] for name, runs in found.runs.items()},
        "targets": list(found.targets),
        "unmeasured": list(found.unmeasured),
        "held_out": found.held_out,
        "resamples": found.resamples,
        "seed": found.seed,
        "family": {"targets": found.family[0], "untouched": found.family[1]},
        "says": list(says(found)),
        "stages": [_stage(stage) for stage in found.stages],
        "pareto": msgspec.to_builtins(found.planes),
    }


def _stage(stage: StageChange) -> dict[str, Any]:
    return {
        "stage": stage.name,
        "words": {"targets": _counted(stage, target=True), "untouched": _counted(stage, target=False)},
        "targets": msgspec.to_builtins(stage.targets),
        "tax": msgspec.to_builtins(stage.tax),
        "tax_of": stage.tax_of,
        "tax_whole": msgspec.to_builtins(stage.tax_whole),
        "refusals": msgspec.to_builtins(stage.refusals),
        "sub_categories": [_moved(moved) for moved in stage.subs],
        "outside": [_moved(moved) for moved in stage.outside],
        "judges": msgspec.to_builtins(stage.judged),
        "warnings": list(stage.warnings),
    }


def _counted(stage: StageChange, *, target: bool) -> dict[str, int]:
    return {word: len(ids) for word, ids in stage.words(target=target).items()}


def _moved(moved: Moved) -> dict[str, Any]:
    """The score's numbers beside the counts, not one level below; tasks have no words: nothing is adjusted there."""
    plain: dict[str, Any] = msgspec.to_builtins(moved)
    tasks = [_flat(task) for task in plain.pop("tasks")]
    for task in tasks:
        for name in ("target", "word", "p_adjusted", "left_out", "missing_p"):
            task.pop(name)
    return _flat(plain) | {"hollow": moved.hollow, "muter": moved.muter, "tasks": tasks}


def _flat(moved: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in moved.items() if key not in ("score", "tasks")}
    return {"id": rest.pop("id")} | moved["score"] | rest
