"""Permutation tests: every arrangement of the labels where there are few, random ones where there are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.int16]
    Floats = NDArray[np.float64]

MOST = 400_000
"""Arrangements that are still gone through one by one: 9! = 362,880 are."""
DRAWS = 19_999
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class PValue:
    """Two-sided p of a permutation test; exact: over all arrangements, not some. least: the smallest it could be."""

    p: float
    exact: bool
    least: float


def arrangements(labels: Sequence[int]) -> int:
    """How many different orders the labels have: n! over the product of the factorials of how often each stands."""
    total, left = 1, len(labels)
    for count in Counter(labels).values():
        total *= comb(left, count)
        left -= count
    return total


def permutation_p(
    labels: Sequence[int], statistic: Callable[[Codes], Floats], rng: np.random.Generator, *, draws: int = DRAWS
) -> PValue:
    """How often an arrangement of the labels lies as far from 0 as the one given, on either side.

    statistic takes arrangements, one a row, and gives a number for each, centred so that 0 is no effect. With more
    than MOST arrangements `draws` random ones are taken and p is (hits + 1) / (draws + 1) (Phipson and Smyth 2010),
    which is never 0 and keeps the level; else p is exact. `least` is then the share of the farthest arrangements,
    otherwise 1 / (draws + 1).
    """
    import numpy as np

    own = np.array([labels], dtype=np.int16)
    seen = abs(float(statistic(own)[0]))
    slack = 1e-9 * max(seen, 1.0)
    total = arrangements(labels)
    exact = total <= MOST
    hits = farthest = 0
    reach = 0.0
    for part in _all(labels) if exact else _some(own, rng, draws):
        found = np.abs(statistic(part))
        hits += int(np.count_nonzero(found >= seen - slack))
        top = float(found.max())
        if top > reach + slack:
            reach, farthest = top, 0
        farthest += int(np.count_nonzero(found >= reach - slack))
    if exact:
        return PValue(hits / total, True, farthest / total)
    return PValue((hits + 1) / (draws + 1), False, 1 / (draws + 1))


def _some(own: Codes, rng: np.random.Generator, draws: int) -> Iterator[Codes]:
    for start in range(0, draws, _CHUNK):
        yield rng.permuted(own.repeat(min(_CHUNK, draws - start), axis=0), axis=1)


def _all(labels: Sequence[int]) -> Iterator[Codes]:
    """All different arrangements, in parts of at most _CHUNK rows."""
    import numpy as np

    n = len(labels)
    rows = np.zeros((1, n), dtype=np.int16)
    free = np.arange(n, dtype=np.int16)[None, :]
    for code, count in Counter(labels).items():
        left = free.shape[1]
        picks = np.array(list(combinations(range(left), count)), dtype=np.int16)
        unpicked = np.ones((len(picks), left), dtype=bool)
        np.put_along_axis(unpicked, picks.astype(np.intp), False, 1)
        others = np.nonzero(unpicked)[1].astype(np.int16)
        at = np.arange(len(rows)).repeat(len(picks))
        chosen = np.tile(picks, (len(rows), 1))
        rest = np.tile(others.reshape(len(picks), left - count), (len(rows), 1))
        rows, spots = rows[at], free[at]
        np.put_along_axis(rows, np.take_along_axis(spots, chosen, 1).astype(np.intp), np.int16(code), 1)
        free = np.take_along_axis(spots, rest, 1)
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of one group less the mean of another; p by permutation, limits by Welch, None where a group has one."""

    value: float
    p: PValue
    low: float | None
    high: float | None
    n: tuple[int, int]


def mean_difference(
    first: Sequence[float], second: Sequence[float], rng: np.random.Generator, *, draws: int = DRAWS
) -> Difference | None:
    """Difference of two groups' means: permutation p (Fisher 1935), 95 % limits of Welch (1947).

    None where a group is empty.
    """
    import numpy as np
    from scipy.special import stdtrit

    if not first or not second:
        return None
    pooled = np.array([*first, *second], dtype=float)
    a, b = len(first), len(second)
    centred = pooled - pooled.mean()

    def difference(codes: Codes) -> Floats:
        return (codes @ centred) * (1 / a + 1 / b)  # the rest sums to less the same

    p = permutation_p([1] * a + [0] * b, difference, rng, draws=draws)
    value = float(np.mean(first) - np.mean(second))
    if min(a, b) < 2:
        return Difference(value, p, None, None, (a, b))
    u, v = float(np.var(first, ddof=1)) / a, float(np.var(second, ddof=1)) / b
    if u + v <= 0:
        return Difference(value, p, None, None, (a, b))
    freedom = (u + v) ** 2 / (u * u / (a - 1) + v * v / (b - 1))
    half = float(stdtrit(freedom, 0.975)) * (u + v) ** 0.5
    return Difference(value, p, value - half, value + half, (a, b))
