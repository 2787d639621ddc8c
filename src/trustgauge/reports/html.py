"""The report as one self-contained HTML file: no script, no network, prints to PDF."""

from __future__ import annotations

from typing import Any

import msgspec

from trustgauge.reports.calibrated import reliability_figure
from trustgauge.reports.charts import counts_figure, profile_figure, tradeoff_figure
from trustgauge.reports.findings import findings
from trustgauge.reports.outside import outside_sections
from trustgauge.reports.page import Figure, Opening, drawn, opening, template
from trustgauge.reports.profile import Profile, SubResult, TaskResult
from trustgauge.reports.section import interval, model_names, number, percent
from trustgauge.reports.studies import sections
from trustgauge.reports.text import cell
from trustgauge.reports.uncertainty import between, how_words, mean_cell
from trustgauge.safe import plain
from trustgauge.store import Store
from trustgauge.suites import known_task
from trustgauge.taxonomy import CATEGORIES, PLACES, SUB_CATEGORIES
from trustgauge.types import Record

LONGEST = 1200  # characters shown of one prompt or reply


def html_report(profiles: list[Profile], store: Store) -> str:
    """The page. All that models wrote is escaped and stripped of control characters."""
    names = [plain(name, 80) for name in model_names(profiles)]
    said, figures = findings(profiles), [drawn(figure) for figure in _figures(profiles, store)]
    return template("report.html.jinja").render(
        title=", ".join(names),
        names=names,
        runs=[_run(p) for p in profiles],
        findings=said,
        figures=figures,
        opening=opening(["", *said, ""], figures[0]) if figures else Opening(),
        counts=[(name, drawn(counts_figure(name, p))) for name, p in zip(names, profiles, strict=True) if p.assessed],
        categories=_categories(profiles),
        overall=[mean_cell(p.overall) for p in profiles],
        how=how_words(profiles),
        sections=[*outside_sections(profiles), *sections(profiles, store)],
        subs=_subs(profiles, names, store),
        missing=[SUB_CATEGORIES[i] for i in _missing(profiles)],
        interval=interval,
    )


def _figures(profiles: list[Profile], store: Store) -> list[Figure]:
    """The profile first, then what only some runs have: both sides of a trade-off, stated confidences."""
    if not any(p.assessed or p.outside for p in profiles):
        return []
    found = (profile_figure(profiles), tradeoff_figure(profiles), reliability_figure(profiles, store))
    return [figure for figure in found if figure]


def _missing(profiles: list[Profile]) -> list[str]:
    asked = {s.id for p in profiles for s in p.assessed}
    return [id_ for id_ in SUB_CATEGORIES if id_ not in asked]


def _run(found: Profile) -> dict[str, Any]:
    manifest = msgspec.json.format(msgspec.json.encode(found.run.manifest), indent=2).decode()
    run, counts = found.run, found.all_counts
    return {
        "id": run.id,
        "model": plain(run.model, 80),
        "status": run.status,
        "seed": run.manifest.get("seed", "–"),
        "split": run.manifest.get("split", ""),
        "counts": counts,
        "calls": run.calls,
        "cost": _cost(found),
        "wall": f"{run.wall_s:.1f} s",
        "made": run.manifest.get("created", ""),
        "manifest": plain(manifest),
    }


def _cost(found: Profile) -> str:
    if found.cost_usd is None:
        return "–"
    source = found.run.manifest.get("price_source")
    return f"${found.cost_usd:.4f}" + (f" ({plain(source)})" if source else "")


def _categories(profiles: list[Profile]) -> list[dict[str, Any]]:
    """Rows of the profile table, category by category."""
    return [
        {
            "title": category.title,
            "cells": [_category_cell(p, i) for p in profiles],
            "subs": [
                {"id": sub.id, "title": sub.title, "cells": [_cell(p.sub_categories[j]) for p in profiles]}
                for j, sub in enumerate(profiles[0].sub_categories)
                if sub.category == category.id
            ],
        }
        for i, category in enumerate(CATEGORIES.values())
    ]


def _category_cell(found: Profile, position: int) -> str:
    return mean_cell(found.categories[position])


def _cell(sub: SubResult) -> dict[str, str]:
    return {"text": cell(sub), "tone": _tone(sub)}


def _tone(sub: SubResult) -> str:
    """none, lost (not above chance), or fine: for a light tint only; the number is what counts."""
    if sub.score is None or sub.low is None or sub.chance is None:
        return "none"
    return "lost" if sub.low <= sub.chance else "fine"


def _subs(profiles: list[Profile], names: list[str], store: Store) -> list[dict[str, Any]]:
    """The breakdown: for each assessed sub-category its tasks, for each task a row a model and real examples."""
    shown: list[dict[str, Any]] = []
    for index, sub in enumerate(profiles[0].places):
        place = PLACES[sub.id]
        found = {t.task: t for p in profiles for t in p.places[index].tasks}
        if found:
            tasks = [_task(t, index, profiles, names, store) for t in found.values()]
            shown.append({"id": sub.id, "title": place.title, "definition": place.definition, "tasks": tasks})
    return shown


def _task(task: TaskResult, index: int, profiles: list[Profile], names: list[str], store: Store) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    samples: list[dict[str, Any]] = []
    for name, found in zip(names, profiles, strict=True):
        mine = next((t for t in found.places[index].tasks if t.task == task.task), None)
        if mine:
            row = {"name": name, "score": cell(mine), "between": between(mine.bounds), "note": mine.measured.note}
            rows.append(row | {"counts": mine.counts})
            samples += _samples(name, found, mine, store)
    known = known_task(task.task)
    return {
        "id": task.task,
        "measures": task.measures,
        "source": known.source if known else "",
        "judge": task.judge,
        "chance": number(task.chance),
        "method": task.measured.method,
        "rows": rows,
        "metrics": _metrics(task.task, index, profiles),
        "reasons": _reasons(task.task, index, profiles, names),
        "samples": samples,
    }


def _metrics(task: str, index: int, profiles: list[Profile]) -> list[tuple[str, list[str]]]:
    found = [{t.task: t for t in p.places[index].tasks}.get(task) for p in profiles]
    keys = {key: None for t in found if t for key in t.measured.metrics}
    return [(plain(key, 80), [number(t.measured.metrics.get(key) if t else None, 3) for t in found]) for key in keys]


def _reasons(task: str, index: int, profiles: list[Profile], names: list[str]) -> list[dict[str, Any]]:
    """Why replies were unscored or calls failed, with shares of all cases."""
    found: list[dict[str, Any]] = []
    for name, p in zip(names, profiles, strict=True):
        for t in p.places[index].tasks:
            for label in ("unscored", "failed"):
                for reason, count in t.reasons.get(label, {}).items() if t.task == task else ():
                    share = percent(count, t.counts.n)
                    found.append({"name": name, "label": label, "reason": reason, "count": count, "share": share})
    return found


def _samples(name: str, found: Profile, task: TaskResult, store: Store) -> list[dict[str, Any]]:
    each = 1 if found.run.model.startswith("panel/") else 2
    records = [
        r
        for label in ("good", "bad", "unscored", "failed")
        if getattr(task.counts, label)
        for r in store.examples(found.run.id, task.task, label, each)
    ]
    return [_sample(name, record) for record in records if record.case.kind != "protected"]  # the user's own texts


def _sample(name: str, record: Record) -> dict[str, Any]:
    verdict, failure = record.verdict, record.failure
    return {
        "name": name,
        "label": record.label,
        "kind": record.case.kind,
        "id": record.case.id,
        "messages": [(m.role, plain(m.content, LONGEST)) for m in record.case.messages],
        "replies": [
            plain(r.text, LONGEST) + ("" if r.status in ("complete", "truncated") else f" [{r.status}]")
            for r in record.replies
        ],
        "why": plain(verdict.reason if verdict else failure.message if failure else "", 300),
        "evidence": plain(verdict.evidence if verdict else "", 300),
        "judge": verdict.judge if verdict else "",
        "key": record.case.key,
    }
