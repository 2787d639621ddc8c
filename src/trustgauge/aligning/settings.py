"""What a training is asked to do: steps, sizes, rates. Values by step, as in learning_rate="sft=1e-3,dpo=1e-4"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from trustgauge.errors import UsageError

Step = Literal["sft", "dpo", "kto"]
Device = Literal["auto", "cpu", "cuda"]
DType = Literal["auto", "float32", "bfloat16"]
ByStep = str | float | Mapping[str, float] | None
"""One value for all steps, a value a step, or (None) the default of each."""

METHODS: dict[Step, str] = {
    "sft": "supervised fine-tuning, loss on the last reply alone",
    "dpo": "direct preference optimisation (Rafailov et al. 2023)",
    "kto": "Kahneman-Tversky optimisation (Ethayarajh et al. 2024)",
}
EPOCHS: dict[Step, float] = {"sft": 3, "dpo": 1, "kto": 1}
RATES: dict[Step, float] = {"sft": 2e-5, "dpo": 1e-6, "kto": 1e-6}  # TRL's defaults; an adapter takes ten times that
ADAPTER_RATE = 10
SIZES: dict[Step, float] = {"sft": 16, "dpo": 16, "kto": 16}
LONGEST = 1024


@dataclass(frozen=True)
class StepSettings:
    """How one step trains. max_length is in tokens, 0 for the model's context but at most 1,024."""

    step: Step
    epochs: float
    batch_size: int
    learning_rate: float
    max_length: int
    beta: float
    seed: int
    lora: bool
    device: Device
    dtype: DType


@dataclass(frozen=True)
class Settings:
    """A whole training: model (hub name or folder), export (its folder), out (where stages go), one entry a step."""

    model: str
    export: Path
    out: Path
    steps: tuple[StepSettings, ...]
    fresh: bool = False


def settings(
    model: str,
    export: str | Path,
    out: str | Path,
    *,
    steps: str | Sequence[str] = ("sft", "dpo"),
    lora: bool = False,
    epochs: ByStep = None,
    batch_size: ByStep = None,
    learning_rate: ByStep = None,
    max_length: int = 0,
    beta: float = 0.1,
    seed: int = 0,
    device: str = "auto",
    dtype: str = "auto",
    fresh: bool = False,
) -> Settings:
    """The settings, checked. UsageError names the value that cannot be used."""
    order = _order(steps)
    _one_of("--device", device, get_args(Device))
    _one_of("--dtype", dtype, get_args(DType))
    if max_length < 0 or 0 < max_length < 8:
        raise UsageError(f"--max-length {max_length}: give at least 8 tokens")
    if not 0 < beta < math.inf:
        raise UsageError(f"--beta {beta:g}: give a number above 0")
    rates: dict[Step, float] = {step: rate * (ADAPTER_RATE if lora else 1) for step, rate in RATES.items()}
    every = _by_step("--epochs", epochs, EPOCHS, order)
    sizes = _by_step("--batch-size", batch_size, SIZES, order)
    speeds = _by_step("--learning-rate", learning_rate, rates, order)
    for step, size in sizes.items():
        if size != int(size) or (step == "kto" and size < 2):
            least = "2 rows: KTO weighs the rows of a batch against each other" if step == "kto" else "a whole number"
            raise UsageError(f"--batch-size {size:g}: give at least {least}")
    chosen = [
        StepSettings(
            step=step, epochs=every[step], batch_size=int(sizes[step]), learning_rate=speeds[step],
            max_length=max_length, beta=beta, seed=seed, lora=lora, device=device, dtype=dtype,  # pyright: ignore
        )
        for step in order
    ]  # fmt: skip
    return Settings(model, Path(export), Path(out), tuple(chosen), fresh)


def _order(steps: str | Sequence[str]) -> list[Step]:
    words = [word.strip() for word in (steps.split(",") if isinstance(steps, str) else steps)]
    allowed: list[list[Step]] = [["sft", "dpo"], ["sft", "kto"], ["sft"], ["dpo"], ["kto"]]
    for order in allowed:
        if words == order:
            return order
    shown = ", ".join(",".join(order) for order in allowed)
    raise UsageError(f"--steps {','.join(words)}: use one of  {shown}")


def _one_of(flag: str, word: str, allowed: Sequence[str]) -> None:
    if word not in allowed:
        raise UsageError(f"{flag} {word}: use one of {', '.join(allowed)}")


def _by_step(flag: str, said: ByStep, default: Mapping[Step, float], order: Sequence[Step]) -> dict[Step, float]:
    """The value of every step, above 0."""
    given = _parts(flag, said) if isinstance(said, str) else said
    if isinstance(given, Mapping):
        unknown = [name for name in given if name not in order]
        if unknown:
            raise UsageError(f"{flag} {unknown[0]}=...: the steps are {','.join(order)}")
        values: dict[Step, float] = {step: given.get(step, default[step]) for step in order}
    else:
        values = {step: default[step] if given is None else float(given) for step in order}
    for step, value in values.items():
        if not 0 < value < math.inf:
            raise UsageError(f"{flag} {value:g} for {step}: give a number above 0")
    return values


def _parts(flag: str, said: str) -> float | dict[str, float]:
    """0.5, or sft=0.5,dpo=1."""
    try:
        if "=" not in said:
            return float(said)
        pairs = [part.split("=") for part in said.split(",")]
        return {name.strip(): float(value) for name, value in pairs}
    except ValueError:
        raise UsageError(f"{flag} {said}: give a number, or one a step as in sft=3,dpo=1") from None
