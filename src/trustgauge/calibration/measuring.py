"""A judge's error, measured against people: rates clustered by question, agreement beyond chance, slices.

Positive is what counts as yes. What the judge did not decide (unclear, unreadable, failed calls) is counted apart
and is never a no: sensitivity, specificity, precision, accuracy, kappa and alpha are those of the decided replies;
the coverage is their share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from trustgauge.calibration.labelled import Sample
from trustgauge.stats.agreement import Binary, binary, cohen_kappa, krippendorff_alpha
from trustgauge.stats.correction import JudgeError
from trustgauge.stats.intervals import ClusterRate
from trustgauge.types import Verdict

FEW = 30  # replies of a slice below which it is said that they are few
RESAMPLES = 1000
_FEWEST = 10  # questions: resampling fewer says little of their spread

Judged = tuple[Sample, Verdict | None]
"""A labelled reply and what the judge says of it, None where the call failed."""


class Rate(msgspec.Struct, frozen=True):
    """A share of n with its 95 % interval, Wilson's at the effective n; None where there is none to be had."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    effective_n: float

    @classmethod
    def of(cls, counts: ClusterRate) -> Rate:
        """From counts by question."""
        low, high = counts.interval() or (None, None)
        return cls(counts.rate, low, high, int(counts.n), counts.effective_n if counts.n else 0.0)


class Beyond(msgspec.Struct, frozen=True):
    """Agreement beyond chance with its 95 % interval; None where there is none to be had."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Cells(msgspec.Struct, frozen=True):
    """The confusion matrix: of people's yes and no, what the judge found, missed and left undecided."""

    true_positive: int = 0
    false_negative: int = 0
    undecided_positive: int = 0
    false_positive: int = 0
    true_negative: int = 0
    undecided_negative: int = 0

    @property
    def decided(self) -> Binary:
        """Without the undecided."""
        return Binary(self.true_positive, self.false_positive, self.false_negative, self.true_negative)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted of some labelled replies. failed: calls without an answer, among the undecided."""

    n: int
    questions: int
    failed: int
    cells: Cells
    sensitivity: Rate
    specificity: Rate
    precision: Rate
    accuracy: Rate
    coverage: Rate
    accuracy_of_all: Rate

    @property
    def error(self) -> JudgeError:
        """For correcting rates: at the effective numbers."""
        s, t = self.sensitivity, self.specificity
        return JudgeError(s.value or 0.0, s.effective_n, t.value or 0.0, t.effective_n)


class Slice(msgspec.Struct, frozen=True):
    """The same of a part: by which field, its value, and a warning where it is small."""

    by: str
    value: str
    tally: Tally
    note: str = ""


def tally(judged: Sequence[Judged]) -> Tally:
    """All counts and rates."""
    said = [(s.human, s.group, _called(verdict)) for s, verdict in judged]

    def rate(of: Callable[[bool, bool | None], bool], hit: Callable[[bool, bool | None], bool]) -> Rate:
        sums: dict[str, list[int]] = {}
        for human, group, called in said:
            if of(human, called):
                both = sums.setdefault(group, [0, 0])
                both[0] += hit(human, called)
                both[1] += 1
        counts = ClusterRate()
        for hits, n in sums.values():
            counts.add(hits, n)
        return Rate.of(counts)

    decided = binary((human, called) for human, _, called in said if called is not None)
    left = [human for human, _, called in said if called is None]
    return Tally(
        n=len(said),
        questions=len({group for _, group, _ in said}),
        failed=sum(verdict is None for _, verdict in judged),
        cells=Cells(
            decided.true_positive,
            decided.false_negative,
            sum(left),
            decided.false_positive,
            decided.true_negative,
            len(left) - sum(left),
        ),
        sensitivity=rate(lambda h, c: h and c is not None, lambda _, c: c is True),
        specificity=rate(lambda h, c: not h and c is not None, lambda _, c: c is False),
        precision=rate(lambda _, c: c is True, lambda h, _: h),
        accuracy=rate(lambda _, c: c is not None, lambda h, c: h == c),
        coverage=rate(lambda _, __: True, lambda _, c: c is not None),
        accuracy_of_all=rate(lambda _, __: True, lambda h, c: h == c),
    )


def _called(verdict: Verdict | None) -> bool | None:
    """Yes, no, or None for undecided."""
    return None if verdict is None or verdict.label == "unscored" else verdict.label == "good"


def slices(judged: Sequence[Judged]) -> tuple[Slice, ...]:
    """By every field that the replies are marked with and that has two values or more, and by their length."""
    fields = dict.fromkeys(name for sample, _ in judged for name in sample.slices)
    found: list[Slice] = []
    for by in fields:
        found += _parts(by, judged, lambda s, by=by: s.slices.get(by, "-"))
    limits = _quartiles([len(s.matter.response) for s, _ in judged])
    found += _parts("length", judged, lambda s: _band(len(s.matter.response), limits), ordered=True)
    return tuple(found)


def _parts(by: str, judged: Sequence[Judged], of: Callable[[Sample], str], *, ordered: bool = False) -> list[Slice]:
    parts: dict[str, list[Judged]] = {}
    for each in judged:
        parts.setdefault(of(each[0]), []).append(each)
    if len(parts) < 2:
        return []
    names = (
        sorted(parts, key=lambda name: min(len(s.matter.response) for s, _ in parts[name]))
        if ordered
        else sorted(parts)
    )
    return [
        Slice(by, name, tally(parts[name]), f"only {len(parts[name])}" if len(parts[name]) < FEW else "")
        for name in names
    ]


def _quartiles(lengths: Iterable[int]) -> list[int]:
    """The longest of the first three quarters each."""
    ordered = sorted(lengths)
    return sorted({ordered[max(len(ordered) * i // 4 - 1, 0)] for i in (1, 2, 3)}) if ordered else []


def _band(length: int, limits: Sequence[int]) -> str:
    low = 0
    for limit in limits:
        if length <= limit:
            return f"{low:,} to {limit:,} characters"
        low = limit + 1
    return f"{low:,} characters and more"


def beyond_chance(judged: Sequence[Judged], seed: int = 0) -> tuple[Beyond, Beyond]:
    """Cohen's kappa and Krippendorff's alpha (nominal) of judge and people, over the decided replies.

    Intervals are 95 % percentile ones over 1,000 resamples of whole questions; a resample in which only one label
    occurs has no value and is left out. None with fewer than 10 questions.
    """
    sums: dict[str, list[int]] = {}
    pairs: list[tuple[bool, bool]] = []
    for sample, verdict in judged:
        called = _called(verdict)
        if called is not None:
            pairs.append((sample.human, called))
            sums.setdefault(sample.group, [0, 0, 0, 0])[2 * (not sample.human) + (not called)] += 1
    kappa = cohen_kappa(binary(pairs).confusion)
    alpha = krippendorff_alpha((str(a), str(b)) for a, b in pairs)
    if len(sums) < _FEWEST or kappa is None or alpha is None:
        return Beyond(kappa and kappa.value), Beyond(alpha)
    resampled = _resampled(list(sums.values()), seed)
    return Beyond(kappa.value, *_limits(resampled[0], kappa.value)), Beyond(alpha, *_limits(resampled[1], alpha))


def _resampled(cells: list[list[int]], seed: int) -> tuple[Any, Any]:
    """Kappa and alpha in each resample of the questions, whose cells are yes-yes, yes-no, no-yes, no-no."""
    import numpy as np

    each, rng = np.array(cells, dtype=float), np.random.default_rng(seed)
    weights = rng.multinomial(len(each), np.full(len(each), 1 / len(each)), size=RESAMPLES)
    yy, yn, ny, nn = (weights @ each).T
    n = yy + yn + ny + nn
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = ((yy + yn) * (yy + ny) + (nn + ny) * (nn + yn)) / (n * n)
        kappa = ((yy + nn) / n - expected) / (1 - expected)
        said_yes, said_no = 2 * yy + yn + ny, 2 * nn + yn + ny
        alpha = 1 - (yn + ny) / n * (2 * n) * (2 * n - 1) / (2 * said_yes * said_no)
    return kappa, alpha


def _limits(values: Any, value: float) -> tuple[float | None, float | None]:
    import numpy as np

    known = values[np.isfinite(values)]
    if not len(known):
        return None, None
    low, high = np.quantile(known, [0.025, 0.975])
    return min(float(low), value), max(float(high), value)
