"""Bayesian shrinkage of rates for small n: beta-binomial, with a prior that is learnt from the siblings.

Hierarchical, as in Gelman et al. (2013), Bayesian Data Analysis, 5.3: how far siblings lie apart beyond chance says how
much can be learnt from them, and how little that is known stays in the interval (a prior fitted at one point, as in
plain empirical Bayes, held the truth too seldom in simulation). Limits are equal-tailed quantiles of the posterior;
those of a mean are never put together from its parts' limits, for near 0 and 1 posteriors are too skewed for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from trustgauge.stats.intervals import Z95, mean_interval

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

FEWEST = 3
"""Siblings that a prior needs: of two nothing can be said about how siblings spread."""
MEANS, WEIGHTS = 50, 40  # points of the grid
DRAWS = 20_000
"""Draws from the posteriors of two arms or more: limits of their mean have an error of about 1 % of the width."""


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

    def draw(self, size: int, rng: Generator) -> NDArray[Any]:
        """So many values of the mixture."""
        which = rng.choice(len(self.share), size, p=self.share)
        return rng.beta(self.good[which], self.bad[which])


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


def shrunk_mean(
    posteriors: Sequence[Betas], correlation: float, rng: Generator, confidence: float = 0.95
) -> tuple[float, float, float]:
    """(posterior mean, low, high) of the mean of rates, by draws from their posteriors.

    correlation  that of every two rates; draws are paired by the ranks of normal ones that have it (a Gaussian copula)
    """
    import numpy as np

    k, tail = len(posteriors), (1 - confidence) / 2
    if k == 1:
        return posteriors[0].mean, posteriors[0].quantile(tail), posteriors[0].quantile(1 - tail)
    drawn = np.sort([each.draw(DRAWS, rng) for each in posteriors], axis=1)
    together = np.full((k, k), correlation) + (1 - correlation) * np.eye(k)
    normal = rng.multivariate_normal(np.zeros(k), together, DRAWS, method="eigh").T
    ranks = normal.argsort(axis=1).argsort(axis=1)
    low, high = np.quantile(np.take_along_axis(drawn, ranks, axis=1).mean(axis=0), [tail, 1 - tail])
    return sum(each.mean for each in posteriors) / k, float(low), float(high)


def mean_of_shrunk(
    parts: Sequence[tuple[float, float, float]], weights: Sequence[float] | None = None
) -> tuple[float, float, float]:
    """Weighted mean of independent posteriors of which (mean, low, high) are known, 95 %.

    Quantiles of the beta distribution that has the mean's own mean and variance, a part's variance being that of a
    normal one with its width; MOVER where no beta distribution has them.
    """
    from scipy.special import betaincinv

    raw = [1.0] * len(parts) if weights is None else list(weights)
    mean, low, high = mean_interval(parts, raw)
    variance = sum((w / sum(raw) * (hi - lo) / (2 * Z95)) ** 2 for w, (_, lo, hi) in zip(raw, parts, strict=True))
    if len(parts) == 1 or not 0 < variance < mean * (1 - mean):
        return mean, low, high
    size = mean * (1 - mean) / variance - 1
    shapes = mean * size, (1 - mean) * size
    return mean, float(betaincinv(*shapes, 0.025)), float(betaincinv(*shapes, 0.975))
