"""Where to aim: how much worse a part is than the rest of its kind, and how a mix is weighed by what is lacking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from trustgauge.stats.intervals import Z95

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Stratum(NamedTuple):
    """Cases that may be compared with each other, by cluster: how many are bad and scored in the part and in the rest.

    Arrays of one length; clusters are numbered over all strata, for one may have cases in several.
    """

    cluster: NDArray[Any]
    bad: NDArray[Any]
    n: NDArray[Any]
    rest_bad: NDArray[Any]
    rest_n: NDArray[Any]


@dataclass(frozen=True)
class Excess:
    """How much more often a part is bad than the rest: rates, their difference within strata, its two-sided p.

    rest  rate of the rest, weighted over the strata as the part is
    p     None with fewer than two clusters in the part or in the rest
    """

    rest: float
    value: float
    p: float | None


def excess(strata: Sequence[Stratum]) -> Excess | None:
    """Mantel and Haenszel's difference of rates (Greenland & Robins 1985) over strata; None where none has both.

    p by the score test: the clusters' residuals from what part and rest have in common, so that a part without any
    spread is tested too, and Student's t with the clusters of the scarcer of both, less one.
    """
    import numpy as np

    usable = [s for s in strata if s.n.sum() and s.rest_n.sum()]
    if not usable:
        return None
    sizes = np.array([(s.n.sum(), s.rest_n.sum()) for s in usable], dtype=float)
    weights = sizes.prod(axis=1) / sizes.sum(axis=1)
    weights /= weights.sum()
    rates = np.array([(s.bad.sum(), s.rest_bad.sum()) for s in usable]) / sizes
    value = float(weights @ (rates[:, 0] - rates[:, 1]))
    rest = float(sizes[:, 0] @ rates[:, 1] / sizes[:, 0].sum())
    residuals = np.zeros(max(int(s.cluster.max()) for s in usable) + 1)
    part, other = (np.zeros(len(residuals), dtype=bool) for _ in range(2))
    for stratum, weight, (n, rest_n) in zip(usable, weights, sizes, strict=True):
        common = (stratum.bad.sum() + stratum.rest_bad.sum()) / (n + rest_n)
        mine = (stratum.bad - common * stratum.n) / n - (stratum.rest_bad - common * stratum.rest_n) / rest_n
        np.add.at(residuals, stratum.cluster, weight * mine)
        part[stratum.cluster[stratum.n > 0]] = True
        other[stratum.cluster[stratum.rest_n > 0]] = True
    return Excess(rest, value, _p(value, residuals[part | other], int(min(part.sum(), other.sum()))))


def _p(value: float, residuals: NDArray[Any], clusters: int) -> float | None:
    from scipy.special import stdtr

    if clusters < 2:
        return None
    error = sqrt(float(residuals @ residuals) * len(residuals) / (len(residuals) - 1))
    return min(1.0, 2 * float(stdtr(clusters - 1, -abs(value) / error))) if error > 0 else 1.0


Scored = tuple[float | None, float | None, float | None]
"""A score with the ends of its 95 % interval; None where there is none."""


def below_others(scores: Sequence[Scored]) -> list[tuple[float, float] | None]:
    """For each score the mean of the others and the two-sided p of no difference from it, as independent normals.

    None for what has no score or no interval, and where there is no other.
    """
    from scipy.special import ndtr

    known = {i: (s, _error(s, low, high)) for i, (s, low, high) in enumerate(scores) if s is not None}
    known = {i: (s, e) for i, (s, e) in known.items() if e is not None}
    found: list[tuple[float, float] | None] = []
    for i in range(len(scores)):
        others = [each for j, each in known.items() if j != i]
        if i not in known or not others:
            found.append(None)
            continue
        mean = sum(s for s, _ in others) / len(others)
        error = sqrt(known[i][1] ** 2 + sum((e or 0.0) ** 2 for _, e in others) / len(others) ** 2)
        away = abs(mean - known[i][0])
        found.append((mean, 2 * float(ndtr(-away / error)) if error else float(away == 0)))
    return found


def _error(score: float, low: float | None, high: float | None) -> float | None:
    """Standard error of which an interval is the 95 %; the longer arm, for near 0 and 1 they are not alike."""
    return None if low is None or high is None else max(score - low, high - score) / Z95


def mix_weights(scores: Mapping[str, Scored], target: float = 1.0) -> dict[str, float]:
    """Shares of a training mix, summing to 1, by how far each score is below the target, shrunk by how unsure it is.

    gap_i = target - score_i, with variance v_i from its interval. t2, by which true gaps vary, is what the gaps vary
    beyond the mean v_i, at least 0. shrunk_i = m + t2 / (t2 + v_i) (gap_i - m), m the mean of the gaps weighted by
    1 / (t2 + v_i) (empirical Bayes; Efron & Morris 1975). Weights are shrunk gaps above 0 over their sum; so what is
    known badly counts as the mean, and what has reached the target for nothing. What has no interval counts as the
    mean, what has no score is left out. All 0 where nothing is below the target.
    """
    known = {name: (target - s, _error(s, low, high)) for name, (s, low, high) in scores.items() if s is not None}
    sure = {name: (gap, error**2) for name, (gap, error) in known.items() if error is not None}
    gaps = [gap for gap, _ in sure.values()] or [gap for gap, _ in known.values()]
    if not gaps:
        return {}
    plain = sum(gaps) / len(gaps)
    spread = sum((gap - plain) ** 2 for gap in gaps) / max(len(gaps) - 1, 1)
    true = max(spread - sum(v for _, v in sure.values()) / len(sure), 0.0) if len(sure) > 1 else 0.0
    by = {name: 1 / max(true + v, 1e-12) for name, (_, v) in sure.items()}
    mean = sum(by[name] * gap for name, (gap, _) in sure.items()) / sum(by.values()) if by else plain
    shrunk = dict.fromkeys(known, max(mean, 0.0))
    for name, (gap, v) in sure.items():
        if true > 0:
            shrunk[name] = max(mean + true / (true + v) * (gap - mean), 0.0)
    total = sum(shrunk.values())
    return {name: value / total if total > 0 else 0.0 for name, value in shrunk.items()}
