"""Stopped: what a policy spared a run (`run --until`), in a sentence, wherever its figures are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trustgauge.reports.section import first_few
from trustgauge.safe import plain
from trustgauge.store import RunInfo

MOST = 4
"""Tasks that are named."""


def spared(run: RunInfo) -> Mapping[str, Mapping[str, int]]:
    """Tasks that were ended early: cases asked, and of how many."""
    until: Mapping[str, Any] = run.manifest.get("until", {})
    return until.get("tasks", {})


def by_policy(run: RunInfo) -> str:
    """The policy that ended them, and what it had decided: "bank chat (2 GO, 1 NO-GO)"."""
    until: Mapping[str, Any] = run.manifest.get("until", {})
    verdicts = [rule["verdict"] for rule in until.get("rules", {}).values()]
    said = ", ".join(f"{verdicts.count(v)} {v}" for v in ("GO", "NO-GO") if v in verdicts)
    return (plain(until.get("name", ""), 60) or "a policy") + (f" ({said})" if said else "")


def stopped_early(name: str, run: RunInfo) -> str:
    """That figures of a run that was stopped early look surer than they are; "" where it was not."""
    tasks = spared(run)
    if not tasks:
        return ""
    asked, of = sum(task["asked"] for task in tasks.values()), sum(task["of"] for task in tasks.values())
    return (
        f"{name}: STOPPED EARLY by {by_policy(run)}, {asked:,} of {of:,} cases asked of "
        f"{first_few(sorted(tasks), MOST)}: intervals here allow for no stop and are too narrow there; "
        "`trustgauge gate` gives bounds that do."
    )
