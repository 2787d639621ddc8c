"""Candidates: the replies of runs that may be trained on, each with its conversation, verdict and provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import msgspec

from trustgauge.errors import UsageError
from trustgauge.exports.confidence import Sure, sure_of
from trustgauge.exports.wall import PARTIAL
from trustgauge.judges.readers import read_refusal
from trustgauge.reports.survey2023 import RELEASE
from trustgauge.store import RunInfo, Store
from trustgauge.suites import Task, known_task
from trustgauge.taxonomy import PLACES
from trustgauge.types import Case, Label, Message, Record, digest

Origin = Literal["model", "better", "written"]
Labels = Literal["verdict", "release"]
TRAIN = "train"
OWN = "Apache-2.0"
"""The licence of generated prompts and of gold replies: this project's own."""
BEYOND = {
    "held-out": "kept for testing",
    "mixed": "on no side of the wall: made of parts of both",
    PARTIAL: "its group was not asked whole: the run was stopped",
}
"""Why a case that is not on the training side is left out, by its side."""
SETS = {"survey2023": "MIT"}
"""Licences of recorded releases, by the importer's name."""


@dataclass(frozen=True)
class Candidate:
    """One reply that may become a row.

    messages  the conversation up to it, as sent; text is the reply
    label     good or bad; readable is False where the reply itself bears no verdict (with the release's labels)
    """

    case: Case
    messages: tuple[Message, ...]
    text: str
    label: Label
    judge: str
    reason: str
    confidence: float | None
    by_people: bool
    run: str
    model: str
    draw: int
    licence: str
    origin: Origin = "model"
    readable: bool = True
    side: str = ""

    @cached_property
    def prompt(self) -> str:
        """What makes two replies answers to the same prompt: a hash of the conversation."""
        return digest([(m.role, m.content) for m in self.messages])

    @property
    def sub_category(self) -> str:
        """Where its task stands."""
        return self.case.task.partition("/")[0]

    @cached_property
    def refuses(self) -> bool:
        """True for a full refusal: it declines and gives nothing of what was asked."""
        return read_refusal(self.text, self.messages[-1].content if self.messages else "").value == "full"

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Sorts candidates the same way every time."""
        return (
            self.case.task,
            self.case.group,
            self.case.id,
            self.origin,
            self.model,
            self.run,
            f"{self.draw:06}",
            self.text,
        )


@dataclass(frozen=True)
class Gathered:
    """Candidates of runs, what was left out by reason, how many records were read, which groups have a twin,
    and the cases that are not on the training side, by run and id, with the side that they are on.
    """

    candidates: list[Candidate] = field(default_factory=list[Candidate])
    left: Counter[str] = field(default_factory=Counter[str])
    read: Counter[str] = field(default_factory=Counter[str])
    twinned: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    held: dict[str, dict[str, tuple[str, Case]]] = field(default_factory=dict[str, dict[str, tuple[str, Case]]])


def gather(
    store: Store,
    infos: Sequence[RunInfo],
    *,
    labels: Labels = "verdict",
    suites: Sequence[str] = (),
    side: Callable[[RunInfo, Case], str],
    origin: Origin = "model",
) -> Gathered:
    """All usable replies of the runs: complete and judged good or bad; everything else is counted by its reason.

    side says on which side of the wall a case of a run lies; only those of "train" are taken, the others are `held`.
    UsageError for suite words that name nothing in the runs.
    """
    found = Gathered()
    matched = set[str]()
    for info in infos:
        for name in store.tasks(info.id):
            words = [word for word in suites if _named(word, name)]
            if suites and not words:
                continue
            matched.update(words)
            sure, task = sure_of(store, info, name), known_task(name)
            for spot, record in store.replied(info.id, name):
                found.read[info.id] += 1
                if record.case.twin:
                    found.twinned.add((name, record.case.group))
                if (place := side(info, record.case)) != TRAIN:
                    if place != PARTIAL:
                        found.held.setdefault(info.id, {})[record.case.id] = place, record.case
                    found.left[BEYOND[place]] += 1
                    continue
                made = _candidate(info, task, record, labels, sure, spot, origin, place)
                if isinstance(made, str):
                    found.left[made] += 1
                else:
                    found.candidates.append(made)
    for word in suites:
        if word not in matched:
            raise UsageError(
                f"these runs hold nothing of '{word}': name a task, sub-category or category that they hold"
            )
    return found


def _named(word: str, task: str) -> bool:
    sub = task.partition("/")[0]
    return word in ("all", task, sub, task.partition("+")[0], *([PLACES[sub].category] if sub in PLACES else []))


def _candidate(
    info: RunInfo,
    task: Task | None,
    record: Record,
    labels: Labels,
    sure: Sure,
    spot: tuple[int, int],
    origin: Origin,
    side: str,
) -> Candidate | str:
    """The candidate that a record gives, or why it gives none."""
    verdict, case = record.verdict, record.case
    if not verdict or not record.replies:
        return "the call failed"
    label, by_people = sure.label(spot, record), spot in sure.people
    if labels == "release":
        if RELEASE not in verdict.values:
            return "without a label of the release"
        label, by_people = ("good" if verdict.values[RELEASE] else "bad"), False
    elif record.replies[-1].status != "complete":
        return f"{record.replies[-1].status} reply"
    if label == "unscored":
        return f"unscored: {verdict.reason}"
    said = conversation(task, record)
    if isinstance(said, str):
        return said
    if task and not _decided_last(task, record, said):
        return "its verdict rests on an earlier reply of the conversation"
    return Candidate(
        case=case,
        messages=said,
        text=record.replies[-1].text,
        label=label,
        judge="people" if by_people else "release" if labels == "release" else verdict.judge,
        reason=verdict.reason,
        confidence=None if labels == "release" else sure.confidence(spot, record),
        by_people=by_people,
        run=info.id,
        model=info.model,
        draw=record.draw,
        licence=licence_of(info, task),
        origin=origin,
        readable=verdict.label != "unscored" and record.replies[-1].status == "complete",
        side=side,
    )


def conversation(task: Task | None, record: Record) -> tuple[Message, ...] | str:
    """What was sent before the last reply; or why there is no one conversation that it ends.

    Earlier replies are part of it. Where they are not (the same question drawn several times), the verdict is of all
    replies together, and none of them alone can be called good or bad.
    """
    if record.case.kind == "protected":
        return "a text of your own, which stays where it is"
    if len(record.replies) == 1 and not task:
        return record.case.messages
    if not task:
        return "several replies judged as one"
    turns = task.turns(record.case, record.replies)
    if len(turns) != len(record.replies):
        return "asked by another version of its task"
    messages = turns[-1][0].messages
    spoken = [m.content for m in messages if m.role == "assistant"]
    if any(reply.text not in spoken for _, reply in turns[:-1]):
        return "several replies judged as one"
    return messages


def _decided_last(task: Task, record: Record, messages: Sequence[Message]) -> bool:
    """True where another last reply could have had another verdict; of one reply it always could.

    Found by trying: the rule judges the conversation again with the task's gold replies of the other label at its end.
    """
    *earlier, last = record.replies
    if not earlier:
        return True
    rule, gold = task.judge.rule, task.gold(record.case, messages)
    label = rule(record.case, record.replies).label
    others = {"good": gold.bad, "bad": gold.good}.get(label, ())
    tried = (rule(record.case, [*earlier, msgspec.structs.replace(last, text=text)]) for text in others)
    return not others or any(verdict.label != label for verdict in tried)


def licence_of(info: RunInfo, task: Task | None) -> str:
    """Whose words a row holds: the prompt's licence, and whose terms the reply is under."""
    if task and task.data:
        prompt = task.data.licence
    elif task:
        written: dict[str, str] | None = info.manifest.get("written")  # cases that a model wrote (docs/generate.md)
        prompt = written.get("licence", "not stated") if written else OWN
    else:
        return SETS.get(str(info.manifest.get("import", "")), "unknown")
    return f"prompt: {prompt}; reply: terms of {info.model}'s provider"


def by_prompt(candidates: Sequence[Candidate], within: str = "prompt") -> Iterator[list[Candidate]]:
    """Replies to the same conversation; within "trial" only those of one round: the same case and draw."""
    found: dict[tuple[str, ...], list[Candidate]] = {}
    for one in candidates:
        key = (one.prompt, one.case.id, str(one.draw)) if within == "trial" else (one.prompt,)
        found.setdefault(key, []).append(one)
    yield from found.values()
