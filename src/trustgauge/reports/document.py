"""The JSON document of cli.md: what `run --json` and `report --format json` print."""

from __future__ import annotations

from typing import Any

import msgspec

from trustgauge.reports.profile import CategoryResult, Profile, SubResult, TaskResult
from trustgauge.reports.stopped import spared
from trustgauge.stats.components import Components
from trustgauge.taxonomy import PLACES, VIEWS

SCHEMA = 1


def whole(profiles: list[Profile]) -> dict[str, Any]:
    """The one document of a command: a run's own, or all runs' under "runs"."""
    documents = [document(profile) for profile in profiles]
    return documents[0] if len(documents) == 1 else {"schema": SCHEMA, "runs": documents}


def document(profile: Profile) -> dict[str, Any]:
    """One run as plain values; score is null where nothing could be scored."""
    run = profile.run
    return {
        "schema": SCHEMA,
        "run": run.id,
        "model": run.model,
        "study": run.study,
        "status": run.status,
        "owed": profile.owed,
        "stopped_early": {task: dict(counts) for task, counts in spared(run).items()},
        "seed": run.manifest.get("seed"),
        "split": run.manifest.get("split", ""),
        **({"written": run.manifest["written"]} if run.manifest.get("written") else {}),
        "interval": profile.how.interval,
        "cluster": profile.how.cluster,
        "weights": profile.how.weights.by_name if profile.how.weights else None,
        "overall": _mean(profile.overall),
        "categories": [_mean(category) for category in profile.categories if category.of],
        "sub_categories": [_sub(sub) for sub in profile.assessed],
        "outside": [_sub(sub) for sub in profile.outside],
        "view": {d.id: _mean(d) for d in profile.dimensions(VIEWS[profile.how.view])} if profile.how.view else None,
        "trustllm": [msgspec.to_builtins(reading) for reading in profile.readings],
        "not_assessed": [sub.id for sub in profile.sub_categories if not sub.assessed],
        "calls": run.calls,
        "cost_usd": profile.cost_usd,
        "judges": [{"model": use.model, "calls": use.calls, "cost_usd": use.cost_usd} for use in profile.judges],
        "wall_s": round(run.wall_s, 3),
        "manifest": run.manifest,
    }


def _sub(sub: SubResult) -> dict[str, Any]:
    head = {"id": sub.id, "category": sub.category, "score": sub.score, "low": sub.low, "high": sub.high}
    head |= {"bounds": msgspec.to_builtins(sub.bounds), "weight": sub.weight, "variance": _variance(sub.components)}
    return head | {"chance": sub.chance, **_counts(sub), "tasks": [_task(task) for task in sub.tasks]}


def _mean(mean: CategoryResult) -> dict[str, Any]:
    """A category or the overall mean, with how many sub-categories it is of."""
    return msgspec.to_builtins(mean)


def _variance(found: Components | None) -> dict[str, Any] | None:
    """The score's variance by its source; null where draws were not repeated."""
    return msgspec.to_builtins(found) | {"cases": max(found.cases, 0.0)} if found else None


def _counts(result: SubResult | TaskResult) -> dict[str, int]:
    counts = result.counts
    return {
        "n": counts.n,
        "good": counts.good,
        "bad": counts.bad,
        "unscored": counts.unscored,
        "failed": counts.failed,
    }


def _task(task: TaskResult) -> dict[str, Any]:
    measured = task.measured
    return {
        "id": task.task,
        "task": task.task,
        "sub_category": task.sub_category,
        "category": PLACES[task.sub_category].category,
        "score": measured.score,
        "low": measured.low,
        "high": measured.high,
        "bounds": msgspec.to_builtins(task.bounds),
        "variance": _variance(task.components),
        "chance": task.chance,
        **_counts(task),
        "metrics": dict(measured.metrics),
        "method": measured.method,
        "note": measured.note,
        "judge": task.judge,
        "judged": _said(task),
        "corrected": [msgspec.to_builtins(each) for each in task.corrected],
        "reasons": task.reasons,
    }


def _said(task: TaskResult) -> dict[str, Any] | None:
    """Verdicts by judge where models judged; null where rules alone did."""
    said = task.said
    if not said.judges:
        return None
    return {"by": said.judges, "handed_on": said.handed, "disagree": said.split, "waiting": said.waiting}
