"""Tally: what is counted of one task in two runs while their records pass by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from trustgauge.comparison.pairs import Key, record_key
from trustgauge.comparison.result import LABELS, Moves
from trustgauge.stats.paired_rates import NOTHING, Cell, Cluster, PairedSums, paired_sums
from trustgauge.types import Groups, Record

Arm = Callable[[Record], str]
FLIPS = (("good", "bad"), ("bad", "good"))
SHARED = 0.5
"""Share of the smaller run's cases that the other must have too for a paired comparison."""

Sums = dict[str, list[int]]
"""By arm: good, scored and all of the first run, then of the second; and of the cases scored in both: how many, good in
both, good in the second alone, good in the first alone."""
_WIDTH = 10


class Tally:
    """Counts of a task in two runs: by cluster, by slice, by how labels moved.

    arm    which arm a record counts in, for a measure that is a mean of rates; None: the records are kept for it
    slots  names of slots, "template" or "kind", to be counted by
    """

    def __init__(self, arm: Arm | None, slots: Sequence[str] = ()) -> None:
        self._arm, self._slots = arm, slots
        self._moves = Counter[tuple[str, str]]()  # "" for a case that the run does not have
        self._sums = defaultdict[tuple[str, str], Sums](dict)  # by ("", group), or (side, group) of a lone case
        self._kept = defaultdict[tuple[str, str], tuple[list[Record], list[Record]]](lambda: ([], []))
        self._slices = defaultdict[tuple[str, str], dict[tuple[str, str], list[int]]](dict)
        self.judges: tuple[set[str], set[str]] = (set(), set())
        self.flipped = set[Key]()

    def add(self, first: Record | None, second: Record | None) -> None:
        """The records of one case and draw."""
        either = first or second
        if either is None:
            return
        labels = first.label if first else "", second.label if second else ""
        self._moves[labels] += 1
        where = ("" if first and second else "first" if first else "second"), either.case.group
        self._note(first, second, labels)
        if self._arm:
            _count(self._sums[where].setdefault(self._arm(either), [0] * _WIDTH), labels)
        else:
            both = first, replace(second, case=first.case) if first and second else second  # one case held, not two
            for kept, record in zip(self._kept[where], both, strict=True):
                kept.extend([record] if record else [])
        for slot in self._slots:
            if value := _value(either, slot):
                _count(self._slices[slot, value].setdefault(where, [0] * _WIDTH), labels)

    def _note(self, first: Record | None, second: Record | None, labels: tuple[str, str]) -> None:
        for judges, record in zip(self.judges, (first, second), strict=True):
            if record and record.verdict:
                judges.add(record.verdict.judge)
        if first and labels in FLIPS:
            self.flipped.add(record_key(first))

    def light(self) -> Tally:
        """Itself without the records it kept, once its measure has been told them."""
        self._kept.clear()
        self._sums.clear()
        return self

    @property
    def n(self) -> int:
        """Cases that both runs have."""
        return sum(count for (first, second), count in self._moves.items() if first and second)

    @property
    def alone(self) -> tuple[int, int]:
        """Cases that just the first, just the second run has."""
        return tuple(sum(n for labels, n in self._moves.items() if not labels[side]) for side in (1, 0))  # type: ignore[return-value]

    @property
    def paired(self) -> bool:
        """True where the two runs share enough cases to be compared on these alone."""
        return self.n > 0 and self.n >= SHARED * (self.n + min(self.alone))

    @property
    def moves(self) -> Moves:
        """How labels moved over the shared cases."""
        return {a: {b: self._moves[a, b] for b in LABELS} for a in LABELS}

    def labels(self, side: int) -> dict[str, int]:
        """How many of the compared cases of a side have each label."""
        found = dict.fromkeys(LABELS, 0)
        for labels, n in self._moves.items():
            if labels[side] and (not self.paired or all(labels)):
                found[labels[side]] += n
        return found

    @property
    def rated(self) -> bool:
        """True where the score is a mean of rates, which the sums give."""
        return self._arm is not None

    def sums(self) -> PairedSums:
        """The clusters' sums over the arms seen."""
        found = self._clusters(self._sums)
        arms = sorted({arm for cluster in found for arm in cluster})
        return paired_sums(tuple(_cell(cluster.get(arm)) for arm in arms) for cluster in found)

    def totals(self) -> Sums:
        """Good, scored and all of each run, by arm."""
        found: Sums = {}
        for cluster in self._clusters(self._sums):
            for arm, counts in cluster.items():
                found[arm] = [a + b for a, b in zip(found.get(arm, [0] * _WIDTH), counts, strict=True)]
        return found

    def _clusters(self, sums: dict[tuple[str, str], Sums]) -> list[Sums]:
        """Those of shared cases; or, unpaired, those of each run, which then are clusters of their own."""
        if self.paired:
            return [cluster for (where, _), cluster in sums.items() if not where]
        apart = defaultdict[tuple[str, str], Sums](dict)
        for (_, group), cluster in sums.items():
            for arm, counts in cluster.items():
                for side, mine in (
                    ("first", [*counts[:3], *[0] * 7]),
                    ("second", [0, 0, 0, *counts[3:6], *[0] * 4]),
                ):
                    if any(mine):
                        known = apart[side, group].get(arm, [0] * _WIDTH)
                        apart[side, group][arm] = [a + b for a, b in zip(known, mine, strict=True)]
        return list(apart.values())

    def groups(self) -> list[tuple[list[Record], list[Record]]]:
        """The records kept, cluster by cluster, of the first run and of the second."""
        if self.paired:
            return [records for (where, _), records in self._kept.items() if not where]
        apart = defaultdict[str, list[Record]](list)
        for side in (0, 1):
            for (_, group), records in self._kept.items():
                apart[f"{side}{group}"].extend(records[side])
        return [(records, []) if key[0] == "0" else ([], records) for key, records in apart.items() if records]

    def slices(self) -> Iterator[tuple[str, str, list[list[int]]]]:
        """(slot, value, the counts of its clusters) of all that was counted."""
        for (slot, value), sums in self._slices.items():
            clusters = self._clusters({where: {"": counts} for where, counts in sums.items()})
            if clusters:
                yield slot, value, [cluster[""] for cluster in clusters]


def _count(into: list[int], labels: tuple[str, str]) -> None:
    for at in _STEPS[labels]:
        into[at] += 1


_BOTH = {("good", "good"): 7, ("bad", "good"): 8, ("good", "bad"): 9, ("bad", "bad"): 0}
"""Where a case scored in both runs counts besides; 0: nowhere."""


def _steps(labels: tuple[str, str]) -> tuple[int, ...]:
    """Where a case of these labels counts."""
    found: list[int] = []
    for at, label in zip((0, 3), labels, strict=True):
        found += [at] * (label == "good") + [at + 1] * (label in ("good", "bad")) + [at + 2] * bool(label)
    kinds = _BOTH.get(labels)
    return (*found, *(() if kinds is None else (6, kinds) if kinds else (6,)))


_STEPS = {(a, b): _steps((a, b)) for a in ("", *LABELS) for b in ("", *LABELS)}


def _value(record: Record, slot: str) -> str:
    case = record.case
    return case.template if slot == "template" else case.kind if slot == "kind" else case.slots.get(slot, "")


def _cell(counts: Sequence[int] | None) -> Cell:
    if not counts:
        return NOTHING
    good, scored, _, again, rescored, _, pairs, both, up, down = counts
    return good, scored, again, rescored, pairs, both, up, down


def clusters_of(counts: Sequence[Sequence[int]]) -> list[Cluster]:
    """Clusters of one arm from counts."""
    return [(_cell(each),) for each in counts]


def whole(groups: Sequence[tuple[list[Record], list[Record]]], side: int) -> Iterator[Groups]:
    """One run's groups, as a measure reads them."""
    return (records[side] for records in groups if records[side])
