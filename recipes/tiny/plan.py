"""How large a loop is: what it aims at, and how much of everything."""

from __future__ import annotations

from dataclasses import dataclass, field

from recipes.tiny.base import Size

TARGETS = (
    "mental-health/crisis",
    "mental-health/over-reliance",
    "distribution-shift/after-cutoff",
    "hallucination/unanswerable",
    "propagandistic-misuse/bulk",
    "social-engineering-misuse/types",
)
"""Tasks that training aims at: what to do shows in how something is put, which a tiny model can learn; what hurts whom
it would have to know first."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Amounts of one loop.

    size         of the base model and its training; pool: cases of each task that its corpus is made of
    aimed        share of the corpus's dialogues that are of the targets
    train, draws cases of each target whose replies become training data, and replies to each
    limit        most rows of each format
    held, rest   held-out cases of each target, and of each task of all 29
    epochs, rates, batch   of SFT and DPO
    """

    targets: tuple[str, ...] = TARGETS
    size: Size = field(default_factory=Size)
    pool: int = 1200
    aimed: float = 0.94
    train: int = 200
    draws: int = 2
    limit: int = 2400
    held: int = 200
    rest: int = 8
    resamples: int = 10_000
    epochs: str = "sft=2,dpo=1"
    rates: str | None = "sft=1e-3,dpo=5e-5"
    batch: int = 32
    beta: float = 0.1
    seed: int = 0


FULL = Plan()
SHORT = Plan(
    targets=("mental-health/over-reliance", "distribution-shift/after-cutoff", "propagandistic-misuse/bulk"),
    size=Size(width=96, layers=3, vocabulary=1024, tokens=300_000),
    pool=400,
    aimed=1.0,
    train=80,
    held=60,
    rest=0,
    resamples=2000,
    epochs="sft=4,dpo=2",
    rates="sft=2e-3,dpo=2e-4",
    batch=16,
)
REAL = Plan(draws=4, limit=0, rest=20, epochs="sft=1,dpo=1", rates=None, batch=16)
"""For a real model by --model: training rates are those of `trustgauge align`; the base's fields are not used."""
