"""Bayesian shrinkage of rates for small n: beta-binomial, with a prior from the siblings of what is measured.

Empirical Bayes as in Kleinman (1973) and Morris (1983): how far siblings lie apart beyond chance says how much can be
learnt from them. Limits are equal-tailed quantiles of the posterior.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trustgauge.stats.exact import effective_counts
from trustgauge.stats.intervals import ClusterRate

FEWEST = 3
"""Siblings that a prior needs: of two nothing can be said about how siblings spread."""


class Prior(NamedTuple):
    """A beta distribution: `good` and `bad` cases that were as if seen before; siblings it was learnt from."""

    good: float
    bad: float
    siblings: int = 0

    @property
    def n(self) -> float:
        """Cases that it weighs."""
        return self.good + self.bad


JEFFREYS = Prior(0.5, 0.5)
"""Where nothing is known (Jeffreys 1946; Brown, Cai & DasGupta 2001)."""


def prior_of(siblings: Sequence[tuple[float, float]]) -> Prior:
    """The prior of a rate from the (good, n) of its siblings, itself not among them; Jeffreys' with fewer than three.

    Mean and correlation by moments (Kleinman 1973, weights n): the prior weighs 1 / rho - 1 cases, where
    rho = (S - pq (k - 1)) / (pq (N - sum n^2 / N - (k - 1))) and S = sum n (p_i - p)^2. The mean is taken half a case
    from 0 and 1. Siblings that lie no further apart than chance has them weigh as many cases as they have.
    """
    known = [(good, n) for good, n in siblings if n > 0]
    if len(known) < FEWEST:
        return JEFFREYS
    whole = sum(n for _, n in known)
    mean = (sum(good for good, _ in known) + 0.5) / (whole + 1)
    spread = mean * (1 - mean)
    apart = sum(n * (good / n - mean) ** 2 for good, n in known) - spread * (len(known) - 1)
    room = spread * (whole - sum(n * n for _, n in known) / whole - (len(known) - 1))
    rho = apart / room if room > 0 else 1.0
    weight = whole if rho <= 1 / (whole + 1) else max(1 / rho - 1, JEFFREYS.n)
    return Prior(mean * weight, (1 - mean) * weight, len(known))


def shrunk(good: float, n: float, prior: Prior, confidence: float = 0.95) -> tuple[float, float, float]:
    """(posterior mean, low, high) of a rate; counts may be real.

    The prior never weighs more than the data do, nor less than Jeffreys': siblings may help, and never outvote
    (limited translation, Efron & Morris 1972).
    """
    from scipy.special import betaincinv

    most = max(n, JEFFREYS.n)
    scale = min(1.0, most / prior.n)
    a, b = good + prior.good * scale, n - good + prior.bad * scale
    tail = (1 - confidence) / 2
    return a / (a + b), float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail))


def shrunk_rate(rate: ClusterRate, prior: Prior, confidence: float = 0.95) -> tuple[float, float, float] | None:
    """The same of a clustered rate, at its effective n; None with fewer than two clusters."""
    if rate.clusters < 2:
        return None
    return shrunk(*effective_counts(rate, confidence), prior, confidence)
