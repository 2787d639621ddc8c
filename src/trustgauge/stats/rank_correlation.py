"""Rank correlation: Spearman's rho with ties and missing pairs, its p and interval, and which measures go together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import atanh, sqrt, tanh
from typing import TYPE_CHECKING

from trustgauge.stats.intervals import Z95
from trustgauge.stats.permutation import DRAWS, PValue, arrangements, permutation_p

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trustgauge.stats.permutation import Codes, Floats

Column = Sequence[float | None]
"""One measure's values over the models, None where missing."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """A rank correlation over n models; low and high are its 95 % interval, None where n is too small for one."""

    value: float
    n: int
    p: PValue
    low: float | None = None
    high: float | None = None


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1 for the smallest, ties averaged."""
    order = sorted(values)
    return [(bisect_left(order, value) + bisect_right(order, value) + 1) / 2 for value in values]


def codes_of(values: Sequence[float]) -> list[int]:
    """Each value's place among the different values, from 0: what a permutation test shuffles."""
    order = {value: place for place, value in enumerate(sorted(set(values)))}
    return [order[value] for value in values]


def paired(x: Column, y: Column) -> tuple[list[float], list[float]]:
    """The pairs of which neither is missing, as two lists."""
    both = [(a, b) for a, b in zip(x, y, strict=True) if a is not None and b is not None]
    return [a for a, _ in both], [b for _, b in both]


def spearman(x: Column, y: Column, rng: np.random.Generator, *, draws: int = DRAWS) -> Correlation | None:
    """Spearman's rho (1904) over the pairs that are there, ties by average ranks.

    p is two-sided by permutation, exact with up to 9 models (and more where there are ties). The interval is
    Fisher's z with the standard error of Bonett and Wright (2000), sqrt((1 + rho^2 / 2) / (n - 3)): None with fewer
    than four pairs and at a rho of exactly 1 or -1, where it has no width. None where either is constant or there
    are fewer than two pairs.
    """
    import numpy as np

    first, second = paired(x, y)
    if len(set(first)) < 2 or len(set(second)) < 2:
        return None
    if arrangements(codes_of(second)) < arrangements(codes_of(first)):
        first, second = second, first  # the one with more ties has fewer arrangements
    fixed = _standard(ranks(second))
    labels = codes_of(first)
    levels = np.zeros(max(labels) + 1)
    levels[labels] = _standard(ranks(first))

    def statistic(codes: Codes) -> Floats:
        return levels[codes] @ fixed

    value = float(np.clip(levels[labels] @ fixed, -1.0, 1.0))
    p = permutation_p(labels, statistic, rng, draws=draws)
    low, high = fisher_limits(value, (1 + value * value / 2) / (len(first) - 3) if len(first) > 3 else None)
    return Correlation(value, len(first), p, low, high)


def _standard(values: Sequence[float]) -> NDArray[np.float64]:
    """Centred, of length 1: the dot product of two such is their correlation."""
    import numpy as np

    centred = np.asarray(values, dtype=float) - np.mean(values)
    return centred / np.linalg.norm(centred)


def fisher_limits(value: float, variance: float | None) -> tuple[float | None, float | None]:
    """95 % limits of a correlation by Fisher's z at that variance of z; none without one, nor at exactly 1 or -1."""
    if variance is None or abs(value) >= 1 - 1e-12:
        return None, None
    half = Z95 * sqrt(variance)
    return tanh(atanh(value) - half), tanh(atanh(value) + half)


def rank_rows(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks along the last axis, 1 for the smallest, ties averaged."""
    import numpy as np

    less = (draws[..., None, :] < draws[..., :, None]).sum(-1)
    same = (draws[..., None, :] == draws[..., :, None]).sum(-1)
    return np.asarray(less + (same + 1) / 2, dtype=float)


def spearman_draws(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float] | None:
    """95 % limits of rho from simulated scores, draws x models: what the scores' own uncertainty leaves of it.

    Draws in which either is constant have no rho and are left out; None where most have none.
    """
    import numpy as np

    a, b = (r - r.mean(axis=1, keepdims=True) for r in (rank_rows(x), rank_rows(y)))
    norm = np.sqrt((a * a).sum(1) * (b * b).sum(1))
    fine = norm > 0
    if fine.mean() < 0.5:
        return None
    low, high = np.quantile((a * b).sum(1)[fine] / norm[fine], [0.025, 0.975])
    return float(low), float(high)


def correlation_map(
    columns: Mapping[str, Column], rng: np.random.Generator, *, draws: int = DRAWS
) -> dict[tuple[str, str], Correlation]:
    """Rho of every two columns, in the order given, over the models that have both; without those that have none."""
    found: dict[tuple[str, str], Correlation] = {}
    for one, other in combinations(columns, 2):
        rho = spearman(columns[one], columns[other], rng, draws=draws)
        if rho is not None:
            found[one, other] = rho
    return found


def redundant(
    names: Sequence[str], map_: Mapping[tuple[str, str], Correlation], *, least: float = 0.8
) -> list[tuple[list[str], float]]:
    """Groups of measures that say nearly the same: (names, mean |rho| at which they were joined), the tightest first.

    Average linkage (Sokal and Michener 1958) on 1 - |rho|, cut where the mean |rho| falls below `least`. A pair
    without a rho joins nothing: it counts as |rho| = 0.
    """

    def near(one: str, other: str) -> float:
        found = map_.get((one, other)) or map_.get((other, one))
        return abs(found.value) if found else 0.0

    parts: list[tuple[list[str], float]] = [([name], 1.0) for name in names]
    while len(parts) > 1:
        best, i, j = max(
            (sum(near(a, b) for a in p for b in q) / (len(p) * len(q)), -i, -j)
            for (i, (p, _)), (j, (q, _)) in combinations(enumerate(parts), 2)
        )
        if best < least:
            break
        joined = ([*parts[-i][0], *parts[-j][0]], best)
        parts = [part for at, part in enumerate(parts) if at not in (-i, -j)] + [joined]
    return sorted((part for part in parts if len(part[0]) > 1), key=lambda part: -part[1])
