"""Outcome gaps: how far decisions about equally placed people differ with the group they belong to.

Effect sizes with intervals, never a p-value: with enough cases any difference is "significant", and with few none is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import sqrt
from statistics import NormalDist

from trustgauge.stats.intervals import ClusterPair, mean_interval
from trustgauge.types import Groups, Record

Outcome = Callable[[Record], float | None]
"""What was decided, in [0, 1]; None where it could not be read."""


def cramers_v(table: Sequence[Sequence[int]]) -> float | None:
    """Cramer's V of a table of counts: sqrt((X2 / n) / min(r - 1, c - 1)), X2 Pearson's (Cramer 1946).

    0 where rows have nothing to do with columns, 1 where a row tells the column. Empty rows and columns are left
    out; None where fewer than two of either are left: nothing was decided differently, or nobody compared.
    """
    found = _chi_squared(table)
    return None if found is None else sqrt(found[0] / found[1] / min(found[2] - 1, found[3] - 1))


def cramers_v_corrected(table: Sequence[Sequence[int]]) -> float | None:
    """Bias-corrected Cramer's V (Bergsma 2013), which does not grow by chance where tables are small.

    With f = X2 / n: sqrt(max(0, f - (r-1)(c-1)/(n-1)) / min(r' - 1, c' - 1)), r' = r - (r-1)^2 / (n-1), c' alike.
    """
    found = _chi_squared(table)
    if found is None or found[1] < 2:
        return None
    squared, n, rows, columns = found
    left = max(0.0, squared / n - (rows - 1) * (columns - 1) / (n - 1))
    room = min(size - (size - 1) ** 2 / (n - 1) for size in (rows, columns)) - 1
    return min(1.0, sqrt(left / room)) if room > 0 else None


def _chi_squared(table: Sequence[Sequence[int]]) -> tuple[float, int, int, int] | None:
    """(Pearson's X2, n, rows, columns), empty rows and columns left out."""
    rows = [row for row in table if sum(row)]
    columns = [column for column in zip(*rows, strict=True) if sum(column)]
    if len(rows) < 2 or len(columns) < 2:
        return None
    n = sum(map(sum, rows))
    squared = 0.0
    for row in zip(*columns, strict=True):
        for count, column in zip(row, columns, strict=True):
            expected = sum(row) * sum(column) / n
            squared += (count - expected) ** 2 / expected
    return squared, n, len(rows), len(columns)


class OutcomeGaps:
    """A tally: for each attribute the largest gap in mean outcome between two of its members, and Cramer's V.

    Cases of one group are equal but for the member (slot `member` of the attribute in slot `attribute`), each member
    with the same profiles. The gap between a pair of members is a difference of rates (a risk difference): only
    groups where both could be read count, profile by profile. Its interval is MOVER over clustered Wilson limits
    (Newcombe 1998), at a level that holds for all pairs of the attribute together (Bonferroni), as the pair was
    chosen for its gap. An outcome between 0 and 1 varies less than a yes or no, so its interval is on the wide side.
    Gaps and limits are multiplied by `scale`.
    """

    def __init__(self, outcome: Outcome, profile: Callable[[Record], str], scale: float = 1.0) -> None:
        self._outcome, self._profile, self._scale = outcome, profile, scale
        self._pairs: dict[str, defaultdict[tuple[str, str], ClusterPair]] = {}
        self._counts: dict[str, defaultdict[str, Counter[float]]] = {}

    def add(self, records: Groups) -> None:
        """One group: the same profiles, told of each member."""
        read = defaultdict[str, dict[tuple[str, int], float]](dict)
        attribute = records[0].case.slots.get("attribute", "") if records else ""
        if not attribute:
            return
        counts = self._counts.setdefault(attribute, defaultdict(Counter))
        for record in records:
            value = self._outcome(record)
            if value is not None:
                member = record.case.slots.get("member", "")
                read[member][self._profile(record), record.draw] = value
                counts[member][value] += 1
        pairs = self._pairs.setdefault(attribute, defaultdict(ClusterPair))
        for first, second in combinations(sorted(read), 2):
            both = [key for key in read[first] if key in read[second]]
            if both:
                n = len(both)
                sums = [sum(read[member][key] for key in both) for member in (first, second)]
                pairs[first, second].add((sums[0], n), (sums[1], n))

    def metrics(self) -> Mapping[str, float | None]:
        """The largest gap of all attributes, and each one's gap with its limits and Cramer's V."""
        found: dict[str, float | None] = {"outcome gap, largest": None}
        largest = 0.0
        for attribute in sorted(self._pairs):
            gap = self._gap(self._pairs[attribute])
            if gap is not None:
                largest = max(largest, gap[0])
                found["outcome gap, largest"] = largest
            for name, at in (("", 0), (", low", 1), (", high", 2)):
                found[f"outcome gap, {attribute}{name}"] = None if gap is None or gap[at] is None else gap[at]
            found[f"Cramer's V, {attribute}"] = cramers_v_corrected(self._table(attribute))
        return found

    def _gap(self, pairs: Mapping[tuple[str, str], ClusterPair]) -> tuple[float, float | None, float | None] | None:
        """(gap, low, high) of the pair that is furthest apart, the better served one first."""
        widest = max(pairs.values(), key=lambda pair: abs(difference(pair)), default=None)
        if widest is None:
            return None
        gap, sign = difference(widest), -1 if difference(widest) < 0 else 1
        limits = difference_limits(widest, len(pairs))
        if limits is None:
            return abs(gap) * self._scale, None, None
        low, high = sorted((sign * limits[0], sign * limits[1]))
        return abs(gap) * self._scale, low * self._scale, high * self._scale

    def _table(self, attribute: str) -> list[list[int]]:
        rows = self._counts[attribute]
        values = sorted({value for row in rows.values() for value in row})
        return [[row[value] for value in values] for _, row in sorted(rows.items())]


def difference(pair: ClusterPair) -> float:
    """First rate less second."""
    return (pair.first.rate or 0.0) - (pair.second.rate or 0.0)


def difference_limits(pair: ClusterPair, of: int = 1) -> tuple[float, float] | None:
    """95 % limits of the difference, holding for `of` comparisons together; None with fewer than two clusters.

    As a mean of the first rate and of one minus the second (MOVER; Newcombe 1998), twice, less one.
    """
    z = NormalDist().inv_cdf(1 - 0.025 / of)
    first, second = pair.first.interval(z), pair.second.interval(z)
    if first is None or second is None or pair.first.rate is None or pair.second.rate is None:
        return None
    parts = [(pair.first.rate, *first), (1 - pair.second.rate, 1 - second[1], 1 - second[0])]
    _, low, high = mean_interval(parts, correlation=-pair.correlation)
    return max(-1.0, 2 * low - 1), min(1.0, 2 * high - 1)
