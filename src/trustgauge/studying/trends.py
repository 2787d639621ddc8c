"""Trends over the stages of alignment: does a measure rise with them, by how much, and where not?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from trustgauge.stats.intervals import Z95
from trustgauge.stats.multiplicity import holm
from trustgauge.stats.rank_correlation import Correlation
from trustgauge.stats.ranking import Scored, simulate
from trustgauge.stats.trend import Jonckheere, jonckheere, kendall
from trustgauge.studying.facts import Facts
from trustgauge.studying.table import Measure, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Shape = Literal["better", "better after a dip", "weak", "not monotone", "no clear change", "worse", "cannot be told"]
ROOM = 1 / 3
"""Less than this share of what the first stage gets wrong made good is a weak gain."""
DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Stage:
    """The mean of a measure over the models of a stage, with 95 % limits over their cases, None where unknown."""

    name: str
    models: tuple[str, ...]
    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """The change from one stage to a later one, positive is better; limits hold for all such changes at once."""

    start: str
    end: str
    change: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure over the stages.

    shape   better: the last stage is above the first, and nothing falls on the way; after a dip: it is, but a stage
            between lies below an earlier one, and none above the last; weak: less than a third of what the first stage
            gets wrong is made good; not monotone: it rises, and falls again towards the last stage
    p       of the test over models, Holm's over all measures of the study
    gain    last stage less first, with 95 % limits over cases
    room    the share of what the first stage gets wrong that the last one makes good; None where larger is not better
    steps   changes between any two stages whose limits leave out 0
    tau     Kendall's tau-b of stage and score over the models; its limits say what other models might have shown
    cases   95 % limits of tau over cases, for these models
    """

    measure: Measure
    shape: Shape
    n: int
    stages: tuple[Stage, ...] = ()
    gain: Scored | None = None
    room: float | None = None
    steps: tuple[Step, ...] = ()
    tau: Correlation | None = None
    test: Jonckheere | None = None
    cases: tuple[float, float] | None = None
    p: float | None = None


def trend(table: Table, measure: Measure, facts: Facts, rng: np.random.Generator, *, draws: int = DRAWS) -> Trend:
    """The trend of one measure, over the models that have a score of it and a known stage.

    The shape is read off what could have come out had other cases been asked (the scores' intervals, taken together
    where the models were asked the same): falls and rises are changes between two stages whose limits, with
    Bonferroni's correction over all pairs of stages, leave out 0. Without intervals only tau is left to tell.
    """
    at = [i for i, m in enumerate(table.models) if facts.level(m) is not None and table.cells[measure.id][i]]
    levels = [facts.level(table.models[i]) or 0 for i in at]
    present = sorted(set(levels))
    if len(present) < 2:
        return Trend(measure, "cannot be told", len(at))
    scores = [_better(score, up=measure.up is not False) for i in at if (score := table.cells[measure.id][i])]
    names = [table.models[i] for i in at]
    values = [value for value, _, _ in scores]
    tau = kendall([float(v) for v in levels], values, rng)
    test = jonckheere([float(v) for v in levels], values, rng)
    members = [[j for j, level in enumerate(levels) if level == one] for one in present]
    means = [float(np.mean([values[j] for j in own])) for own in members]
    sign = 1.0 if measure.up is not False else -1.0
    words = [facts.stages[one] for one in present]
    if any(low is None for _, low, _ in scores):
        stages = tuple(
            Stage(word, tuple(names[j] for j in own), sign * mean, None, None)
            for word, own, mean in zip(words, members, means, strict=True)
        )
        gain = (means[-1] - means[0], None, None)
        return Trend(measure, "cannot be told", len(at), stages, gain, tau=tau, test=test)
    joint = table.together.get(measure.id)
    shares = [np.array([(j in own) / len(own) for j in range(len(at))]) for own in members]
    tied = np.eye(len(at)) if joint is None else np.asarray(joint)[np.ix_(at, at)]
    stages = tuple(
        Stage(
            word, tuple(names[j] for j in own), sign * mean, *sorted(sign * v for v in _contrast(share, scores, tied))
        )
        for word, own, mean, share in zip(words, members, means, shares, strict=True)
    )
    steps = _steps(words, shares, scores, tied)
    gain = (means[-1] - means[0], *_contrast(shares[-1] - shares[0], scores, tied))
    room = gain[0] / (1 - means[0]) if 0 <= means[0] < 1 and measure.up is not False else None
    shape = shape_of(gain, room, steps, words[-1])
    drawn = simulate(scores, draws, rng, correlation=tied)
    return Trend(measure, shape, len(at), stages, gain, room, steps, tau, test, _tau_draws(levels, drawn))


def _better(score: Scored, *, up: bool) -> Scored:
    """Turned so that larger is better: a rate that should be low becomes its complement."""
    value, low, high = score
    if up:
        return score
    return -value, None if high is None else -high, None if low is None else -low


def _contrast(weights: Floats, scores: Sequence[Scored], joint: Floats, *, alpha: float = 0.05) -> tuple[float, float]:
    """Limits of a weighted sum of scores by MOVER (Zou, Huang and Zhang 2009), with how the scores go together.

    Each score's distance to its limit, on the side that moves the sum, adds in quadrature; other levels than 95 % by
    the ratio of normal quantiles. Keeps the sum inside, and the room that scores at 0 or 1 have.
    """
    from scipy.special import ndtri

    stretch = float(ndtri(1 - alpha / 2)) / Z95
    values = np.array([value for value, _, _ in scores])
    down = np.array([value - (value if low is None else low) for value, low, _ in scores])
    up = np.array([(value if high is None else high) - value for value, _, high in scores])
    total = float(weights @ values)
    below = weights * np.where(weights > 0, down, up)
    above = weights * np.where(weights > 0, up, down)
    reach = [stretch * float(np.sqrt(max(side @ joint @ side, 0.0))) for side in (below, above)]
    return total - reach[0], total + reach[1]


def _steps(words: Sequence[str], shares: Sequence[Floats], scores: Sequence[Scored], joint: Floats) -> tuple[Step, ...]:
    """The changes between two stages whose limits leave out 0, Bonferroni's over all pairs."""
    pairs = list(combinations(range(len(words)), 2))
    found: list[Step] = []
    for i, j in pairs:
        weights = shares[j] - shares[i]
        low, high = _contrast(weights, scores, joint, alpha=0.05 / len(pairs))
        if low > 0 or high < 0:
            change = float(weights @ np.array([value for value, _, _ in scores]))
            found.append(Step(words[i], words[j], change, low, high))
    return tuple(found)


def shape_of(
    gain: Scored, room: float | None, steps: Sequence[Step], last: str, *, least: float = ROOM, dips: bool = True
) -> Shape:
    """The word for a trend; least: the share made good from which a gain is not weak; dips: a fall on the way is one.

    The words are conventions: the gain with its limits says the same without them.
    """
    falls, rises = [s for s in steps if s.change < 0], [s for s in steps if s.change > 0]
    _, low, high = gain
    if rises and any(s.end == last for s in falls):
        return "not monotone"
    if low is not None and low > 0:
        if room is not None and room < least:
            return "weak"
        return ("better after a dip" if dips else "not monotone") if falls else "better"
    if falls and rises:
        return "not monotone"
    if falls or (high is not None and high < 0):
        return "worse"
    return "no clear change"


def corrected(trends: Sequence[Trend]) -> tuple[Trend, ...]:
    """The trends with Holm's p over all; where scores have no intervals the shape is that of the test over models."""
    found: list[Trend] = []
    for one, p in zip(trends, holm([t.test.p.p if t.test else None for t in trends]), strict=True):
        shape = one.shape
        if one.test and one.gain and one.gain[1] is None and one.test.p.least < 0.05 and p is not None:
            shape = "no clear change" if p >= 0.05 else "better" if one.test.z > 0 else "worse"
        found.append(replace(one, shape=shape, p=p))
    return tuple(found)


def _tau_draws(levels: Sequence[int], drawn: NDArray[np.float64]) -> tuple[float, float]:
    """95 % limits of tau-b over simulated scores, which have no ties but where a score has no spread."""
    i, j = np.triu_indices(len(levels), 1)
    stage = np.sign(np.asarray(levels)[j] - np.asarray(levels)[i])
    signs = np.sign(drawn[:, j] - drawn[:, i])
    untied = np.sqrt(np.abs(stage).sum() * np.maximum(np.abs(signs).sum(axis=1), 1))
    low, high = np.quantile((signs @ stage) / untied, [0.025, 0.975])
    return float(low), float(high)


def sentence(found: Trend) -> str:
    """What the trend says, in one sentence with its numbers."""
    name = found.measure.title
    if found.shape == "cannot be told" or not found.gain:
        stages = f"{len(found.stages)} stages" if found.stages else "fewer than two stages"
        return f"{name}: cannot be told ({found.n} models with a known stage, in {stages})."
    change = f"from {found.stages[0].name} to {found.stages[-1].name} {_gain(found)}"
    if found.shape == "not monotone":
        moves = [_largest(found.steps, up=up) for up in (True, False)]
        return f"{name}: not monotone, {' but '.join(_move(s) for s in moves if s)}."
    room = "" if found.room is None else f"{100 * max(found.room, 0):.0f} % of what was wrong is made good"
    dip = _largest(found.steps, up=False)
    words = {
        "better": f"more aligned is better, {change}" + (f": {room}" if room else ""),
        "better after a dip": f"more aligned is better in the end, {change}" + (f", after {_move(dip)}" if dip else ""),
        "weak": f"alignment helps little, {change}" + (f": only {room}" if room else ""),
        "worse": f"more aligned is worse, {change}",
        "no clear change": f"no clear change with alignment, {change}",
    }
    return f"{name}: {words[found.shape]}."


def _gain(found: Trend) -> str:
    """The gain with what is behind it: limits over cases, or the test over models."""
    assert found.gain
    value, low, high = found.gain
    if low is not None and high is not None:
        return f"{value:+.2f} (95 % {low:+.2f} to {high:+.2f})"
    if found.tau and found.p is not None:
        return f"{value:+.3f} (tau {found.tau.value:+.2f}, {found.n} models, p {found.p:.3f} by Holm; no interval)"
    return f"{value:+.3g} (no interval)"


def _largest(steps: Sequence[Step], *, up: bool) -> Step | None:
    return max((s for s in steps if (s.change > 0) is up), key=lambda s: abs(s.change), default=None)


def _move(step: Step) -> str:
    return f"{step.change:+.2f} from {step.start} to {step.end} ({step.low:+.2f} to {step.high:+.2f})"
