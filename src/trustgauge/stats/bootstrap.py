"""Cluster bootstrap of a score: whole clusters are drawn with replacement, many thousand times at once.

Clusters with the same sums are interchangeable, so a draw is a multinomial count over the few distinct sums: exactly
the same distribution as drawing cluster by cluster, and 50,000 clusters cost no more than 50 do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trustgauge.stats.clusters import Sums

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

Kind = Literal["student", "percentile", "bca"]
DRAWS = 10_000
_CELLS = 2_000_000  # numbers in one block of draws: 16 MB


class _Patterns(NamedTuple):
    """Distinct (good, scored) of clusters, and how many clusters have each."""

    good: NDArray[Any]
    n: NDArray[Any]
    times: NDArray[Any]


def bootstrap_limits(
    sums: Sums, rng: Generator, *, kind: Kind = "bca", draws: int = DRAWS, confidence: float = 0.95
) -> tuple[float, float] | None:
    """Limits of the score, cut at 0 and 1; None with fewer than two clusters, or where no two clusters differ.

    bca         corrected for bias and skewness (Efron & Tibshirani 1993, 14.3), the acceleration by a jackknife over
                clusters, at the tails of Student's t, for quantiles of draws are too narrow with few clusters
                (Hesterberg 2015, 4.3). The default: in simulation it held the truth most often at a given width
    student     bootstrap-t over the linearised standard error (12.5): holds it with few clusters too, but is useless
                near 0 and 1, where draws without spread have no bound
    percentile  plain quantiles of the draws (13.3): too narrow with few clusters

    Draws that leave an arm empty have no score and do not count.
    """
    found = _patterns(sums)
    score = sums.score
    if score is None or found.times.sum() < 2 or float((sums.influence**2).sum()) < 1e-18:
        return None
    scores, errors = _drawn(found, rng, draws, errors=kind == "student")
    if not scores.size:
        return None
    if kind == "student":
        return _student(score, _error(found), scores, errors, confidence)
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    return _at(scores, *(tails if kind == "percentile" else _bca(found, score, scores, tails)))


def _patterns(sums: Sums) -> _Patterns:
    import numpy as np

    arms = len(sums.arms)
    rows = np.hstack([sums.good, sums.n])[sums.n.any(axis=1)]
    distinct, count = np.unique(rows, axis=0, return_counts=True)
    return _Patterns(distinct[:, :arms], distinct[:, arms:], count)


def _drawn(found: _Patterns, rng: Generator, draws: int, *, errors: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """Scores of all draws, and their standard errors where wanted."""
    import numpy as np

    clusters, chances = int(found.times.sum()), found.times / found.times.sum()
    step = max(1, _CELLS // len(found.times))
    scores: list[NDArray[Any]] = []
    spreads: list[NDArray[Any]] = []
    for start in range(0, draws, step):
        counts = rng.multinomial(clusters, chances, size=min(step, draws - start))
        n = counts @ found.n
        whole = (n > 0).all(axis=1)
        counts, n = counts[whole], n[whole]
        rates = counts @ found.good / n
        scores.append(rates.mean(axis=1))
        if errors:
            spreads.append(_errors(found, counts, n, rates))
    return np.concatenate(scores), np.concatenate(spreads) if errors else np.empty(0)


def _errors(found: _Patterns, counts: NDArray[Any], n: NDArray[Any], rates: NDArray[Any]) -> NDArray[Any]:
    """Linearised standard error of each draw."""
    import numpy as np

    arms, clusters = found.n.shape[1], int(found.times.sum())
    influence = sum(
        (found.good[:, a] - rates[:, a, None] * found.n[:, a]) / (n[:, a, None] * arms) for a in range(arms)
    )
    return np.sqrt((counts * np.square(influence)).sum(axis=1) * clusters / (clusters - 1))


def _error(found: _Patterns) -> float:
    counts = found.times[None, :]
    n = counts @ found.n
    return float(_errors(found, counts, n, counts @ found.good / n)[0])


def _student(
    score: float, error: float, scores: NDArray[Any], errors: NDArray[Any], confidence: float
) -> tuple[float, float]:
    import numpy as np

    away = scores - score
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(errors > 1e-12, away / errors, np.where(np.abs(away) < 1e-12, 0.0, np.sign(away) * np.inf))
    # Quantiles without interpolation: between two infinite ones there is nothing to interpolate.
    below, above = np.quantile(t, [(1 - confidence) / 2, (1 + confidence) / 2], method="inverted_cdf")
    return max(0.0, score - float(above) * error), min(1.0, score - float(below) * error)


def _bca(found: _Patterns, score: float, scores: NDArray[Any], tails: tuple[float, float]) -> tuple[float, float]:
    """The two shares of draws to cut at."""
    import numpy as np
    from scipy.special import ndtri, stdtrit

    below = float(((scores < score - 1e-12).sum() + 0.5 * (np.abs(scores - score) <= 1e-12).sum()) / scores.size)
    bias = float(ndtri(min(max(below, 1 / scores.size), 1 - 1 / scores.size)))
    good, n = found.times @ found.good, found.times @ found.n
    whole = (n - found.n > 0).all(axis=1)
    without = ((good - found.good[whole]) / (n - found.n[whole])).mean(axis=1)
    times = found.times[whole]
    away = (times @ without) / times.sum() - without
    squares = float(times @ away**2)
    bend = float(times @ away**3) / (6 * squares**1.5) if squares > 0 else 0.0
    clusters = int(found.times.sum())
    ends = (float(stdtrit(clusters - 1, tail)) * (clusters / (clusters - 1)) ** 0.5 for tail in tails)
    first, second = (_bent(bias, bend, z) for z in ends)
    return first, second


def _bent(bias: float, bend: float, z: float) -> float:
    """The share of draws to cut at; all of them where the correction has passed its pole."""
    from scipy.special import ndtr

    room = 1 - bend * (bias + z)
    return float(ndtr(bias + (bias + z) / room)) if room > 0 else float(z > 0)


def _at(scores: NDArray[Any], first: float, second: float) -> tuple[float, float]:
    import numpy as np

    low, high = np.quantile(scores, [first, second])
    return float(low), float(high)
