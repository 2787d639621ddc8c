"""Stated confidence against what came true: a reliability diagram for the runs that stated any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from trustgauge.reports import kit
from trustgauge.reports.page import Figure
from trustgauge.reports.profile import Profile
from trustgauge.reports.section import interval, model_names
from trustgauge.stats.calibration import ece
from trustgauge.stats.intervals import ClusterRate
from trustgauge.store import Store
from trustgauge.types import Groups

MANY = 200
"""Statements from which on there are ten bins; below, five, or most would hold a case or two."""


@dataclass
class Stated:
    """Stated confidences of a run with what came true; groups of cases kept together, unread ones counted."""

    groups: list[list[tuple[float, float]]] = field(default_factory=list[list[tuple[float, float]]])
    cases: int = 0

    @property
    def pairs(self) -> list[tuple[float, float]]:
        """(confidence, right), each 0..1."""
        return [pair for group in self.groups for pair in group]


def stated(groups: Iterable[Groups]) -> Stated:
    """What was read from these records: the scored ones whose verdict holds both numbers."""
    found = Stated()
    for group in groups:
        found.cases += len(group)
        pairs = [
            (record.verdict.values["confidence"], record.verdict.values["right"])
            for record in group
            if record.verdict
            and record.label in ("good", "bad")
            and {"confidence", "right"} <= record.verdict.values.keys()
        ]
        if pairs:
            found.groups.append(pairs)
    return found


def bins_of(found: Stated, series: str = "", bins: int = 10) -> list[kit.Bin]:
    """Equal-width bins (the last holds 1) with their mean confidence and share right, empty ones left out.

    The share's interval is Wilson's at the clustered effective n (stats.intervals.ClusterRate).
    """
    made: list[kit.Bin] = []
    for k in range(bins):
        rate, total = ClusterRate(), 0.0
        for group in found.groups:
            mine = [pair for pair in group if min(int(pair[0] * bins + 1e-9), bins - 1) == k]
            rate.add(sum(right for _, right in mine), len(mine))
            total += sum(confidence for confidence, _ in mine)
        if rate.n:
            low, high = rate.interval() or (None, None)
            made.append(kit.Bin(total / rate.n, rate.good / rate.n, low, high, int(rate.n), series))
    return made


def reliability_figure(profiles: Sequence[Profile], store: Store) -> Figure | None:
    """A reliability diagram a run, over its tasks whose verdicts hold confidences; None where none does."""
    read = [(name, _stated_by(found, store)) for name, found in zip(model_names(list(profiles)), profiles, strict=True)]
    named = [(name, found) for name, found in read if found.groups]
    if not named:
        return None
    single = len(read) == 1
    parts = 10 if min(len(found.pairs) for _, found in named) >= MANY else 5
    bins = {name: bins_of(found, "" if single else name, parts) for name, found in named}
    title = f"Stated confidence against share right: {'; '.join(_finding(*each) for each in named)}."
    silent = [name for name, found in read if found.cases and not found.groups]
    note = (
        f"{parts} equal bins; on the dashed line statements come true, below it the model is surer than right. Bars: "
        "95 % intervals, clustered by group; numbers on top: cases in the bin. ECE by ten bins of equal size."
        + (f" Stated nothing that could be read: {', '.join(silent)}." if silent else "")
    )
    said = " ".join(f"{name}: {_said(found)}" for name, found in bins.items())
    chart = kit.reliability([b for found in bins.values() for b in found])
    return Figure(title=title, chart=chart, alt=f"{title} {said}", note=note)


def _stated_by(found: Profile, store: Store) -> Stated:
    sub = next((s for s in found.assessed if s.id == "miscalibration"), None)
    return stated(group for task in (sub.tasks if sub else ()) for group in _with_confidence(found, task.task, store))


def _with_confidence(found: Profile, task: str, store: Store) -> Iterable[Groups]:
    """The groups of a task that asks for a confidence in its answer; none of another."""
    sample = [r for label in ("good", "bad") for r in store.examples(found.run.id, task, label, 1)]
    asks = task.endswith("/stated-confidence") or any(r.verdict and "confidence" in r.verdict.values for r in sample)
    return store.groups(found.run.id, task) if asks else ()


def _finding(name: str, found: Stated) -> str:
    pairs = found.pairs
    confidence, right = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    error = ece([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    lost = f", {found.cases - len(pairs):,} not scored" if found.cases > len(pairs) else ""
    return f"{name} states {confidence:.0%} and is right in {right:.0%} (n {len(pairs):,}{lost}; ECE {error:.2f})"


def _said(bins: Sequence[kit.Bin]) -> str:
    return "; ".join(f"stated {b.stated:.0%}, right {interval(b.right, b.low, b.high)}, n {b.n}" for b in bins) + "."
