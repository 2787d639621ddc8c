"""Agreement of a judge with a reference, or of several raters: confusion, kappa, alpha.

Pure functions over labels; intervals are two-sided 95 % unless z says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from trustgauge.stats.intervals import Z95, wilson

Confusion = Mapping[tuple[str, str], int]
"""Counts by (reference label, judged label)."""


@dataclass(frozen=True, slots=True)
class Share:
    """hits of n with Wilson's interval; value is None where n is 0."""

    hits: int
    n: int
    z: float = Z95

    @property
    def value(self) -> float | None:
        """hits / n."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson score interval (Wilson 1927); (0, 1) where n is 0."""
        return wilson(self.hits, self.n, self.z)


@dataclass(frozen=True, slots=True)
class Binary:
    """A judge of a yes/no matter against a reference: true and false positives and negatives."""

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0
    true_negative: int = 0

    @property
    def n(self) -> int:
        """All that was judged."""
        return self.true_positive + self.false_positive + self.false_negative + self.true_negative

    @property
    def accuracy(self) -> Share:
        """Share judged as the reference does."""
        return Share(self.true_positive + self.true_negative, self.n)

    @property
    def sensitivity(self) -> Share:
        """Share of the reference's positives that the judge finds (recall)."""
        return Share(self.true_positive, self.true_positive + self.false_negative)

    @property
    def specificity(self) -> Share:
        """Share of the reference's negatives that the judge leaves alone."""
        return Share(self.true_negative, self.true_negative + self.false_positive)

    @property
    def precision(self) -> Share:
        """Share of what the judge finds that the reference calls positive."""
        return Share(self.true_positive, self.true_positive + self.false_positive)

    @property
    def confusion(self) -> Confusion:
        """The same as counts by (reference, judged), labels "yes" and "no"."""
        return {
            ("yes", "yes"): self.true_positive,
            ("yes", "no"): self.false_negative,
            ("no", "yes"): self.false_positive,
            ("no", "no"): self.true_negative,
        }


def binary(pairs: Iterable[tuple[bool, bool]]) -> Binary:
    """Counts from pairs of (reference, judged)."""
    counts = Counter(pairs)
    return Binary(counts[True, True], counts[False, True], counts[True, False], counts[False, False])


def confusion(pairs: Iterable[tuple[str, str]]) -> Confusion:
    """Counts from pairs of (reference label, judged label)."""
    return dict(Counter(pairs))


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa: agreement beyond what the two raters' own label frequencies would give.

    se is the large-sample standard error; low and high are value +- z se, kept within -1 and 1.
    """

    value: float
    se: float
    low: float
    high: float


def cohen_kappa(counts: Confusion, z: float = Z95) -> Kappa | None:
    """Cohen's kappa (1960), (po - pe) / (1 - pe), with the delta-method error of Fleiss, Cohen & Everitt (1969).

    None where nothing was judged or where both raters used one and the same label throughout (0 / 0).
    """
    n = sum(counts.values())
    if n <= 0:
        return None
    rows, columns = _margins(counts, n)
    expected = sum(share * columns.get(label, 0.0) for label, share in rows.items())
    if 1 - expected < 1e-12:
        return None
    observed = sum(count for (a, b), count in counts.items() if a == b) / n
    kappa = (observed - expected) / (1 - expected)
    spread = 0.0
    for (a, b), count in counts.items():
        if a == b:
            weight = 1 - (rows[a] + columns[a]) * (1 - kappa)
        else:
            weight = (1 - kappa) * (columns.get(a, 0.0) + rows.get(b, 0.0))
        spread += count / n * weight * weight
    variance = (spread - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    se = sqrt(max(variance, 0.0))
    return Kappa(kappa, se, max(-1.0, kappa - z * se), min(1.0, kappa + z * se))


def _margins(counts: Confusion, n: int) -> tuple[dict[str, float], dict[str, float]]:
    """Each rater's label frequencies."""
    rows: dict[str, float] = {}
    columns: dict[str, float] = {}
    for (a, b), count in counts.items():
        rows[a] = rows.get(a, 0.0) + count / n
        columns[b] = columns.get(b, 0.0) + count / n
    return rows, columns


def krippendorff_alpha(units: Iterable[Sequence[str | None]]) -> float | None:
    """Krippendorff's alpha for nominal labels, 1 - Do / De, any number of raters; None marks a missing rating.

    Each unit gives the ratings of one thing. Units with fewer than two ratings hold no pair and are left out.
    From the coincidence matrix of Krippendorff (2011), "Computing Krippendorff's alpha-reliability".
    None where no unit has a pair or only one label occurs.
    """
    totals: Counter[str] = Counter()
    matching = 0.0
    for unit in units:
        ratings = Counter(rating for rating in unit if rating is not None)
        size = ratings.total()
        if size < 2:
            continue
        totals.update(ratings)
        matching += sum(k * (k - 1) for k in ratings.values()) / (size - 1)
    n = totals.total()
    by_chance = sum(k * (k - 1) for k in totals.values())
    if n < 2 or by_chance == n * (n - 1):
        return None
    return 1 - (n - 1) * (n - matching) / (n * (n - 1) - by_chance)
