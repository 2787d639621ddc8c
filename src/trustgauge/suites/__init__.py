"""The suites, found by scanning: one file per sub-category, `suites/<category>/<sub_category>.py`, each with a SUB.

Beside the 29 there are places outside the taxonomy (`suites/utility/utility.py`), which "all" does not mean, and public
data sets (`suites/public/<set>.py`, each with its TASKS), whose tasks stand in the sub-categories but are asked only
where their set is named: their rows are the user's own copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal

from trustgauge.datasets import DataSet, Rows
from trustgauge.errors import SuiteError, UsageError
from trustgauge.generate.perturbations import perturbation
from trustgauge.suites.base import SubCategory, Task
from trustgauge.suites.perturbed import is_closed, perturbed
from trustgauge.suites.wall import Side
from trustgauge.taxonomy import CATEGORIES, OUTSIDE, PLACES, SUB_CATEGORIES

__all__ = [
    "SubCategory",
    "Task",
    "data_sets",
    "find_task",
    "known_task",
    "outside",
    "public_tasks",
    "select",
    "sub_categories",
    "tasks",
]


_HERE = Path(__file__).parent
_PUBLIC = _HERE / "public"


@cache
def sub_categories() -> dict[str, SubCategory]:
    """Those of the 29 that have tasks, by id, in the taxonomy's order."""
    for path in sorted(_HERE.glob("*/*.py")):
        if path.parent == _PUBLIC:
            continue
        id_ = path.stem.replace("_", "-")
        if not path.stem.startswith("_") and (id_ not in PLACES or path != _file(id_)):
            raise SuiteError(f"{path.parent.name}/{path.name} is no sub-category of that category in the taxonomy")
    return {id_: sub for id_ in SUB_CATEGORIES if (sub := _sub_category(id_))}


@cache
def outside() -> dict[str, SubCategory]:
    """Those outside the taxonomy, by id: measured by the same rules, in no category's mean."""
    return {id_: sub for id_ in OUTSIDE if (sub := _sub_category(id_))}


def _file(id_: str) -> Path:
    return _HERE / PLACES[id_].category.replace("-", "_") / f"{id_.replace('-', '_')}.py"


@cache
def _sub_category(id_: str) -> SubCategory | None:
    """One place, without the others: a run of one task need not wait for all words to be read."""
    path = _file(id_)
    if not path.is_file():
        return None
    sub = getattr(import_module(f"trustgauge.suites.{path.parent.name}.{path.stem}"), "SUB", None)
    if not isinstance(sub, SubCategory) or sub.id != id_:
        raise SuiteError(f"{path.parent.name}/{path.name} needs a SUB = SubCategory(id={id_!r}, ...)")
    return sub


@cache
def tasks() -> dict[str, Task]:
    """All tasks by id ("sycophancy/pushback"), in the taxonomy's order, then those outside it."""
    subs = sub_categories() | outside()
    return {task.id: task for sub in subs.values() for task in sub.tasks}


@cache
def public_tasks() -> dict[str, Task]:
    """The tasks made of public data sets, by id, in the taxonomy's order."""
    found: list[Task] = []
    for path in sorted(_PUBLIC.glob("*.py")):
        if not path.stem.startswith("_"):
            made = getattr(import_module(f"trustgauge.suites.public.{path.stem}"), "TASKS", None)
            if not made or any(not task.data or task.sub_category not in PLACES for task in made):
                raise SuiteError(f"public/{path.name} needs TASKS, each with data and a sub_category of the taxonomy")
            found += made
    order = {id_: place for place, id_ in enumerate(PLACES)}
    found.sort(key=lambda task: order[task.sub_category])  # stable: a set's tasks stay in their own order
    by_id = {task.id: task for task in found}
    if len(by_id) < len(found) or set(by_id) & set(tasks()):
        raise SuiteError("two tasks have one id: rename one of a public set")
    return by_id


@cache
def data_sets() -> dict[str, DataSet]:
    """The public data sets that tasks are made of, by id."""
    found = {task.data.id: task.data for task in public_tasks().values() if task.data}
    return {id_: found[id_] for id_ in sorted(found)}


def find_task(name: str, rows: Rows | None = None) -> Task:
    """The task of that id, over these rows where it is made of a public set; UsageError names what there is."""
    base, _, spec = name.partition("+")
    id_ = base.partition("/")[0]
    sub = _sub_category(id_) if id_ in PLACES else None
    found = next((task for task in sub.tasks if task.id == base), None) if sub else None
    found = found or (public_tasks().get(base) if sub else None)
    if found and found.data and spec:
        raise UsageError(f"'{name}' is no task: {base} is made of a public set, which is asked as it was published")
    if not found:
        raise UsageError(f"there is no task '{name}': see `trustgauge list` (tasks read sub-category/task)")
    return _perturbed(found, spec) if spec else found.reading(rows)


def known_task(name: str) -> Task | None:
    """The task of that id, None where there is none (a recorded one, or one of another version)."""
    try:
        return find_task(name)
    except UsageError:
        return None


@cache
def _perturbed(task: Task, spec: str) -> Task:
    return perturbed(task, spec)


def select(
    names: list[str] | None = None,
    perturb: Sequence[str] = (),
    rows: Rows | None = None,
    split: Side | Literal[""] = "",
) -> list[Task]:
    """Tasks named by suite words: all, a category, a place (sub-category or utility), a task, a set such as survey2023.

    "all" are those of the 29 that are generated: what is outside the taxonomy, and what is made of a public set
    (trustllm, truthfulqa, ...), is measured where it is named. rows gives the rows of public sets.

    With perturbations ("typos:0.1"), the closed tasks among them, each with each of these. With a split, the cases on
    that side of the wall between training and test.
    """
    chosen = [task.reading(rows).on(split or None) for task in _select(names)]
    if not perturb:
        return chosen
    wanted = [perturbation(spec) for spec in perturb]
    found = [find_task(f"{task.id}+{p.spec}").on(task.side) for task in chosen for p in wanted if is_closed(task, p)]
    if not found:
        raise UsageError(
            f"none of these tasks is generated and asks a closed question once, so none is perturbed: {_listed(chosen)}"
        )
    return found


def _listed(chosen: Sequence[Task]) -> str:
    return ", ".join(task.id for task in chosen[:5]) + (", ..." if len(chosen) > 5 else "")


def _select(names: list[str] | None) -> list[Task]:
    chosen: dict[str, Task] = {}
    for name in names or ["all"]:
        if "+" in name:
            chosen[name] = find_task(name)
            continue
        matching = {task.id: task for task in _among(name) if _matches(name, task)}
        if not matching:
            known = name in PLACES or name in CATEGORIES
            raise UsageError(
                f"'{name}' has no tasks yet: it is not assessed"
                if known
                else f"there is no suite '{name}': see `trustgauge list`, or name a set such as survey2023 or trustllm"
            )
        chosen |= matching
    order = {id_: place for place, id_ in enumerate(PLACES)}
    return sorted(chosen.values(), key=lambda task: (order[task.sub_category], _place(task)))


def _among(name: str) -> Sequence[Task]:
    """The tasks that a suite word can mean: those of its sub-category, where it names one."""
    id_ = name.partition("/")[0]
    if id_ not in PLACES:
        generated = name == "all" or name in CATEGORIES
        return list(tasks().values()) if generated else [*tasks().values(), *public_tasks().values()]
    sub = _sub_category(id_)
    found = sub.tasks if sub else ()
    return found if name == id_ or any(task.id == name for task in found) else tuple(public_tasks().values())


def _place(task: Task) -> int:
    """Where the task, or the one it was made of, stands in its sub-category; those of public sets come last."""
    if task.data:
        return len(tasks()) + list(public_tasks()).index(task.id)
    sub = _sub_category(task.sub_category)
    names = [each.name for each in sub.tasks] if sub else []
    return names.index(task.name.partition("+")[0])


def _matches(name: str, task: Task) -> bool:
    if task.data:
        return name in (task.id, task.data.id, *task.sets)
    category = PLACES[task.sub_category].category
    everything = ("all",) if category in CATEGORIES else ()
    return name in (*everything, category, task.sub_category, task.id, *task.sets)
