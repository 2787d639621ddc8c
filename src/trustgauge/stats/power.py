"""Power: how many cases a wanted precision, bound or difference takes, and what a number of cases gives.

Cases are counted before the design effect unless said otherwise: `inflate` turns independent cases into cases that
come in clusters. A judge that errs blurs what is seen (Rogan & Gladen 1978); `Blur` says by how much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt

from trustgauge.errors import UsageError
from trustgauge.stats.intervals import wilson

MOST = 100_000_000
"""More cases than that are as good as none: None is returned."""


@dataclass(frozen=True)
class Blur:
    """A judge's error: sensitivity (bad ones that it calls bad) and specificity (good ones that it calls good)."""

    sensitivity: float = 1.0
    specificity: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.sensitivity <= 1 and 0 < self.specificity <= 1):
            raise UsageError("a judge's sensitivity and specificity lie above 0 and at most at 1")
        if self.sharpness <= 0:
            raise UsageError("a judge whose sensitivity and specificity sum to 1 or less tells nothing: no n is enough")

    @property
    def sharpness(self) -> float:
        """Youden's J: by how much a difference of the truth shows in what is seen."""
        return self.sensitivity + self.specificity - 1

    def seen(self, rate: float) -> float:
        """The rate that such a judge sees where `rate` is true (Rogan & Gladen 1978)."""
        return rate * self.sensitivity + (1 - rate) * (1 - self.specificity)


CLEAR = Blur()
"""A judge that never errs."""


def design_effect(mean_size: float, correlation: float, spread: float = 0.0) -> float:
    """Kish's design effect of clusters: 1 + ((1 + cv^2) * mean size - 1) * correlation within; never below 1.

    spread is the coefficient of variation of the clusters' sizes (Eldridge, Ashby & Kerry 2006).
    """
    return max(1.0, 1 + ((1 + spread * spread) * mean_size - 1) * correlation)


def inflate(cases: int | None, deff: float) -> int | None:
    """Independent cases as cases in clusters."""
    return None if cases is None else ceil(cases * max(deff, 1.0) - 1e-9)


def half_width(n: float, rate: float, confidence: float = 0.95, blur: Blur = CLEAR) -> float:
    """Half the width of the two-sided Wilson interval of a rate from n independent cases, corrected for the judge."""
    low, high = wilson(blur.seen(rate) * n, n, normal_quantile((1 + confidence) / 2))
    return (high - low) / 2 / blur.sharpness


def for_half_width(wanted: float, rate: float = 0.5, confidence: float = 0.95, blur: Blur = CLEAR) -> int | None:
    """The fewest independent cases whose Wilson interval is at most so wide on average to each side."""
    _inside("the half-width", wanted, 0.5)
    return _fewest(lambda n: half_width(n, rate, confidence, blur) <= wanted)


def allowed(n: int, limit: float, confidence: float = 0.95) -> int:
    """The most bad ones of n whose one-sided Clopper-Pearson bound is still at most `limit`; -1: not even none is.

    The bound is at most the limit exactly where a rate at the limit would give so few with probability
    1 - confidence at most (Clopper & Pearson 1934).
    """
    from scipy.special import bdtr

    low, high = -1, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if bdtr(middle, n, limit) <= 1 - confidence else (low, middle)
    return low


def power_of_bound(n: int, limit: float, true: float, confidence: float = 0.95, blur: Blur = CLEAR) -> float:
    """Probability that the one-sided upper bound from n independent cases lies at or under the limit. Exact."""
    from scipy.special import bdtr

    most = allowed(n, blur.seen(limit), confidence)
    return float(bdtr(most, n, blur.seen(true))) if most >= 0 else 0.0


def for_bound(
    limit: float, true: float, power: float = 0.8, confidence: float = 0.95, blur: Blur = CLEAR
) -> int | None:
    """The fewest independent cases from which on the upper bound lies at or under the limit with the wanted power.

    Exact. The power goes up in saw teeth, for bad ones are whole numbers; it is the lowest point of each tooth that
    must reach the power, so that a few cases more never bring less. For "at least", hand in 1 - limit and 1 - true.
    """
    from scipy.special import bdtr

    _inside("the limit", limit, 1)
    if not 0 <= true < limit:
        raise UsageError(f"the true rate {true:g} must lie under the bound {limit:g}: else no number of cases shows it")
    line, real = blur.seen(limit), blur.seen(true)
    start, most = _first(0, line, confidence), 0
    while start <= MOST:
        after = _first(most + 1, line, confidence)
        if bdtr(most, after - 1, real) >= power:
            return start
        start, most = after, most + 1
    return None


def paired_power(n: int, difference: float, discordant: float, confidence: float = 0.95) -> float:
    """Power of the exact two-sided McNemar test for a difference of two shares over the same n cases. Exact.

    discordant is the share of cases on which the two differ; sums over their number (O'Brien 2002).
    """
    return mcnemar_power(n, (discordant + difference) / 2, (discordant - difference) / 2, 1 - confidence)


def mcnemar_power(n: int, first: float, second: float, alpha: float, sides: int = 2) -> float:
    """Power of the exact McNemar test where a case is of the first only with probability `first`, of the second only
    with `second`; one-sided: for first > second."""
    import numpy as np
    from scipy.special import bdtr, gammaln

    both = first + second
    if both <= 0 or n <= 0:
        return 0.0
    m = np.arange(n + 1)
    rest = 1 - both
    with np.errstate(divide="ignore", invalid="ignore"):
        log = gammaln(n + 1) - gammaln(m + 1) - gammaln(n - m + 1) + m * np.log(both)
        log = log + np.where(m == n, 0.0, (n - m) * np.log(rest)) if rest > 0 else np.where(m == n, 0.0, -np.inf)
    chance = np.exp(log)
    critical = np.array([_critical(int(k), alpha / sides) for k in m])
    low = np.where(critical >= 0, bdtr(critical.clip(0), m, second / both), 0.0)
    high = np.where(critical >= 0, bdtr(critical.clip(0), m, first / both), 0.0) if sides == 2 else 0.0
    return float((chance * (low + high)).sum())


def for_paired(
    difference: float, discordant: float, power: float = 0.8, confidence: float = 0.95, blur: Blur = CLEAR
) -> int | None:
    """Pairs of replies to the same case for a difference of two shares, by the large-sample McNemar formula.

    n = (z_a sqrt(d) + z_b sqrt(d - D^2))^2 / D^2 with d discordant and D the difference (Connor 1987). With a judge
    that errs, D shrinks by its sharpness and d is taken to grow by what two errors flip.
    """
    _inside("the difference", difference, 1)
    seen = difference * blur.sharpness
    apart = max(_apart(discordant, blur), seen)
    za, zb = normal_quantile((1 + confidence) / 2), normal_quantile(power)
    return _bounded((za * sqrt(apart) + zb * sqrt(max(apart - seen * seen, 0.0))) ** 2 / (seen * seen))


def for_unpaired(
    first: float, second: float, power: float = 0.8, confidence: float = 0.95, blur: Blur = CLEAR
) -> int | None:
    """Cases for each of two models that are asked different ones, two-sided z test (Fleiss, Levin & Paik 2003, 4.4).

    n = (z_a sqrt(2 p q) + z_b sqrt(p1 q1 + p2 q2))^2 / (p1 - p2)^2, without continuity correction.
    """
    p, q = blur.seen(first), blur.seen(second)
    _inside("the difference", abs(first - second), 1)
    mean = (p + q) / 2
    za, zb = normal_quantile((1 + confidence) / 2), normal_quantile(power)
    spread = za * sqrt(2 * mean * (1 - mean)) + zb * sqrt(p * (1 - p) + q * (1 - q))
    return _bounded(spread * spread / (p - q) ** 2)


def for_no_worse(
    margin: float, discordant: float, power: float = 0.8, confidence: float = 0.95, blur: Blur = CLEAR
) -> int | None:
    """Pairs that show a model no worse than another by more than the margin, where both are equally good.

    n = (z_a + z_b)^2 d / M^2, one-sided (Nam 1997, with no true difference).
    """
    if margin <= 0:
        return None
    _inside("the margin", margin, 1)
    seen, apart = margin * blur.sharpness, _apart(discordant, blur)
    return _bounded((normal_quantile(confidence) + normal_quantile(power)) ** 2 * apart / (seen * seen))


def detectable(
    n: float,
    discordant: Callable[[float], float],
    power: float = 0.8,
    confidence: float = 0.95,
    blur: Blur = CLEAR,
) -> float:
    """The smallest difference that n independent pairs show with the power: the inverse of `for_paired`; 1 at most.

    discordant  the share of discordant pairs at a difference
    """
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        needed = for_paired(middle, max(discordant(middle), middle), power, confidence, blur)
        low, high = (low, middle) if needed is not None and needed <= n + 1e-6 else (middle, high)
    return high


def normal_quantile(p: float) -> float:
    """The standard normal quantile."""
    from statistics import NormalDist

    if not 0 < p < 1:
        raise UsageError(f"a probability of {p:g} is none to plan by: it must lie between 0 and 1")
    return NormalDist().inv_cdf(p)


def _apart(discordant: float, blur: Blur) -> float:
    """Discordant verdicts: pairs that truly differ and are seen so, and pairs alike that a judge's error parts."""
    error = 1 - (blur.sensitivity + blur.specificity) / 2
    return discordant * (1 - 2 * error * (1 - error)) + (1 - discordant) * 2 * error * (1 - error)


def _critical(m: int, alpha: float) -> int:
    """The most of m fair coins' heads that a one-sided exact test at alpha rejects; -1: none."""
    from scipy.special import bdtr

    low, high = -1, m // 2 + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if bdtr(middle, m, 0.5) <= alpha else (low, middle)
    return low


def _first(most: int, limit: float, confidence: float) -> int:
    """The fewest cases of which so many may be bad and the upper bound still lies at or under the limit."""
    from scipy.special import bdtr

    return _fewest(lambda n: n > most and bdtr(most, n, limit) <= 1 - confidence) or MOST + 1


def _fewest(enough: Callable[[int], bool]) -> int | None:
    """The smallest n that is enough, where all larger ones are too; None beyond MOST."""
    high = 1
    while not enough(high):
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _bounded(n: float) -> int | None:
    return ceil(n - 1e-9) if n <= MOST else None


def _inside(what: str, value: float, end: float) -> None:
    if not 0 < value < end:
        raise UsageError(f"{what} is {value:g}: it must lie between 0 and {end:g}")
