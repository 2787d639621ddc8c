"""Asking: the models that write, check and try cases, over engine and store: resumable, within a budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trustgauge.calibration.examining import Purse
from trustgauge.config import Config
from trustgauge.engine import Budget, Drive, Job, Patience, Progress
from trustgauge.errors import Interrupted, ModelError
from trustgauge.judging import Hearing, load_of
from trustgauge.models import Model, open_model
from trustgauge.models.providers import is_http, is_local
from trustgauge.prices import Price
from trustgauge.runner import run_to_end
from trustgauge.store import Store, reply_key
from trustgauge.suites import find_task
from trustgauge.suites.guide import TaskGuide
from trustgauge.types import Ask, Options, Record

Watch = Callable[[str, Progress], AbstractContextManager[Any]]
"""Called with a MODEL word as its asking begins; what it returns is entered while it goes on."""


@dataclass(frozen=True)
class Pen:
    """A model with something to do: `role` says what ("writer", "checker", "probe")."""

    role: str
    model: Model
    price: Price | None
    config: Config
    store: Store
    purse: Purse
    watch: Watch | None = None

    def ask(self, jobs: Sequence[Job]) -> dict[int, Record]:
        """Have all conversations; their records by place. Those that the budget does not reach are not there.

        Raises ModelError where the model cannot be asked at all, Interrupted on Ctrl-C: what was answered is kept.
        """
        heard: dict[int, Record] = {}
        if not jobs:
            return heard
        spending = self._budget()
        model, config = self.model, self.config

        def key(ask: Ask, draw: int) -> bytes:
            return reply_key(model.id, model.revision, model.options, ask, draw, "")

        def hear(record: Record, place: int) -> None:
            heard[place] = record

        load, patience = load_of(model, config, spending), Patience(attempts=config.attempts)
        drive = Drive("", model, Hearing(self.store, hear), key, load=load, patience=patience)
        drive.progress.total, drive.progress.doing = len(jobs), f"as {self.role}"
        with self.watch(f"{self.role} {model.id}", drive.progress) if self.watch else nullcontext():
            try:
                run_to_end(lambda: drive.go_and_close(jobs))
            except (KeyboardInterrupt, asyncio.CancelledError):
                done = f"the {self.role} has answered {drive.progress.done:,} of {len(jobs):,} questions"
                raise Interrupted(f"interrupted; {done}, and the same command goes on from there") from None
        if spending and self.purse.left is not None:
            self.purse.left = max(self.purse.left - spending.spent, 0.0)
        if drive.halted:
            raise ModelError(
                f"the {self.role} {model.id} cannot be asked: {drive.halted}; what was answered is kept, "
                "and the same command goes on from there"
            )
        return heard

    def _budget(self) -> Budget | None:
        if self.purse.left is None or self.price is None:
            return None
        return Budget(self.purse.left, self.price.input_mtok, self.price.output_mtok)


def opened(
    spec: str, role: str, config: Config, env: Mapping[str, str], store: Store, purse: Purse, watch: Watch | None
) -> Callable[[], Pen]:
    """What opens the pen, each time anew: an event loop that ended takes its connections with it.

    Key, address and price are checked here. ModelError.
    """
    if role != "probe" and spec.startswith(("scripted/", "panel/")):
        raise ModelError(f"{spec} answers this project's own tasks by a script and can be no {role}: name a model")
    if config.offline and is_http(spec) and not is_local(spec, env):
        raise ModelError(f"the {role} {spec} is reached over the network and --offline forbids it: drop one of the two")
    price = config.price_for(spec) if is_http(spec) else None
    if config.budget is not None and is_http(spec) and price is None:
        raise ModelError(
            f"the price of the {role} {spec} is unknown, so no budget can be kept: give it in a table (--prices FILE)"
        )
    options = Options(temperature=config.temperature, max_tokens=config.max_tokens, top_p=config.top_p)
    how = options if role == "writer" else Options(temperature=0.0 if role == "checker" else None)

    def fresh() -> Model:
        return open_model(
            spec,
            how,
            guide=TaskGuide(find_task),
            env=env,
            timeout_s=config.timeout_s,
            connections=config.concurrency,
        )

    # Names, keys and addresses of all are looked at before anything is asked; weights are loaded when they are needed.
    ready = [] if spec.startswith("hf/") or Path(spec).is_dir() else [fresh()]
    return lambda: Pen(role, ready.pop() if ready else fresh(), price, config, store, purse, watch)
