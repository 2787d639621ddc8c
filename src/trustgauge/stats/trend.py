"""Trend over ordered stages: Kendall's tau-b and the Jonckheere-Terpstra test, exact where small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from trustgauge.stats.permutation import MOST, PValue, arrangements, permutation_p
from trustgauge.stats.rank_correlation import Column, Correlation, codes_of, fisher_limits, paired

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trustgauge.stats.permutation import Codes, Floats


def kendall(x: Column, y: Column, rng: np.random.Generator) -> Correlation | None:
    """Kendall's tau-b (1945) over the pairs that are there: S / sqrt((pairs untied in x)(pairs untied in y)).

    p is two-sided: exact by permutation with up to 400,000 arrangements, ties included, else normal with the
    variance of S under ties (Kendall 1970). The interval is Fisher's z with variance 0.437 / (n - 4) (Fieller et al.
    1957): None with fewer than five pairs and at exactly 1 or -1. None where either is constant.
    """
    first, second = paired(x, y)
    if len(set(first)) < 2 or len(set(second)) < 2:
        return None
    s = score(first, second)
    value = s / sqrt(_untied(first) * _untied(second))
    n = len(first)
    low, high = fisher_limits(value, 0.437 / (n - 4) if n > 4 else None)
    return Correlation(value, n, _p(first, second, s, rng), low, high)


@dataclass(frozen=True, slots=True)
class Jonckheere:
    """The Jonckheere-Terpstra test: j of its expectation, z with the variance under ties, two-sided p, and n."""

    j: float
    expected: float
    z: float
    p: PValue
    n: int


def jonckheere(stages: Column, values: Column, rng: np.random.Generator) -> Jonckheere | None:
    """Do the values rise (or fall) with the stages (Terpstra 1952; Jonckheere 1954)?

    J counts the pairs of models of different stages whose later one is higher, ties half. J and Kendall's S count
    the same pairs, S = 2 J - all such pairs, so that p is that of `kendall`; it is exact where small. None where all
    stages or all values are the same.
    """
    first, second = paired(stages, values)
    if len(set(first)) < 2 or len(set(second)) < 2:
        return None
    s = score(first, second)
    pairs = _untied(first)
    p = _p(first, second, s, rng)
    return Jonckheere((s + pairs) / 2, pairs / 2, s / sqrt(score_variance(first, second)), p, len(first))


def score(x: Sequence[float], y: Sequence[float]) -> int:
    """Kendall's S: concordant less discordant pairs."""
    total = 0
    for i in range(len(x)):
        for j in range(i):
            total += _sign(x[i] - x[j]) * _sign(y[i] - y[j])
    return total


def score_variance(x: Sequence[float], y: Sequence[float]) -> float:
    """Variance of S where the pairing is by chance, with ties in either (Kendall 1970, eq. 4.4); n is at least 2."""
    n = len(x)
    t, u = list(Counter(x).values()), list(Counter(y).values())
    whole = n * (n - 1) * (2 * n + 5)
    first = (whole - sum(c * (c - 1) * (2 * c + 5) for c in (*t, *u))) / 18
    pairs = sum(c * (c - 1) for c in t) * sum(c * (c - 1) for c in u) / (2 * n * (n - 1))
    if n < 3:
        return first + pairs
    threes = sum(c * (c - 1) * (c - 2) for c in t) * sum(c * (c - 1) * (c - 2) for c in u)
    return first + pairs + threes / (9 * n * (n - 1) * (n - 2))


def within_families(
    families: Sequence[tuple[Sequence[float], Sequence[float]]], rng: np.random.Generator
) -> Correlation | None:
    """Kendall's S summed over families, each (sizes, values), over the pairs that could count: -1 to 1.

    p is exact by permutation inside each family (a stratified test); n is the number of models. None where no pair
    could count. For families of up to six: the arrangements of all are gone through together.
    """
    from itertools import product

    import numpy as np

    parts = [(x, y) for x, y in families if len(set(x)) > 1 and len(set(y)) > 1]
    if not parts:
        return None
    sums = [_every_score(x, y) for x, y in parts]
    reach = sum(sqrt(_untied(x) * _untied(y)) for x, y in parts)
    seen = sum(score(x, y) for x, y in parts)
    if np.prod([len(s) for s in sums]) <= MOST:
        totals = np.array([sum(pick) for pick in product(*(s.tolist() for s in sums))])
        exact = True
    else:
        totals = sum((rng.choice(s, MOST) for s in sums), np.zeros(MOST))
        exact = False
    far = np.abs(totals)
    p = PValue(float((far >= abs(seen)).mean()), exact, float((far >= far.max()).mean()))
    return Correlation(seen / reach, sum(len(x) for x, _ in parts), p)


def _every_score(x: Sequence[float], y: Sequence[float]) -> NDArray[np.float64]:
    """S for every order of y."""
    from itertools import permutations

    import numpy as np

    return np.array([score(x, order) for order in permutations(y)], dtype=float)


def _p(first: Sequence[float], second: Sequence[float], s: int, rng: np.random.Generator) -> PValue:
    """Exact where the arrangements are few, else normal."""
    import numpy as np
    from scipy.special import ndtr

    x, y = codes_of(first), codes_of(second)
    if arrangements(y) < arrangements(x):
        x, y = y, x
    if arrangements(x) > MOST:
        z = s / sqrt(score_variance(first, second))
        return PValue(2 * float(ndtr(-abs(z))), False, 0.0)
    i, j = np.triu_indices(len(y), 1)
    signs = np.sign(np.asarray(y)[j] - np.asarray(y)[i]).astype(float)

    def statistic(codes: Codes) -> Floats:
        return np.sign(codes[:, j] - codes[:, i]) @ signs

    return permutation_p(x, statistic, rng)


def _untied(values: Sequence[float]) -> int:
    """Pairs of different values."""
    n = len(values)
    return n * (n - 1) // 2 - sum(c * (c - 1) // 2 for c in Counter(values).values())


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
