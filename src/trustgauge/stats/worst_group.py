"""The accuracy of the group served worst, where the same items are put in the words of several groups.

The plain minimum over groups is too low by the luck of the draw: of seven groups served equally well, one always
looks worst. So the groups are compared on one half of the items and the worst one's accuracy is taken from the
other half, and the other way round; the mean of both is the estimate (cross-fitting, as in Chernozhukov et al.
2018). What was chosen is then independent of what it is rated by: where all groups are equal the estimate is
unbiased, and else it is that of the group most likely the worst.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from trustgauge.stats.intervals import ClusterRate, wilson
from trustgauge.stats.measures import Measure, Scored
from trustgauge.types import Groups, Measured

Tally = dict[str, tuple[int, int]]
"""(good, scored) by group, of one item."""

# The two halves' estimates go together, as each is the lower the more both halves find the same group worst. Where
# k equal groups err independently, their correlation is m^2 / (k - 1) with m the expected minimum of k standard
# normals: 0.32, 0.36, 0.35, 0.34, 0.32, 0.30 for k = 2 to 7. Where one group is truly worst it is 0.
CORRELATION = 0.36
_METHOD = (
    "accuracy of the group found worst on the other half of the items, mean of both halves; "
    "Wilson at the effective n of the two correlated halves"
)


def worst_group(slot: str) -> Measure:
    """Accuracy of the worst group, clustered by item; the value of that slot is a case's group.

    A group in which nothing could be scored may be the worst: then there is no score. The metrics are every
    group's accuracy, their mean, and the gap between best and worst, from all items and so too wide by luck.
    """

    def measure(groups: Iterable[Groups]) -> Measured:
        items, asked = _items(groups, slot)
        rates = {name: _rate(items, {name}) for name in sorted(asked)}
        metrics = _metrics({name: rate.rate for name, rate in rates.items()}, slot)
        return _measured(items, _silent(items, asked), metrics)

    def score(groups: Iterable[Groups]) -> float | None:
        items, asked = _items(groups, slot)
        return _measured(items, _silent(items, asked), {}).score

    return Scored(score, measure)


def _items(groups: Iterable[Groups], slot: str) -> tuple[list[Tally], set[str]]:
    """The items of which something was scored, and all groups that were asked."""
    items: list[Tally] = []
    asked: set[str] = set()
    for records in groups:
        asked |= {r.case.slots.get(slot, "") for r in records}
        if tally := _tally(records, slot):
            items.append(tally)
    return items, asked


def _silent(items: Sequence[Tally], asked: set[str]) -> list[str]:
    """The groups of which nothing was scored."""
    return sorted(asked.difference(*items))


def _tally(records: Groups, slot: str) -> Tally:
    found = defaultdict[str, list[bool]](list)
    for record in records:
        if record.label in ("good", "bad"):
            found[record.case.slots.get(slot, "")].append(record.label == "good")
    return {name: (sum(hits), len(hits)) for name, hits in found.items()}


def _rate(items: Sequence[Tally], names: set[str]) -> ClusterRate:
    """The rate of some groups together, clustered by item."""
    rate = ClusterRate()
    for item in items:
        mine = [item[name] for name in names if name in item]
        rate.add(sum(good for good, _ in mine), sum(n for _, n in mine))
    return rate


def _worst(items: Sequence[Tally], within: set[str]) -> set[str]:
    """The group with the lowest accuracy; all of those that share it."""
    rates = {name: rate for name in within if (rate := _rate(items, {name}).rate) is not None}
    lowest = min(rates.values(), default=None)
    return {name for name, rate in rates.items() if rate == lowest}


def _measured(items: Sequence[Tally], silent: Sequence[str], metrics: Mapping[str, float | None]) -> Measured:
    def without(note: str) -> Measured:
        return Measured(score=None, metrics=metrics, method=_METHOD, note=note)

    if not items:
        return without("nothing could be scored")
    if silent:
        return without(f"nothing could be scored for {', '.join(silent)}, so the worst group is not known")
    halves = items[::2], items[1::2]
    seen = [{name for item in half for name in item} for half in halves]
    both = seen[0] & seen[1]  # chosen on one half, rated on the other
    if not both:
        return without("too few items to choose a group by some and rate it by others")
    first, second = _rate(halves[1], _worst(halves[0], both)), _rate(halves[0], _worst(halves[1], both))
    if first.rate is None or second.rate is None:
        return without("too few items to choose a group by some and rate it by others")
    value = (first.rate + second.rate) / 2
    if first.clusters < 2 or second.clusters < 2:
        return Measured(score=value, metrics=metrics, method=_METHOD)
    size = 4 / (1 / first.effective_n + 1 / second.effective_n) / (1 + CORRELATION)
    low, high = wilson(value * size, size)
    return Measured(score=value, low=low, high=high, metrics=metrics, method=_METHOD)


def _metrics(rates: Mapping[str, float | None], slot: str) -> dict[str, float | None]:
    known = [rate for rate in rates.values() if rate is not None]
    return {
        "mean accuracy": sum(known) / len(known) if known else None,
        "gap, best less worst": max(known) - min(known) if len(known) > 1 else None,
        **{f"{slot}: {name}": rate for name, rate in rates.items()},
    }
