"""Generating: from a task and a writer to a review file and a frozen set, in one call; and from a review file back."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustgauge.config as configuration
from trustgauge.errors import DataError, TrustgaugeError, UsageError
from trustgauge.frozen import Frozen, frozen_text, task_of, unproved
from trustgauge.generate.canary import CANARY
from trustgauge.signals import hearing
from trustgauge.store import Store
from trustgauge.suites import find_task
from trustgauge.writing.asking import Watch
from trustgauge.writing.keywords import read_keywords
from trustgauge.writing.making import Settings, Written, write_cases
from trustgauge.writing.review import frozen_of, head_of, read_review, review_text
from trustgauge.writing.shapes import shape_of

CASES, REVIEW = "cases.jsonl", "review.jsonl"
N = 20
LICENCE = "not stated: the terms of the writer's provider apply"


@dataclass(frozen=True)
class Generated:
    """What a call made. frozen and cases: None where no case was left; written: None where a review was taken back."""

    written: Written | None
    review: Path
    frozen: Frozen | None
    cases: Path | None


def generate_cases(
    task: str,
    writer: str,
    *,
    checker: str = "",
    probes: Sequence[str] = (),
    keywords: str | Path | None = None,
    difficulty: tuple[float, float] = (0.0, 1.0),
    out: str | Path | None = None,
    licence: str = LICENCE,
    watch: Watch | None = None,
    **options: Any,
) -> Generated:
    """Write cases for a task with a model: `out`/review.jsonl to be edited, and `out`/cases.jsonl, frozen.

    writer      MODEL word of who brainstorms keywords and writes; keywords: a file of your own instead
    checker     a second model: kept is only what it agrees with
    probes      models that are tried on the cases; difficulty: least and most share of their replies that is bad
    out         a folder [written-<task>]; a review that was edited there is never written over
    options     those of config.Config: n (cases, 20), seed, store, budget, offline, concurrency ...; split: keywords
                of that side of the wall between training and test only

    The same call again asks nothing that was answered. Raises UsageError where no cases can be written for the task,
    ModelError where a model cannot be asked, DataError where what is kept can be answered without reading it (the
    review file is there then), Interrupted on Ctrl-C.
    """
    config = configuration.load(options)
    known = find_task(task).on(config.split or None)
    shape = shape_of(known)  # says so where none can be written, before anything is opened
    settings = Settings(
        writer=writer,
        checker=checker,
        probes=tuple(probes),
        n=config.n or N,
        seed=config.seed,
        keywords=read_keywords(Path(keywords)) if keywords else (),
        difficulty=difficulty,
    )
    folder = Path(out or f"written-{task.replace('/', '-')}")
    with Store(config.store) as store, hearing():
        written = write_cases(shape, settings, config, store, configuration.environment(), watch)
    head = head_of(written, CANARY, licence, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    review = folder / REVIEW
    _write_review(review, review_text(written, head))
    if not written.kept:
        return Generated(written, review, None, None)
    made = _proved(frozen_of(head, written.kept, shape=shape), review)
    return Generated(written, review, made, _write(folder / CASES, frozen_text(made)))


def freeze_review(review: str | Path, *, out: str | Path | None = None) -> Generated:
    """Take an edited review file back: the frozen set of what it keeps, beside it or in the folder `out`.

    Raises DataError with the line that cannot be used, or where the set can be answered without reading it.
    """
    path = Path(review)
    found = read_review(path)
    head = found.head | {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    made = _proved(frozen_of(head, found.items, found.edited, found.shape), path)
    return Generated(None, path, made, _write(Path(out or path.parent) / CASES, frozen_text(made)))


def _proved(made: Frozen, review: Path) -> Frozen:
    """The set. DataError where its answers can be known without reading it."""
    if fault := unproved(task_of(made)):
        raise DataError(f"no set is frozen: {fault}; edit {review} and take it back with --review, or write more cases")
    return made


def _write_review(path: Path, text: str) -> None:
    """Write it; UsageError where another one is there, which somebody may have edited."""
    try:
        there = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError):
        there = "?"
    if there and _undated(there) != _undated(text):
        raise UsageError(
            f"{path} is there already, and holds other cases or was edited: take it back with --review {path}, "
            "or name another folder with --out"
        )
    if not there:
        _write(path, text)


def _undated(text: str) -> tuple[Any, str]:
    """A file's head without its date, and the rest."""
    first, _, rest = text.partition("\n")
    try:
        head = json.loads(first)
        head.pop("created", None)
    except (ValueError, AttributeError):
        return first, rest
    return head, rest


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TrustgaugeError(f"{path} cannot be written ({error.strerror}): name a folder with --out") from None
    return path
