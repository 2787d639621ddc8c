"""What of the answers known plainly survives another form of the same question.

Questions come in sisters: two over the same options with different keys. Who answers without reading is right on at
most one of two, so only a group in which both were right plainly shows something known that could be lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from trustgauge.stats.intervals import ClusterRate
from trustgauge.stats.measures import Measure, rate_measured
from trustgauge.types import Groups, Measured, Record

KNOWN = "groups known plainly"
FEW = 5  # known groups from which on what they keep is a score
Rates = Mapping[str, ClusterRate]
Hits = Callable[[Sequence[Record]], Iterator[tuple[str, bool]]]
"""What one draw of a group counts towards: (name of the rate, hit or miss); KNOWN among them."""


def known_plainly(records: Sequence[Record]) -> bool | None:
    """True where both plain sisters were right, None where not both could be read."""
    plain = [r.label for r in records if r.case.kind == "plain" and r.label in ("good", "bad")]
    return plain == ["good", "good"] if len(plain) == 2 else None


def kept_of_known(hits: Hits, kept: str, metrics: Callable[[Rates], dict[str, float | None]], method: str) -> Measure:
    """The rate `kept`, clustered by group, with the metrics made of all rates.

    A model that can be read but knows no group keeps nothing: score 0. None where fewer than FEW groups were known.
    """

    def measure(groups: Iterable[Groups]) -> Measured:
        rates = defaultdict[str, ClusterRate](ClusterRate)
        for records in groups:
            sums = defaultdict[str, list[int]](lambda: [0, 0])
            for draw in sorted({r.draw for r in records}):
                for name, hit in hits([r for r in records if r.draw == draw]):
                    sums[name][0] += hit
                    sums[name][1] += 1
            for name, (good, n) in sums.items():
                rates[name].add(good, n)
        known, found = rates[KNOWN], rates[kept]
        made = metrics(rates)
        if known.n >= FEW and not known.good:
            note = "no group was known when asked plainly, so there was nothing to keep"
            return Measured(score=0.0, metrics=made, method=method, note=note)
        if found.clusters < FEW:
            note = (
                f"of {known.clusters} groups that could be read plainly, {found.clusters} were known: too few to tell"
            )
            return Measured(score=None, metrics=made, method=method, note=note)
        return rate_measured(found, made, method)

    return measure


def retained(kind: str, *, by: str) -> Measure:
    """Share of right answers of `kind`, over the items of groups in which both sisters were right when put plainly.

    Each sister (slot `sister`) comes as kind "plain" and as `kind`. What can't be read counts nowhere. Beside it:
    accuracy of both kinds and their gap over items read both ways (the survey's drop, Liu et al. 2023, 11.9), and
    the share kept per value of the slot `by`.
    """

    def hits(records: Sequence[Record]) -> Iterator[tuple[str, bool]]:
        sides = [{r.case.kind: r for r in records if r.case.slots["sister"] == side} for side in "12"]
        scored = [{k: r for k, r in side.items() if r.label in ("good", "bad")} for side in sides]
        for side in scored:
            if "plain" in side and kind in side:
                yield "accuracy, plain", side["plain"].label == "good"
                yield f"accuracy, {kind}", side[kind].label == "good"
        known = known_plainly(records)
        if known is not None:
            yield KNOWN, known
        for side in scored if known else ():
            if kind in side:
                yield "kept", side[kind].label == "good"
                yield f"kept, {by}: {side[kind].case.slots[by]}", side[kind].label == "good"

    def metrics(rates: Rates) -> dict[str, float | None]:
        found: dict[str, float | None] = {name: rate.rate for name, rate in sorted(rates.items()) if name != "kept"}
        plain, other = (found.get(f"accuracy, {k}") for k in ("plain", kind))
        return found | {"gap to plain": plain - other if plain is not None and other is not None else None}

    method = f"right in {kind}, of items in groups known plainly; Wilson at the clustered effective n"
    return kept_of_known(hits, "kept", metrics, method)
