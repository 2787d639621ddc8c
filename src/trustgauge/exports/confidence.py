"""How sure a verdict is: what people said, what the judge's calibration tells, or how far its judges agree.

In this order, the first that is known counts:
- people labelled the reply: the share of them, among those who were sure, on the majority's side;
- the judge was calibrated (`trustgauge calibrate`, kept in the store): the share of such verdicts that would be right
  if good and bad replies were equally many, sensitivity / (sensitivity + 1 - specificity) for its "yes";
- several judges decided the reply: the share of them that say what the record says;
- the form is closed (a letter, a number, a canary): read by rule against a key, 1;
- else nothing is known: None, which is no number and passes no minimum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from trustgauge.judges.rubric import rubric
from trustgauge.reports.corrected import calibrated_as, known_errors, settled
from trustgauge.stats.correction import JudgeError
from trustgauge.store import RunInfo, Spot, Store
from trustgauge.suites import known_task
from trustgauge.types import Case, Label, Record, Verdict


@dataclass(frozen=True)
class Sure:
    """What the store knows beside the verdicts of one task of a run."""

    people: Mapping[Spot, bool]
    agreed: Mapping[Spot, float]
    judges: Mapping[Spot, Mapping[str, Verdict]]
    error: JudgeError | None
    words: str
    closed: bool
    _sides: dict[tuple[str, str], float | None] = field(default_factory=dict[tuple[str, str], float | None])

    def label(self, spot: Spot, record: Record) -> Label:
        """good, bad or unscored: by people where they settled it, else by the record's verdict."""
        if spot in self.people:
            return "good" if self.people[spot] else "bad"
        return record.verdict.label if record.verdict else "unscored"

    def confidence(self, spot: Spot, record: Record) -> float | None:
        """A share from 0 to 1, None where nothing is known."""
        verdict = record.verdict
        if spot in self.people:
            return self.agreed[spot]
        if not verdict:
            return None
        found = self._calibrated(record.case, verdict.label)
        if found is not None:
            return found
        votes = [v.label for v in self.judges.get(spot, {}).values() if v.label != "unscored"]
        if len(votes) > 1:
            return votes.count(verdict.label) / len(votes)
        return 1.0 if self.closed else None

    def _calibrated(self, case: Case, label: str) -> float | None:
        """The predictive value at even odds of good and bad of a label on the case's side."""
        if not self.error or not self.words:
            return None
        words = rubric(self.words)
        key = (words.side(case), label)
        if key not in self._sides:
            means = words.yes_means(key[0])
            self._sides[key] = predictive(self.error, yes=label == means) if means else None
        return self._sides[key]


def predictive(error: JudgeError, *, yes: bool) -> float | None:
    """Share of a judge's yes (or no) verdicts that are right where both are equally common; None without labels."""
    if not error.positives or not error.negatives:
        return None
    right, wrong = (error.sensitivity, 1 - error.specificity) if yes else (error.specificity, 1 - error.sensitivity)
    return right / (right + wrong) if right + wrong else None


def sure_of(store: Store, info: RunInfo, name: str) -> Sure:
    """What is known of the verdicts of one task of a run."""
    task = known_task(name)
    labels = store.judged.labels(info.id, name)
    people = settled(labels)
    votes: dict[Spot, Counter[bool]] = {}
    for label in labels:
        if label.label in ("good", "bad"):
            votes.setdefault((label.place, label.draw), Counter())[label.label == "good"] += 1
    known = known_errors(store).get(calibrated_as(task, info.manifest)) if task else None
    return Sure(
        people=people,
        agreed={spot: votes[spot][good] / votes[spot].total() for spot, good in people.items()},
        judges=store.judged.verdicts(info.id, name),
        error=JudgeError(*known.error) if known else None,
        words=task.judge.rubric if task else "",
        closed=bool(task and not task.judge.rubric),
    )
