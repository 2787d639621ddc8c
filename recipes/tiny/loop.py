"""The loop: base model, its replies to training cases, export, SFT and DPO, and every stage on held-out cases."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from recipes.tiny.base import text_of, train_base
from recipes.tiny.corpus import documents
from recipes.tiny.plan import Plan

from trustgauge import export, leaks, run
from trustgauge.aligning.change import ChangeSettings, change
from trustgauge.aligning.change_document import change_document
from trustgauge.aligning.change_result import Change
from trustgauge.aligning.change_words import says
from trustgauge.aligning.loop import model_words
from trustgauge.aligning.proving import write_change
from trustgauge.aligning.settings import settings
from trustgauge.aligning.stages import Measuring, measure
from trustgauge.aligning.training import train
from trustgauge.config import Config
from trustgauge.store import Store
from trustgauge.suites import select
from trustgauge.suites.base import Task
from trustgauge.taxonomy import UTILITY
from trustgauge.types import Case

Say = Callable[[str], None]
LENGTH = 64  # tokens of a reply: the longest gold reply has about 60
PROMPT = 700  # characters of a case that the corpus takes at most
SOURCES = ("panel/careful", "panel/agreeable")
"""Other models whose replies to the same training cases are exported beside the base's own."""


def told(sentence: str) -> None:
    """On stdout, at once."""
    print(sentence, flush=True)


@dataclass
class Clock:
    """Seconds by step, and who is told of it. file: where they are kept, for a loop that is gone on with."""

    say: Say = told
    file: Path | None = None
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def __post_init__(self) -> None:
        if self.file and self.file.is_file():
            self.seconds = json.loads(self.file.read_text(encoding="utf-8"))

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Time a step and say what it took."""
        began = time.perf_counter()
        yield
        taken = round(time.perf_counter() - began, 1)
        self.seconds[name] = max(taken, self.seconds.get(name, 0.0))  # what was there already takes no time again
        if self.file:
            self.file.write_text(json.dumps(self.seconds), encoding="utf-8")
        self.say(f"{name}: {taken} s")


@dataclass(frozen=True)
class Loop:
    """One loop in a folder. model: MODEL word of the base."""

    out: Path
    plan: Plan
    model: str
    clock: Clock
    lora: bool = False
    store_file: str = ""

    @property
    def store(self) -> str:
        """The store of all runs."""
        return self.store_file or str(self.out / "runs.db")


def make_base(out: Path, plan: Plan, clock: Clock) -> str:
    """Train the tiny base model, unless it is there; its MODEL word."""
    folder = out / "base"
    if not (folder / "config.json").is_file():
        with clock.step("base model"):
            pools, weights = corpus_pools(plan)
            rng = Random(plan.seed)
            texts = map(text_of, documents(rng, pools, weights))
            train_base(texts, plan.size, folder, plan.seed, clock.say)
    return f"hf/{folder}"


def corpus_pools(plan: Plan) -> tuple[list[tuple[Task, list[Case]]], list[float]]:
    """Training cases of the targets and of all other tasks, with the weight of each task among the dialogues."""
    targets = _pools(select(list(plan.targets)), plan.pool, plan.seed)
    others = _pools(select(["all", "utility"]), plan.pool // 10, plan.seed) if plan.aimed < 1 else []
    others = [pool for pool in others if pool[0].id not in plan.targets]
    weights = [plan.aimed / len(targets)] * len(targets) + [(1 - plan.aimed) / max(len(others), 1)] * len(others)
    return [*targets, *others], weights


def _pools(tasks: list[Task], n: int, seed: int) -> list[tuple[Task, list[Case]]]:
    found = [(task, list(task.on("train").generate(seed, n))) for task in tasks]
    short = [(task, [c for c in cases if sum(len(m.content) for m in c.messages) <= PROMPT]) for task, cases in found]
    return [(task, cases) for task, cases in short if cases]


def draw(loop: Loop) -> list[str]:
    """Replies to training cases by the base, several to each, and by other models; the runs' ids."""
    asked: dict[str, Any] = {"split": "train", "n": loop.plan.train, "store": loop.store, "max_tokens": LENGTH}
    with loop.clock.step("replies to training cases"):
        own = run(models=[loop.model], suites=list(loop.plan.targets), draws=loop.plan.draws, temperature=1.0, **asked)
        others = run(models=list(SOURCES), suites=list(loop.plan.targets), **asked)
    return [profile.run.id for profile in (*own, *others)]


def exported(loop: Loop, runs: list[str], name: str = "export", **how: Any) -> Path:
    """The runs as rows for SFT and DPO; the folder."""
    folder = loop.out / name
    with loop.clock.step(name):
        fixed = {"out": folder, "store": loop.store, "seed": loop.plan.seed}
        made = export(runs, ["sft", "dpo"], pairs_per_prompt=3, limit=loop.plan.limit, **fixed, **how)
    for each, rows in getattr(made, "formats", {}).items():
        loop.clock.say(f"  {each}: {rows.rows} rows, left out {sum(rows.left_out.values())}")
    return folder


def aligned(loop: Loop, folder: Path, name: str = "aligned") -> dict[str, str]:
    """SFT and DPO from an export; MODEL words of the stages by name, the base first."""
    plan, out = loop.plan, loop.out / name
    asked = settings(
        loop.model, folder, out, steps="sft,dpo", epochs=plan.epochs, learning_rate=plan.rates, batch_size=plan.batch,
        beta=plan.beta, seed=plan.seed, lora=loop.lora,
    )  # fmt: skip
    with loop.clock.step(f"{name}: training"):
        stages = train(asked, loop.clock.say)
    return model_words(asked, stages)


def measured(loop: Loop, stages: dict[str, str], name: str = "aligned") -> Change:
    """All stages on held-out cases of the targets; what changed, written into the folder of that name."""
    with loop.clock.step(f"{name}: held-out cases"):
        return _held_out(loop, stages, loop.plan.targets, loop.plan.held, loop.out / name)


def measured_wide(loop: Loop, stages: dict[str, str]) -> Change:
    """All stages on a few held-out cases of every task of all 29 and of utility: the price, and the study's runs."""
    with loop.clock.step("held-out cases of all 29"):
        return _held_out(loop, stages, ("all", UTILITY), loop.plan.rest, loop.out / "wide")


def _held_out(loop: Loop, stages: dict[str, str], suites: Sequence[str], n: int, folder: Path) -> Change:
    config = Config(store=loop.store, seed=loop.plan.seed + 1, temperature=1.0, max_tokens=LENGTH)
    runs = measure(stages, Measuring(targets=tuple(suites), n=n, rest=0, config=config))
    settings = ChangeSettings(targets=loop.plan.targets, seed=loop.plan.seed, resamples=loop.plan.resamples)
    with Store(loop.store) as store:
        found = change(store, runs, settings)
    write_change(found, runs, folder)
    return found


def leaking(loop: Loop, folder: Path) -> bool:
    """Whether anything of the targets' held-out cases stands in the export."""
    with loop.clock.step("leakage check"):
        return not leaks(folder, against=list(loop.plan.targets), split="held-out", n=loop.plan.held).clean


def keep(loop: Loop, changed: Change, export_folder: Path, more: dict[str, Any]) -> dict[str, Any]:
    """What the loop was, took and found, written to OUT/loop.json."""
    found = {
        "model": loop.model,
        "plan": asdict(loop.plan),
        "machine": f"{os.cpu_count()} CPU cores, {platform.machine()}, Python {platform.python_version()}",
        "seconds": loop.clock.seconds,
        "export": json.loads((export_folder / "export.json").read_text(encoding="utf-8")),
        "change": change_document(changed),
        "says": [sentence for sentence in says(changed) if "NOT MEASURED" not in sentence],  # that is what wide is for
    } | more
    (loop.out / "loop.json").write_text(json.dumps(found, indent=1, default=str) + "\n", encoding="utf-8")
    return found
