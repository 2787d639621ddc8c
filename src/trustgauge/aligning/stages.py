"""Stages: the runs of a base model and of what training made of it, on the same held-out cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from trustgauge.config import Config
from trustgauge.errors import TrustgaugeError, UsageError
from trustgauge.runner import Watch, run
from trustgauge.store import RunInfo, Store
from trustgauge.suites import known_task, select
from trustgauge.taxonomy import UTILITY

HELD_OUT = "held-out"


class StageRuns(msgspec.Struct, frozen=True, kw_only=True):
    """One stage and its runs; a task that several of them have is read from the first."""

    name: str
    runs: tuple[RunInfo, ...]

    @property
    def model(self) -> str:
        """The MODEL word of the stage."""
        return self.runs[0].model


@dataclass(frozen=True, kw_only=True)
class Measuring:
    """How to measure stages.

    targets  suite words of what training aimed at
    n        cases of each of their tasks
    rest     cases of each task of all 29 and of utility, for the alignment tax; 0: the targets alone
    config   all else: store, seed, judges, how fast; models, suites, n and split are set here
    """

    targets: tuple[str, ...]
    n: int = 200
    rest: int = 30
    config: Config = field(default_factory=Config)


OTHERS = ", other tasks"
"""What follows a target's name where training aimed at some of its tasks only, and these are the others."""


def measure(
    stages: Mapping[str, str],
    settings: Measuring,
    *,
    env: Mapping[str, str] | None = None,
    watch: Watch | None = None,
) -> list[StageRuns]:
    """Run every stage, by name its MODEL word, on the held-out cases: the targets at n, all 29 and utility at `rest`.

    The same call again asks nothing that was answered. Raises what `runner.run` raises; UsageError with fewer than two
    stages, or where two are one model.
    """
    _several(list(stages), "stage")
    _several(list(stages.values()), "model")
    if settings.rest < 0 or not settings.targets:
        raise UsageError("name what training aimed at (suite words), and a number of cases of the rest from 0 (none)")
    parts = [(settings.targets, settings.n)]
    if settings.rest:
        parts.append((("all", UTILITY), settings.rest))
    if settings.rest == settings.n and set(settings.targets) <= {"all"}:
        parts = parts[1:]
    found: list[list[RunInfo]] = []
    for suites, n in parts:
        wanted: dict[str, Any] = {"models": tuple(stages.values()), "suites": suites, "n": n, "split": HELD_OUT}
        found.append(run(replace(settings.config, **wanted), env=env, watch=watch))
    return [StageRuns(name=name, runs=tuple(runs)) for name, runs in zip(stages, zip(*found, strict=True), strict=True)]


def stages_of(store: Store, named: Sequence[str]) -> list[StageRuns]:
    """Stages by words NAME=RUN or NAME=RUN,RUN, the first being the base. Raises UsageError."""
    found: list[StageRuns] = []
    for word in named:
        name, equals, runs = word.partition("=")
        if not (name.strip() and equals and runs.strip(", ")):
            raise UsageError(f"'{word}' is no stage: write NAME=RUN, or NAME=RUN,RUN where it was measured in parts")
        infos = [store.run(one.strip()) for one in runs.split(",") if one.strip()]
        found.append(StageRuns(name=name.strip(), runs=tuple(infos)))
    return found


def check_stages(stages: Sequence[StageRuns], *, anywhere: bool = False) -> None:
    """Raises UsageError for stages that cannot be held against each other.

    anywhere: also where the cases are not held out, so that training may have seen their templates and words.
    """
    _several([stage.name for stage in stages], "stage")
    ids = [info.id for stage in stages for info in stage.runs]
    twice = next((id_ for id_ in ids if ids.count(id_) > 1), None)
    if twice:
        raise UsageError(f"the run {twice} is named twice: each stage needs runs of its own")
    for stage in stages:
        models = sorted({info.model for info in stage.runs})
        if len(models) > 1:
            raise UsageError(f"the stage '{stage.name}' has runs of several models ({', '.join(models)}): name one's")
    seen = [info.id for stage in stages for info in stage.runs if info.manifest.get("split") != HELD_OUT]
    if seen and not anywhere:
        raise UsageError(
            f"{seen[0]} was not measured on held-out cases, so training may have seen its templates and words: measure "
            f"it with --split {HELD_OUT}, or say that any cases will do"
        )


def _several(names: Sequence[str], what: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if len(names) < 2 or twice is not None:
        said = f"'{twice}' is there twice" if twice is not None else f"there are {len(names)}"
        raise UsageError(f"a before and after needs at least two different {what}s, and {said}")


def task_runs(store: Store, stage: StageRuns) -> dict[str, str]:
    """By task the run of the stage that it is read from."""
    found: dict[str, str] = {}
    for info in stage.runs:
        for task in store.tasks(info.id):
            found.setdefault(task, info.id)
    return found


def place_of(task: str, targets: Sequence[str]) -> str:
    """Where a task's change is counted: with its sub-category, or with OTHERS of one that training aimed at in part.

    So few cases of a task that nobody aimed at neither water down a target nor hide in it.
    """
    place = task.partition("/")[0]
    aimed = _aimed(tuple(targets))
    return place + OTHERS if place in target_places(targets) and not aimed & {place, task} else place


@cache
def _aimed(words: tuple[str, ...]) -> frozenset[str]:
    """The tasks that suite words aim at; where a task is recorded, its place."""
    recorded = {word for word in words if "/" in word and known_task(word) is None}
    known = {task.id for word in words if word not in recorded for task in select([word])}
    return frozenset(known | {word.partition("/")[0] for word in recorded})


def target_places(words: Sequence[str]) -> tuple[str, ...]:
    """The sub-categories that suite words aim at, in order; a recorded task's place by its name. Raises UsageError."""
    found = dict[str, None]()
    for word in words:
        place = word.partition("/")[0]
        if "/" in word and known_task(word) is None:
            found[place] = None
        else:
            found |= dict.fromkeys(task.sub_category for task in select([word]))
    return tuple(found)


def stage_facts(stages: Sequence[StageRuns]) -> dict[str, Any]:
    """What `study --facts` must know of the stages: their order, the least aligned first, and each model's stage."""
    names = [stage.name for stage in stages]
    models: dict[str, Any] = {}
    for at, stage in enumerate(stages):
        known: dict[str, Any] = {"stage": stage.name, "source": "trustgauge align"}
        if names[1 : at + 1]:
            known["techniques"] = names[1 : at + 1]
        models[stage.model] = known
    return {"stages": names, "models": models}


def write_facts(stages: Sequence[StageRuns], path: Path) -> list[str]:
    """Write a facts file (YAML) for `study` over these stages; the runs to name there, one of each model.

    The run of a stage that measured most tasks' places is the one named: what has the targets alone is left out, for
    a model with two runs would count twice.
    """
    import yaml

    try:
        path.write_text(yaml.safe_dump(stage_facts(stages), sort_keys=False, allow_unicode=True), encoding="utf-8")
    except OSError as error:
        raise TrustgaugeError(f"the facts cannot be written to {path}: {error.strerror}") from None
    return [max(stage.runs, key=_places).id for stage in stages]


def _places(info: RunInfo) -> int:
    return len({task.partition("/")[0] for task in info.manifest.get("tasks", {})})
