"""Agreement of ratings with an authored order: the chance that what is fitting is rated above what is not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from trustgauge.stats.intervals import ClusterRate, wilson
from trustgauge.types import Groups, Measured, Record

Cluster = tuple[Sequence[float], Sequence[float]]
"""The ratings of one group: of what should be rated high, and of what should be rated low."""


def rank_agreement(clusters: Sequence[Cluster]) -> tuple[float, float] | None:
    """(A, variance): the probability that a fitting one is rated above an unfitting one, ties counting half.

    A = mean over all pairs of 1[x > y] + 1[x = y] / 2: the area under the ROC curve (Mann and Whitney 1947), 0.5 for a
    constant rating or a random one; Somers' d of the key is 2A - 1. Its variance is that of Obuchowski 1997 for
    clustered data: with V10(x) the share of unfitting ones below x, V01(y) the share of fitting ones above y, both
    summed over a cluster and less their expectation, S10/M + S01/N + 2 S11/(MN). None without both kinds of ratings;
    the variance is 0 where one of the kinds comes from a single cluster.
    """
    high = sorted(x for highs, _ in clusters for x in highs)
    low = sorted(y for _, lows in clusters for y in lows)
    if not high or not low:
        return None
    above = [sum(_below(low, x) for x in highs) for highs, _ in clusters]
    under = [sum(1 - _below(high, y) for y in lows) for _, lows in clusters]
    area = sum(above) / len(high)
    first = [total - len(highs) * area for total, (highs, _) in zip(above, clusters, strict=True)]
    second = [total - len(lows) * area for total, (_, lows) in zip(under, clusters, strict=True)]
    k, k10, k01 = len(clusters), sum(bool(highs) for highs, _ in clusters), sum(bool(lows) for _, lows in clusters)
    if min(k10, k01) < 2:
        return area, 0.0
    s10 = k10 / ((k10 - 1) * len(high)) * sum(d * d for d in first)
    s01 = k01 / ((k01 - 1) * len(low)) * sum(d * d for d in second)
    s11 = k / (k - 1) * sum(a * b for a, b in zip(first, second, strict=True))
    variance = s10 / len(high) + s01 / len(low) + 2 * s11 / (len(high) * len(low))
    return area, max(variance, 0.0)


def _below(ordered: Sequence[float], value: float) -> float:
    """Share of the ordered values below this one, ties counting half."""
    return (bisect_left(ordered, value) + bisect_right(ordered, value)) / (2 * len(ordered))


def rated_in_order(groups: Iterable[Groups]) -> Measured:
    """Rank agreement of the ratings with the key, from records whose verdict has a `rating` from 0 to 1.

    The twins are what should be rated high. The interval is Wilson's at the sample size that the clustered variance
    is worth, A (1 - A) / variance, and at the number of groups where there is no variance.
    """
    clusters, sides = list[Cluster](), (ClusterRate(), ClusterRate())
    sums = [0.0, 0.0]
    for records in groups:
        rated = [r for r in records if r.label in ("good", "bad")]
        highs, lows = ([r for r in rated if r.case.twin is twin] for twin in (True, False))
        for at, side in enumerate((highs, lows)):
            sides[at].add(sum(r.label == "good" for r in side), len(side))
            sums[at] += sum(map(_rating, side))
        if rated:
            clusters.append(([*map(_rating, highs)], [*map(_rating, lows)]))
    metrics: dict[str, float | None] = {}
    for name, side, total in zip(("fitting", "unfitting"), sides, sums, strict=True):
        metrics[f"{name}, on the right side of the middle"] = side.rate
        metrics[f"{name}, mean rating 0 to 1"] = total / side.n if side.n else None
    method = "chance that a fitting flow is rated above an unfitting one; Obuchowski's clustered variance"
    found = rank_agreement(clusters)
    if found is None:
        return Measured(score=None, metrics=metrics, method=method, note="one side has nothing scored")
    area, variance = found
    if len(clusters) < 2:
        return Measured(score=area, metrics=metrics, method=method)
    size = area * (1 - area) / variance if variance > 0 else float(len(clusters))
    low, high = wilson(area * size, size)
    return Measured(score=area, low=low, high=high, metrics=metrics, method=method)


def _rating(record: Record) -> float:
    assert record.verdict is not None
    return record.verdict.values["rating"]
