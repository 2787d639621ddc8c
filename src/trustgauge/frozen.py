"""Frozen: a set of written cases as a file whose content is told by its hash, and the task that asks them.

JSON lines: a head that says what the set is, then one case a line with its provenance. The hash is of all but itself
and the date, so that the same cases have the same one whenever they were made; a changed file is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from trustgauge.config import Config
from trustgauge.datasets import Folder
from trustgauge.errors import DataError, UsageError
from trustgauge.manifest import sets_read
from trustgauge.proof import prove
from trustgauge.safe import json_text
from trustgauge.suites import Task, find_task, select
from trustgauge.suites.wall import side_named
from trustgauge.types import Case

SCHEMA = 1
"""Version of the file's form."""

PROVED = 400
"""Cases over which a set is proved."""

_KIND = "written cases"
_UNHASHED = ("sha256", "created")
_FIELDS = ("messages", "key", "options", "template", "slots", "kind", "twin")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it stands in the file, and where it comes from."""

    group: str
    case: Case
    provenance: dict[str, Any] = {}


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """A set: the head's fields (task, licence, canary, who wrote it, sha256 ...), and its cases in order."""

    head: dict[str, Any]
    lines: tuple[Line, ...]

    @property
    def task(self) -> str:
        """The id of the task that the cases were written for."""
        return str(self.head["task"])

    @property
    def sha256(self) -> str:
        """The content's hash."""
        return str(self.head["sha256"])


def frozen(head: Mapping[str, Any], lines: Sequence[Line]) -> Frozen:
    """The set with its form, number of cases and hash in its head."""
    whole = {"trustgauge": _KIND, "schema": SCHEMA, **head, "cases": len(lines)}
    texts = [_text(line) for line in lines]
    return Frozen(head={**whole, "sha256": _hash(whole, texts)}, lines=tuple(lines))


def frozen_text(known: Frozen) -> str:
    """The file's content."""
    return "\n".join([json_text(known.head), *map(_text, known.lines)]) + "\n"


def _text(line: Line) -> str:
    case = {name: getattr(line.case, name) for name in _FIELDS}
    return json_text({"group": line.group, **case, "provenance": line.provenance})


def _hash(head: Mapping[str, Any], lines: Sequence[str]) -> str:
    named = {name: value for name, value in head.items() if name not in _UNHASHED}
    text = "\n".join([json.dumps(named, sort_keys=True, ensure_ascii=True), *lines])
    return hashlib.sha256(text.encode()).hexdigest()


def read_frozen(path: str | Path) -> Frozen:
    """The set that a file holds. DataError says what is wrong with it, and in which line."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"the cases {path} cannot be read: {why}") from None
    first, *rest = [line for line in text.split("\n") if line.strip()] or [""]
    head = _object(first, path, 1)
    if head.get("trustgauge") != _KIND:
        raise DataError(f"{path} holds no frozen set of cases: name the cases.jsonl that `trustgauge generate` made")
    if head.get("schema") != SCHEMA:
        raise DataError(f"{path} has schema {head.get('schema')!r}, and this version reads {SCHEMA}: freeze it anew")
    if head.get("sha256") != _hash(head, rest):
        raise DataError(
            f"{path} was changed after it was frozen (its sha256 is no longer that in its first line): take the "
            "original, or edit the review file and freeze it anew with  trustgauge generate --review FILE"
        )
    lines = tuple(_line(line, path, n) for n, line in enumerate(rest, 2))
    if not lines or not isinstance(head.get("task"), str):
        raise DataError(f"{path} holds no cases: write some with  trustgauge generate")
    return Frozen(head=head, lines=lines)


def _object(line: str, path: str | Path, n: int) -> dict[str, Any]:
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise DataError(f"{path}, line {n}: not a JSON object: name the cases.jsonl that `trustgauge generate` made")
    return {str(name): value for name, value in found.items()}  # type: ignore[reportUnknownVariableType]


def _line(text: str, path: str | Path, n: int) -> Line:
    fields = _object(text, path, n)
    try:
        case = msgspec.convert({name: fields[name] for name in _FIELDS if name in fields}, Case)
        if not case.messages:
            raise ValueError("it has no messages")
        provenance = msgspec.convert(fields.get("provenance", {}), dict[str, Any])
        return Line(group=str(fields.get("group", n)), case=case, provenance=provenance)
    except (ValueError, msgspec.ValidationError) as error:
        raise DataError(f"{path}, line {n}: no case can be made of it: {error}") from None


def task_of(known: Frozen) -> Task:
    """The task that the cases were written for, asking them in place of its own: judged and measured the same way.

    Their order is the seed's; every group comes once. UsageError where there is no such task any more.
    """
    task = find_task(known.task)
    groups = [[line.case for line in part] for _, part in groupby(known.lines, key=lambda line: line.group)]

    def cases(rng: Random) -> Iterator[list[Case]]:
        yield from rng.sample(groups, len(groups))

    return replace(task, cases=cases, whole=len(known.lines))


def unproved(task: Task) -> str:
    """How a set's cases can be answered without reading them, or are misjudged; "" where no script finds a way.

    The trials of `trustgauge validate`, over as many cases: an instrument is proved before it measures.
    """
    for trial in prove(task, n=PROVED).trials:
        if not trial.passed:
            score, right = trial.measured.score, trial.responder == "oracle"
            said = "no score" if score is None else f"{score:.0%}"
            where = "100% is right" if right else f"chance is {task.chance:.0%}"
            return f"scripted/{trial.responder} scores {said} on the cases, where {where}"
    return ""


def asked(folder: Folder, config: Config) -> tuple[list[Task], dict[str, dict[str, Any]]]:
    """The tasks that a configuration names, and for the manifest what they were read from, of sets and of a file.

    UsageError, MissingDataError, DataError.
    """
    if not config.cases:
        return sets_read(folder, select(list(config.suites), config.perturb, folder, config.split), config)
    if config.perturb:
        raise UsageError("written cases are asked as they were frozen: leave out --perturb, or --cases")
    known = read_frozen(config.cases)
    task = _task(known, config)
    if config.suites != ("all",) and task.id not in {each.id for each in select(list(config.suites), (), folder)}:
        raise UsageError(f"{config.cases} holds cases of {task.id}: leave out --suite, or name that task")
    said = {"file": Path(config.cases).name, "sha256": known.sha256, "cases": len(known.lines)}
    said |= {name: str(known.head.get(name) or "not stated") for name in ("writer", "licence")}
    if fault := unproved(task):
        raise DataError(f"{config.cases} cannot measure: {fault}: edit its review file and freeze it anew")
    walled = task.on(side_named(config.split) or None)
    if walled.side and not any(True for _ in walled.generate(config.seed, 1)):
        raise UsageError(f"{config.cases} holds no cases on the side '{walled.side}' of the wall: leave out --split")
    return [walled], {"written": {**said, "whole": config.n is None}}


def _task(known: Frozen, config: Config) -> Task:
    try:
        return task_of(known)
    except UsageError as error:
        raise UsageError(f"{config.cases} holds cases of a task that is no longer there: {error}") from None
