"""Trends over the stages of alignment: does a measure rise with them, by how much, and where not?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from trustgauge.stats.rank_correlation import Correlation
from trustgauge.stats.ranking import Scored, simulate
from trustgauge.stats.trend import Jonckheere, jonckheere, kendall
from trustgauge.study.facts import Facts
from trustgauge.study.table import Measure, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shape = Literal["better", "weak", "not monotone", "no clear change", "worse", "cannot be told"]
ROOM = 1 / 3
"""Less than this share of what the first stage gets wrong made good is a weak gain."""
DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Stage:
    """The mean of a measure over the models of one stage, with 95 % limits over their cases, None where there are none."""

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

    shape   better, weak, not monotone, worse, no clear change; or cannot be told
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


def trend(table: Table, measure: Measure, facts: Facts, rng: np.random.Generator, *, draws: int = DRAWS) -> Trend:
    """The trend of one measure, over the models that have a score of it and a known stage.

    The shape is read off what could have come out had other cases been asked (scores drawn from their intervals,
    together where the models were asked the same): falls and rises are changes between two stages whose limits,
    with Bonferroni's correction over all pairs of stages, leave out 0. Without intervals only tau is left to tell.
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
    words = [facts.stages[one] for one in present]
    if any(low is None for _, low, _ in scores):
        stages = tuple(
            Stage(word, tuple(names[j] for j in own), mean, None, None)
            for word, own, mean in zip(words, members, means, strict=True)
        )
        return Trend(measure, _by_tau(tau), len(at), stages, (means[-1] - means[0], None, None), tau=tau, test=test)
    joint = table.together.get(measure.id)
    drawn = simulate(scores, draws, rng, correlation=None if joint is None else np.asarray(joint)[np.ix_(at, at)])
    by_stage = np.stack([drawn[:, own].mean(axis=1) for own in members], axis=1)
    low, high = np.quantile(by_stage, [0.025, 0.975], axis=0)
    stages = tuple(
        Stage(word, tuple(names[j] for j in own), mean, float(lo), float(hi))
        for word, own, mean, lo, hi in zip(words, members, means, low, high, strict=True)
    )
    steps = _steps(words, means, by_stage)
    least, most = _limits(by_stage[:, -1] - by_stage[:, 0], 0.05)
    gain = (means[-1] - means[0], least, most)
    room = gain[0] / (1 - means[0]) if 0 <= means[0] < 1 and measure.up is not False else None
    shape = _shape(gain, room, steps)
    return Trend(measure, shape, len(at), stages, gain, room, steps, tau, test, _tau_draws(levels, drawn))


def _better(score: Scored, *, up: bool) -> Scored:
    """Turned so that larger is better: a rate that should be low becomes its complement."""
    value, low, high = score
    if up:
        return score
    return -value, None if high is None else -high, None if low is None else -low


def _limits(change: NDArray[np.float64], alpha: float) -> tuple[float, float]:
    low, high = np.quantile(change, [alpha / 2, 1 - alpha / 2])
    return float(low), float(high)


def _steps(words: Sequence[str], means: Sequence[float], by_stage: NDArray[np.float64]) -> tuple[Step, ...]:
    pairs = list(combinations(range(len(words)), 2))
    found: list[Step] = []
    for i, j in pairs:
        low, high = _limits(by_stage[:, j] - by_stage[:, i], 0.05 / len(pairs))
        if low > 0 or high < 0:
            found.append(Step(words[i], words[j], means[j] - means[i], low, high))
    return tuple(found)


def _shape(gain: Scored, room: float | None, steps: Sequence[Step]) -> Shape:
    falls, rises = any(s.change < 0 for s in steps), any(s.change > 0 for s in steps)
    _, low, high = gain
    if falls and rises:
        return "not monotone"
    if low is not None and low > 0:
        return "better" if room is None or room >= ROOM else "weak"
    if falls or (high is not None and high < 0):
        return "worse"
    return "weak" if rises else "no clear change"


def _by_tau(tau: Correlation | None) -> Shape:
    """Where scores have no intervals: the test over models alone."""
    if tau is None or tau.p.least >= 0.05:
        return "cannot be told"
    if tau.p.p >= 0.05:
        return "no clear change"
    return "better" if tau.value > 0 else "worse"


def _tau_draws(levels: Sequence[int], drawn: NDArray[np.float64]) -> tuple[float, float]:
    """95 % limits of tau-b over simulated scores, which have no ties but where a score has no spread."""
    i, j = np.triu_indices(len(levels), 1)
    stage = np.sign(np.asarray(levels)[j] - np.asarray(levels)[i])
    signs = np.sign(drawn[:, j] - drawn[:, i])
    untied = np.sqrt(np.abs(stage).sum() * np.maximum(np.abs(signs).sum(axis=1), 1))
    return _limits((signs @ stage) / untied, 0.05)


def sentence(found: Trend) -> str:
    """What the trend says, in one sentence with its numbers."""
    name = found.measure.title
    if found.shape == "cannot be told" or not found.gain:
        return f"{name}: cannot be told ({found.n} models with a known stage, in {len(found.stages) or 'fewer than two'} stages)."
    first, last = found.stages[0], found.stages[-1]
    value, low, high = found.gain
    limits = "no interval" if low is None or high is None else f"95 % {low:+.2f} to {high:+.2f}"
    change = f"from {first.name} to {last.name} {value:+.2f} ({limits})"
    if found.shape == "better":
        made = f", {found.room:.0%} of what was wrong made good" if found.room is not None else ""
        return f"{name}: more aligned is better, {change}{made}."
    if found.shape == "weak":
        made = f": only {found.room:.0%} of what was wrong is made good" if found.room is not None else ""
        return f"{name}: alignment helps little, {change}{made}."
    if found.shape == "not monotone":
        moves = [*(s for s in found.steps if s.change > 0), *(s for s in found.steps if s.change < 0)]
        largest = [max((s for s in moves if (s.change > 0) is up), key=lambda s: abs(s.change)) for up in (True, False)]
        told = " but ".join(f"{s.change:+.2f} from {s.start} to {s.end} ({s.low:+.2f} to {s.high:+.2f})" for s in largest)
        return f"{name}: not monotone, {told}."
    if found.shape == "worse":
        return f"{name}: more aligned is worse, {change}."
    return f"{name}: no clear change with alignment, {change}."
