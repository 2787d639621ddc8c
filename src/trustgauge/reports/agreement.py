"""Agreement of a rule judge with people, for recorded replies that carry human labels."""

from __future__ import annotations

from trustgauge.reports.profile import Profile
from trustgauge.reports.section import Section, interval
from trustgauge.stats.agreement import Confusion, cohen_kappa
from trustgauge.store import Store


def agreement_sections(profiles: list[Profile], store: Store) -> list[Section]:
    """One table: a row a model and one for all; nothing where no reply carries a person's label."""
    counted = {p.run.model: _confusion(store, p.run.id) for p in profiles}
    counted = {model: table for model, table in counted.items() if table.n}
    if not counted:
        return []
    if len(counted) > 1:
        counted["all"] = _sum(list(counted.values()))
    judge = next(t.judge for p in profiles for s in p.assessed for t in s.tasks)
    return [
        Section(
            title=f"Agreement of {judge} with people",
            columns=("model", "replies", "agreement", "sensitivity", "specificity", "kappa"),
            rows=tuple((model, f"{t.n:,}", *_cells(t)) for model, t in counted.items()),
            note="Sensitivity: share of what people call positive that the rule finds; specificity: share of the rest "
            "that it leaves alone. 95 % intervals.",
        )
    ]


def _confusion(store: Store, run: str) -> Confusion:
    cells = {(h, r): 0 for h in (True, False) for r in (True, False)}
    for task in store.tasks(run):
        for records in store.groups(run, task):
            for record in records:
                values = record.verdict.values if record.verdict else {}
                if "human" in values:
                    cells[values["human"] == 1.0, values["rule"] == 1.0] += 1
    return Confusion(tp=cells[True, True], fn=cells[True, False], fp=cells[False, True], tn=cells[False, False])


def _sum(tables: list[Confusion]) -> Confusion:
    return Confusion(
        tp=sum(t.tp for t in tables),
        fn=sum(t.fn for t in tables),
        fp=sum(t.fp for t in tables),
        tn=sum(t.tn for t in tables),
    )


def _cells(table: Confusion) -> list[str]:
    rates = (table.accuracy, table.sensitivity, table.specificity)
    return [*(interval(*rate) for rate in rates), interval(*cohen_kappa(table))]
