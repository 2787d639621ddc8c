"""Judging: models, or a classifier, judge the replies of a run by rubric, after the rules.

In a cascade the rules decide the clear replies of open tasks and hand on the rest; else the judges decide them all.
Nothing that a judge has answered is asked again, and no model under test is asked at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

from msgspec.structs import replace

from trustgauge.config import Config
from trustgauge.engine import Budget, Drive, Job, Limits, Load, Patience
from trustgauge.errors import ModelError, UsageError
from trustgauge.judges.base import no_answer
from trustgauge.judges.classifier import CLASSIFIER, Classifier, ClassifierJudge, opened_classifier
from trustgauge.judges.ensemble import majority, weighed
from trustgauge.judges.model_judge import Judging, ModelJudge, Turn
from trustgauge.judges.rubric import rubric
from trustgauge.models import Model, open_model
from trustgauge.models.local_weights import revision
from trustgauge.models.providers import is_http, is_local
from trustgauge.models.scripted_judges import FORMS, is_scripted_judge
from trustgauge.prices import Price
from trustgauge.stats.correction import JudgeError
from trustgauge.stats.dawid_skene import MISSING, dawid_skene, posterior
from trustgauge.store import Spot, Store, reply_key
from trustgauge.suites import Task, known_task
from trustgauge.types import Ask, Case, Conversation, Options, Record, Reply, Verdict

CLASSIFIED = "refusal"
"""The rubric that a classifier/ judge judges by in a run: whether a reply refuses."""

EVEN = 0.5
"""Share of good that a weighted panel starts from: the judges' evidence alone decides."""


class Sitting(Protocol):
    """A judge at work on one kind of verdict: a rubric in the hands of a model, or a classifier that asks nothing."""

    @property
    def id(self) -> str:
        """As stored with its verdicts."""
        ...

    def judging(self, case: Case, turns: Sequence[Turn]) -> Judging:
        """The conversation with the judge."""
        ...

    def verdict(self, case: Case, turns: Sequence[Turn], answers: Sequence[Reply]) -> Verdict:
        """The verdict from the judge's answers."""
        ...


@dataclass(frozen=True)
class Bench:
    """Who judges, and how: MODEL words, cascade or all, majority or weighted; (word, rubric) -> the judge."""

    judges: tuple[str, ...]
    mode: Literal["cascade", "all"] = "cascade"
    panel: Literal["majority", "weighted"] = "majority"
    sitting: Callable[[str, str], Sitting] = lambda spec, name: ModelJudge(rubric(name), spec)

    def on(self, task: Task) -> dict[str, Sitting]:
        """The judges of a task by their words; a classifier has learnt one kind of verdict, and judges no other."""
        name = task.judge.rubric
        able = [spec for spec in self.judges if name == CLASSIFIED or not spec.startswith(CLASSIFIER)]
        return {spec: self.sitting(spec, name) for spec in able if name}


class Hearing:
    """What the engine needs of a store, for a judge's answers; `heard` is given each record, and its place.

    A record's verdict is one judge's opinion; a call that failed leaves none.
    """

    def __init__(self, store: Store, heard: Callable[[Record, int], None]) -> None:
        self._store, self._heard = store, heard
        self.find_replies, self.keep_reply = store.find_replies, store.keep_reply
        self.commit_replies = store.commit_replies

    def keep_record(self, run: str, record: Record, keys: list[bytes], place: int) -> None:
        """Hand it on."""
        self._heard(record, place)

    def flush(self) -> None:
        """Write what is buffered."""
        self._store.flush()
        self._store.judged.flush()


@dataclass(frozen=True)
class Judgement:
    """The judging of one run's records by a bench. salt: of a run in which everything is asked again."""

    store: Store
    run: str
    bench: Bench
    salt: str = ""

    @property
    def most(self) -> int:
        """Records that each judge is to see, at most: those handed on."""
        judges = self.store.judged.judges(self.run)
        return sum(max(sum(labels.values()) for labels in by.values()) for by in judges.values())

    @cached_property
    def tasks(self) -> list[Task]:
        """The tasks of the run that a model can judge."""
        return [task for name in self.store.tasks(self.run) if (task := known_task(name)) and self.bench.on(task)]

    def hand_on(self) -> None:
        """Note all records that the judges are to see, with what the rule says of each.

        Done before any judge is asked, so that the store tells at any time what is still to be judged.
        """
        whole = self.bench.mode == "all"
        for task in self.tasks:
            guesses = task.judge.guesses
            label = "" if whole or guesses else "unscored"
            for spot, record in self.store.replied(self.run, task.id, label=label, handed_on=False):
                said = record.verdict
                if not said or not (whole or said.label == "unscored" or said.reason in guesses):
                    continue
                if not no_answer(record.case, record.replies):
                    self.store.judged.keep(self.run, task.id, spot, said)
        self.store.judged.flush()

    def owed(self, spec: str) -> Iterator[Job]:
        """The conversations with one judge that are still to be had about what was handed on."""
        for task in self.tasks:
            sitting = self.bench.on(task).get(spec)
            if sitting:
                for spot, record in self.store.replied(self.run, task.id, handed_on=True, unjudged_by=sitting.id):
                    yield hearing(record.case, turns_of(task, record), sitting, spot[0], record.draw)

    def by_model(self, spec: str, model: Model, load: Load, patience: Patience) -> Drive:
        """The drive that has them with a model: to be awaited."""

        def key(ask: Ask, draw: int) -> bytes:
            # The same reply is judged once, whichever draw or task it stands in.
            return reply_key(model.id, model.revision, model.options, ask, 0, self.salt)

        return Drive(self.run, model, Hearing(self.store, self._keep), key, load=load, patience=patience)

    def _keep(self, record: Record, place: int) -> None:
        """A call that failed is owed when the run is resumed."""
        if record.verdict:
            spot = (place, record.draw)
            self.store.judged.keep(self.run, record.case.task, spot, record.verdict, record.replies)

    def at_once(self, spec: str) -> None:
        """Judge by what asks nobody: a classifier."""
        for job in self.owed(spec):
            verdict = job.judge(job.case, ())
            self.store.judged.keep(self.run, job.case.task, (job.place, job.draw), verdict)
        self.store.judged.flush()

    def decide(self, errors: Mapping[str, JudgeError] | None = None) -> None:
        """Make the records' verdicts from those of the judges.

        A weighted panel weighs each judge by its measured error, by judge id; where one has none, all by what their
        agreement with each other tells (Dawid & Skene 1979). What the rule measured beside its verdict stays.
        """
        for task in self.tasks:
            ids = [judge.id for judge in self.bench.on(task).values()]
            known = self.store.judged.verdicts(self.run, task.id)
            said = {spot: found for spot, by in known.items() if (found := [by[id_] for id_ in ids if id_ in by])}
            if self.bench.panel == "weighted" and len(ids) > 1:
                decided = self._weighed(task, said, ids, errors or {})
            else:
                decided = {spot: majority(verdicts) for spot, verdicts in said.items()}
            values = {spot: v.values for spot, by in known.items() for id_, v in by.items() if id_ not in ids}
            kept = {s: replace(v, values={**values.get(s, {}), **v.values}) for s, v in decided.items()}
            self.store.decide(self.run, task.id, kept)

    def _weighed(
        self, task: Task, said: Mapping[Spot, list[Verdict]], ids: Sequence[str], errors: Mapping[str, JudgeError]
    ) -> dict[Spot, Verdict]:
        """Each side by itself: what is good on one is bad on the other, and the judges' errors change places."""
        words = rubric(task.judge.rubric)
        sides: dict[str, list[Spot]] = {}
        for group in self.store.spots(self.run, task.id):
            for spot, record in group:
                if spot in said:
                    sides.setdefault(words.side(record.case), []).append(spot)
        decided: dict[Spot, Verdict] = {}
        for side, spots in sides.items():
            means = words.yes_means(side)
            known = [errors[id_] for id_ in ids if id_ in errors and means]
            if means == "bad":
                known = [error.flipped for error in known]
            chances = chances_of_good([said[spot] for spot in spots], ids, known)
            decided |= {spot: weighed(said[spot], chance) for spot, chance in zip(spots, chances, strict=True)}
        return decided


def chances_of_good(
    said: Sequence[Sequence[Verdict]], ids: Sequence[str], errors: Sequence[JudgeError]
) -> list[float | None]:
    """The probability that each reply is good, given its verdicts; None where no judge decided.

    errors are those of all judges in the order of ids (Bayes' rule), or of fewer: then the verdicts alone tell.
    """
    import numpy as np

    column = {id_: i for i, id_ in enumerate(ids)}
    labels = np.full((len(said), len(ids)), MISSING, dtype=np.int64)
    for row, verdicts in zip(labels, said, strict=True):
        for verdict in verdicts:
            if verdict.label != "unscored":
                row[column[verdict.judge]] = verdict.label == "good"
    whole = len(errors) == len(ids)
    found = posterior(labels, errors, EVEN) if whole else dawid_skene(labels, 2).posterior[:, 1]
    return [float(p) if (row != MISSING).any() else None for p, row in zip(found, labels, strict=True)]


def turns_of(task: Task, record: Record) -> list[Turn]:
    """The turns of a record's conversation as a judge sees them."""
    return [Turn(ask.messages, reply.text) for ask, reply in task.turns(record.case, record.replies)]


def hearing(case: Case, turns: Sequence[Turn], sitting: Sitting, place: int, draw: int = 0) -> Job:
    """The conversation with a judge about one record, whose end is the verdict."""
    said: list[Verdict] = []

    def talk(case: Case) -> Conversation:
        said.append((yield from sitting.judging(case, turns)))

    def verdict(case: Case, answers: Sequence[Reply]) -> Verdict:
        return said[-1] if said else sitting.verdict(case, turns, answers)

    return Job(case, draw, place, talk, verdict)


@dataclass(frozen=True)
class Seat:
    """A judge ready to sit: `open` gives its model for one run, None for what asks nobody.

    revision  as of the model
    price     USD per million tokens, None where unknown or nothing is paid
    """

    spec: str
    revision: str
    price: Price | None
    open: Callable[[], Model | None]

    def spent(self, store: Store, run: str) -> float:
        """USD that earlier sessions of a run have spent on it; tokens that were not counted cost nothing."""
        used = [use for use in store.judged.used(run) if self.price and use.judge.endswith(f"[{self.spec}]")]
        return sum(self.price.usd(u.tokens_in or 0, u.tokens_out or 0) for u in used if self.price)


@dataclass(frozen=True)
class Court:
    """The judges of a command, none or several, opened before anything is asked."""

    bench: Bench
    seats: tuple[Seat, ...]
    rubrics: tuple[str, ...] = ()

    @property
    def described(self) -> dict[str, Any]:
        """What of it makes a run's verdicts what they are, for the manifest; nothing where there are no judges."""
        if not self.seats:
            return {}
        judges = {seat.spec: seat.revision for seat in self.seats}
        how = {"mode": self.bench.mode, "panel": self.bench.panel}
        return {"judging": {"judges": judges, **how, "rubrics": [rubric(name).id for name in self.rubrics]}}

    @property
    def prices(self) -> dict[str, list[float]]:
        """USD per million tokens in and out, of those whose price is known."""
        return {s.spec: [s.price.input_mtok, s.price.output_mtok] for s in self.seats if s.price}


def open_court(config: Config, chosen: Sequence[Task], env: Mapping[str, str]) -> Court:
    """The judges that a configuration names: keys, addresses and prices are checked here. UsageError, ModelError."""
    if not config.judges and (config.judging, config.panel) != ("cascade", "majority"):
        raise UsageError("--judging and --panel say how models judge, and none is named: add --judge MODEL")
    rubrics = tuple(sorted({task.judge.rubric for task in chosen if task.judge.rubric}))
    if all(spec.startswith(CLASSIFIER) for spec in config.judges):
        rubrics = tuple(name for name in rubrics if name == CLASSIFIED)
    if config.judges and not rubrics:
        raise UsageError("none of these tasks has open replies for a model to judge: leave out --judge")
    classifiers: dict[str, Classifier] = {}
    bench = Bench(config.judges, config.judging, config.panel, sitter(classifiers))
    return Court(bench, tuple(seat(spec, config, env, classifiers) for spec in config.judges), rubrics)


def sitter(classifiers: Mapping[str, Classifier]) -> Callable[[str, str], Sitting]:
    """(word, rubric) -> the judge; the classifiers among the words are those that `seat` has loaded."""

    def sitting(spec: str, name: str) -> Sitting:
        found = classifiers.get(spec)
        return ClassifierJudge(rubric(name), spec, found) if found else ModelJudge(rubric(name), spec)

    return sitting


def seat(spec: str, config: Config, env: Mapping[str, str], classifiers: dict[str, Classifier]) -> Seat:
    """A judge's seat; the model of a classifier/ word is loaded and put among the classifiers. ModelError."""
    if spec.startswith(CLASSIFIER):
        found = classifiers[spec] = opened_classifier(spec, local=config.offline)
        return Seat(spec, revision(found.source, found.config), None, lambda: None)
    if config.offline and is_http(spec) and not is_local(spec, env):
        raise ModelError(f"the judge {spec} is reached over the network and --offline forbids it: drop one of the two")
    price = config.judge_price(spec) if is_http(spec) else None
    if config.budget is not None and is_http(spec) and price is None:
        raise ModelError(
            f"the price of the judge {spec} is unknown, so no budget can be kept: give it in a table (--prices FILE)"
        )

    if spec.startswith(("scripted/", "panel/")) and not is_scripted_judge(spec):
        raise ModelError(f"{spec} is no judge: name a model, or scripted/ with one of {', '.join(FORMS)}")

    def opened() -> Model:
        return open_model(
            spec, Options(temperature=0.0), env=env, timeout_s=config.timeout_s, connections=config.concurrency
        )

    model = opened()
    ready = [model] if is_http(spec) else []  # weights are loaded again when they are needed: not all stay in memory
    return Seat(spec, model.revision, price, lambda: ready.pop() if ready else opened())


def load_of(model: Model, config: Config, budget: Budget | None) -> Load:
    """What limits sending to a model; one that answers in process is not held back."""
    if model.in_process:
        return Load(config.concurrency, adaptive=False)
    limits = Limits(config.rpm, config.tpm) if config.rpm or config.tpm else None
    return Load(config.concurrency, limits=limits, budget=budget)
