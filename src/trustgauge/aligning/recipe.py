"""The words that TRL is given for one stage: the same for the trainer here and for the command that is printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from trustgauge.aligning.rows import Row
from trustgauge.aligning.settings import StepSettings

ADAPTER: dict[str, Any] = {
    "use_peft": True,
    "lora_r": 16,
    "lora_alpha": 32,
    "lora_dropout": 0.05,
    "lora_target_modules": ["all-linear"],
}
MICRO = 4
"""Rows at once on a GPU; more are gathered over several passes."""
MIXED = 8
"""So many batches are sorted by length together."""
CHECKPOINTS = 0.1
"""A checkpoint after each such share of a stage; the last one is kept."""


def arguments(asked: StepSettings, found: Sequence[Row], folder: Path, *, longest: int, gpu: bool) -> dict[str, Any]:
    """TRL's arguments of a stage: those of its SFTConfig, DPOConfig or KTOConfig. folder is for checkpoints."""
    at_once = _at_once(asked.batch_size) if gpu else asked.batch_size
    words: dict[str, Any] = {
        "output_dir": str(folder),
        "num_train_epochs": asked.epochs,
        "per_device_train_batch_size": at_once,
        "gradient_accumulation_steps": asked.batch_size // at_once,
        "learning_rate": asked.learning_rate,
        "warmup_steps": 0.1,
        "max_length": longest,
        "seed": asked.seed,
        "train_sampling_strategy": "sequential",  # the order of the rows is ours: see `in_batches`
        "bf16": gpu,
        "use_cpu": not gpu,
        "gradient_checkpointing": gpu,
        "dataloader_pin_memory": gpu,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "save_steps": CHECKPOINTS,
        "save_total_limit": 1,
        "report_to": "none",
    }
    if asked.step == "sft":
        return words | {"completion_only_loss": True}
    # The reference's log-probabilities come first, so that only one model is in memory while it trains.
    words |= {"beta": asked.beta, "precompute_ref_log_probs": True}
    return words if asked.step == "dpo" else words | _kto(found)


def _kto(found: Sequence[Row]) -> dict[str, Any]:
    """Good and bad rows weigh the same in sum (eq. 8 of Ethayarajh et al. 2024)."""
    good = sum(row["label"] for row in found)
    bad = len(found) - good
    return {
        "desirable_weight": round(max(1.0, bad / good), 4),
        "undesirable_weight": round(max(1.0, good / bad), 4),
    }


def _at_once(batch_size: int) -> int:
    """The most rows up to MICRO that divide a batch; all of it where only single rows would."""
    found = max(size for size in range(1, MICRO + 1) if batch_size % size == 0)
    return found if found > 1 else batch_size


def in_batches(sizes: Sequence[int], batch_size: int, rng: Random) -> list[int]:
    """Places of rows in the order of training: at random, but rows of about one length in one batch.

    Little is padded so, and a training that was broken off goes on with the very row that is next. Lengths are
    sorted over MIXED batches only, which then come in any order, so that no stretch is of one kind of rows.
    """
    places = list(range(len(sizes)))
    rng.shuffle(places)
    batches: list[list[int]] = []
    for some in _cut(places, batch_size * MIXED):
        batches += _cut(sorted(some, key=sizes.__getitem__), batch_size)
    full = [batch for batch in batches if len(batch) == batch_size]
    rng.shuffle(full)
    return [place for batch in (*full, *(b for b in batches if len(b) < batch_size)) for place in batch]


def _cut(places: list[int], size: int) -> list[list[int]]:
    return [places[at : at + size] for at in range(0, len(places), size)]


def precision(asked: StepSettings, *, gpu: bool) -> str:
    """The weights' type: bfloat16 for what an adapter leaves as it is on a GPU, else float32, unless said."""
    if asked.dtype != "auto":
        return asked.dtype
    return "bfloat16" if asked.lora and gpu else "float32"
