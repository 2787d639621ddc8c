"""Calibration: how well stated confidences agree with what came true, and how surely that can be told.

confidence is a sequence of numbers 0..1, right a sequence of 0/1 of the same length. Each function says None
where its number is undefined (nothing given; AUROC and skill without both right and wrong answers), and
ValueError where the two don't fit together. numpy is loaded on the first call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_TAILS = (0.025, 0.975)


class Murphy(NamedTuple):
    """Murphy's (1973) three parts of a Brier score: Brier = reliability - resolution + uncertainty."""

    reliability: float
    resolution: float
    uncertainty: float


def _arrays(confidence: Sequence[float], right: Sequence[float]) -> tuple[Array, Array]:
    import numpy as np

    stated, came_true = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    if stated.ndim != 1 or stated.shape != came_true.shape:
        raise ValueError(f"{stated.size} confidences do not fit {came_true.size} outcomes: give one for each")
    if not bool(np.all((stated >= 0) & (stated <= 1))):
        raise ValueError("a confidence lies outside 0..1: divide percentages by 100")
    if not bool(np.all((came_true == 0) | (came_true == 1))):
        raise ValueError("an outcome is neither 0 (wrong) nor 1 (right)")
    return stated, came_true


def brier(confidence: Sequence[float], right: Sequence[float]) -> float | None:
    """Brier score (1950): mean squared distance of the confidence from the outcome; 0 is best, 1 worst."""
    stated, came_true = _arrays(confidence, right)
    return float(((stated - came_true) ** 2).mean()) if stated.size else None


def brier_skill(confidence: Sequence[float], right: Sequence[float]) -> float | None:
    """Brier skill over the in-sample base rate: 1 is perfect, 0 no better than always stating the base rate.

    Any constant confidence has a skill of 0 or less. None where all are right or all wrong.
    """
    stated, came_true = _arrays(confidence, right)
    base = came_true.mean() if stated.size else 0.0
    if base in (0, 1):
        return None
    return float(1 - ((stated - came_true) ** 2).mean() / (base * (1 - base)))


def murphy(confidence: Sequence[float], right: Sequence[float], bins: int | None = None) -> Murphy | None:
    """Reliability, resolution and uncertainty.

    With bins None every distinct confidence is a bin, and the identity with the Brier score is exact;
    with a number, equal-mass bins are used and the identity holds for each bin's mean confidence.
    """
    import numpy as np

    stated, came_true = _arrays(confidence, right)
    if not stated.size:
        return None
    if bins is None:
        values, where = np.unique(stated, return_inverse=True)
        size = np.bincount(where).astype(float)
        rate = np.bincount(where, weights=came_true) / size
    else:
        size, values, rate = _equal_mass(stated, came_true, bins)
    base, share = float(came_true.mean()), size / stated.size
    return Murphy(
        reliability=float((share * (values - rate) ** 2).sum()),
        resolution=float((share * (rate - base) ** 2).sum()),
        uncertainty=base * (1 - base),
    )


def ece(confidence: Sequence[float], right: Sequence[float], bins: int = 10) -> float | None:
    """Expected calibration error over equal-mass bins: mean |stated - rate of right|, weighted by bin size.

    Nixon et al. 2019. Equal confidences share their outcomes evenly before the cut, so the order of the
    cases makes no difference.
    """
    stated, came_true = _arrays(confidence, right)
    if not stated.size:
        return None
    size, values, rate = _equal_mass(stated, came_true, bins)
    return float((size * abs(values - rate)).sum() / stated.size)


def _equal_mass(stated: Array, came_true: Array, bins: int) -> tuple[Array, Array, Array]:
    """Per bin: size, mean confidence, rate of right."""
    import numpy as np

    if bins < 1:
        raise ValueError(f"{bins} bins: give at least one")
    _, where = np.unique(stated, return_inverse=True)
    shared = (np.bincount(where, weights=came_true) / np.bincount(where))[where]
    order = np.argsort(stated, kind="stable")
    parts = np.array_split(order, min(bins, stated.size))
    size = np.array([len(part) for part in parts], dtype=float)
    values = np.array([stated[part].mean() for part in parts])
    rate = np.array([shared[part].mean() for part in parts])
    return size, values, rate


def auroc(confidence: Sequence[float], right: Sequence[float]) -> float | None:
    """Chance that a right answer was stated with more confidence than a wrong one; ties count half.

    The area under the ROC curve by mid-ranks (Mann-Whitney). None without both right and wrong answers.
    """
    import numpy as np

    stated, came_true = _arrays(confidence, right)
    positives = float(came_true.sum())
    negatives = stated.size - positives
    if not positives or not negatives:
        return None
    _, where, size = np.unique(stated, return_inverse=True, return_counts=True)
    mid_rank = np.cumsum(size) - (size - 1) / 2
    ranks = float(mid_rank[where][came_true == 1].sum())
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def wasserstein1(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Wasserstein-1 distance between two samples: the integral of |F_a - F_b|; None where one is empty.

    Same as scipy.stats.wasserstein_distance without weights, without its slow import.
    """
    import numpy as np

    first, second = np.sort(np.asarray(a, dtype=float)), np.sort(np.asarray(b, dtype=float))
    if not first.size or not second.size:
        return None
    points = np.sort(np.concatenate([first, second]))
    below_first = np.searchsorted(first, points[:-1], side="right") / first.size
    below_second = np.searchsorted(second, points[:-1], side="right") / second.size
    return float((abs(below_first - below_second) * np.diff(points)).sum())


def total_variation(p: Sequence[float], q: Sequence[float]) -> float:
    """Half the summed absolute difference of two distributions over the same options: 0 same, 1 disjoint."""
    return sum(abs(x - y) for x, y in zip(p, q, strict=True)) / 2


def permuted_variation(p: Sequence[float], q: Sequence[float]) -> float:
    """Mean total variation distance when p is shuffled over the options, over all shuffles.

    Each of p's values meets each of q's equally often, so the mean over all permutations is that over pairs.
    """
    if len(p) != len(q):
        raise ValueError(f"distributions over {len(p)} and {len(q)} options can't be compared")
    return sum(abs(x - y) for x in p for y in q) / (2 * len(p))


def sampling_variation(p: Sequence[float], n: int) -> float:
    """Expected total variation distance between p and the shares of n draws from p: the noise of sampling."""
    return sum(_mean_deviation(share, n) for share in p) / 2


def spread(p: Sequence[float]) -> float:
    """Chance that two independent draws from p differ (Gini-Simpson): 0 all on one, 1 - 1/k even over k."""
    return 1 - sum(share * share for share in p)


def sample_spread(shares: Sequence[float], n: int) -> float:
    """Spread of the distribution that n draws (2 or more) gave these shares of, estimated without bias.

    Simpson 1949.
    """
    if n < 2:
        raise ValueError(f"{n} draws show no spread: give at least two")
    return spread(shares) * n / (n - 1)


def _mean_deviation(p: float, n: int) -> float:
    """Mean |k/n - p| of a binomial count k."""
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) * abs(k / n - p) for k in range(n + 1))


def cluster_interval(
    sums: Sequence[Sequence[float]],
    statistic: Callable[[Array], Array],
    *,
    draws: int = 2000,
    seed: int = 0,
) -> tuple[float, float] | None:
    """95 % cluster-bootstrap percentile interval of a statistic of totals (Efron & Tibshirani 1993).

    sums       one row per cluster: what the statistic needs, added up over the cluster's cases
    statistic  vectorised: totals of shape (m, columns) -> m values, NaN where undefined
    The interval is stretched to hold the point estimate. None with fewer than two clusters, and where the
    statistic is undefined for the whole sample or for over half of the resamples. Same seed, same interval.
    """
    import numpy as np

    rows = np.asarray(sums, dtype=float)
    if len(rows) < 2:
        return None
    rng = np.random.default_rng(seed)
    values: list[Array] = []
    batch = max(1, 2_000_000 // len(rows))
    equally = np.full(len(rows), 1 / len(rows))
    for start in range(0, draws, batch):
        times = rng.multinomial(len(rows), equally, size=min(batch, draws - start))
        values.append(statistic(times.astype(float) @ rows))
    point = float(statistic(rows.sum(axis=0, keepdims=True))[0])
    known = np.concatenate(values)
    known = known[np.isfinite(known)]
    if len(known) * 2 < draws or not np.isfinite(point):
        return None
    low, high = np.quantile(known, _TAILS)
    return min(float(low), point), max(float(high), point)
