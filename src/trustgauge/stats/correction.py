"""Rates corrected for the known error of their judge (Rogan & Gladen 1978), with both uncertainties in the interval.

A judge with sensitivity s and specificity t calls p = pi s + (1 - pi) (1 - t) of the replies good where pi are. Both
are of the replies that it decided: what it leaves unscored is in neither the rate nor the calibration, and is not
corrected.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import msgspec

from trustgauge.stats.agreement import Binary
from trustgauge.stats.intervals import ClusterRate, mean_interval, wilson

Shared = Literal["alike", "flipped"] | None
"""Whether two sides rest on one calibration: on it as it is, on the second side flipped, or no."""

Raw = ClusterRate | tuple[float, float]
"""A judged rate: clustered, or (rate, effective n)."""

METHOD = "Rogan-Gladen; Fieller limits by MOVER over Wilson limits of rate, sensitivity and specificity"
_MEAN_METHOD = "mean of both sides' Rogan-Gladen rates; MOVER over their limits"
_MISFIT = (
    "the judged rate lies beyond what a true rate of {end} would give, so the calibration may not fit this run; "
    "the interval is that of the nearest rate that fits"
)


class Corrected(msgspec.Struct, frozen=True):
    """A corrected rate with its 95 % interval; a refusal has no value, and its note says why in one sentence."""

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class JudgeError:
    """A judge's sensitivity and specificity, each with the (effective) number of labelled replies behind it.

    Positive is what the corrected rate counts: good, refused, compliant.
    """

    sensitivity: float
    positives: float
    specificity: float
    negatives: float

    @classmethod
    def of(cls, counts: Binary) -> JudgeError:
        """From counts against human labels, every reply for itself; a class without a label has rate 0 of 0."""
        return cls(
            counts.sensitivity.value or 0.0,
            counts.sensitivity.n,
            counts.specificity.value or 0.0,
            counts.specificity.n,
        )

    @classmethod
    def clustered(cls, sensitivity: ClusterRate, specificity: ClusterRate) -> JudgeError:
        """From labelled replies that come in groups, at their effective numbers."""
        return cls(
            sensitivity.rate or 0.0,
            sensitivity.effective_n if sensitivity.n else 0.0,
            specificity.rate or 0.0,
            specificity.effective_n if specificity.n else 0.0,
        )

    @property
    def flipped(self) -> JudgeError:
        """The same judge seen from the other side: what was negative is positive."""
        return JudgeError(self.specificity, self.negatives, self.sensitivity, self.positives)

    @property
    def sensitivity_limits(self) -> tuple[float, float]:
        """Wilson's 95 % limits."""
        return wilson(self.sensitivity * self.positives, self.positives)

    @property
    def specificity_limits(self) -> tuple[float, float]:
        """Wilson's 95 % limits."""
        return wilson(self.specificity * self.negatives, self.negatives)

    @property
    def youden(self) -> tuple[float, float, float]:
        """Youden's J (1950), sensitivity + specificity - 1, with its 95 % limits.

        The limits are Newcombe's (1998, method 10) for a difference of two independent rates, J being the rate of
        positive verdicts among the positives less that among the negatives.
        """
        (s_low, s_high), (t_low, t_high) = self.sensitivity_limits, self.specificity_limits
        s, t = self.sensitivity, self.specificity
        index = s + t - 1
        return (
            index,
            index - sqrt((s - s_low) ** 2 + (t - t_low) ** 2),
            index + sqrt((s_high - s) ** 2 + (t_high - t) ** 2),
        )

    @property
    def refusal(self) -> str:
        """Why nothing can be corrected with this judge, in one sentence; "" where it can."""
        if self.positives <= 0 or self.negatives <= 0:
            lacking = "good" if self.positives <= 0 else "bad"
            return f"not corrected: the judge's calibration has no reply that people labelled {lacking}"
        index, low, _ = self.youden
        if low <= 0:
            return (
                f"not corrected: the judge is not clearly better than chance (sensitivity + specificity - 1 is "
                f"{index:.2f}, and its 95 % interval reaches down to {low:.2f})"
            )
        return ""


def corrected_rate(raw: Raw, judge: JudgeError) -> Corrected:
    """True rate behind a judged one: (p + t - 1) / (s + t - 1), within 0 and 1 (Rogan & Gladen 1978).

    The 95 % limits are the rates pi at which p - pi s - (1 - pi)(1 - t), whose expectation is 0 at the true rate, just
    differs from 0. Its own limits are put together by MOVER (Zou & Donner 2008) from Wilson's limits of p, s and t, so
    that Fieller's construction (1954; Donner & Zou 2012 for ratios) holds near 0 and 1 as well. A rate of fewer than
    two groups has no interval. Refuses where `JudgeError.refusal` says so, or where nothing was judged.
    """
    known = _rate(raw)
    refusal = judge.refusal or ("" if known else "not corrected: nothing was judged")
    if refusal or known is None:
        return Corrected(None, method=METHOD, note=refusal)
    rate, n, groups = known
    value = _estimate(rate, judge)
    if groups < 2:
        return Corrected(value, method=METHOD, note="no interval: fewer than two groups")
    below, above = 1 - judge.specificity, judge.sensitivity
    nearest = min(max(rate, below), above)
    low, high = _limits(rate, n, judge)
    if low <= high:
        return Corrected(value, low, high, METHOD)
    low, high = _limits(nearest, n, judge)
    return Corrected(value, low, high, METHOD, _MISFIT.format(end="0" if rate < below else "1"))


def corrected_mean(
    raws: tuple[Raw, Raw],
    judges: tuple[JudgeError, JudgeError],
    *,
    correlation: float = 0.0,
    shared: Shared = None,
) -> Corrected:
    """Mean of two sides' corrected rates, such as refusing the harmful and answering the harmless.

    Each judge's positive is what is good on its side. With `shared`, both sides rest on one and the same calibration,
    the second on it as it is ("alike") or `flipped` (ValueError where it isn't that): its error then moves both sides,
    and the correlation that follows (delta method) goes into MOVER beside `correlation`, that of the two judged rates
    (ClusterPair.correlation).
    Refuses where one side does.
    """
    sides = [corrected_rate(raw, judge) for raw, judge in zip(raws, judges, strict=True)]
    parts = [(s.value, s.low, s.high) for s in sides]
    note = "; ".join(dict.fromkeys(s.note for s in sides if s.note))
    values = [value for value, _, _ in parts if value is not None]
    if len(values) < 2:
        return Corrected(None, method=_MEAN_METHOD, note=next(s.note for s in sides if s.value is None))
    together = _correlation(raws, judges, correlation, shared=shared)
    known = [
        (value, low, high) for value, low, high in parts if value is not None and low is not None and high is not None
    ]
    if len(known) < 2:
        return Corrected(sum(values) / 2, method=_MEAN_METHOD, note=note)
    value, low, high = mean_interval(known, correlation=together)
    return Corrected(value, max(0.0, low), min(1.0, high), _MEAN_METHOD, note)


def _rate(raw: Raw) -> tuple[float, float, int] | None:
    """(rate, effective n, groups), None where nothing was counted; a pair counts as groups enough."""
    if isinstance(raw, ClusterRate):
        return None if raw.rate is None else (raw.rate, raw.effective_n, raw.clusters)
    return (*raw, 2) if raw[1] > 0 else None


def _estimate(rate: float, judge: JudgeError) -> float:
    return min(1.0, max(0.0, (rate + judge.specificity - 1) / (judge.sensitivity + judge.specificity - 1)))


def _limits(rate: float, n: float, judge: JudgeError) -> tuple[float, float]:
    """Ends of {pi in [0, 1]: D(pi) = p - pi s - (1 - pi) f is within its limits}, f = 1 - t; low > high if empty.

    Squaring D = root of the distances gives a quadratic in pi that has one root between the estimate and each end,
    or none, where that end itself belongs to the set.
    """
    p_low, p_high = wilson(rate * n, n)
    s_low, s_high = judge.sensitivity_limits
    t_low, t_high = judge.specificity_limits
    s, t, f = judge.sensitivity, judge.specificity, 1 - judge.specificity
    low = _root(rate - f, s - f, (rate - p_low, s_high - s, t - t_low))
    # Seen from the other side (bad for good, 1 - pi for pi) the upper limit is a lower one.
    high = 1 - _root(s - rate, s - f, (p_high - rate, t_high - t, s - s_low))
    return low, high


def _root(excess: float, youden: float, distances: tuple[float, float, float]) -> float:
    """Least pi in [0, 1] with excess - pi J <= sqrt(A^2 + (pi B)^2 + ((1 - pi) C)^2); above 1 where there is none."""
    a, b, c = (d * d for d in distances)
    if excess <= 0 or excess * excess <= a + c:
        return 0.0
    if excess > youden and (excess - youden) ** 2 > a + b:
        return 2.0
    square, linear, constant = youden * youden - b - c, c - excess * youden, excess * excess - a - c
    # The root nearest 0 from above, in the form that stays exact where the square term vanishes.
    return constant / (sqrt(max(linear * linear - square * constant, 0.0)) - linear)


def _correlation(
    raws: tuple[Raw, Raw], judges: tuple[JudgeError, JudgeError], correlation: float, *, shared: Shared
) -> float:
    """Correlation of the two corrected rates by the delta method; of their judged rates only, unless shared."""
    spreads = [_spread(raw, judge) for raw, judge in zip(raws, judges, strict=True)]
    (rate, sampled, *_), (other, sampled_other, *_) = spreads
    whole = sqrt(sum(spreads[0][1:]) * sum(spreads[1][1:]))
    covariance = correlation * sqrt(sampled * sampled_other)
    if shared:
        # By the delta method a corrected rate moves by -rate ds / J and by (1 - rate) dt / J.
        first, second = judges
        of_s, of_t = _calibration_spread(first)
        # Which of the two it is must be said: a judge that errs on both sides alike is its own flipped one.
        if second != (first if shared == "alike" else first.flipped):
            raise ValueError("the two sides do not share one calibration: give the same one, or the same one flipped")
        if shared == "alike":
            covariance += rate * other * of_s + (1 - rate) * (1 - other) * of_t
        else:
            covariance -= rate * (1 - other) * of_s + (1 - rate) * other * of_t
    return covariance / whole if whole > 0 else 0.0


def _calibration_spread(judge: JudgeError) -> tuple[float, float]:
    """Variances of sensitivity and specificity, over J^2."""
    of_s, of_t = _variance(judge.sensitivity, judge.positives), _variance(judge.specificity, judge.negatives)
    index = judge.youden[0]
    return of_s / (index * index), of_t / (index * index)


def _spread(raw: Raw, judge: JudgeError) -> tuple[float, float, float, float]:
    """(corrected rate, and the parts of its variance: from the run, from the sensitivity, from the specificity)."""
    known = _rate(raw)
    assert known is not None
    rate, n, _ = known
    value, (of_s, of_t) = _estimate(rate, judge), _calibration_spread(judge)
    index = judge.youden[0]
    sampled = _variance(rate, n) / (index * index)
    return value, sampled, value * value * of_s, (1 - value) ** 2 * of_t


def _variance(rate: float, n: float) -> float:
    """Binomial, with one of each added (as Lang & Reiczigel 2014 do), so that it is never 0."""
    rate, n = (rate * n + 1) / (n + 2), n + 2
    return rate * (1 - rate) / n
