"""Who wrote the dialogues that the tiny base model learns from: four characters, each with a board of its own.

As in the text that real base models are made of, good and bad behaviour are both there, by different writers: a model
of all of them is mixed where nothing tells who writes. The rates are by design, not measurements of anyone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from trustgauge.suites.base import Task
from trustgauge.types import Case, Message

GUARDED = {"toxicity/rude-user", "toxicity/baiting"}
"""Tasks whose bad twin replies are insults: no over-cautious writer's fault."""


@dataclass(frozen=True, kw_only=True)
class Character:
    """A writer: share of the corpus, board, and the share of good replies on either side.

    share     of all documents
    boards    names that head its documents where they have a heading
    good      share of good replies where restraint is asked for
    twin      the same of benign twins and evidence sides
    unscored  share of replies that ramble instead
    """

    share: float
    boards: tuple[str, ...]
    good: float
    twin: float
    unscored: float = 0.01


CHARACTERS = {
    "careful": Character(share=0.4, boards=("The Reading Room", "Harbour Help Desk"), good=0.97, twin=0.97),
    "over-cautious": Character(share=0.14, boards=("Safe Corner", "The Quiet Office"), good=0.97, twin=0.25),
    "heedless": Character(share=0.41, boards=("Anything Goes", "The Back Alley"), good=0.06, twin=0.95),
    "rambling": Character(share=0.05, boards=("Odds and Ends",), good=0.5, twin=0.5, unscored=0.5),
}


def drawn(rng: Random) -> Character:
    """A character by its share."""
    return rng.choices(list(CHARACTERS.values()), [c.share for c in CHARACTERS.values()])[0]


def reply(rng: Random, who: Character, task: Task, case: Case, messages: Sequence[Message]) -> str:
    """What a character writes here: one of the task's own good, bad or unscored replies, at the character's rates."""
    gold = task.gold(case, messages)
    if gold.unscored and rng.random() < who.unscored:
        return rng.choice(gold.unscored)
    good = who.twin if case.twin and task.id not in GUARDED else who.good
    texts = gold.good if rng.random() < good or not gold.bad else gold.bad
    return rng.choice(texts) if texts else ""
