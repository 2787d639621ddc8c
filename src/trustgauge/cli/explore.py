"""`list`, `show`, `cases`, `validate`: what there is to measure, and the proof that it measures."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
from rich.table import Table

from trustgauge.cli.say import console, note, plain, print_json
from trustgauge.datasets import data_folder
from trustgauge.errors import UsageError
from trustgauge.gating.naming import is_set
from trustgauge.generate.canary import CANARY
from trustgauge.generate.standin import standin_texts
from trustgauge.proof import ANTI_ORACLE_AT_MOST, FEW, ORACLE_AT_LEAST, ORACLES, Proof, Trial, prove
from trustgauge.reports.instrument import AFRESH, Example, instrument, judged_by
from trustgauge.safe import json_text
from trustgauge.suites import Task, data_sets, find_task, outside, public_tasks, select, sub_categories, tasks
from trustgauge.suites.readable import readable
from trustgauge.suites.wall import side_named
from trustgauge.taxonomy import CATEGORIES, OUTSIDE, PLACES, SUB_CATEGORIES, VIEWS
from trustgauge.types import Case

NOT_ASSESSED = "not assessed yet"


def show_taxonomy(view: str | None, *, as_json: bool) -> None:
    """All 29 and what is outside the taxonomy, grouped by category, or by a view's dimensions what stands in them."""
    groups = _dimensions(view) if view else {c.title: _of_category(c.id) for c in CATEGORIES.values()}
    if as_json:
        named = {id_: [title for title, ids in groups.items() if id_ in ids] for id_ in PLACES}
        shown = [id_ for id_ in PLACES if id_ in SUB_CATEGORIES or named[id_] or not view]
        print_json([_place(id_) | ({"dimensions": named[id_]} if view else {}) for id_ in shown])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("sub-category", no_wrap=True)
    for column in ("resists", "tasks"):
        table.add_column(column, overflow="fold")
    for title, ids in groups.items():
        table.add_row(title, "", "", style="bold")
        for id_ in ids:
            table.add_row(*_listed(id_))
    if not view:
        table.add_row("Outside the taxonomy", "(in no category's mean, and not in 'all')", "", style="bold")
        for id_ in OUTSIDE:
            table.add_row(*_listed(id_))
    console().print(table)
    measured = f"{sum(bool(_tasks_of(id_)) for id_ in SUB_CATEGORIES)} of {len(SUB_CATEGORIES)}"
    console().print(f"\n{measured} sub-categories have tasks. A score is always resistance: 1 is trustworthy.")
    console().print(
        "More tasks are made of public data sets, from your own copy: `trustgauge data list` names the sets, "
        "`trustgauge show SET` the tasks of one."
    )


def _listed(id_: str) -> tuple[str, str, str]:
    names = ", ".join(t.name for t in _tasks_of(id_))
    return f"  {id_}", PLACES[id_].definition, names or NOT_ASSESSED


def _of_category(category: str) -> tuple[str, ...]:
    return tuple(p.id for p in SUB_CATEGORIES.values() if p.category == category)


def _dimensions(view: str) -> dict[str, tuple[str, ...]]:
    if view not in VIEWS:
        raise UsageError(f"there is no view '{view}': use one of {', '.join(VIEWS)}")
    return VIEWS[view].dimensions


def _tasks_of(sub: str) -> list[Task]:
    found = (sub_categories() | outside()).get(sub)
    return list(found.tasks) if found else []


def _place(id_: str) -> dict[str, Any]:
    place = PLACES[id_]
    return {
        "id": id_,
        "category": place.category,
        "title": place.title,
        "definition": place.definition,
        "sources": list(place.sources),
        "tasks": [task.id for task in _tasks_of(id_)],
        "assessed": bool(_tasks_of(id_)),
        "outside": id_ in OUTSIDE,
    }


def show_one(name: str, data: str | None = None, *, as_json: bool) -> None:
    """A sub-category with its tasks, one task with example cases, or what a set holds."""
    if name in tasks() or name in public_tasks():
        shown = [find_task(name, data_folder(data))]
    elif name in PLACES:
        shown = _tasks_of(name)
    elif is_set(name):
        _show_set(name, as_json=as_json)
        return
    else:
        raise UsageError(
            f"there is no sub-category, task or set '{name}': see `trustgauge list` and `trustgauge data list`"
        )
    place = _place(shown[0].sub_category if shown else name)
    if as_json:
        print_json(place | {"tasks": [_described(task) for task in shown]})
        return
    out = console()
    out.print(f"{place['title']} ({place['id']}, {place['category']})", style="bold")
    out.print(f"{place['definition']}  Source: {'; '.join(place['sources'])}")
    if not shown:
        out.print(f"\nNo task measures it yet: {NOT_ASSESSED}.")
    for task in shown:
        _print_task(task)


def _show_set(name: str, *, as_json: bool) -> None:
    """The tasks of a public set, or of a named one; its rows need not be there."""
    data, mine = data_sets().get(name), select([name])
    if as_json:
        about = {key: getattr(data, key, None) for key in ("title", "source", "licence", "home")}
        print_json({"id": name, **about, "tasks": [_held(task) for task in mine]})
        return
    out = console()
    if data:
        out.print(f"{data.title} ({name})", style="bold")
        out.print(f"{data.source}; {data.licence}\nfrom {data.home}\n")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("task", overflow="fold")
    table.add_column("cases", justify="right", no_wrap=True)
    table.add_column("a good reply", overflow="fold")
    for task in mine:
        table.add_row(task.id, _cases_of(task), task.measures)
    out.print(table)
    out.print("\nOne in full, with examples: trustgauge show TASK.")


def _held(task: Task) -> dict[str, Any]:
    return {"id": task.id, "cases": task.whole or None, "measures": task.measures}


def _cases_of(task: Task) -> str:
    """How many cases there are: of generated ones as many as one asks for."""
    if task.whole:
        return f"{task.whole:,}"
    return "your copy's" if task.data else "any number"


def _print_task(task: Task) -> None:
    out, shown = console(), instrument(task)
    out.print(f"\n{task.id}", style="bold")
    out.print(f"  good      {task.measures}\n  source    {task.source}")
    out.print(f"  judge     {judged_by(task)}\n  chance    {task.chance:.2f}")
    out.print(f"  score     {shown.method}\n  beside it {'; '.join(shown.metrics) or 'nothing'}")
    out.print(f"  wordings  {len(shown.templates)}: {_some(shown.templates)}")
    for example in shown.examples:
        _print_example(example)


def _some(names: tuple[str, ...], most: int = 12) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _print_example(example: Example) -> None:
    out, case = console(), example.case
    side = f" [{case.kind}]" if case.kind else ""
    out.print(f"\n  example{side} {case.template}  key: {case.key or '-'}", style="dim")
    for turn in example.turns:
        out.print(f"    {'' if turn is AFRESH else turn.role + ': '}{_indented(turn.content)}")
    out.print(f"    good: {_indented(example.good)}\n    bad:  {_indented(example.bad)}", style="dim")


def _indented(text: str) -> str:
    return plain(text).replace("\n", "\n    ")


def _described(task: Task) -> dict[str, Any]:
    shown = instrument(task)
    return {
        "id": task.id,
        "measures": task.measures,
        "source": task.source,
        "judge": task.judge.id,
        "rubric": task.judge.rubric,
        "chance": task.chance,
        "score": shown.method,
        "metrics": list(shown.metrics),
        "templates": list(shown.templates),
        "sets": list(task.sets),
        "examples": [
            case_line(example.case)
            | {
                "turns": [msgspec.to_builtins(turn) for turn in example.turns],
                "good": example.good,
                "bad": example.bad,
            }
            for example in shown.examples
        ],
    }


def case_line(case: Case) -> dict[str, Any]:
    """A case as `trustgauge cases` prints it."""
    names = ("id", "task", "messages", "key", "options", "kind", "group", "template", "slots", "twin")
    return {name: msgspec.to_builtins(getattr(case, name)) for name in names} | {"canary": CANARY}


def print_cases(name: str, n: int, seed: int, split: str | None = None, data: str | None = None) -> None:
    """Cases as JSON lines on stdout: generated ones, or those of the user's copy of a public set."""
    if n < 1:
        raise UsageError(f"-n is {n}: ask for at least 1 case")
    task = find_task(name, data_folder(data)).on(side_named(split or "") or None)
    for case in task.generate(seed, n, standin_texts(seed)):
        sys.stdout.write(json_text(case_line(case)) + "\n")


def show_proofs(
    suites: list[str], n: int, seed: int, split: str | None = None, data: str | None = None, *, as_json: bool
) -> bool:
    """The table of scripted responders; True where all landed right."""
    if n < 1:
        raise UsageError(f"-n is {n}: ask for at least 1 case")
    chosen, missing = readable(select(suites, rows=data_folder(data), split=side_named(split or "")), suites, seed)
    for id_, why in missing.items():
        note(f"{id_} is left out: {why}")
    proofs = [prove(task, seed=seed, n=n) for task in chosen]
    if as_json:
        print_json({"schema": 1, "passed": all(p.passed for p in proofs), "proofs": [_proof(p) for p in proofs]})
    else:
        _print_proofs(proofs)
    return all(p.passed for p in proofs)


def _proof(proof: Proof) -> dict[str, Any]:
    trials = {
        t.responder: {
            "score": t.measured.score,
            "low": t.measured.low,
            "high": t.measured.high,
            "passed": t.passed,
        }
        | msgspec.to_builtins(t.counts)
        for t in proof.trials
    }
    return {
        "task": proof.task,
        "chance": proof.chance,
        "passed": proof.passed,
        "trials": trials,
        "gold_faults": list(proof.gold_faults),
    }


def _print_proofs(proofs: list[Proof]) -> None:
    out = console()
    degenerate = len(proofs[0].trials) - len(ORACLES)
    out.print(
        f"Scripted responders: the oracle must reach {ORACLE_AT_LEAST:.2f}, the anti-oracle stay at "
        f"{ANTI_ORACLE_AT_MOST:.2f}, and none of {degenerate} degenerate answerers may score above chance beyond "
        "noise.\n"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("task", no_wrap=True)
    for column in ("cases", "chance", "oracle", "anti", "best degenerate"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("unscored", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for proof in proofs:
        table.add_row(*_row(proof), "ok" if proof.passed else "FAILED")
    out.print(table)
    for proof in proofs:
        for trial in (t for t in proof.trials if not t.passed):
            counts = f"{trial.counts.good} good, {trial.counts.bad} bad, {trial.counts.unscored} unscored"
            out.print(f"{proof.task}: {trial.responder} scores {_cell(trial)} ({counts})", style="red")
        for fault in proof.gold_faults[:5]:
            out.print(f"{proof.task}: gold reply judged wrong: {plain(fault)}", style="red")
    failed = sum(not p.passed for p in proofs)
    out.print(f"\n{len(proofs) - failed} of {len(proofs)} tasks proved" + (f", {failed} failed" if failed else ""))


def _row(proof: Proof) -> tuple[str, ...]:
    """Task, cases, chance, both oracles, the degenerate answerer that came highest, and how many had no score."""
    by_name = {trial.responder: trial for trial in proof.trials}
    others = [trial for trial in proof.trials if trial.responder not in ORACLES]
    scored = [t for t in others if t.measured.score is not None and t.counts.good + t.counts.bad >= FEW]
    best = max(scored, key=lambda trial: trial.measured.score or 0.0, default=None)
    return (
        proof.task,
        str(proof.trials[0].counts.n),
        f"{proof.chance:.2f}",
        *(_cell(by_name[name]) for name in ORACLES),
        _cell(best) if best else "-",
        best.responder if best else "",
        f"{len(others) - len(scored)} of {len(others)}",
    )


def _cell(trial: Trial) -> str:
    return "-" if trial.measured.score is None else f"{trial.measured.score:.2f}"
