"""What was found: places with their scores, parts of them with their rates of bad; all in plain numbers."""

from __future__ import annotations

from typing import Literal

import msgspec

from trustgauge.store import RunInfo
from trustgauge.types import Counts

Word = Literal["worse", "better", "can't tell", "too few", "no score", "alone"]
"""Against the rest: worse or better for sure (adjusted p below ALPHA); not told apart; too few groups to test, or no
interval; nothing scored; nothing to compare with."""

ALPHA = 0.05
FEWEST = 10
"""Groups of cases with something scored, in the part and in the rest, below which a part is counted, not tested."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A sub-category or a task: its score, and the mean of the others at its level.

    gain  how much its sub-category's score would rise, were all of it good
    p     two-sided, that it is no different from the others; p_bh adjusted over all places of the run
    """

    id: str
    level: Literal["sub-category", "task"]
    sub_category: str
    counts: Counts
    word: Word
    score: float | None = None
    low: float | None = None
    high: float | None = None
    rest: float | None = None
    gain: float | None = None
    p: float | None = None
    p_bh: float | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Cases of one sub-category that have something in common: a side, a kind, part of a template, a slot's value.

    rate, low, high  share of bad among the scored, with its 95 % interval clustered by group
    rest             the same of the other cases of the same tasks and sides, weighted as the part is
    gain             how much the sub-category's score would rise, were all of them good; gain_low at the rate's low
    also             other names of the very same cases
    example          id of a case that went bad, "" where none did
    """

    sub_category: str
    level: Literal["side", "kind", "template", "slot"]
    name: str
    value: str
    tasks: tuple[str, ...]
    counts: Counts
    groups: int
    word: Word
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    rest: float | None = None
    gain: float = 0.0
    gain_low: float = 0.0
    p: float | None = None
    p_bh: float | None = None
    also: tuple[str, ...] = ()
    example: str = ""

    @property
    def called(self) -> str:
        """ "topic: theft", "template: open-letter", "side: benign"."""
        return f"{self.name}: {self.value}"


class Weakness(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found of one run: sub-categories, tasks and parts, each the worst with confidence first."""

    run: RunInfo
    sub_categories: tuple[Place, ...]
    tasks: tuple[Place, ...]
    parts: tuple[Part, ...]
    mix: dict[str, float]
    owed: int = 0
