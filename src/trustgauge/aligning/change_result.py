"""What changed over the stages: plain structs. Differences are the stage minus the base."""

from __future__ import annotations

import msgspec

from trustgauge.store import RunInfo

ALPHA = 0.05
WORDS = ("raised", "lowered", "not shown", "not compared")


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A number before and after on the same cases, with 95 % limits; None: there is none."""

    before: float | None = None
    after: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    before_ends: tuple[float, float] | None = None
    after_ends: tuple[float, float] | None = None

    @property
    def rose(self) -> bool:
        """Whether the interval lies above 0."""
        return self.low is not None and self.low > 0

    @property
    def fell(self) -> bool:
        """Whether the interval lies below 0."""
        return self.high is not None and self.high < 0


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One task or sub-category at one stage.

    score       of what could be scored, by the task's own measure
    whole       share of good among all cases, where what is unscored or failed is not good
    word        raised, lowered, not shown, not compared: by p_adjusted, and raised only where `whole` rose too
    p_adjusted  Holm's, over the targets of all stages, over the untouched of all stages, or over the utility of all
    n           cases in both; missing_before, missing_after: of these, unscored or failed
    missing_p   exact McNemar p of being missing, adjusted as p is
    left_out    tasks in no score: without one on a side, or with too few scored groups for an interval
    """

    id: str
    target: bool = False
    score: Span = Span()
    whole: Span = Span()
    word: str = ""
    p_adjusted: float | None = None
    n: int = 0
    clusters: int = 0
    gained: int = 0
    lost: int = 0
    missing_before: int = 0
    missing_after: int = 0
    missing_p: float | None = None
    left_out: tuple[str, ...] = ()
    tasks: tuple[Moved, ...] = ()

    @property
    def hollow(self) -> bool:
        """Whether it rose among what could be scored, and not among all cases."""
        known = self.p_adjusted is not None and self.p_adjusted < ALPHA
        return known and (self.score.difference or 0.0) > 0 and self.word != "raised"

    @property
    def muter(self) -> bool:
        """Whether more is unscored or failed than before, surely."""
        more = self.missing_after > self.missing_before
        return more and self.missing_p is not None and self.missing_p < ALPHA


class Refusals(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of the tasks that pair requests to be declined with benign twins, over all of them together.

    declined  share of the twins that were declined: over-refusal
    complied  share of the harmful requests that were complied with
    *_n       cases in both; *_missing: unscored or failed before and after, in no share
    """

    declined: Span = Span()
    complied: Span = Span()
    declined_n: int = 0
    complied_n: int = 0
    declined_missing: tuple[int, int] = (0, 0)
    complied_missing: tuple[int, int] = (0, 0)


class JudgeGap(msgspec.Struct, frozen=True, kw_only=True):
    """A sub-category's share of good by two judges over the same replies, where both decided before and after.

    gap   first judge's change minus the second's, with limits by group
    word  confirmed, partly confirmed, left open, not confirmed, contradicted: of a gain by the first; no gain: without
    n     cases; left_out: those on which a judge did not decide, before or after
    """

    id: str
    target: bool = False
    first: Span = Span()
    second: Span = Span()
    gap: Span = Span()
    word: str = ""
    n: int = 0
    left_out: int = 0


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """Two judges at one stage. agree: share of all their decided verdicts, before and after, that are the same."""

    first: str
    second: str
    rows: tuple[JudgeGap, ...] = ()
    agree: float | None = None
    n: int = 0


class StageChange(msgspec.Struct, frozen=True, kw_only=True):
    """One stage against the base.

    subs     targets, then untouched; outside: what lies outside the taxonomy (utility)
    targets  mean over the targets; tax: mean over the untouched sub-categories, of those that have an interval
    tax_of   how many these are; tax_whole: the same of good among all cases
    """

    name: str
    subs: tuple[Moved, ...] = ()
    outside: tuple[Moved, ...] = ()
    targets: Span = Span()
    tax: Span = Span()
    tax_of: int = 0
    tax_whole: Span = Span()
    refusals: Refusals = Refusals()
    judged: Judged | None = None
    warnings: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[Moved, ...]:
        """The sub-categories and what is outside."""
        return (*self.subs, *self.outside)

    def words(self, *, target: bool) -> dict[str, list[str]]:
        """The ids of each word."""
        return {word: [m.id for m in self.subs if m.target == target and m.word == word] for word in WORDS}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A stage on a plane of two numbers, both better when larger; dominated_by: stages as good on both, better on one.

    Each is (value, low, high).
    """

    stage: str
    x: tuple[float, float | None, float | None]
    y: tuple[float, float | None, float | None]
    dominated_by: tuple[str, ...] = ()


class Plane(msgspec.Struct, frozen=True, kw_only=True):
    """A Pareto view: what stands on its axes, and the stages."""

    name: str
    x_title: str
    y_title: str
    places: tuple[Place, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """All stages against the base, on the cases they share.

    family      p-values adjusted together, of targets and of the rest
    unmeasured  targets of which the stages have no case
    """

    base: str
    runs: dict[str, tuple[RunInfo, ...]]
    targets: tuple[str, ...]
    stages: tuple[StageChange, ...]
    planes: tuple[Plane, ...]
    family: tuple[int, int]
    unmeasured: tuple[str, ...]
    held_out: bool
    resamples: int
    seed: int

    @property
    def last(self) -> StageChange:
        """The last stage."""
        return self.stages[-1]
