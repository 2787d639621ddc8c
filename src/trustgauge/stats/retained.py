"""What of the answers known plainly survives another form of the same question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from trustgauge.stats.intervals import ClusterRate
from trustgauge.stats.measures import Measure, rate_measured
from trustgauge.types import Groups, Measured, Record

KNOWN = "groups known plainly"
FEW = 5  # known groups from which on what they keep is a score


def retained(kind: str, *, by: str) -> Measure:
    """Share of right answers of `kind`, over the items of groups in which both sisters were right when put plainly.

    Sisters (slot `sister`) are two items over the same options with different keys, each as kind "plain" and as
    `kind`; who answers without reading is right on at most one of two, so nothing counts as known by luck of the
    letter. What can't be read counts nowhere. Where groups could be read and none was known the score is 0; None
    where fewer than FEW were known. Beside it: accuracy of both kinds and their gap over items read both ways
    (the survey's drop, Liu et al. 2023, 11.9), and the share kept per value of the slot `by`.
    """

    def measure(groups: Iterable[Groups]) -> Measured:
        rates = defaultdict[str, ClusterRate](ClusterRate)
        for records in groups:
            sums = defaultdict[str, list[int]](lambda: [0, 0])
            for draw in {r.draw for r in records}:
                for name, hit in _hits([r for r in records if r.draw == draw], kind, by):
                    sums[name][0] += hit
                    sums[name][1] += 1
            for name, (hits, n) in sums.items():
                rates[name].add(hits, n)
        metrics: dict[str, float | None] = {name: rate.rate for name, rate in sorted(rates.items()) if name != "kept"}
        plain, other = (metrics.get(f"accuracy, {k}") for k in ("plain", kind))
        metrics["gap to plain"] = plain - other if plain is not None and other is not None else None
        known, kept = rates[KNOWN], rates["kept"]
        method = f"right in {kind}, of items in groups known plainly; Wilson at the clustered effective n"
        if known.n >= FEW and not known.good:
            note = "no group was known when asked plainly, so there was nothing to keep"
            return Measured(score=0.0, metrics=metrics, method=method, note=note)
        if kept.clusters < FEW:
            note = f"{kept.clusters} groups were known plainly: too few to tell"
            return Measured(score=None, metrics=metrics, method=method, note=note)
        return rate_measured(kept, metrics, method)

    return measure


def _hits(records: Sequence[Record], kind: str, by: str) -> Iterator[tuple[str, bool]]:
    """What one draw of a group counts towards: (name of the rate, hit or miss)."""
    sides = [{r.case.kind: r for r in records if r.case.slots["sister"] == side} for side in "12"]
    scored = [{k: r for k, r in side.items() if r.label in ("good", "bad")} for side in sides]
    for side in scored:
        if "plain" in side and kind in side:
            yield "accuracy, plain", side["plain"].label == "good"
            yield f"accuracy, {kind}", side[kind].label == "good"
    if not all("plain" in side for side in scored):
        return
    known = all(side["plain"].label == "good" for side in scored)
    yield KNOWN, known
    for side in scored if known else ():
        if kind in side:
            yield "kept", side[kind].label == "good"
            yield f"kept, {by}: {side[kind].case.slots[by]}", side[kind].label == "good"
