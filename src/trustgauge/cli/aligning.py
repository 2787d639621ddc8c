"""`trustgauge align`: train, measure, show how it goes and what changed."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from trustgauge.aligning.change_judges import two_judges
from trustgauge.aligning.commands import commands
from trustgauge.aligning.loop import align, model_words
from trustgauge.aligning.proving import targets_of
from trustgauge.aligning.settings import Settings, settings
from trustgauge.aligning.stages import Measuring
from trustgauge.aligning.training import TRAINING, Stage
from trustgauge.cli.changing import show_change
from trustgauge.cli.measure import watched
from trustgauge.cli.say import note, print_json
from trustgauge.config import environment, load
from trustgauge.errors import Interrupted

FILE = "align.json"


def align_model(how: Mapping[str, Any], after: Mapping[str, Any] | None, *, as_json: bool) -> None:
    """Train, and measure unless after is None; lines for people, or align.json on stdout.

    Interrupted says that the same command goes on.
    """
    asked, line, env = settings(**how), _Line(), environment()
    measuring, judges = _measuring(asked, after, env) if after is not None else (None, ())
    try:
        done = align(
            asked, measuring, judges, say=line.say, watch=line.show, env=env,
            watch_runs=measuring and (lambda info, progress: watched(info, progress, measuring.config)),
        )  # fmt: skip
    except KeyboardInterrupt:
        raise Interrupted("interrupted: the same command goes on from the last checkpoint") from None
    finally:
        line.end()
    if as_json:
        path = asked.out / (FILE if done.change else TRAINING)
        print_json(msgspec.json.decode(path.read_bytes()))
        return
    for stage in done.stages:
        print(_stage_line(stage))
    if done.change is None:
        note(_next(asked, done.stages))
        return
    show_change(done.change)
    note(f"\n report  {asked.out / 'align.html'}          training  {asked.out / TRAINING}")


def _measuring(asked: Settings, after: Mapping[str, Any], env: Mapping[str, str]) -> tuple[Measuring, tuple[str, ...]]:
    """What to measure, and the two judges: one that is named is held against the verdicts of the run."""
    config = load(after["flags"], None, env)
    targets = after["targets"] or targets_of(asked.export)
    return Measuring(targets=targets, n=after["n"], rest=after["rest"], config=config), two_judges(after["judges"])


def print_training(how: Mapping[str, Any]) -> None:
    """The commands on stdout, where a shell can read them."""
    asked = settings(**how)
    for command in commands(asked, note):
        print(command)
    note(f"configs and rows are in {asked.out / 'commands'}")


def _stage_line(stage: Stage) -> str:
    loss = f"loss {stage.loss_first:.4g} -> {stage.loss_last:.4g}"
    when = "trained before" if stage.reused else f"{stage.seconds:,.0f} s"
    return f" {stage.step}  {stage.rows:,} rows, {stage.steps:,} steps, {loss}, {when}: {stage.folder}"


def _next(asked: Settings, stages: Sequence[Stage]) -> str:
    models = " ".join(f"-m {shlex.quote(word)}" for word in model_words(asked, stages).values())
    return f" next  trustgauge run {models} --split held-out"


class _Line:
    """On a terminal one line of progress, drawn anew; elsewhere sentences only."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty() and not os.environ.get("CI")
        self._drawn = False
        self._step, self._began, self._from = "", 0.0, 0

    def show(self, step: str, done: int, total: int, loss: float) -> None:
        """The step's place, its loss and the time that is left."""
        now = time.monotonic()
        if step != self._step:
            self.end()
            self._step, self._began, self._from = step, now, done
        if not self._live:
            return
        rate = (done - self._from) / max(now - self._began, 1e-9)
        left = f", {(total - done) / rate:,.0f} s left" if rate and done < total else ""
        text = f" {step}  {done:,}/{total:,} steps, loss {loss:.4g}{left}"
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        self._drawn = True

    def say(self, sentence: str) -> None:
        """A sentence on a line of its own."""
        self.end()
        note(f" {sentence}")

    def end(self) -> None:
        """What is said next stands on a line of its own."""
        if self._drawn:
            print(file=sys.stderr)
        self._drawn = False
