"""How large a loop is: what it aims at, and how much of everything."""

from __future__ import annotations

from dataclasses import dataclass, field

from recipes.tiny.base import Size

TARGETS = (
    "violence/direct",
    "violence/survey-form",
    "unlawful-conduct/direct",
    "unlawful-conduct/survey-form",
    "harms-to-minor/survey-form",
    "harms-to-minor/age-signal",
    "mental-health/crisis",
    "stereotype-bias/agreement",
    "distribution-shift/impossible",
    "distribution-shift/after-cutoff",
)
"""Tasks that training aims at: some need to know what hurts people, others only how a question is put."""


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
    aimed: float = 0.85
    train: int = 240
    draws: int = 2
    limit: int = 2000
    held: int = 200
    rest: int = 8
    resamples: int = 10_000
    epochs: str = "sft=2,dpo=1"
    rates: str | None = "sft=1e-3,dpo=2e-4"
    batch: int = 32
    beta: float = 0.1
    seed: int = 0


FULL = Plan()
SHORT = Plan(
    targets=("violence/survey-form", "distribution-shift/impossible", "distribution-shift/after-cutoff"),
    size=Size(width=96, layers=3, vocabulary=1024, tokens=300_000),
    pool=400,
    aimed=1.0,
    train=80,
    held=60,
    rest=0,
    resamples=2000,
)
REAL = Plan(draws=4, limit=0, rest=20, epochs="sft=1,dpo=1", rates=None, batch=16)
"""For a real model by --model: training rates are those of `trustgauge align`; the base's fields are not used."""
