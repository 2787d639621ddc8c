"""Slices: differences by template, topic, language, group or any other slot, within a sub-category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from trustgauge.comparison.result import Slice
from trustgauge.comparison.tally import Tally, clusters_of
from trustgauge.stats.multiplicity import benjamini_hochberg
from trustgauge.stats.paired_rates import paired_difference, paired_sums

USUAL = ("template", "topic", "language", "group")
TESTABLE = 10
"""Groups of cases below which a slice is counted, not tested."""


def slices_of(tallies: Mapping[str, Sequence[Tally]]) -> tuple[Slice, ...]:
    """All slices, by sub-category; p adjusted by Benjamini-Hochberg over those that are tested."""
    found: list[Slice] = []
    for sub, tasks in tallies.items():
        counted = defaultdict[tuple[str, str], list[list[int]]](list)
        for tally in tasks:
            for slot, value, clusters in tally.slices():
                counted[slot, value] += clusters
        found += [_slice(sub, slot, value, clusters) for (slot, value), clusters in sorted(counted.items())]
    adjusted = benjamini_hochberg([each.p for each in found])
    return tuple(replace(each, p_bh=p) for each, p in zip(found, adjusted, strict=True))


def _slice(sub: str, slot: str, value: str, clusters: list[list[int]]) -> Slice:
    n = min(sum(each[2] for each in clusters), sum(each[5] for each in clusters))
    first, second = (_share(clusters, at) for at in (0, 3))
    plain = Slice(sub_category=sub, slot=slot, value=value, n=n, first=first, second=second)
    difference = paired_difference(paired_sums(clusters_of(clusters))) if len(clusters) >= TESTABLE else None
    limits = difference.limits() if difference else None
    if difference is None or limits is None:
        return plain if first is None or second is None else replace(plain, difference=second - first)
    low, high = limits
    return replace(plain, difference=difference.value, low=low, high=high, p=difference.p(), tested=True)


def _share(clusters: Sequence[Sequence[int]], at: int) -> float | None:
    scored = sum(each[at + 1] for each in clusters)
    return sum(each[at] for each in clusters) / scored if scored else None
