"""Training from an export: SFT, then DPO or KTO, each stage a plain Hugging Face folder.

All steps are checked before the first one trains. A stage is known by its stamp: the hash of its rows, the model
it starts from, its settings. The same call again goes on from the last checkpoint and trains no stage twice;
where anything has changed it refuses, unless asked to train afresh.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from random import Random
from shutil import rmtree
from typing import Any

import msgspec

from trustgauge.aligning.quiet import NEEDED, quiet
from trustgauge.aligning.recipe import arguments, in_batches
from trustgauge.aligning.rows import Row, rows
from trustgauge.aligning.settings import METHODS, Settings, StepSettings
from trustgauge.aligning.tokens import CHAT_TEMPLATE, Vocabulary, lengths, longest, never_ends, vocabulary
from trustgauge.aligning.trainers import Watch, Work, last_checkpoint, on_gpu, train_stage
from trustgauge.errors import DataError, TrustgaugeError, UsageError
from trustgauge.models.local import source
from trustgauge.models.local_weights import revision
from trustgauge.safe import json_text
from trustgauge.store.lock import lock

Say = Callable[[str], None]
WatchTraining = Callable[[str, int, int, float], None]
"""Told after each step of training: the stage's name, steps done, of how many, the loss."""


TRAINING = "training.json"


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage as it was trained: what align.json says of it.

    folder is the checkpoint, a plain Hugging Face folder. rows were trained on, too_long were left out. Losses are
    means over the first and the last tenth of the steps. seconds are those of the call that ended it. stamp holds
    the sha256 of the rows, the model it began from and the settings. reused: an earlier call trained it.
    """

    step: str
    method: str
    folder: str
    rows: int
    too_long: int
    steps: int
    seconds: float
    loss_first: float
    loss_last: float
    stamp: dict[str, Any]
    versions: dict[str, str]
    reused: bool = False


@dataclass(frozen=True)
class Prepared:
    """A step before it trains: its rows in the order of the file for TRL, those too long left out."""

    asked: StepSettings
    rows: Sequence[Row]
    too_long: int
    longest: int

    @property
    def content(self) -> bytes:
        """The rows as JSON lines."""
        return b"".join(msgspec.json.encode(row) + b"\n" for row in self.rows)


def no_one(_: str) -> None:
    """Tells nobody."""


def unwatched(_: str, __: int, ___: int, ____: float) -> None:
    """Shows nobody."""


def train(asked: Settings, say: Say = no_one, watch: WatchTraining = unwatched) -> list[Stage]:
    """The stages, in their order, trained now or before. Needs the extra `align`.

    say is told what a person should know, watch after each step (step's name, steps done, of how many, loss).
    UsageError, DataError, ModelError or TrustgaugeError, before anything trains where that can be known.
    """
    with quiet():
        gpu = on_gpu(asked.steps[0].device)
        start = source(asked.model)
        words = vocabulary(start, asked.model)
        steps = prepare(asked, words, say)
        _check_place(asked, start)
        with _alone(asked.out):
            return _stages(asked, steps, words, start, gpu, say, watch)


def _stages(
    asked: Settings, steps: Sequence[Prepared], words: Vocabulary, start: str, gpu: bool, say: Say, watch: WatchTraining
) -> list[Stage]:
    stages: list[Stage] = []
    for ready in steps:
        step = ready.asked.step
        stamp = _stamp(ready, words, start)
        if asked.fresh:
            _clear(asked.out, step)
        found = _earlier(asked.out, step, stamp)
        if found is None:
            found = _trained(asked.out, ready, words, start, stamp, gpu, say, _named(watch, step))
        else:
            say(f"{step}: trained already, as asked ({found.folder})")
        stages.append(found)
        start = found.folder
        words = replace(words, revision=revision(start, None))
        _keep(asked.out / TRAINING, json_text(document(asked, stages), indent=1))
    return stages


@contextmanager
def _alone(out: Path) -> Generator[None]:
    """One training at a time in a folder. StoreError names the process that is at it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrustgaugeError(f"{out} cannot be made ({error.strerror}): name another folder with --out") from None
    with lock(out / "training.lock", f"{out} is being trained", "--out"):
        yield


def document(asked: Settings, stages: Sequence[Stage]) -> dict[str, Any]:
    """What TRAINING holds: schema, the model it began with, and the stages."""
    return {"schema": 1, "model": asked.model, "export": str(asked.export), "stages": msgspec.to_builtins(list(stages))}


def prepare(asked: Settings, words: Vocabulary, say: Say = no_one) -> list[Prepared]:
    """All steps, read and checked; what is left out or changed is said."""
    if not words.own:
        if asked.steps[0].step != "sft":
            raise UsageError(
                f"{asked.model} has no chat template, which only SFT can teach: begin with --steps sft,..."
            )
        say(f"{asked.model} has no chat template: a plain one (User: ... Assistant: ...) is stored with each stage")
    return [_prepared(step, rows(asked.export, step.step), words, say) for step in asked.steps]


def _prepared(asked: StepSettings, found: list[Row], words: Vocabulary, say: Say) -> Prepared:
    limit = longest(words, asked.max_length)
    sizes = lengths(words, found)
    fitting = [(row, size) for row, size in zip(found, sizes, strict=True) if size <= limit]
    kept = [row for row, _ in fitting]
    left = len(found) - len(kept)
    if not kept:
        raise DataError(f"{asked.step}: all {left:,} rows are longer than {limit:,} tokens: raise --max-length")
    if left:
        say(f"{asked.step}: {left:,} of {len(found):,} rows are longer than {limit:,} tokens and left out, not cut")
    if asked.step == "kto" and len({row["label"] for row in kept}) < 2:
        raise DataError(f"kto: of the rows within {limit:,} tokens all have one label: raise --max-length")
    if never_ends(words, kept[0]):
        say("the model's chat template writes nothing after a reply, so it will not learn where to stop")
    order = in_batches([size for _, size in fitting], asked.batch_size, Random(asked.seed))
    return Prepared(asked, [kept[place] for place in order], left, limit)


def _stamp(ready: Prepared, words: Vocabulary, start: str) -> dict[str, Any]:
    return {
        "rows": sha256(ready.content).hexdigest(),
        "model": words.revision or start,
        "template": "own" if words.own else sha256(CHAT_TEMPLATE.encode()).hexdigest(),
        "settings": asdict(ready.asked),
    }


def _check_place(asked: Settings, start: str) -> None:
    """Nothing that others made is written over."""
    for step in asked.steps:
        target = asked.out / step.step
        if Path(start).resolve() == target.resolve():
            raise UsageError(f"{target} is the model to begin with: name another --out")
        if target.exists() and not _folder(asked.out, step.step, "stamp.json").is_file():
            raise UsageError(f"{target} is there already, and not by this command: name another --out")


def _folder(out: Path, step: str, *more: str) -> Path:
    return Path(out, "training", step, *more)


def _clear(out: Path, step: str) -> None:
    rmtree(_folder(out, step), ignore_errors=True)
    rmtree(out / step, ignore_errors=True)


def _earlier(out: Path, step: str, stamp: dict[str, Any]) -> Stage | None:
    """The stage as an earlier call left it; None where it is to be trained, from a checkpoint or from the start."""
    path = _folder(out, step, "stamp.json")
    if not path.is_file():
        return None
    try:
        before = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        kept = _folder(out, step, "stage.json")
        found = msgspec.json.decode(kept.read_bytes(), type=Stage) if kept.is_file() else None
    except msgspec.DecodeError as error:
        raise DataError(f"{path.parent} holds a broken file ({error}): train afresh with --fresh") from None
    if before != stamp:
        changed = _changed(before, stamp)
        raise UsageError(f"{out / step} was begun with {changed}: name another --out, or train it afresh with --fresh")
    return _again(found, out / step) if found and (out / step / "config.json").is_file() else None


def _again(found: Stage, folder: Path) -> Stage:
    """The stage where its folder is now, marked as trained before."""
    return msgspec.structs.replace(found, folder=str(folder), reused=True)


def _changed(before: dict[str, Any], now: dict[str, Any]) -> str:
    """What differs, in words: other rows, epochs 1 instead of 3."""
    words = {"rows": "other rows", "model": "another model", "template": "another chat template"}
    parts = [text for name, text in words.items() if before.get(name) != now[name]]
    old: dict[str, Any] = before.get("settings") or {}
    parts += [f"{k} {old.get(k)} instead of {v}" for k, v in now["settings"].items() if old.get(k) != v]
    return ", ".join(parts)


def _trained(
    out: Path, ready: Prepared, words: Vocabulary, start: str, stamp: dict[str, Any], gpu: bool, say: Say, watch: Watch
) -> Stage:
    step, began = ready.asked.step, time.monotonic()
    checkpoints = _folder(out, step, "checkpoints")
    _keep(_folder(out, step, "stamp.json"), json_text(stamp, indent=1))
    going_on = last_checkpoint(checkpoints)
    if going_on:
        say(f"{step}: going on from {Path(going_on).name}")
    rmtree(out / step, ignore_errors=True)  # one of ours without its stage.json, or none
    words_of_trl = arguments(ready.asked, ready.rows, checkpoints, longest=ready.longest, gpu=gpu)
    log = train_stage(Work(ready.asked, start, words, ready.rows, words_of_trl), out / step, watch)
    tenth = max(1, len(log) // 10)
    stage = Stage(
        step=step,
        method=METHODS[step] + (", LoRA" if ready.asked.lora else ""),
        folder=str(out / step),
        rows=len(ready.rows),
        too_long=ready.too_long,
        steps=log[-1]["step"],
        seconds=round(time.monotonic() - began, 1),
        loss_first=_mean(log[:tenth]),
        loss_last=_mean(log[-tenth:]),
        stamp=stamp,
        versions={name: metadata.version(name) for name in NEEDED},
    )
    _keep(_folder(out, step, "stage.json"), json_text(stage, indent=1))
    rmtree(checkpoints, ignore_errors=True)
    return stage


def _mean(log: Sequence[dict[str, Any]]) -> float:
    return round(sum(entry["loss"] for entry in log) / len(log), 6)


def _named(watch: WatchTraining, step: str) -> Watch:
    return lambda done, total, loss: watch(step, done, total, loss)


def _keep(path: Path, content: str) -> None:
    """The file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(".part")
        made.write_text(content + "\n", encoding="utf-8")
        made.replace(path)
    except OSError as error:
        raise TrustgaugeError(f"{path} cannot be written ({error.strerror}): name another folder with --out") from None
