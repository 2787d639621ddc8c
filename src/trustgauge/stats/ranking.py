"""Ranking with uncertainty: mean ranks, simulated scores, rank intervals, the chance of being best, Pareto fronts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustgauge.stats.intervals import Z95
from trustgauge.stats.rank_correlation import Column, rank_rows, ranks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Scored = tuple[float, float | None, float | None]
"""A score with its 95 % limits, None where it has no interval."""


def column_ranks(values: Column, *, up: bool = True) -> list[float | None]:
    """Ranks of one measure, 1 for the best, ties averaged; missing ones are left out and stay None."""
    here = [i for i, v in enumerate(values) if v is not None]
    signed = [v if not up else -v for v in values if v is not None]
    found: list[float | None] = [None] * len(values)
    for i, rank in zip(here, ranks(signed) if signed else [], strict=True):
        found[i] = rank
    return found


def mean_ranks(columns: Sequence[tuple[Column, bool]]) -> list[float | None]:
    """Each model's mean rank over (values, larger is better), 1 is best; None for a model that no column has.

    A rank is that among the models the column has, so that ranks of columns with gaps run over fewer places.
    """
    table = [column_ranks(values, up=up) for values, up in columns]
    found: list[float | None] = []
    for row in zip(*table, strict=True):
        there = [r for r in row if r is not None]
        found.append(sum(there) / len(there) if there else None)
    return found


def simulate(
    scores: Sequence[Scored], draws: int, rng: np.random.Generator, *, correlation: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Scores of 0 to 1 as they could have come out, draws x scores: beta with each interval's centre and width.

    A beta's mean is the middle of the interval, its standard deviation the width over 2 x 1.96: with Wilson's limits
    that is close to the posterior under Agresti and Coull's prior, and has room at 0 and 1. `correlation` ties the
    scores by a Gaussian copula (models asked the same cases); without it they are independent. A score without
    limits, or with none between them, stays as it is.
    """
    import numpy as np
    from scipy.special import betaincinv, ndtr

    k = len(scores)
    normal = rng.standard_normal((draws, k))
    if correlation is not None:
        values, vectors = np.linalg.eigh(correlation)
        normal = normal @ (vectors * np.sqrt(np.clip(values, 0.0, None))).T
    grid = np.linspace(-4.5, 4.5, 361)
    found = np.empty((draws, k))
    for i, (value, low, high) in enumerate(scores):
        if low is None or high is None or high <= low:
            found[:, i] = value
            continue
        middle, spread = (low + high) / 2, ((high - low) / (2 * Z95)) ** 2
        size = middle * (1 - middle) / spread - 1 if 0 < middle < 1 else 0.0
        if size <= 0:  # wider than any beta with that mean: nothing is known between the limits
            found[:, i] = low + (high - low) * ndtr(normal[:, i])
            continue
        table = betaincinv(middle * size, (1 - middle) * size, ndtr(grid))
        found[:, i] = np.interp(normal[:, i], grid, table)
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model stands: its mean rank, its place by it (ties averaged), 95 % limits of the place, P(best)."""

    name: str
    mean_rank: float
    place: float
    low: float
    high: float
    best: float


def places(names: Sequence[str], means: Sequence[float | None], draws: NDArray[np.float64]) -> list[Place]:
    """Places by mean rank, the best first, with what draws x models of mean ranks (or 0 - scores) say of them.

    The limits are the 2.5 and 97.5 % quantiles of a model's place over the draws; a draw shared by several as best
    counts for each in equal parts. Models without a mean rank are left out; their column of draws must be there.
    """
    import numpy as np

    at = [i for i, mean in enumerate(means) if mean is not None]
    if not at:
        return []
    drawn = draws[:, at]
    order = rank_rows(drawn)
    first = drawn == drawn.min(axis=1, keepdims=True)
    best = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    low, high = np.quantile(order, [0.025, 0.975], axis=0, method="inverted_cdf")
    own = [mean for mean in means if mean is not None]
    found = [
        Place(names[i], own[j], place, float(low[j]), float(high[j]), float(best[j]))
        for j, (i, place) in enumerate(zip(at, ranks(own), strict=True))
    ]
    return sorted(found, key=lambda place: (place.mean_rank, place.name))


def resampled_measures(
    columns: Sequence[tuple[Column, bool]], draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Mean ranks, draws x models, each over as many measures drawn with replacement: had others been chosen.

    A model that a draw leaves without a measure keeps its mean rank over all of them, and one without any is last.
    """
    import numpy as np

    table = np.array([column_ranks(values, up=up) for values, up in columns], dtype=float)  # None becomes nan
    there = ~np.isnan(table)
    filled = np.where(there, table, 0.0)
    weights = rng.multinomial(len(columns), [1 / len(columns)] * len(columns), size=draws).astype(float)
    count = weights @ there
    whole = there.sum(0)
    usual = np.where(whole > 0, filled.sum(0) / np.maximum(whole, 1), float(table.shape[1] + 1))
    return np.where(count > 0, (weights @ filled) / np.maximum(count, 1), usual)


def simulated_ranks(
    columns: Sequence[Sequence[Scored | None]],
    draws: int,
    rng: np.random.Generator,
    correlations: Mapping[int, NDArray[np.float64]] | None = None,
) -> NDArray[np.float64]:
    """Mean ranks, draws x models, with every score (larger is better) drawn from its interval; gaps are left out.

    correlations gives, by the column's place, how its models' scores go together (over those that have one).
    """
    import numpy as np

    models = len(columns[0])
    total, count = np.zeros((draws, models)), np.zeros(models)
    for at, column in enumerate(columns):
        here = [i for i, score in enumerate(column) if score is not None]
        if here:
            scores = [score for score in column if score is not None]
            drawn = simulate(scores, draws, rng, correlation=(correlations or {}).get(at))
            total[:, here] += rank_rows(-drawn)
            count[here] += 1
    return np.where(count > 0, total / np.maximum(count, 1), float(models + 1))


def pareto_front(points: Sequence[tuple[float, float]]) -> list[bool]:
    """For each point, larger better in both: True where no other is at least as good in both and better in one."""
    return [
        not any(a >= x and b >= y and (a > x or b > y) for a, b in points)  # a point never beats itself
        for x, y in points
    ]
