"""Bayesian shrinkage of rates for small n: beta-binomial, with a prior that is learnt from the siblings.

Hierarchical, as in Gelman et al. (2013), Bayesian Data Analysis, 5.3: how far siblings lie apart beyond chance says how
much can be learnt from them, and how little that is known stays in the interval (a prior fitted at one point, as in
plain empirical Bayes, held the truth too seldom in simulation). Limits are equal-tailed quantiles of the posterior.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from trustgauge.stats.exact import effective_counts
from trustgauge.stats.intervals import ClusterRate

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 3
"""Siblings that a prior needs: of two nothing can be said about how siblings spread."""
MEANS, WEIGHTS = 50, 40  # points of the grid


class Betas(NamedTuple):
    """A mixture of beta distributions: shapes and their shares."""

    good: NDArray[Any]
    bad: NDArray[Any]
    share: NDArray[Any]

    @property
    def mean(self) -> float:
        """Mean of the mixture."""
        return float(self.share @ (self.good / (self.good + self.bad)))

    def quantile(self, at: float) -> float:
        """The value that has the share `at` of the mixture below it, to 1e-5."""
        from scipy.special import betainc

        low, high = 0.0, 1.0
        while high - low > 1e-5:
            middle = (low + high) / 2
            below = float(self.share @ betainc(self.good, self.bad, middle)) < at
            low, high = (middle, high) if below else (low, middle)
        return (low + high) / 2


def posterior(good: float, n: float, siblings: Sequence[tuple[float, float]] = ()) -> Betas:
    """What is known of a rate from its own (good, n) and its siblings'; counts may be real.

    With fewer than three siblings Jeffreys' prior, Beta(1/2, 1/2) (Brown, Cai & DasGupta 2001). Else the rates of all
    are from one Beta(m w, (1 - m) w); m and w**-0.5 are flat (Gelman et al. 5.3), w at least 1.
    """
    import numpy as np
    from scipy.special import betaln

    known = [(g, m) for g, m in siblings if m > 0]
    if len(known) < FEWEST:
        return Betas(np.array([good + 0.5]), np.array([n - good + 0.5]), np.ones(1))
    a, b, chance = _grid()
    for g, m in (*known, (good, n)):
        chance = chance + betaln(a + g, b + m - g) - betaln(a, b)
    share = np.exp(chance - chance.max())
    mine = share > 1e-4  # what is left out weighs less than a hundredth of a tail
    return Betas(a[mine] + good, b[mine] + n - good, share[mine] / share[mine].sum())


@cache
def _grid() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Shapes of the prior's beta distributions, and the logarithm of how likely each is beforehand."""
    import numpy as np

    angle = (np.arange(MEANS) + 0.5) / MEANS * np.pi / 2  # closer together towards 0 and 1
    weight = ((np.arange(WEIGHTS) + 0.5) / WEIGHTS) ** -2.0
    mean, weight = np.meshgrid(np.sin(angle) ** 2, weight)
    chance = np.log(np.sin(2 * np.meshgrid(angle, np.zeros(WEIGHTS))[0]))
    return (mean * weight).ravel(), ((1 - mean) * weight).ravel(), chance.ravel()


def shrunk(
    good: float, n: float, siblings: Sequence[tuple[float, float]] = (), confidence: float = 0.95
) -> tuple[float, float, float]:
    """(posterior mean, low, high) of a rate."""
    found = posterior(good, n, siblings)
    tail = (1 - confidence) / 2
    return found.mean, found.quantile(tail), found.quantile(1 - tail)


def shrunk_rate(
    rate: ClusterRate, siblings: Sequence[tuple[float, float]] = (), confidence: float = 0.95
) -> tuple[float, float, float] | None:
    """The same of a clustered rate, at its effective n; None with fewer than two clusters."""
    if rate.clusters < 2:
        return None
    return shrunk(*effective_counts(rate, confidence), siblings, confidence)
