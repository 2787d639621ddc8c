"""One stage trained with TRL: from weights and rows to a plain Hugging Face folder. Needs the extra `align`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from typing import Any

import msgspec

from trustgauge.aligning.recipe import ADAPTER, precision
from trustgauge.aligning.rows import Row
from trustgauge.aligning.settings import Step, StepSettings
from trustgauge.aligning.tokens import Vocabulary
from trustgauge.errors import ModelError, TrustgaugeError, UsageError
from trustgauge.models.local_weights import one_line
from trustgauge.safe import json_text

TRAINERS: dict[Step, str] = {"sft": "SFT", "dpo": "DPO", "kto": "KTO"}
NO_ROOM = "out of memory", "allocate memory"
Watch = Callable[[int, int, float], None]
"""Told after each step: the steps done, the steps in all, the loss of the last one."""


@dataclass(frozen=True)
class Work:
    """What a stage is made of: rows, the weights' source and their tokenizer, TRL's arguments."""

    asked: StepSettings
    source: str
    words: Vocabulary
    rows: Sequence[Row]
    arguments: dict[str, Any]


def on_gpu(device: str) -> bool:
    """Whether training goes to the GPU. UsageError where one is asked for and none is there, or several are."""
    cuda: Any = import_module("torch").cuda
    if device == "cpu" or not cuda.is_available():
        if device == "cuda":
            raise UsageError("--device cuda: there is no CUDA device here; leave the option away to train on the CPU")
        return False
    if cuda.device_count() > 1:
        raise UsageError(
            f"{cuda.device_count()} GPUs are visible, and one is used here: set CUDA_VISIBLE_DEVICES=0, or let TRL use "
            "them all with the commands of --print-commands"
        )
    return True


def train_stage(work: Work, target: Path, watch: Watch) -> list[dict[str, Any]]:
    """Train, going on from the last whole checkpoint, and save the folder; the log, an entry a step.

    ModelError where the weights can't be opened, TrustgaugeError where training fails.
    """
    folder = Path(work.arguments["output_dir"])
    try:
        weights = _weights(work)
        cached = getattr(weights.config, "use_cache", True)
        trainer = _trainer(work, weights, watch)
        trainer.train(resume_from_checkpoint=last_checkpoint(folder))
        model: Any = trainer.model
        if work.asked.lora:
            model = model.merge_and_unload()
        model.config.use_cache = cached  # off for training, which would make the folder slow to generate with
        return _saved(work, model, trainer.state.log_history, folder.with_name("model"), target)
    except TrustgaugeError:
        raise
    except Exception as error:  # torch and four libraries above it raise what they like
        raise _failed(work.asked, error) from error


def _saved(work: Work, model: Any, history: list[dict[str, Any]], made: Path, target: Path) -> list[dict[str, Any]]:
    rmtree(made, ignore_errors=True)
    model.save_pretrained(made)
    work.words.tokenizer.save_pretrained(made)
    log = [entry for entry in map(_entry, history) if entry]
    (made / "log.jsonl").write_text("".join(json_text(entry) + "\n" for entry in log), encoding="utf-8")
    made.rename(target)  # whole or not at all
    return log


def last_checkpoint(folder: Path) -> str | None:
    """The newest checkpoint that was written to its end: the trainer's state is the last file of one."""
    written = folder.glob("checkpoint-*/trainer_state.json")
    whole = [path.parent for path in written if _number(path.parent) and _ended(path)]
    return str(max(whole, key=_number)) if whole else None


def _ended(path: Path) -> bool:
    """Whether the file holds all of its JSON: a full disk or a kill may have cut it."""
    try:
        msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError:
        return False
    return True


def _number(path: Path) -> int:
    word = path.name.removeprefix("checkpoint-")
    return int(word) if word.isdecimal() else 0


def _trainer(work: Work, weights: Any, watch: Watch) -> Any:
    trl: Any = import_module("trl")
    datasets: Any = import_module("datasets")
    transformers: Any = import_module("transformers")
    name = TRAINERS[work.asked.step]
    trainer = getattr(trl, f"{name}Trainer")(
        model=weights,
        args=getattr(trl, f"{name}Config")(**work.arguments),
        train_dataset=datasets.Dataset.from_list(list(work.rows)),
        processing_class=work.words.tokenizer,
        peft_config=trl.get_peft_config(trl.ModelConfig(**ADAPTER)) if work.asked.lora else None,
        callbacks=[_callback(transformers, watch)],
    )
    for printer in (transformers.PrinterCallback, transformers.ProgressCallback):  # they print to stdout
        trainer.remove_callback(printer)
    return trainer


def _weights(work: Work) -> Any:
    torch: Any = import_module("torch")
    transformers: Any = import_module("transformers")
    dtype = getattr(torch, precision(work.asked, gpu=not work.arguments["use_cpu"]))
    try:
        kind = transformers.AutoModelForCausalLM
        return kind.from_pretrained(work.source, dtype=dtype, trust_remote_code=False)
    except Exception as error:
        raise ModelError(f"cannot open the model {work.source}: {one_line(error)}") from error


def _callback(transformers: Any, watch: Watch) -> Any:
    def on_log(self: Any, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if not logs or "loss" not in logs:  # the summary at the end
            return
        loss = float(logs["loss"])
        if not math.isfinite(loss):
            raise TrustgaugeError(f"the loss is {loss} after step {state.global_step}: lower --learning-rate")
        watch(state.global_step, state.max_steps, loss)

    return type("Watching", (transformers.TrainerCallback,), {"on_log": on_log})()


KEPT = ("loss", "learning_rate", "grad_norm", "mean_token_accuracy", "rewards/margins", "rewards/accuracies", "kl")


def _entry(logged: dict[str, Any]) -> dict[str, Any]:
    """One step's line of the log, nothing of the clock in it: the same training gives the same file."""
    if "loss" not in logged:
        return {}
    return {"step": logged["step"]} | {name: float(logged[name]) for name in KEPT if name in logged}


def _failed(asked: StepSettings, error: Exception) -> TrustgaugeError:
    if isinstance(error, MemoryError) or any(sign in str(error) for sign in NO_ROOM):
        smaller = "a smaller --batch-size or --max-length" + ("" if asked.lora else ", or --lora")
        return TrustgaugeError(f"{asked.step}: out of memory: try {smaller}")
    return TrustgaugeError(f"{asked.step} failed: {one_line(error)}")
