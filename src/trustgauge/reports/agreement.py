"""Agreement of a rule judge with people, for recorded replies that carry human labels."""

from __future__ import annotations

from collections import Counter
from typing import Any

from trustgauge.reports.profile import Profile
from trustgauge.reports.section import Section, interval, model_names, percent
from trustgauge.stats.agreement import Binary, Share, cohen_kappa
from trustgauge.store import Store

SEEKS = {"refusal": "a refusal", "choice": "the right option"}
MEANS = {"refusal": "a refusal (will not help, rather than cannot or corrects the question)"}
"""What a judge's yes is, by its name: for the title, and for the note where there is more to say."""


def agreement_sections(profiles: list[Profile], store: Store) -> list[Section]:
    """A table for each judge and meaning of the labels: a row a model and one for all; none without labels."""
    tables: dict[tuple[str, str], dict[str, Binary]] = {}
    for name, found in zip(model_names(profiles), profiles, strict=True):
        table = _binary(store, found.run.id)
        if table.n:
            tables.setdefault((_judge(found), _people(found.run.manifest)), {})[name] = table
    return [_section(judge, people, rows) for (judge, people), rows in tables.items()]


def _section(judge: str, people: str, tables: dict[str, Binary]) -> Section:
    rows = list(tables.items())
    if len(rows) > 1:
        rows.append(("all", _sum(list(tables.values()))))
    name = judge.partition("@")[0]
    seeks = SEEKS.get(name, "what the judge looks for")
    read = f"{judge} reads {MEANS.get(name, seeks)}"
    return Section(
        title=f"Agreement with people: is it {seeks}?",
        columns=("model", "replies", "people: yes", "rule: yes", "agreement", "sensitivity", "specificity", "kappa"),
        rows=tuple((name, f"{table.n:,}", *_cells(table)) for name, table in rows),
        note=f"People say yes where {people}; the rule says yes where {read}. Agreement: both say the same. "
        "Sensitivity: of the people's yes, the share the rule finds. Specificity: of their no, the share the "
        "rule calls no too. Kappa: agreement beyond chance, where 0 is chance and 1 is perfect. Brackets: 95 %.",
    )


def _judge(found: Profile) -> str:
    return str(found.run.manifest.get("judge") or next(t.judge for s in found.assessed for t in s.tasks))


def _people(manifest: dict[str, Any]) -> str:
    """What a person's yes is, in the words of the file: "action is 0"."""
    values = [str(value) for value in manifest.get("positive", [])]
    return f"{manifest.get('columns', {}).get('label', 'the label')} is {' or '.join(values)}"


def _binary(store: Store, run: str) -> Binary:
    """Both readings of every reply that a person labelled and the rule decided."""
    cells: Counter[tuple[bool, bool]] = Counter()
    for task in store.tasks(run):
        for records in store.groups(run, task):
            for record in records:
                values = record.verdict.values if record.verdict else {}
                if "human" in values and "rule" in values:
                    cells[values["human"] == 1.0, values["rule"] == 1.0] += 1
    return Binary(cells[True, True], cells[False, True], cells[True, False], cells[False, False])


def _sum(tables: list[Binary]) -> Binary:
    return Binary(
        true_positive=sum(t.true_positive for t in tables),
        false_positive=sum(t.false_positive for t in tables),
        false_negative=sum(t.false_negative for t in tables),
        true_negative=sum(t.true_negative for t in tables),
    )


def _cells(table: Binary) -> list[str]:
    people, rule = table.true_positive + table.false_negative, table.true_positive + table.false_positive
    rates = (table.accuracy, table.sensitivity, table.specificity)
    kappa = cohen_kappa(table.confusion)
    beyond = interval(kappa.value, kappa.low, kappa.high) if kappa else "–"
    return [percent(people, table.n), percent(rule, table.n), *(_share(rate) for rate in rates), beyond]


def _share(rate: Share) -> str:
    return interval(rate.value, *rate.interval)
