"""Desk: what lies before each labeller of one run, and what becomes of what they say. Knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from trustgauge.labelling import (
    Agreement,
    Candidate,
    Narrowing,
    Position,
    Score,
    Wanted,
    between_people,
    narrowing,
    position_of,
    score_of,
    with_judges,
)
from trustgauge.reports.corrected import CorrectedScore
from trustgauge.store import Label, Store
from trustgauge.types import Record, Verdict

LABELS = ("good", "bad", "unsure")


@dataclass
class Sitting:
    """One labeller's session: what was done, so that it can be taken back, and what was passed over."""

    done: list[tuple[Position, str]] = field(default_factory=list[tuple[Position, str]])
    skipped: set[Position] = field(default_factory=set[Position])
    again: Position | None = None


@dataclass(frozen=True)
class Said:
    """What there is to know of a reply once somebody has labelled it: own label, judges' verdicts, others' labels."""

    at: Position
    label: str
    judges: dict[str, Verdict]
    others: dict[str, str]


@dataclass(frozen=True)
class Board:
    """The panel: agreement of people, with judges, and how the interval of each task narrows."""

    pairs: list[Agreement]
    alpha: float | None
    judges: list[Agreement]
    tasks: list[Narrowing]


@dataclass
class Desk:
    """The queue of one run and its labellers. To be used from one thread, that of the store's connection."""

    store: Store
    run: str
    found: Sequence[Candidate]
    queue: Sequence[Wanted]
    records: dict[Position, Record]
    sittings: dict[str, Sitting] = field(default_factory=dict[str, Sitting])

    def __post_init__(self) -> None:
        self._wanted = {wanted.at: wanted for wanted in self.queue}
        self._candidates = {candidate.at: candidate for candidate in self.found}
        self._boards: dict[str, tuple[list[Label], Board]] = {}
        self._scores: dict[str, Score] = {}
        self._corrections: dict[tuple[str, str], tuple[list[Label], CorrectedScore | None]] = {}

    def sitting(self, labeller: str) -> Sitting:
        """The session of a labeller, begun where there is none."""
        return self.sittings.setdefault(labeller, Sitting())

    def next(self, labeller: str) -> Wanted | None:
        """What this labeller is to judge now: what was taken back, else the first not yet judged nor passed over."""
        sitting, mine = self.sitting(labeller), self._by(labeller)
        if sitting.again is not None:
            return self._wanted[sitting.again]
        return next((w for w in self.queue if w.at not in mine and w.at not in sitting.skipped), None)

    def progress(self, labeller: str) -> tuple[int, int, int]:
        """How many of the queue this labeller has judged, how many are passed over, and how many there are."""
        mine = self._by(labeller)
        done = sum(wanted.at in mine for wanted in self.queue)
        return done, len(self.sitting(labeller).skipped - mine.keys()), len(self.queue)

    def say(self, labeller: str, at: Position, label: str, note: str) -> None:
        """Keep a label, at once. KeyError for a record that nobody was asked for, ValueError for another label."""
        chosen = self._wanted[at].chosen
        if label not in LABELS:
            raise ValueError(label)
        kept = Label(
            task=at.task, place=at.place, draw=at.draw, labeller=labeller, label=label, chosen=chosen, note=note
        )
        self.store.judged.keep_labels(self.run, [kept])
        self._did(labeller, at, label)

    def skip(self, labeller: str, at: Position) -> None:
        """Pass a record over for now."""
        if at not in self._wanted:
            raise KeyError(at)
        self.sitting(labeller).skipped.add(at)
        self._did(labeller, at, "skip")

    def _did(self, labeller: str, at: Position, what: str) -> None:
        sitting = self.sitting(labeller)
        sitting.again = None
        sitting.done = [*(entry for entry in sitting.done if entry[0] != at), (at, what)]

    def undo(self, labeller: str) -> bool:
        """Take back what this labeller did last in this session, and lay that record before them again."""
        sitting = self.sitting(labeller)
        if not sitting.done:
            return False
        at, what = sitting.done[-1]
        if what != "skip":
            self.store.judged.drop_label(self.run, at.task, (at.place, at.draw), labeller)
        sitting.done.pop()
        sitting.skipped.discard(at)
        sitting.again = at
        return True

    def take_up(self, labeller: str) -> None:
        """Lay before a labeller again what they passed over."""
        self.sitting(labeller).skipped.clear()

    def last(self, labeller: str) -> Said | None:
        """What is known of the reply that this labeller judged last; None where they have judged none here."""
        mine = self._by(labeller)
        at = next((at for at, _ in reversed(self.sitting(labeller).done) if at in mine), None)
        if at is None:
            return None
        others = {s.labeller: s.label for s in self._labels() if position_of(s) == at and s.labeller != labeller}
        return Said(at, mine[at].label, dict(self._candidates[at].judges), others)

    def board(self, labeller: str) -> Board:
        """The panel as of now, without what others say of replies that this labeller is still to judge."""
        mine = self._by(labeller)
        ahead = self._wanted.keys() - mine.keys()
        seen = self._candidates.keys() - ahead
        said = [label for label in self._labels() if position_of(label) in seen]
        held = self._boards.get(labeller)
        if held is None or held[0] != said:  # made anew only where a label has come or gone
            pairs, alpha = between_people(said)
            tasks = narrowing(said, self.found, partial(self._corrected, labeller))
            held = said, Board(pairs, alpha, with_judges(said, self.found), tasks)
            self._boards[labeller] = held
        return held[1]

    def _corrected(self, labeller: str, task: str, labels: list[Label]) -> CorrectedScore | None:
        """A task's corrected score by the labels that this labeller may know of; made anew only where these change."""
        held = self._corrections.get((labeller, task))
        if held is None or held[0] != labels:
            if task not in self._scores:
                self._scores[task] = score_of(self.store, self.run, task)
            held = self._corrections[labeller, task] = labels, self._scores[task].corrected(labels)
        return held[1]

    def count(self) -> int:
        """Labels on the run, by anybody."""
        return sum(1 for _ in self._labels())

    def _labels(self) -> Iterator[Label]:
        return iter(self.store.judged.labels(self.run))

    def _by(self, labeller: str) -> dict[Position, Label]:
        return {position_of(label): label for label in self._labels() if label.labeller == labeller}
