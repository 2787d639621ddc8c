"""Stopping: a policy's rules decided while a run goes on, by evidence that holds whenever one looks at it.

Rates and scores that are plain means get anytime-valid p-values and bounds (stats/sequences.py) over groups, which are
taken in the order of the plan whatever order they end in: what is quick to answer must not be heard first. Groups lie
in blocks in which every task, and every arm of a score, has on average the weight that it has in the whole; a group of
twice as many cases counts twice. What is missing counts against a GO and against a NO-GO alike. Everything that one
needs to come to the same decision again is in the run's records and in its manifest under "until".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from trustgauge.gating.bounds import Bounds
from trustgauge.gating.design import SIDES, Design, designs_of, strata
from trustgauge.gating.policy import Part, Policy
from trustgauge.stats.measures import Measure, Rated
from trustgauge.stats.multiplicity import holm
from trustgauge.stats.sequences import Block, Evidence, Ledger, block
from trustgauge.store import RunInfo, Store
from trustgauge.suites import known_task
from trustgauge.types import Record

GO, NO_GO = "GO", "NO-GO"
RATES = ("harmful", "over-refusal", "bad", "unscored", "failed")
_OPEN = "open"
"""The label of a record that a judge is yet to judge."""


class Anytime(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one rule at any time: p-values of its two verdicts, and bounds; missing counts against each.

    low, high  bounds of the rate or score, what is missing as 0 and as 1; each holds with the policy's confidence
    cases      on which all this rests
    """

    p_go: float
    p_no_go: float
    low: float
    high: float
    cases: int


_Cell = tuple[bool, str, str]
"""twin, arm, label of one record."""


@dataclass
class _Lane:
    """A task's groups as they end: those in front count."""

    arm: Callable[[Record], str]
    draws: int
    heard: dict[int, list[_Cell]] = field(default_factory=dict[int, list[_Cell]])
    starts: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    ended: list[list[_Cell]] = field(default_factory=list[list[_Cell]])

    def expect(self, place: int, cases: int) -> None:
        """The next group of the plan; one that is known already is passed over."""
        if not self.starts or place >= sum(self.starts[-1]):
            self.starts.append((place, cases))

    def hear(self, record: Record, place: int, label: str) -> None:
        """One record; of a group that has ended, what it came to then stands."""
        if not self.ended or place >= sum(self.starts[len(self.ended) - 1]):
            self.heard.setdefault(place, []).append((record.case.twin, self.arm(record), label))

    def advance(self) -> bool:
        """Move over the groups in front that have ended; True where there were any."""
        before = len(self.ended)
        while len(self.ended) < len(self.starts):
            start, cases = self.starts[len(self.ended)]
            if any(len(self.heard.get(place, ())) < self.draws for place in range(start, start + cases)):
                break
            self.ended.append([cell for place in range(start, start + cases) for cell in self.heard.pop(place)])
        return len(self.ended) > before


class _Rule:
    """A part of the policy under way: a mean over strata against a limit."""

    def __init__(self, part: Part, designs: Mapping[str, Design], limit: float, draws: int) -> None:
        self.part = part
        self.strata = strata(part, designs)
        self.tasks = sorted({task for task, _ in self.strata})
        self._draws = draws
        self._groups = {task: designs[task].groups for task in self.tasks}
        self._rounds = min(self._groups.values())
        self._round, self._from = 0, dict.fromkeys(self.tasks, 0)
        self.ledger = Ledger(limit)
        self.blocks: list[Block] = []
        self.cases = 0

    def take(self, lanes: Mapping[str, _Lane]) -> bool:
        """Count the blocks that have ended; True where there were any."""
        before = len(self.blocks)
        while self._round < self._rounds:
            ends = {task: groups * (self._round + 1) // self._rounds for task, groups in self._groups.items()}
            if any(len(lanes[task].ended) < end for task, end in ends.items()):
                break
            self._round += 1
            found = self._block({task: lanes[task].ended[self._from[task] : end] for task, end in ends.items()})
            self._from = ends
            if found:
                self.blocks.append(found)
                self.ledger.add(found)
        return len(self.blocks) > before

    def _block(self, taken: Mapping[str, Sequence[list[_Cell]]]) -> Block | None:
        """A case adds its stratum's weight over the cases that so many groups of its task have on average.

        Not over those that they have: that would make cases of small groups count for more. None where no group has a
        case that counts.
        """
        what = self.part.rule.what
        scale = {task: self._groups[task] / len(groups) for task, groups in taken.items()}
        clusters: list[tuple[float, float, float]] = []
        for task, groups in taken.items():
            for group in groups:
                share = least = most = 0.0
                for cell in group:
                    if found := self.strata.get(_stratum(what, task, cell)):
                        each = found.each * scale[task] / self._draws
                        sure, may = _outcome(what, cell[2])
                        share, least, most = share + each, least + sure * each, most + may * each
                        self.cases += 1
                if share:
                    clusters.append((share, least, most))
        largest = dict.fromkeys(taken, 0.0)
        for (task, _), found in self.strata.items():
            largest[task] += found.each * found.most * scale[task]
        return block(clusters, max(largest.values())) if clusters else None

    @property
    def p_values(self) -> tuple[float, float]:
        """Of GO and of NO-GO."""
        found = self.ledger.p_above, self.ledger.p_below
        return found if self.part.rule.higher_is_better else (found[1], found[0])

    def anytime(self, confidence: float) -> Anytime:
        """What is known now."""
        evidence = Evidence(tuple(self.blocks))
        go, no_go = self.p_values
        low, high = evidence.low(confidence), evidence.high(confidence)
        return Anytime(p_go=go, p_no_go=no_go, low=low, high=high, cases=self.cases)


class Monitor:
    """A policy's rules over a run that goes on: told of every group and record, it tells which tasks are still wanted.

    A rule is decided GO at the policy's confidence (every-rule: Holm over all of them), NO-GO by Holm over all rules;
    those that can be decided on a whole run only count with a p-value of 1. What is decided stays so.
    """

    def __init__(self, policy: Policy, designs: Mapping[str, Design], draws: int = 1) -> None:
        self.policy, self.designs, self.draws = policy, designs, draws
        self.decided: dict[str, str] = {}
        self._parts = {part.id: part for part in policy.parts}
        self._lanes = {task: _Lane(_arm(task), draws) for task in designs}
        self._rules = {part.id: rule for part in policy.parts if (rule := _rule(part, designs, draws))}
        self._scored = {part.id: 0 for part in policy.parts if part.rule.what == "scored"}
        self._needing = {t: [p for p in policy.parts if p.covers(t)] for t in designs}

    def expect(self, task: str, place: int, cases: int) -> None:
        """The next group of a task: so many cases from that place on."""
        self._lanes[task].expect(place, cases)
        self._move(task)

    def hear(self, record: Record, place: int, *, open_: bool = False) -> None:
        """A record that was made, or that an earlier session made; open_: a judge is yet to judge it."""
        task = record.case.task
        label = _OPEN if open_ else record.label
        self._lanes[task].hear(record, place, label)
        for part in self._needing[task]:
            if part.id in self._scored and label in ("good", "bad"):
                self._scored[part.id] += 1
                if self._scored[part.id] >= (part.rule.at_least or 0):
                    self.decided.setdefault(part.id, GO)
        self._move(task)

    def wanted(self, task: str) -> bool:
        """False where the rest of a task need not be asked."""
        needing = self._needing.get(task, [])
        return not self.over and (not needing or any(part.id not in self.decided for part in needing))

    @property
    def over(self) -> bool:
        """True where the whole is decided and nothing more need be asked: one NO-GO, and the policy does not go on."""
        return NO_GO in self.decided.values() and not self.policy.go_on

    @property
    def ended(self) -> dict[str, int]:
        """How many groups of each task, in the order of the plan, have ended without a gap."""
        return {task: len(lane.ended) for task, lane in self._lanes.items()}

    def anytime(self) -> dict[str, Anytime]:
        """What is known of each rule that can be decided at any time, by its part's id."""
        return {id_: rule.anytime(self.policy.confidence) for id_, rule in self._rules.items()}

    def _move(self, task: str) -> None:
        if self._lanes[task].advance():
            moved = [self._rules[p.id].take(self._lanes) for p in self._needing[task] if p.id in self._rules]
            if any(moved):
                self._decide()

    def _decide(self) -> None:
        level = 1 - self.policy.confidence
        values = {id_: self._rules[id_].p_values if id_ in self._rules else (1.0, 1.0) for id_ in self._parts}
        for id_ in _rejected({id_: p for id_, (_, p) in values.items()}, level):
            self.decided.setdefault(id_, NO_GO)
        overall = self.policy.family == "overall"
        go = {id_: p for id_, (p, _) in values.items()}
        for id_ in [i for i, p in go.items() if p <= level] if overall else _rejected(go, level):
            self.decided.setdefault(id_, GO)


def _rejected(p_values: Mapping[str, float], level: float) -> list[str]:
    """Those that Holm's step-down rejects at that family-wise level."""
    return [id_ for id_, p in zip(p_values, holm(list(p_values.values())), strict=True) if p is not None and p <= level]


def replay(
    monitor: Monitor,
    store: Store,
    info: RunInfo,
    *,
    open_: Callable[[Record], bool] = lambda record: False,
    rest: bool = False,
) -> None:
    """Tell a monitor what the groups of a run came to that had ended, in order, when it was last looked at.

    open_ tells which records a judge is yet to judge. With `rest`, also what other groups have so far that did not
    fail: for a run that goes on.
    """
    ended: Mapping[str, int] = info.manifest.get("until", {}).get("groups", {})
    for task in monitor.designs:
        for number, spots in enumerate(store.spots(info.id, task)):
            known = number < ended.get(task, 0)
            if known:
                monitor.expect(task, spots[0][0][0], len({place for (place, _), _ in spots}))
            elif not rest:
                break
            for (place, _), record in spots:
                if known or record.label != "failed":
                    monitor.hear(record, place, open_=open_(record))


class Stopped:
    """What a policy's rules rest on where a run may have been stopped early, by that policy or by another.

    Anytime-valid bounds hold for any policy, whatever made the run stop. cut: tasks that were ended early.
    """

    def __init__(self, policy: Policy, store: Store, info: RunInfo) -> None:
        until: dict[str, Any] = info.manifest.get("until", {})
        cut: dict[str, Any] = until.get("tasks", {})
        self.cut = frozenset(cut)
        self._by, self._same = until.get("name", "") or "a policy", until.get("policy") == policy.hash
        self._known: dict[str, Anytime] = {}
        if until:
            monitor = Monitor(policy, designs_of(until), info.manifest.get("draws", 1))
            replay(monitor, store, info)
            self._known = monitor.anytime()

    def bounds(self, part: Part) -> tuple[Bounds | None, tuple[str, ...]]:
        """The bounds of a rule in place of those of a fixed number of cases, and what a reader must know.

        None where the usual ones hold: its tasks were asked in full, and looked at once.
        """
        if found := self._known.get(part.id):
            who = "this policy" if self._same else f"another policy ({self._by})"
            note = f"the run was followed by {who}: bounds hold at any time, from {found.cases:,} cases"
            bounds = Bounds(low=found.low, high=found.high, p_go=found.p_go, p_no_go=found.p_no_go)
            return bounds, (note,)
        cut = sorted(task for task in self.cut if part.covers(task))
        if not cut:
            return None, ()
        return Bounds(), (
            f"no bounds: the run was stopped early by {self._by}, and asked {', '.join(cut)} in part only",
        )


def _rule(part: Part, designs: Mapping[str, Design], draws: int) -> _Rule | None:
    """The rule where it can be decided at any time on these tasks."""
    rule = part.rule
    if rule.not_worse_than is not None or rule.corrected or rule.what == "scored":
        return None
    limit = rule.at_least if rule.higher_is_better else rule.at_most
    return _Rule(part, designs, limit, draws) if limit is not None and strata(part, designs) else None


def _stratum(what: str, task: str, cell: _Cell) -> tuple[str, str]:
    """Its key; one that no stratum has where the cell does not count."""
    twin, arm, _ = cell
    if what == "score":
        return task, arm
    return (task, "") if twin in SIDES.get(what, (False, True)) else ("", "")


def _outcome(what: str, label: str) -> tuple[int, int]:
    """The outcome, least and most: they differ where it is not known."""
    missing = {"failed": (), "unscored": ("failed", _OPEN)}.get(what, ("unscored", "failed", _OPEN))
    if label in missing:
        return 0, 1
    counted = {"failed": "failed", "unscored": "unscored", "score": "good"}.get(what, "bad")
    value = int(label == counted)
    return value, value


def _arm(task: str) -> Callable[[Record], str]:
    known = known_task(task)
    measure: Measure | None = known.measure if known else None
    return measure.arm if isinstance(measure, Rated) else lambda record: ""
