"""Paired cluster bootstrap: thousands of resamples at once, over distinct patterns of clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from trustgauge.stats.paired import student
from trustgauge.stats.paired_rates import PairedSums

if TYPE_CHECKING:
    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ROOM = 2_000_000  # counts drawn at once: memory stays small however many clusters there are


@dataclass(frozen=True, slots=True)
class Draws:
    """Resampled differences with the variance each would be given, and the same of the data.

    values, variances  (draws,)
    moved              clusters on which the two runs differ
    """

    value: float
    variance: float
    values: Floats
    variances: Floats
    moved: int

    def p(self) -> float:
        """Two-sided p-value of no difference by the centred, studentised statistic (Hall & Wilson 1991).

        (1 + draws as far out) / (1 + draws), and never below 2^(1 - moved): by turning signs alone, as many clusters
        cannot show more.
        """
        import numpy as np

        if abs(self.value) <= 1e-12:
            return 1.0
        seen = abs(self.value) / sqrt(self.variance) if self.variance > 0 else float("inf")
        beyond = int((self._studentised() >= seen * (1 - 1e-12)).sum()) if np.isfinite(seen) else 0
        return min(1.0, max((1 + beyond) / (1 + len(self.values)), 2.0 ** (1 - self.moved)))

    def limits(self, tail: float = 0.05) -> tuple[float, float]:
        """Symmetric studentised limits (Hall 1988), within -1 and 1: they hold 0 just where p > tail."""
        import numpy as np

        far = float(np.quantile(self._studentised(), 1 - tail, method="higher"))
        half = far * sqrt(self.variance) if self.variance > 0 else 0.0
        return max(-1.0, self.value - half), min(1.0, self.value + half)

    def _studentised(self) -> Floats:
        """A resample without any spread tells nothing of it, and takes that of the data.

        Else where nearly all clusters moved by the same, those that miss the few others would seem endlessly far out.
        """
        import numpy as np

        away = np.abs(self.values - self.value)
        spread = np.sqrt(np.where(self.variances > 1e-9 * self.variance, self.variances, self.variance))
        endless = np.where(away > 1e-12, np.inf, 0.0)
        return np.divide(away, spread, out=endless, where=spread > 1e-12)


def bootstrap(data: PairedSums, draws: int, rng: Generator) -> Draws | None:
    """Resample clusters with replacement `draws` times: the difference of mean rates over arms in each.

    Clusters with the same sums are interchangeable, so a resample is a multinomial draw over patterns (Efron 1979;
    Field & Welsh 2007). A resample that leaves an arm without cases is drawn again from the others. None where the
    data, or every resample, has such an arm.
    """
    import numpy as np

    clusters = data.clusters
    if clusters < 2:
        return None
    weights, cells = data.margins()
    products = (cells[:, :, None] * cells[:, None, :]).reshape(len(cells), -1)
    value, variance = _differences(weights[None, :], cells, products)
    if not np.isfinite(value[0]):
        return None
    found = np.empty((2, draws))
    step = max(1, _ROOM // max(len(cells), products.shape[1]))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        counts = rng.multinomial(clusters, weights / clusters, size=size).astype(float)
        found[:, start : start + size] = _differences(counts, cells, products)
    whole = np.flatnonzero(np.isfinite(found[0]))
    if not len(whole):
        return None
    broken = np.flatnonzero(~np.isfinite(found[0]))
    found[:, broken] = found[:, rng.choice(whole, size=len(broken))]
    moved = weights[(cells[:, 0::4] != cells[:, 2::4]).any(axis=1) | (cells[:, 1::4] != cells[:, 3::4]).any(axis=1)]
    return Draws(float(value[0]), float(variance[0]), found[0], found[1], int(moved.sum()))


def _differences(counts: Floats, cells: Floats, products: Floats) -> tuple[Floats, Floats]:
    """Differences and their linearised variances, for counts (k, p) of patterns; not finite where an arm is empty."""
    import numpy as np

    k, width = len(counts), cells.shape[1]
    totals = counts @ cells
    good, n = totals[:, 0::2], totals[:, 1::2]
    whole = (n > 0).all(axis=1)
    n = np.where(n > 0, n, 1.0)
    rates = good / n
    signs = np.tile([-1.0, 1.0], width // 4) / (width // 4)
    moves = np.empty((k, width))
    moves[:, 0::2] = signs / n
    moves[:, 1::2] = -signs * rates / n
    squares = np.einsum("ki,kij,kj->k", moves, (counts @ products).reshape(k, width, width), moves, optimize=True)
    clusters = counts.sum(axis=1)
    return np.where(whole, rates @ signs, np.nan), np.maximum(squares, 0.0) * clusters / (clusters - 1)


def normal_draws(value: float, error: float, df: int, draws: int, rng: Generator) -> Draws:
    """Draws of a difference that is known by its standard error alone, itself known with `df` degrees of freedom."""
    import numpy as np

    values = rng.normal(value, error, draws)
    variances = error * error * rng.chisquare(df, draws) / df if error else np.zeros(draws)
    return Draws(value, error * error, values, variances, df + 1)


def normal_error(half: float, df: int) -> float:
    """The standard error behind a 95 % half-width of Student's t."""
    return half / student(0.05, df)


def mean_draws(parts: Sequence[Draws]) -> Draws | None:
    """Draws of the equally weighted mean of independent differences; None of no parts."""
    if not parts:
        return None
    n = len(parts)
    return Draws(
        sum(p.value for p in parts) / n,
        sum(p.variance for p in parts) / n**2,
        sum((p.values for p in parts[1:]), parts[0].values) / n,
        sum((p.variances for p in parts[1:]), parts[0].variances) / n**2,
        sum(p.moved for p in parts),
    )
