"""Cluster-robust variances and t limits, one-way and two-way; a delete-a-block jackknife for any other measure.

Cameron, Gelbach & Miller (2011), Robust inference with multiway clustering; Cameron & Miller (2015) on the small-sample
factor clusters / (clusters - 1) and on the degrees of freedom. Limits of a score are cut at 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from trustgauge.stats.clusters import Cells, Sums
from trustgauge.stats.measures import Measure, score_only
from trustgauge.types import Groups

BLOCKS = 40
"""Most blocks that a jackknife makes: each costs one call of the measure."""


class Spread(NamedTuple):
    """A score's variance and its degrees of freedom."""

    variance: float
    df: int

    @property
    def error(self) -> float:
        """Standard error."""
        return sqrt(self.variance)


def one_way(sums: Sums) -> Spread | None:
    """Variance of the score over clusters, linearised; None with fewer than two in some arm, or without a score.

    c / (c - 1) times the sum of squared influences, as statsmodels' and Stata's with c clusters; df is c - 1.
    """
    if sums.score is None or (sums.n > 0).sum(axis=0).min() < 2:  # one cluster has no spread: it would count as sure
        return None
    clusters = int(sums.n.any(axis=1).sum())
    return Spread(float((sums.influence**2).sum()) * clusters / (clusters - 1), clusters - 1)


def two_way(cells: Cells) -> Spread | None:
    """Variance with clusters of two kinds, group and template: the sum of both less that of their intersection.

    That difference can be too small, or negative; the largest of the three is taken (as MacKinnon, Nielsen & Webb
    2021 advise). df is that of the kind with fewer clusters. None where either kind has fewer than two.
    """
    group, template, both = (one_way(cells.by(key)) for key in ("group", "template", "both"))
    if group is None or template is None or both is None:
        return None
    variance = group.variance + template.variance - both.variance
    return Spread(max(variance, group.variance, template.variance), min(group.df, template.df))


def block_jackknife(measure: Measure, clusters: Sequence[Sequence[Groups]], blocks: int = BLOCKS) -> Spread | None:
    """Variance of any measure's score: it is taken again with each block of clusters left out.

    (b - 1) / b times the sum of squared distances to their mean over b blocks (Tukey 1958; Shao & Tu 1995, 2.3).
    Neighbours are a block. None with fewer than two clusters, or where some part has no score.
    """
    count = min(blocks, len(clusters))
    if count < 2:
        return None
    cuts, score = [len(clusters) * i // count for i in range(count + 1)], score_only(measure)
    scores = [
        score(group for cluster in (*clusters[:start], *clusters[stop:]) for group in cluster)
        for start, stop in pairwise(cuts)
    ]
    known = [each for each in scores if each is not None]
    if len(known) < count:
        return None
    mean = sum(known) / count
    return Spread((count - 1) / count * sum((each - mean) ** 2 for each in known), count - 1)


def t_limits(score: float, spread: Spread, confidence: float = 0.95) -> tuple[float, float]:
    """Score plus and minus t standard errors, cut at 0 and 1."""
    from scipy.special import stdtrit

    half = float(stdtrit(spread.df, (1 + confidence) / 2)) * spread.error
    return max(0.0, score - half), min(1.0, score + half)
