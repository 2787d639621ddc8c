"""Means of what a judge read, beside a measure's score."""

from __future__ import annotations

from collections.abc import Mapping

from trustgauge.stats.measures import Measure, with_metrics
from trustgauge.types import Groups


class ValueMeans:
    """A tally: the mean of one of a verdict's values over the scored cases of one side.

    names  what the metric is called -> (the value's name, True for the "do" side)
    """

    def __init__(self, names: Mapping[str, tuple[str, bool]]) -> None:
        self._names = names
        self._sums = {name: [0.0, 0] for name in names}

    def add(self, records: Groups) -> None:
        """One group."""
        for record in records:
            values = record.verdict.values if record.verdict and record.label != "unscored" else {}
            for name, (value, twin) in self._names.items():
                if record.case.twin == twin and value in values:
                    self._sums[name][0] += values[value]
                    self._sums[name][1] += 1

    def metrics(self) -> Mapping[str, float | None]:
        """By the metric's name; None where nothing was scored."""
        return {name: total / n if n else None for name, (total, n) in self._sums.items()}


def with_means(measure: Measure, names: Mapping[str, tuple[str, bool]]) -> Measure:
    """The measure, with the mean of some values beside it."""
    return with_metrics(measure, lambda: ValueMeans(names))
