"""What differs between two runs besides the model, and what makes their comparison doubtful: in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from trustgauge.comparison.tally import Tally
from trustgauge.safe import plain
from trustgauge.store import RunInfo

_PLAIN = {
    "seed": "seed of the cases",
    "n": "cases per task (n)",
    "draws": "draws per case",
    "options": "options of the model",
    "suites": "suites",
    "trustgauge": "version of trustgauge",
}


def differences(first: RunInfo, second: RunInfo) -> tuple[str, ...]:
    """How the manifests differ, apart from the model; judges come first."""
    a, b = first.manifest, second.manifest
    found: list[str] = []
    if a.get("judging") != b.get("judging"):
        found.append(
            f"DIFFERENT JUDGES decided open replies: {_judging(a)} / {_judging(b)}. What moved may be the judge."
        )
    for name, said in _PLAIN.items():
        if name in a and name in b and a[name] != b[name]:
            found.append(f"Not the same {said}: {_short(a[name])} / {_short(b[name])}.")
    if a.get("split") != b.get("split"):
        sides = " / ".join(str(m.get("split") or "both") for m in (a, b))
        found.append(f"Not the same side of the wall between training and test: {sides}.")
    if _written(a) != _written(b):
        found.append(f"Not the same written cases: {_written(a)} / {_written(b)}.")
    if a.get("texts") != b.get("texts"):
        found.append("Not the same protected texts.")
    tasks = [(id_, a["tasks"][id_], b["tasks"][id_]) for id_ in a.get("tasks", {}) if id_ in b.get("tasks", {})]
    for key, said in (("judge_hash", "judges' code or words"), ("source_hash", "suites' code or words")):
        changed = [id_ for id_, x, y in tasks if x.get(key) and y.get(key) and x[key] != y[key]]
        if changed:
            found.append(f"The {said} changed between the runs in {_some(changed)}.")
    for run in (first, second):
        if run.status not in ("done", "imported"):
            found.append(f"{run.id} is not complete: its status is '{run.status}'.")
    return tuple(found)


def doubts(first: RunInfo, second: RunInfo, task: str, tally: Tally) -> list[str]:
    """What makes the comparison of one task doubtful."""
    found: list[str] = []
    judges = [info.manifest.get("tasks", {}).get(task, {}).get("judge", "") for info in (first, second)]
    if all(judges) and judges[0] != judges[1]:
        found.append(_other_judge(task, judges[:1], judges[1:]))
    elif all(tally.judges) and not tally.judges[0] & tally.judges[1]:
        found.append(_other_judge(task, *tally.judges))
    return found


def _other_judge(task: str, first: Iterable[str], second: Iterable[str]) -> str:
    a, b = (", ".join(sorted(judges)) for judges in (first, second))
    return f"DIFFERENT JUDGES for {task}: {a} / {b}. What moved there may be the judge and not the model."


def _judging(manifest: dict[str, Any]) -> str:
    judging: dict[str, Any] = manifest.get("judging") or {}
    judges: Any = judging.get("judges", {})
    return f"{judging.get('mode', '')} {', '.join(judges)}".strip() if judges else "rules alone"


def _written(manifest: dict[str, Any]) -> str:
    """The frozen set that was asked in place of a suite's own cases, by its hash."""
    asked: dict[str, Any] = manifest.get("written") or {}
    return plain(f"{asked.get('file', '')} ({str(asked.get('sha256', ''))[:12]})", 80) if asked else "none"


def _short(value: Any) -> str:
    shown = msgspec.json.encode(value).decode() if isinstance(value, dict | list) else str(value)
    return plain(shown, 80)


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more tasks" if len(names) > 3 else "")
