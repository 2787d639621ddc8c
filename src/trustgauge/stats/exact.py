"""Exact limits and p-values for a rate: Clopper-Pearson, and Korn-Graubard for rates counted in clusters.

Counts may be real numbers, as at an effective n: the binomial tail is the incomplete beta function, which needs no
integers. Nothing is known from n = 0: the limits are 0 and 1, every p-value is 1. One-sided limits take the error
itself, the tail, not the confidence: 1 - 1e-20 would be 1.
"""

from __future__ import annotations

from trustgauge.stats.intervals import ClusterRate


def exact_limits(good: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Two-sided Clopper-Pearson limits of good/n (Clopper & Pearson 1934): both one-sided at half the error."""
    tail = (1 - confidence) / 2
    return exact_lower(good, n, tail), exact_upper(good, n, tail)


def exact_lower(good: float, n: float, tail: float = 0.05) -> float:
    """One-sided lower limit: the rate at which `good` or more of n has the probability `tail`, however small."""
    from scipy.special import betaincinv

    _check(good, n, tail)
    return 0.0 if good <= 0 else float(betaincinv(good, n - good + 1, tail))


def exact_upper(good: float, n: float, tail: float = 0.05) -> float:
    """One-sided upper limit: the rate at which `good` or fewer of n has the probability `tail`, however small."""
    from scipy.special import betainccinv

    _check(good, n, tail)
    return 1.0 if good >= n else float(betainccinv(good + 1, n - good, tail))


def at_most_p(bad: float, n: float, limit: float) -> float:
    """p-value for the claim that the rate lies below `limit`: the chance of `bad` or fewer of n were it the limit.

    Below a tail if and only if `exact_upper` at that tail lies below the limit.
    """
    from scipy.special import betaincc

    _check(bad, n, 0.5)
    if bad >= n or limit <= 0:
        return 1.0
    return 0.0 if limit >= 1 else float(betaincc(bad + 1, n - bad, limit))


def at_least_p(good: float, n: float, limit: float) -> float:
    """p-value for the claim that the rate lies above `limit`: the chance of `good` or more of n were it the limit.

    Below a tail if and only if `exact_lower` at that tail lies above the limit.
    """
    from scipy.special import betainc

    _check(good, n, 0.5)
    if good <= 0 or limit >= 1:
        return 1.0
    return 0.0 if limit <= 0 else float(betainc(good, n - good + 1, limit))


def effective_counts(rate: ClusterRate, confidence: float = 0.95) -> tuple[float, float]:
    """(good, n) of a clustered rate at its effective n, to be put into any of the exact functions.

    Korn & Graubard (1998): n over the design effect, times `few_clusters` at the two-sided confidence. Where all are
    good or all bad there is no spread to estimate it from, and each cluster counts as one. ValueError with fewer
    than two clusters.
    """
    if rate.clusters < 2:
        raise ValueError("a clustered rate needs two clusters")
    share, size = rate.good / rate.n, rate.effective_n
    if 0 < share < 1:
        size *= few_clusters(rate.n, rate.clusters, 1 - confidence)
    return share * size, size


def few_clusters(n: float, clusters: float, tail: float = 0.05) -> float:
    """What few clusters take off an effective n, since the design effect is itself estimated from them.

    (t of n - 1 over t of clusters - 1 degrees of freedom)^2 at the two-sided tail (Korn & Graubard 1998); at most 1.
    """
    from scipy.special import stdtrit

    return min(float(stdtrit(max(n - 1, 1), tail / 2) / stdtrit(max(clusters - 1, 1), tail / 2)) ** 2, 1.0)


def left_open(score: float, low: float, high: float, clusters: int, confidence: float = 0.95) -> tuple[float, float]:
    """Limits of a score in 0..1, where needed widened to what so few clusters leave open.

    A share of clusters up to `exact_upper` at no event may be of a kind that none of these is: were they to score 0, or
    1, the score would be drawn that far. Resampling sees none of it: clusters all alike have no spread, and would be
    certain at any number. An all-perfect score of n clusters gets just the Clopper-Pearson limit of n of n.
    """
    unseen = exact_upper(0, clusters, (1 - confidence) / 2)
    return min(low, score * (1 - unseen)), max(high, score + unseen * (1 - score))


def korn_graubard(rate: ClusterRate, confidence: float = 0.95) -> tuple[float, float] | None:
    """Two-sided limits of a clustered rate: Clopper-Pearson at the effective n; None with fewer than two clusters."""
    if rate.clusters < 2:
        return None
    return exact_limits(*effective_counts(rate, confidence), confidence)


def _check(good: float, n: float, tail: float) -> None:
    if not 0 <= good <= n or not 0 < tail < 1:
        raise ValueError(f"counts must be 0 <= {good} <= {n}, and 0 < {tail} < 1")
