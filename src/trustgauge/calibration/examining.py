"""Examiners: a rule, a rubric in the hands of a model, a classifier, several of them, or a cascade.

Whoever judges, what comes back is a verdict whose `answer` is the judge's word and whose label says what the word
counts as: good for yes, bad for no, unscored where the judge did not decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from msgspec.structs import replace

from trustgauge.calibration.labelled import Matter
from trustgauge.config import Config
from trustgauge.engine import Budget, Drive, Job, Patience, Progress
from trustgauge.errors import Interrupted, ModelError, UsageError
from trustgauge.judges.base import no_answer
from trustgauge.judges.classifier import CLASSIFIER
from trustgauge.judges.ensemble import cascade_id, joint_id, majority
from trustgauge.judges.model_judge import Turn
from trustgauge.judges.named import BY_CLASSIFIER, VERSION, NamedReader, reader
from trustgauge.judges.rubric import UNCLEAR, rubric, rubric_names
from trustgauge.judging import Hearing, Seat, Sitting, hearing, load_of, seat, sitter
from trustgauge.models import Model
from trustgauge.store import Store, reply_key
from trustgauge.types import Ask, Label, Record, Reply, Verdict

UNDECIDED = frozenset(("", UNCLEAR, "unreadable", "unscored"))
"""Words that are neither yes nor no."""

RULES: dict[str, tuple[tuple[str, ...], tuple[str, str]]] = {
    "refusal": (("full", "partial"), ("full", "none")),
    "refusal-sense": (("refuses",), ("refuses", "answers")),
    "toxicity": (("toxic",), ("toxic", "civil")),
    "yes-no": (("yes",), ("yes", "no")),
    "short-answer": (("right",), ("right", "wrong")),
    "contradiction": (("yes",), ("yes", "no")),
    "unsupported": (("unsupported",), ("unsupported", "supported")),
    "choice": (("right",), ("right", "wrong")),
    "number": (("right",), ("right", "wrong")),
    "percent": (("right",), ("right", "wrong")),
}
"""Of each named rule: the words that count as yes, and its plainest yes and no. The rest say as the rubric does."""

KEYED = ("choice", "number", "percent")
"""Rules that read an answer of many; whether it is that of the key is their yes or no."""

Watch = Callable[[str, Progress], AbstractContextManager[Any]]
ToTheEnd = Callable[[Callable[[], Coroutine[Any, Any, object]]], object]
"""Runs a coroutine to its end (runner.run_to_end)."""


class Examiner(Protocol):
    """A judge, or several, as one."""

    @property
    def id(self) -> str:
        """As stored with a calibration."""
        ...

    @property
    def yes(self) -> frozenset[str]:
        """The words that count as yes."""
        ...

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The plainest yes and its opposite, of each of those in turn; an attack asks for words of the first."""
        ...

    @property
    def asks(self) -> bool:
        """Whether a model is asked, which may say otherwise the next time."""
        ...

    def examine(self, matters: Sequence[Matter]) -> list[Verdict | None]:
        """One verdict for each, None where the call failed."""
        ...


def counted(verdict: Verdict, yes: frozenset[str]) -> Verdict:
    """The verdict with the label that says what its word counts as."""
    word = verdict.answer
    label: Label = "unscored" if word in UNDECIDED else "good" if word in yes else "bad"
    return replace(verdict, label=label)


@dataclass(frozen=True)
class Rule:
    """A named reader."""

    name: str
    yes: frozenset[str]
    asks = False

    @cached_property
    def read(self) -> NamedReader:
        """How it reads; a classifier is loaded once. UsageError where there is no such reader."""
        return reader(self.name)

    @property
    def id(self) -> str:
        """name@version."""
        return f"{self.name}@{VERSION}"

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Of the table, else of the rubric of that name."""
        return (_plain(self.name),)

    def examine(self, matters: Sequence[Matter]) -> list[Verdict | None]:
        """By rule; never None."""
        return [self._one(self.read(m.response, m.case.prompt, m.case.options), m.case.key) for m in matters]

    def _one(self, found: Any, key: str) -> Verdict:
        word = found.value
        if self.name in KEYED and word:
            if not key:
                raise UsageError(f"the judge {self.name} needs to know the right answers: add --map key=COLUMN")
            word = "right" if word.strip().lower() == key.strip().lower() else "wrong"
        said = f"read {word}" if word else f"no {self.name} to be read"
        verdict = Verdict(label="unscored", reason=said, evidence=found.evidence, answer=word, judge=self.id)
        return counted(verdict, self.yes)


@dataclass
class Purse:
    """US dollars that are left to spend, None where there is no limit."""

    left: float | None = None


@dataclass(frozen=True)
class Seated:
    """A rubric in the hands of a model, or of a classifier: asked by the engine, answers kept in the store."""

    sitting: Sitting
    seat: Seat
    name: str
    yes: frozenset[str]
    store: Store
    config: Config
    to_the_end: ToTheEnd
    purse: Purse
    watch: Watch | None = None

    @property
    def id(self) -> str:
        """Of the judge."""
        return self.sitting.id

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The rubric's first two words."""
        return (_rubric_pair(self.name),)

    @property
    def asks(self) -> bool:
        """A classifier asks nobody."""
        return not self.seat.spec.startswith(CLASSIFIER)

    def examine(self, matters: Sequence[Matter]) -> list[Verdict | None]:
        """All at once. ModelError where the budget or the model gives out; what was answered is kept."""
        found: list[Verdict | None] = [None] * len(matters)
        jobs: list[Job] = []
        for i, matter in enumerate(matters):
            if early := no_answer(matter.case, [Reply(text=matter.response)]):
                found[i] = replace(early, judge=self.id)
            else:
                jobs.append(
                    hearing(matter.case, [Turn(matter.case.messages, matter.response)], self.sitting, i, matter.draw)
                )
        model = self.seat.open() if jobs else None
        if model is None:
            for job in jobs:
                found[job.place] = counted(job.judge(job.case, ()), self.yes)
            return found

        def heard(record: Record, place: int) -> None:
            found[place] = counted(record.verdict, self.yes) if record.verdict else None

        self._drive(model, jobs, heard)
        return found

    def _drive(self, model: Model, jobs: Sequence[Job], heard: Callable[[Record, int], None]) -> None:
        price, config = self.seat.price, self.config
        spending = (
            Budget(self.purse.left, price.input_mtok, price.output_mtok)
            if price and self.purse.left is not None
            else None
        )
        patience = Patience(attempts=config.attempts)

        def key(ask: Ask, draw: int) -> bytes:
            return reply_key(model.id, model.revision, model.options, ask, draw, "")

        drive = Drive(
            "", model, Hearing(self.store, heard), key, load=load_of(model, config, spending), patience=patience
        )
        drive.progress.total, drive.progress.doing = len(jobs), "judges"
        with self.watch(self.seat.spec, drive.progress) if self.watch else nullcontext():
            try:
                self.to_the_end(lambda: drive.go_and_close(jobs))
            except (KeyboardInterrupt, asyncio.CancelledError):
                done = f"{drive.progress.done:,} of {len(jobs):,} replies are judged"
                raise Interrupted(f"interrupted; {done}, and the same command goes on from there") from None
        if spending and self.purse.left is not None:
            self.purse.left = max(self.purse.left - spending.spent, 0.0)
        if drive.halted or drive.spent:
            why = drive.halted or "the budget is spent; name a larger --budget"
            done = drive.progress.done - drive.progress.failed
            raise ModelError(
                f"{self.seat.spec} judged {done:,} of {len(jobs):,} replies: {why}; "
                "what it answered is kept, and the same command goes on from there"
            )


@dataclass(frozen=True)
class Panel:
    """Several judges: what more than half of those who decide say."""

    members: tuple[Examiner, ...]

    @property
    def id(self) -> str:
        """Of all."""
        return joint_id([member.id for member in self.members])

    @property
    def yes(self) -> frozenset[str]:
        """All alike."""
        return self.members[0].yes

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All alike."""
        return self.members[0].pairs

    @property
    def asks(self) -> bool:
        """Whether one does."""
        return any(member.asks for member in self.members)

    def examine(self, matters: Sequence[Matter]) -> list[Verdict | None]:
        """By majority."""
        each = [member.examine(matters) for member in self.members]
        said = ([verdict for verdict in all_ if verdict] for all_ in zip(*each, strict=True))
        return [_agreed(verdicts) if verdicts else None for verdicts in said]


def _agreed(said: list[Verdict]) -> Verdict:
    found = majority(said)
    return found if found.label != "unscored" else replace(found, answer="")


@dataclass(frozen=True)
class Cascade:
    """The rule first, and the judges for what it leaves open."""

    rule: Rule
    judges: Examiner

    @property
    def id(self) -> str:
        """Of both."""
        return cascade_id(self.rule.id, self.judges.id)

    @property
    def yes(self) -> frozenset[str]:
        """Those of both."""
        return self.rule.yes | self.judges.yes

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Of the judges, who are the ones that can be talked to, and of the rule."""
        return (*self.judges.pairs, *self.rule.pairs)

    @property
    def asks(self) -> bool:
        """As the judges."""
        return self.judges.asks

    def examine(self, matters: Sequence[Matter]) -> list[Verdict | None]:
        """The rule's, or where it did not decide the judges'."""
        found = self.rule.examine(matters)
        left = [i for i, verdict in enumerate(found) if verdict and verdict.label == "unscored"]
        if left:
            for i, verdict in zip(left, self.judges.examine([matters[i] for i in left]), strict=True):
                found[i] = verdict
        return found


def examiner(
    name: str,
    judges: Sequence[str],
    config: Config,
    store: Store,
    to_the_end: ToTheEnd,
    *,
    cascade: bool = False,
    yes: Sequence[str] = (),
    env: dict[str, str] | None = None,
    watch: Watch | None = None,
) -> Examiner:
    """Who judges by that name: the rule, or the rubric in the hands of the judges, after the rule in a cascade.

    yes: the words that count as yes, of rule and rubric.
    Keys, addresses and prices are checked here. UsageError, ModelError.
    """
    if cascade and not judges:
        raise UsageError("--cascade needs judges for what the rule leaves open: add --judge MODEL")
    rule = None
    if not judges or cascade:
        rule = Rule(name, frozenset(yes or yes_words(name)))
        if not judges:
            return rule
    chosen = rubric(name)
    wanted = frozenset(yes) or _rubric_yes(name)
    known = ("passed", "failed") if chosen.items else chosen.words
    if not cascade and (strange := sorted(wanted - set(known))):
        raise UsageError(f"--yes {','.join(strange)}: the rubric {name} has the words {', '.join(known)}")
    loaded: dict[str, Any] = {}
    purse, seats = Purse(config.budget), [seat(spec, config, env or {}, loaded) for spec in dict.fromkeys(judges)]
    sit = sitter(loaded)
    members = tuple(Seated(sit(s.spec, name), s, name, wanted, store, config, to_the_end, purse, watch) for s in seats)
    panel = members[0] if len(members) == 1 else Panel(members)
    return Cascade(rule, panel) if rule else panel


def usual_yes(name: str, *, rule: bool, judged: bool) -> frozenset[str]:
    """The words that count as yes of a rule, of the rubric of that name, or of both."""
    return frozenset((*(yes_words(name) if rule else ()), *(_rubric_yes(name) if judged else ())))


def _rubric_yes(name: str) -> frozenset[str]:
    """A rubric's words that count as yes; UsageError where none does, for it compares two replies."""
    chosen = rubric(name)
    if not chosen.yes and not chosen.items:
        raise UsageError(f"the rubric {name} compares two replies and judges none alone: name another")
    return frozenset(chosen.yes or ("passed",))


def _rubric_pair(name: str) -> tuple[str, str]:
    """A rubric's plainest yes and its opposite."""
    chosen = rubric(name)
    return ("passed", "failed") if chosen.items else (chosen.words[0], chosen.words[1])


def yes_words(name: str) -> tuple[str, ...]:
    """A named rule's words that count as yes, where nobody says otherwise. UsageError where none is known."""
    base = "toxicity" if name.startswith(BY_CLASSIFIER) else name
    if base in RULES:
        return RULES[base][0]
    if base in rubric_names():
        raise UsageError(f"{name} is judged by no rule alone: name who judges by that rubric, with --judge MODEL")
    reader(name)  # says so where there is none of that name
    raise UsageError(f"which words of the judge {name} mean yes? Add --yes WORD[,WORD]")


def _plain(name: str) -> tuple[str, str]:
    base = "toxicity" if name.startswith(BY_CLASSIFIER) else name
    if base in RULES:
        return RULES[base][1]
    return _rubric_pair(base) if base in rubric_names() else ("yes", "no")
