"""`trustgauge align`: train, show how it goes, say what to do next."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from trustgauge.aligning.commands import commands
from trustgauge.aligning.settings import Settings, settings
from trustgauge.aligning.training import Stage, document, train
from trustgauge.cli.say import note, print_json
from trustgauge.errors import Interrupted


def align_model(how: Mapping[str, Any], *, as_json: bool) -> None:
    """Train; a line a stage, or align.json on stdout. Interrupted says that the same command goes on."""
    asked, line = settings(**how), _Line()
    try:
        stages = train(asked, line.say, line.show)
    except KeyboardInterrupt:
        line.end()
        raise Interrupted("interrupted: the same command goes on from the last checkpoint") from None
    finally:
        line.end()
    if as_json:
        print_json(document(asked, stages))
        return
    for stage in stages:
        print(_stage_line(stage))
    note(_next(asked, stages))


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
    models = " ".join(f"-m {shlex.quote('hf/' + stage.folder)}" for stage in stages)
    first = asked.model if asked.model.startswith("hf/") else f"hf/{asked.model}"
    return f" next  trustgauge run -m {shlex.quote(first)} {models} --split held-out"


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
