"""Exact limits and p-values for a rate: Clopper-Pearson, and Korn-Graubard for rates counted in clusters.

Counts may be real numbers, as at an effective n: the binomial tail is the incomplete beta function, which needs no
integers. Nothing is known from n = 0: the limits are 0 and 1, every p-value is 1.
"""

from __future__ import annotations

from trustgauge.stats.intervals import ClusterRate


def exact_limits(good: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Two-sided Clopper-Pearson limits of good/n (Clopper & Pearson 1934): both one-sided at half the error."""
    one_sided = (1 + confidence) / 2
    return exact_lower(good, n, one_sided), exact_upper(good, n, one_sided)


def exact_lower(good: float, n: float, confidence: float = 0.95) -> float:
    """One-sided lower limit: the rate at which `good` or more of n has the probability 1 - confidence."""
    from scipy.special import betaincinv

    _check(good, n, confidence)
    return 0.0 if good <= 0 else float(betaincinv(good, n - good + 1, 1 - confidence))


def exact_upper(good: float, n: float, confidence: float = 0.95) -> float:
    """One-sided upper limit: the rate at which `good` or fewer of n has the probability 1 - confidence."""
    from scipy.special import betaincinv

    _check(good, n, confidence)
    return 1.0 if good >= n else float(betaincinv(good + 1, n - good, confidence))


def at_most_p(bad: float, n: float, limit: float) -> float:
    """p-value for the claim that the rate lies below `limit`: the chance of `bad` or fewer of n were it the limit.

    Below 1 - confidence if and only if `exact_upper` lies below the limit.
    """
    from scipy.special import betainc

    _check(bad, n, 0.5)
    if bad >= n or limit <= 0:
        return 1.0
    return 0.0 if limit >= 1 else float(betainc(n - bad, bad + 1, 1 - limit))


def at_least_p(good: float, n: float, limit: float) -> float:
    """p-value for the claim that the rate lies above `limit`: the chance of `good` or more of n were it the limit.

    Below 1 - confidence if and only if `exact_lower` lies above the limit.
    """
    from scipy.special import betainc

    _check(good, n, 0.5)
    if good <= 0 or limit >= 1:
        return 1.0
    return 0.0 if limit <= 0 else float(betainc(good, n - good + 1, limit))


def effective_counts(rate: ClusterRate, confidence: float = 0.95) -> tuple[float, float]:
    """(good, n) of a clustered rate at its effective n, to be put into any of the exact functions.

    Korn & Graubard (1998): n over the design effect, times (t of n - 1 over t of clusters - 1 degrees of freedom)
    squared at the two-sided confidence, for the design effect is itself estimated; never above n. Where all are
    good or all bad there is no spread to estimate it from, and each cluster counts as one. ValueError with fewer
    than two clusters.
    """
    from scipy.special import stdtrit

    if rate.clusters < 2:
        raise ValueError("a clustered rate needs two clusters")
    share, size = rate.good / rate.n, rate.effective_n
    if 0 < share < 1:
        at = (1 + confidence) / 2
        size = min(rate.n, size * float(stdtrit(rate.n - 1, at) / stdtrit(rate.clusters - 1, at)) ** 2)
    return share * size, size


def korn_graubard(rate: ClusterRate, confidence: float = 0.95) -> tuple[float, float] | None:
    """Two-sided limits of a clustered rate: Clopper-Pearson at the effective n; None with fewer than two clusters."""
    if rate.clusters < 2:
        return None
    return exact_limits(*effective_counts(rate, confidence), confidence)


def _check(good: float, n: float, confidence: float) -> None:
    if not 0 <= good <= n or not 0 < confidence < 1:
        raise ValueError(f"counts must be 0 <= {good} <= {n}, and 0 < {confidence} < 1")
