"""Manifest: every option, seed and version of a run, with hashes of what makes its cases and verdicts."""

from __future__ import annotations

import inspect
import platform
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import trustgauge
from trustgauge import generate as generate_module
from trustgauge import judges as judges_module
from trustgauge.config import Config
from trustgauge.datasets import Folder
from trustgauge.models import Model
from trustgauge.suites import Task
from trustgauge.suites import base as base_module
from trustgauge.suites.base import CASES, Texts
from trustgauge.suites.readable import readable
from trustgauge.taxonomy import PLACES
from trustgauge.types import Options, digest

_NOT_IDENTITY = ("python", "trustgauge", "created", "concurrency", "limits", "suites", "patience", "address")


def describe(
    model: Model,
    chosen: Sequence[Task],
    config: Config,
    texts: Texts | None,
    aids: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """A run's manifest as known before anything is asked. The same manifest gives the same cases and verdicts.

    Keys are never part of it. What becomes known later (notes, prices, the number and hash of the cases) is added
    to it then. aids tells of the models that help to judge, by what they do, and of the public sets read.
    """
    return (
        {
            "trustgauge": trustgauge.__version__,
            "python": platform.python_version(),
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "model": model.id,
            "revision": model.revision,
            "options": {name: value for name, value in _options(model.options).items() if value is not None},
            "suites": list(config.suites),
            "seed": config.seed,
            "n": config.n or CASES,
            "draws": config.draws,
            "concurrency": config.concurrency,
            "limits": {"rpm": config.rpm, "tpm": config.tpm, "budget": config.budget},
            "patience": {"timeout_s": config.timeout_s, "attempts": config.attempts},
            "address": getattr(model, "address", ""),
            "fresh": f"{time.time_ns():x}" if config.fresh else "",
            "texts": {name: digest(text) for name, text in (texts or {}).items()},
            "tasks": {
                task.id: {
                    "judge": task.judge.id,
                    "judge_hash": judge_hash(task),
                    "source_hash": source_hash(task),
                    "chance": task.chance,
                }
                for task in chosen
            },
        }
        | _walled(config)
        | {name: dict(known) for name, known in (aids or {}).items()}
    )


def _walled(config: Config) -> dict[str, Any]:
    """The side of the wall between training and test, where a run keeps to one: runs of both keep their old ids."""
    return {"split": config.split} if config.split else {}


def run_id(manifest: dict[str, Any]) -> str:
    """The run's id: the model's name, and a hash of all that makes its answers and verdicts what they are."""
    identity = digest({name: value for name, value in manifest.items() if name not in _NOT_IDENTITY}, 3)
    name = re.sub(r"[^a-z0-9.]+", "-", manifest["model"].lower()).strip("-.")[-60:].strip("-.")
    return f"{name}-{identity}"


def sets_read(folder: Folder, chosen: Sequence[Task], config: Config) -> tuple[list[Task], dict[str, dict[str, Any]]]:
    """The tasks whose public sets could be read, before anything is asked; and for the manifest, what was read.

    sha256   of each file                        other  files whose content is not that of the published version
    missing  why, for each task left out: a file of a set that has others is not there
    whole    True where all rows are asked, however many
    Raises MissingDataError where no task of a set is left, or the task itself was named; DataError for a wrong file.
    """
    kept, missing = readable(chosen, config.suites, config.seed)
    sets = list({task.data.id: task.data for task in kept if task.data}.values())
    if not sets:
        return kept, {}
    other = [f"{s.id}/{file.name}" for s in sets for file in s.files if not folder.known(s, file)]
    read = {"sha256": folder.hashes, "other": other, "missing": missing, "whole": config.n is None}
    return kept, {"data": read}


def judge_hash(task: Task) -> str:
    """A hash of all that decides a task's verdicts: the code and words of the judges, and of the judge's own module."""
    return _judged_by(Path(inspect.getsourcefile(task.judge.rule) or judges_module.__file__))


@cache
def _judged_by(own: Path) -> str:
    return _hash({own, own.with_suffix(".toml"), *_files(judges_module)})


def source_hash(task: Task) -> str:
    """A hash of all that makes a task's cases: its own code and words, what its category shares, shapes and tools."""
    return _made_of_sets() if task.data else _made_by(task.sub_category)


@cache
def _made_of_sets() -> str:
    folder = Path(base_module.__file__).parent
    return _hash({*folder.rglob("*.*"), *_files(generate_module)})  # all of it: twins are lent by the generated tasks


@cache
def _made_by(sub_category: str) -> str:
    folder = Path(base_module.__file__).parent
    category = folder / PLACES[sub_category].category.replace("-", "_")
    shared = [path for path in category.glob("_*.*") if not path.name.startswith("__")]
    own = category.glob(f"{sub_category.replace('-', '_')}*.*")
    return _hash({*own, *shared, *folder.glob("*.*"), *_files(generate_module)})


def _files(package: Any) -> Iterable[Path]:
    return Path(package.__file__).parent.rglob("*.*")


def _hash(files: Iterable[Path]) -> str:
    return digest([(path.name, _content(path)) for path in sorted(files) if path.suffix in (".py", ".toml")])


@cache
def _content(path: Path) -> str:
    """A hash of a file's content, "" where there is none."""
    return blake2b(path.read_bytes(), digest_size=8).hexdigest() if path.is_file() else ""


def _options(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in Options.__struct_fields__}
