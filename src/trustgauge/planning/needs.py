"""Needs: how many cases a question takes of one place, and what a number of cases gives."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Literal

import msgspec

from trustgauge.errors import UsageError
from trustgauge.stats import power
from trustgauge.stats.exact import exact_upper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trustgauge.gating.policy import Part

CORRELATION = 0.3
"""Of the cases of one group and arm, where no run tells: between none and all alike."""
HOPE = 0.25
"""A rate is taken to be this part of its limit, where nobody says what it is."""

Side = Literal["", "dont", "do"]


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be known of every sub-category: one of half_width, bound (with true), difference; or n cases a task.

    half_width  of the two-sided interval of the score        bound  harmful answers shown to be at most that ...
    difference  of two models on the same cases               true   ... where they truly are so many
    rate        share of bad expected, for the others; None: the worst case, a half, or what a run showed
    """

    half_width: float | None = None
    bound: float | None = None
    true: float | None = None
    difference: float | None = None
    n: int | None = None
    rate: float | None = None
    power: float = 0.8
    confidence: float = 0.95

    def __post_init__(self) -> None:
        given = [name for name in ("half_width", "bound", "difference", "n") if getattr(self, name) is not None]
        if len(given) > 1:
            raise UsageError(f"plan for one thing at a time: {' or '.join('--' + g.replace('_', '-') for g in given)}")
        if self.true is not None and self.bound is None:
            raise UsageError("--true says what is true under a --bound: give that too")
        for name in ("power", "confidence"):
            if not 0.5 <= getattr(self, name) < 1:
                raise UsageError(f"--{name} is {getattr(self, name):g}: it must lie between 0.5 and 1")
        if self.rate is not None and not 0 <= self.rate <= 1:
            raise UsageError(f"--rate is {self.rate:g}: it must lie between 0 and 1")
        if self.n is not None and self.n < 1:
            raise UsageError(f"-n is {self.n}: it must be at least 1")

    @property
    def side(self) -> Side:
        """The cases that count: for a bound on harmful answers those that ought to be declined, or done right."""
        return "dont" if self.bound is not None else ""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken to be true of a place: measured in a run, told, or assumed.

    deff      design effect of its groups        unscored  share of cases that give no verdict
    rate      share of bad among the scored; None: not known
    measured  True where a run showed it
    """

    deff: float = 1.0
    unscored: float = 0.0
    rate: float | None = None
    measured: bool = False


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a question takes of one place: -n is the same for all of its tasks.

    cases  in all, n: of each task; None where no number of cases is enough, with the reason why
    """

    cases: int | None
    n: int | None
    why_not: str = ""


class Gives(msgspec.Struct, frozen=True, kw_only=True):
    """What a number of cases gives of one place: each None where there is nothing to count.

    half_width  of the score's interval    shown  upper bound where none is bad    difference  found with the power
    """

    half_width: float | None
    shown: float | None
    difference: float | None


def independent(goal: Goal, known: Known, blur: power.Blur) -> int | None:
    """Independent scored cases that the goal takes. None: no number is enough. UsageError for a goal out of range."""
    rate = goal.rate if goal.rate is not None else known.rate
    if goal.bound is not None:
        true = goal.true if goal.true is not None else goal.bound * HOPE
        return power.for_bound(goal.bound, true, goal.power, goal.confidence, blur)
    if goal.difference is not None:
        apart = discordance(0.5 if rate is None else rate, goal.difference)
        return power.for_paired(goal.difference, apart, goal.power, goal.confidence, blur)
    return power.for_half_width(goal.half_width or 0.05, 0.5 if rate is None else rate, goal.confidence, blur)


def discordance(rate: float, difference: float) -> float:
    """Share of cases on which two models differ where they err independently: the most that need be planned for.

    The other model may be better or worse by the difference; the way that parts them more often is taken.
    """
    other = min(rate + difference, 1.0) if rate < 0.5 else max(rate - difference, 0.0)
    return rate * (1 - other) + other * (1 - rate)


def needed(cases: int | None, known: Known, shares: Sequence[float]) -> Need:
    """Scored cases that count, as cases to be asked: in groups, some unscored, each task with its share that counts."""
    if cases is None:
        return Need(cases=None, n=None, why_not="no number of cases is enough")
    if not sum(shares):
        return Need(cases=None, n=None, why_not="none of its cases count for this")
    if known.unscored >= 1:
        return Need(cases=None, n=None, why_not="nothing of it could be scored")
    asked = (power.inflate(cases, known.deff) or 0) / (1 - known.unscored)
    n = max(2, ceil(asked / sum(shares) - 1e-9))
    return Need(cases=n * len(shares), n=n)


def gives(counts: Sequence[int], dont: Sequence[float], goal: Goal, known: Known, blur: power.Blur) -> Gives:
    """What a place gives where its tasks ask so many cases each, `dont` of them on the side of harm.

    The score is the plain mean over tasks, so that the one with the fewest cases weighs most in its error.
    """
    rate = goal.rate if goal.rate is not None else known.rate
    counts_for = (1 - known.unscored) / known.deff
    alike = len(counts) ** 2 / sum(1 / n for n in counts) if counts and all(counts) else 0.0
    harm = sum(n * share for n, share in zip(counts, dont, strict=True)) * counts_for
    half = difference = shown = None
    if alike * counts_for >= 1:
        at = 0.5 if rate is None else rate
        half = min(power.half_width(alike * counts_for, at, goal.confidence, blur), 0.5)
        apart = partial(discordance, at)
        difference = power.detectable(alike * counts_for, apart, goal.power, goal.confidence, blur)
    if harm >= 1 and blur.specificity == 1:  # else some good ones are called bad, and none bad is not to be expected
        shown = min(exact_upper(0, harm, 1 - goal.confidence) / blur.sharpness, 1.0)
    return Gives(half_width=half, shown=shown, difference=difference)


def rule_need(part: Part, goal: Goal, known: Known, shares: Sequence[float], blur: power.Blur) -> Need:
    """What a rule of a policy takes for its GO. Unscored cases count against it, so they raise the rate."""
    rule = part.rule
    if rule.what == "scored":
        wanted = int(rule.at_least or 0) / max(1 - known.unscored, 1e-9)
        n = ceil(wanted / max(len(shares), 1))
        return Need(cases=n * len(shares), n=n)
    if not sum(shares):
        return Need(cases=None, n=None, why_not="none of its cases count for this")
    if rule.by is not None:
        apart = discordance(0.5 if known.rate is None else known.rate, 0.0)
        cases = power.for_no_worse(rule.by, apart, goal.power, goal.confidence, blur)
        return needed(cases, known, shares)
    limit = rule.at_most if rule.at_most is not None else 1 - (rule.at_least or 0.0)
    bad = known.rate if known.rate is not None else HOPE * limit
    hidden = known.unscored if rule.what in ("score", "harmful", "over-refusal", "bad") else 0.0
    true = bad * (1 - hidden) + hidden
    if true >= limit:
        said = f"{true:.3g} of its cases are bad or unscored, which is not under {limit:.3g}"
        return Need(cases=None, n=None, why_not=said)
    cases = power.for_bound(limit, true, goal.power, goal.confidence, blur)
    return needed(cases, msgspec.structs.replace(known, unscored=0.0), shares)
