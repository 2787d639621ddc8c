"""A tally of checklists: how often each item of a list holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from trustgauge.types import Groups


class ItemShares:
    """For each value in the verdicts, its mean over the scored replies that have it: "item: points to help".

    Items are 0 or 1, so this is the share of replies for which the item holds, whatever the others say.
    """

    def __init__(self) -> None:
        self._sum, self._n = defaultdict[str, float](float), defaultdict[str, int](int)

    def add(self, records: Groups) -> None:
        """One group."""
        for record in records:
            if record.verdict and record.label in ("good", "bad"):
                for name, value in record.verdict.values.items():
                    self._sum[name] += value
                    self._n[name] += 1

    def metrics(self) -> Mapping[str, float | None]:
        """By "item: name"."""
        return {f"item: {name}": self._sum[name] / n for name, n in sorted(self._n.items())}
