"""The paired difference of two runs' scores, each a mean of rates over arms, with limits by clusters of cases.

The one paired difference of the house: `compare` and `gate` both use it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from trustgauge.stats.exact import exact_lower, exact_upper, few_clusters
from trustgauge.stats.intervals import wilson
from trustgauge.stats.paired import Difference, Ends, Reach, student, unmoved

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Cell = tuple[int, int, int, int, int, int, int, int]
"""One arm of a cluster: good and scored of the first run, good and scored of the second; and of the cases scored in
both: how many, good in both, good in the second alone, good in the first alone."""

Cluster = tuple[Cell, ...]
"""One cluster's sums, an entry for each arm."""

NOTHING: Cell = (0, 0, 0, 0, 0, 0, 0, 0)


def cell(first: bool | None, second: bool | None) -> Cell:
    """One case: whether it went well in each run; None: not scored there, or not asked."""
    a, n, b, m = first is True, first is not None, second is True, second is not None
    both = n and m
    pair = (both and a and b, both and b and not a, both and a and not b)
    return int(a), int(n), int(b), int(m), int(both), int(pair[0]), int(pair[1]), int(pair[2])


def plus(one: Cell, other: Cell) -> Cell:
    """Both together."""
    a, b, c, d, e, f, g, h = (x + y for x, y in zip(one, other, strict=True))
    return a, b, c, d, e, f, g, h


@dataclass(frozen=True, slots=True)
class PairedSums:
    """Clusters by their sums: those with the same sums are interchangeable.

    counts  (p,) clusters of each pattern
    sums    (p, arms, 8) as in Cell
    """

    counts: Floats
    sums: Floats

    @property
    def clusters(self) -> int:
        """How many there are."""
        return int(self.counts.sum())

    def margins(self) -> tuple[Floats, Floats]:
        """Counts and (p, arms * 4) sums of each run by itself: the patterns that differ in the pairs alone are one."""
        import numpy as np

        flat = self.sums[:, :, :4].reshape(len(self.counts), -1)
        patterns, at = np.unique(flat, axis=0, return_inverse=True)
        counts = np.bincount(at.reshape(-1), weights=self.counts, minlength=len(patterns))
        return counts.astype(np.float64), patterns


def paired_sums(clusters: Iterable[Cluster]) -> PairedSums:
    """From clusters of equally many arms; those with nothing scored are left out."""
    import numpy as np

    found = sorted(Counter(c for c in clusters if any(arm[1] or arm[3] for arm in c)).items())
    counts = np.array([n for _, n in found], dtype=float)
    arms = len(found[0][0]) if found else 0
    return PairedSums(counts, np.array([c for c, _ in found], dtype=float).reshape(len(found), arms, len(NOTHING)))


def paired_difference(data: PairedSums) -> Difference | None:
    """Difference of mean rates over arms, each rate being good / scored in its arm of its run.

    It is taken apart into shares of cases: what is good in the second run alone counts for it, what is good in the
    first alone against it; where cases are scored in one run only, so do their rates. Limits are MOVER (Zou & Donner
    2008; over discordant shares: Tang, Li & Tang 2010) with the shares' correlation over clusters, and each share's
    own limits are Clopper and Pearson's at the clustered effective n (Korn & Graubard 1998). They are never nearer than
    `unmoved` has them: two runs that agree on every case leave open what a few clusters cannot show. None where an arm
    of a run has nothing scored; without limits where fewer than two clusters are in one.
    """
    if not len(data.counts):
        return None
    sums = data.sums
    totals = (data.counts[:, None, None] * sums).sum(axis=0)  # (arms, 8)
    if not totals[:, (1, 3)].all():
        return None
    first, second = (float((totals[:, at] / totals[:, at + 1]).mean()) for at in (0, 2))
    if min((data.counts @ (sums[:, :, at] > 0)).min() for at in (1, 3)) < 2:
        return Difference(first, second)
    ends = _score_ends(data, totals, 0), _score_ends(data, totals, 2)
    return Difference(first, second, _reach(data, totals), ends)


class _Share(NamedTuple):
    """A rate in the sum: its weight there, events and cases at the effective n, cases themselves, its clusters."""

    rate: float
    weight: float
    size: float
    n: float
    clusters: float


def _reach(data: PairedSums, totals: Floats) -> Reach:
    import numpy as np

    columns = [each for each in _terms(data.sums, totals) if (data.counts @ each[1]) > 0]
    events, exposed = (np.stack([each[at] for each in columns], axis=1) for at in (0, 1))
    signs = [each[2] for each in columns]
    whole = data.counts @ exposed
    rates, present = (data.counts @ events) / whole, data.counts @ (exposed > 0)
    numbers = [each[3] for each in columns]
    variance = _covariance(data.counts, events, exposed, rates)
    shares = [
        _Share(float(p), sign * float(w), _effective(float(p), n, float(v), float(k)), n, float(k))
        for p, w, n, v, k, sign in zip(rates, whole, numbers, variance.diagonal(), present, signs, strict=True)
    ]
    correlations, clusters = _correlations(variance), _clusters(data, totals)

    def reach(tail: float) -> tuple[float, float]:
        lower, upper = list[float](), list[float]()
        for share in shares:
            low, high = _limits(share, tail)
            below, above = share.weight * (share.rate - low), share.weight * (high - share.rate)
            lower.append(below if share.weight > 0 else above)
            upper.append(above if share.weight > 0 else below)
        least = unmoved(tail, clusters)
        return max(_quadrature(lower, correlations), least), max(_quadrature(upper, correlations), least)

    return reach


def _terms(sums: Floats, totals: Floats) -> list[tuple[Floats, Floats, int, float]]:
    """(events, exposure, sign, cases) of each share: weighted by arm, so that their signed sum is the difference.

    Of pairs: good in the second alone, in the first alone, and in both, which counts only where the runs have not
    equally many scored; then what is scored in one run only.
    """
    import numpy as np

    arms = len(totals)
    one, two = 1 / (arms * totals[:, 1]), 1 / (arms * totals[:, 3])
    pairs, both, up, down = (sums[:, :, at] for at in (4, 5, 6, 7))
    found: list[tuple[Floats, Floats, int, float]] = []
    for event, case, weight, sign in (
        (up, pairs, two, 1),
        (down, pairs, one, -1),
        (both, pairs, np.maximum(two - one, 0.0), 1),
        (both, pairs, np.maximum(one - two, 0.0), -1),
        (sums[:, :, 2] - both - up, sums[:, :, 3] - pairs, two, 1),
        (sums[:, :, 0] - both - down, sums[:, :, 1] - pairs, one, -1),
    ):
        cases = totals[:, 4] if case is pairs else totals[:, 3 if sign > 0 else 1] - totals[:, 4]
        found.append((event @ weight, case @ weight, sign, float(cases[weight > 0].sum())))
    return found


def _clusters(data: PairedSums, totals: Floats) -> float:
    """How many clusters of equal weight tell as much of what none of them showed (Kish 1965), in the scarcer run.

    In the scarcest arm alone such clusters bound that arm's part of the score.
    """
    found: list[float] = []
    for at in (1, 3):
        shares = data.sums[:, :, at] / totals[:, at]  # (p, arms)
        found.append(1 / float(data.counts @ shares.mean(axis=1) ** 2))
        found.append(len(totals) / float((data.counts @ shares**2).max()))
    return min(found)


def _limits(share: _Share, tail: float) -> tuple[float, float]:
    """Korn & Graubard's limits (1998) at any two-sided tail, and never nearer the rate's ends than `unmoved` clusters.

    As `stats.exact.korn_graubard`, but for the tail of `few_clusters`: 5 %, and the tail itself further out, where t is
    wider still. Without spread each cluster is one case, and no variance was estimated.
    """
    rate, size, least = share.rate, share.size, unmoved(tail, share.clusters)
    if 0 < rate < 1:
        size *= few_clusters(share.n, share.clusters, min(tail, 0.05))
    good = min(rate, 1.0) * size  # rounding may lift a weighted rate above 1
    low, high = exact_lower(good, size, tail / 2), exact_upper(good, size, tail / 2)
    return min(low, 1 - least, rate), max(high, least, rate)


def _covariance(counts: Floats, events: Floats, exposed: Floats, rates: Floats) -> Floats:
    """Cluster-robust (linearised) covariance of rates: (p, k) events and exposure of each pattern."""
    residuals = (events - rates * exposed) / (counts @ exposed)
    clusters = counts.sum()
    return (residuals * counts[:, None]).T @ residuals * clusters / (clusters - 1)


def _effective(rate: float, n: float, variance: float, clusters: float) -> float:
    """n over the design effect, never below 1 (as ClusterRate has it); without spread a cluster is one case."""
    binomial = rate * (1 - rate) / n
    return n / max(variance / binomial, 1.0) if binomial > 1e-15 else clusters


def _correlations(variance: Floats) -> list[list[float]]:
    """Correlations; 0 where one has no spread."""
    import numpy as np

    spread = np.sqrt(np.maximum(variance.diagonal(), 0.0))
    product = np.outer(spread, spread)
    found = np.clip(np.divide(variance, product, out=np.zeros_like(variance), where=product > 0), -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found.tolist()


def _quadrature(ends: Sequence[float], correlations: list[list[float]]) -> float:
    squares = sum(a * b * r for a, row in zip(ends, correlations, strict=True) for b, r in zip(ends, row, strict=True))
    return sqrt(max(squares, 0.0))


def _score_ends(data: PairedSums, totals: Floats, at: int) -> Ends:
    """95 % limits of one run's score: MOVER over Wilson limits of its arms at their effective n, Student's t for z."""
    events, exposed = data.sums[:, :, at], data.sums[:, :, at + 1]
    rates, present = totals[:, at] / totals[:, at + 1], data.counts @ (exposed > 0)
    variance, t = _covariance(data.counts, events, exposed, rates), student(0.05, data.clusters - 1)
    below, above = list[float](), list[float]()
    for p, n, v, k in zip(rates, totals[:, at + 1], variance.diagonal(), present, strict=True):
        rate, size = float(p), _effective(float(p), float(n), float(v), float(k))
        low, high = wilson(rate * size, size, t)
        below.append(rate - low)
        above.append(high - rate)
    correlations, arms, score = _correlations(variance), len(rates), float(rates.mean())
    return score - _quadrature(below, correlations) / arms, score + _quadrature(above, correlations) / arms
