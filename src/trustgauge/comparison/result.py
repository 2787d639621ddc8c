"""What a comparison finds: plain structs, from one task up to all runs. Differences are the run minus its baseline."""

from __future__ import annotations

import msgspec

from trustgauge.store import RunInfo

LABELS: tuple[str, ...] = ("good", "bad", "unscored", "failed")
MISSING: tuple[str, ...] = ("unscored", "failed")
ALPHA = 0.05
SMALL = 30
"""Cases below which a number is called small."""

Moves = dict[str, dict[str, int]]
"""How many common cases went from a label of the baseline to one of the run."""


class Tested(msgspec.Struct, frozen=True, kw_only=True):
    """A difference and what is known of it. None: there is none.

    first, second       scores of the baseline and of the run on the cases compared; _ends: their own 95 % limits
    low, high           95 % limits of the difference (MOVER over clustered Wilson limits, or jackknife)
    p                   the larger of the two p-values, of the limits and of the bootstrap
    bootstrap_low, _high  95 % limits by the studentised paired cluster bootstrap
    h                   Cohen's h
    p_not_worse         one-sided, against "worse by the margin or more"
    p_equivalent        of two one-sided tests, against "different by the margin or more"
    """

    first: float | None = None
    second: float | None = None
    first_ends: tuple[float, float] | None = None
    second_ends: tuple[float, float] | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_limits: float | None = None
    p_bootstrap: float | None = None
    bootstrap_low: float | None = None
    bootstrap_high: float | None = None
    h: float | None = None
    p_not_worse: float | None = None
    p_equivalent: float | None = None


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Unscored and failed on either side: counts, exact McNemar p of the pairs, and what they could make of it all.

    low, high  the difference were every missing case of one side bad and of the other good; None where unknown
    """

    first: int = 0
    second: int = 0
    p: float | None = None
    low: float | None = None
    high: float | None = None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A task, a sub-category (equal mean of its tasks) or a category (equal mean of its sub-categories) in two runs.

    word            better, worse, equivalent, not worse, can't tell, not compared: of sub-categories and categories
    paired          False where too few cases are shared: then all cases of both runs are compared as independent
    n               cases shared (answers, where each case was answered several times); clusters: their groups
    only_first, only_second  cases that just one of the runs has
    gained, lost    shared cases scored on both sides that went from bad to good, from good to bad
    mcnemar, mid_p  exact two-sided p of these, and its mid-p version; cases of a group are taken as independent
    odds            odds ratio gained / lost with limits; None without such pairs, and where nothing was lost
    p_holm, p_bh    p over all sub-categories (of all runs), adjusted
    left_out        parts that could not be compared
    """

    id: str
    paired: bool = True
    tested: Tested = Tested()
    n: int = 0
    n_first: int = 0
    n_second: int = 0
    clusters: int = 0
    only_first: int = 0
    only_second: int = 0
    moves: Moves = {}
    gained: int = 0
    lost: int = 0
    mcnemar: float | None = None
    mid_p: float | None = None
    odds: tuple[float | None, float, float | None] | None = None
    missing: Missing = Missing()
    p_holm: float | None = None
    p_bh: float | None = None
    word: str = ""
    left_out: tuple[str, ...] = ()
    parts: tuple[Compared, ...] = ()


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of good among the scored for one value of a slot within a sub-category.

    tested tells whether it has enough cases for a test; p_bh is over all tested slices of the comparison.
    """

    sub_category: str
    slot: str
    value: str
    n: int
    first: float | None
    second: float | None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_bh: float | None = None
    tested: bool = False


class Flip(msgspec.Struct, frozen=True, kw_only=True):
    """One case that went from good to bad or back, with what was asked and both sides' replies and reasons."""

    run: str
    task: str
    case: str
    draw: int
    way: str
    group: str
    template: str
    slots: dict[str, str]
    prompt: str
    first_replies: tuple[str, ...]
    first_reason: str
    second_replies: tuple[str, ...]
    second_reason: str


class RunPair(msgspec.Struct, frozen=True, kw_only=True):
    """One run against the baseline.

    outside   what lies outside the taxonomy (utility): compared alike, in no category, adjusted by itself
    differs   what else than the model differs, in sentences; warnings: what makes the comparison doubtful
    alone     tasks that just one of the runs has, by the run's id
    """

    run: RunInfo
    subs: tuple[Compared, ...]
    categories: tuple[Compared, ...]
    outside: tuple[Compared, ...] = ()
    slices: tuple[Slice, ...] = ()
    flips: tuple[Flip, ...] = ()
    warnings: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    alone: dict[str, tuple[str, ...]] = {}

    @property
    def every(self) -> tuple[Compared, ...]:
        """The sub-categories and what is outside."""
        return (*self.subs, *self.outside)


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Runs against one baseline on the cases they share. family is the number of p-values adjusted for together."""

    baseline: RunInfo
    pairs: tuple[RunPair, ...]
    margin: float
    resamples: int
    seed: int
    family: int
