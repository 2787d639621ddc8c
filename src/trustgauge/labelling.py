"""Labelling: which replies of a run people should judge, how far they agree, and what their labels say of the run.

Half of the replies, by a hash that knows nothing of verdicts, are the random part: labelled in hash order, they are a
simple random sample of the run however many are done. Only of the other half are those picked that are worth most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, zip_longest
from typing import Any, Literal, NamedTuple

import msgspec

from trustgauge.errors import DataError, UsageError
from trustgauge.judges.base import no_answer
from trustgauge.reports.corrected import CorrectedScore, Placed, by_people, settled_at
from trustgauge.safe import plain
from trustgauge.stats.agreement import Share, cohen_kappa, confusion, krippendorff_alpha
from trustgauge.stats.intervals import wilson
from trustgauge.stats.measures import accuracy
from trustgauge.store import Label, Store
from trustgauge.suites import known_task
from trustgauge.taxonomy import SUB_CATEGORIES
from trustgauge.types import Measured, Record, Verdict, digest

Chosen = Literal["random", "disagree", "limit"]
SURE = ("good", "bad")


class Position(NamedTuple):
    """A record within its run."""

    task: str
    place: int
    draw: int


class Wanted(NamedTuple):
    """A record to ask people for, and why."""

    at: Position
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class Candidate:
    """A readable reply: what the run says of it, and what each of its judges does (by judge; the rule included)."""

    at: Position
    verdict: Verdict
    judges: Mapping[str, Verdict]

    @property
    def opposed(self) -> bool:
        """Whether one judge calls it good and another bad."""
        return {*SURE} <= {v.label for v in self.judges.values()}

    @property
    def unclear(self) -> bool:
        """Whether the run leaves it unscored, or its panel was not of one mind."""
        return self.verdict.label == "unscored" or self.verdict.values.get("agree", 1.0) < 1.0


# which records


def tasks_to_label(store: Store, run: str, words: Sequence[str] = ()) -> list[str]:
    """The run's tasks that suite words name; without words, those with open replies. UsageError where none is there."""
    there = [name for name, counts in store.tasks(run).items() if counts.n > counts.failed]
    if not there:
        raise UsageError(f"the run {run} holds no replies to label: run it again, or name another")
    if not words:
        found = [name for name in there if (task := known_task(name)) and task.judge.rubric]
        if not found:
            raise UsageError(
                f"the run {run} holds no open replies, for which people are the better judges: "
                f"name tasks of it with --suite ({_listed(there)})"
            )
        return found
    for word in words:
        if not any(word in _words_of(name) for name in there):
            raise UsageError(f"the run {run} holds no replies of '{word}': it has {_listed(there)}")
    return [name for name in there if any(word in _words_of(name) for word in words)]


def _words_of(task: str) -> tuple[str, ...]:
    sub = task.partition("/")[0]
    return ("all", task, sub, *([SUB_CATEGORIES[sub].category] if sub in SUB_CATEGORIES else []))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")


def candidates(store: Store, run: str, tasks: Iterable[str]) -> list[Candidate]:
    """The replies of these tasks that can be judged at all: not failed, blocked, empty or an echo."""
    found: list[Candidate] = []
    for task in tasks:
        said = store.judged.verdicts(run, task)
        for spot, record in store.replied(run, task):
            verdict = record.verdict
            if verdict and not no_answer(record.case, record.replies):
                judges = said.get(spot, {}) | {verdict.judge: verdict}
                found.append(Candidate(Position(task, *spot), verdict, judges))
    return found


def in_random_part(run: str, at: Position) -> bool:
    """Whether a record belongs to the random half of its run: fixed for ever, whatever judges say of it."""
    return digest((run, *at)).endswith(tuple("02468ace"))


def queue(run: str, found: Sequence[Candidate], n: int, seed: int = 0, limit: float | None = None) -> list[Wanted]:
    """At most n records to label, in order: by turns one of the random half and one of those worth most.

    The first come from every task alike, in an order that seed and run fix. Worth most, among the other half, are
    replies that judges call both good and bad, then those that stay unclear ("disagree"); then, where `limit` is the
    tolerated share of bad replies, replies of tasks whose 95 % interval of that share holds the limit, those judged
    bad first ("limit").
    """
    near = near_limit(found, limit) if limit is not None else set[str]()
    by_chance: dict[str, list[tuple[str, Wanted]]] = {}
    telling: list[tuple[int, str, Wanted]] = []
    for candidate in found:
        at = candidate.at
        order = digest((seed, run, *at))
        if in_random_part(run, at):
            by_chance.setdefault(at.task, []).append((order, Wanted(at, "random")))
        elif candidate.opposed or candidate.unclear:
            telling.append((0 if candidate.opposed else 1, order, Wanted(at, "disagree")))
        elif at.task in near:
            telling.append((2 if candidate.verdict.label == "bad" else 3, order, Wanted(at, "limit")))
    columns = zip_longest(*(sorted(part) for part in by_chance.values()))
    random = [entry[-1] for column in columns for entry in sorted(filter(None, column))]
    turns = zip_longest(random, (entry[-1] for entry in sorted(telling)))
    return [wanted for wanted in chain.from_iterable(turns) if wanted][:n]


def near_limit(found: Iterable[Candidate], limit: float) -> set[str]:
    """The tasks whose share of bad replies, with its Wilson interval, can't be told from the limit."""
    counts: dict[str, list[int]] = {}
    for candidate in found:
        if candidate.verdict.label in SURE:
            of = counts.setdefault(candidate.at.task, [0, 0])
            of[0] += candidate.verdict.label == "bad"
            of[1] += 1
    limits = {task: wilson(bad, n) for task, (bad, n) in counts.items()}
    return {task for task, (low, high) in limits.items() if low <= limit <= high}


def records_at(store: Store, run: str, positions: Iterable[Position]) -> dict[Position, Record]:
    """The records at these places, with their replies; those that are not there are left out."""
    wanted = set(positions)
    found: dict[Position, Record] = {}
    for task in sorted({at.task for at in wanted}):
        for spot, record in store.replied(run, task):
            at = Position(task, *spot)
            if at in wanted:
                found[at] = record
    return found


# what people said


def position_of(label: Label) -> Position:
    """The record that a label is about."""
    return Position(label.task, label.place, label.draw)


def by_position(said: Iterable[Label]) -> dict[Position, dict[str, str]]:
    """What each labeller said of each record, where they were sure."""
    found: dict[Position, dict[str, str]] = {}
    for label in said:
        if label.label in SURE:
            found.setdefault(position_of(label), {})[label.labeller] = label.label
    return found


def consensus(said: Iterable[Label]) -> dict[Position, str]:
    """What most labellers who were sure say of each record, in the order first labelled; ties are left out."""
    return {at: "good" if good else "bad" for at, good in settled_at(said, position_of).items()}


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two who judged the same replies: the share on which they agree; Cohen's kappa, None with one label throughout."""

    first: str
    second: str
    share: Share
    kappa: float | None


def between_people(said: Sequence[Label]) -> tuple[list[Agreement], float | None]:
    """Pairs of labellers with shared replies of the random part, and Krippendorff's alpha of all; sure labels only."""
    found = by_position(label for label in said if label.chosen == "random")
    people = sorted({name for by in found.values() for name in by})
    pairs = [
        _agreement(a, b, [(by[a], by[b]) for by in found.values() if a in by and b in by])
        for a, b in combinations(people, 2)
    ]
    alpha = krippendorff_alpha([by.get(name) for name in people] for by in found.values())
    return [pair for pair in pairs if pair.share.n], alpha


def with_judges(said: Sequence[Label], found: Iterable[Candidate]) -> list[Agreement]:
    """People, by majority, against each judge of the run, over replies of the random part that both decided."""
    people = consensus(label for label in said if label.chosen == "random")
    both: dict[str, list[tuple[str, str]]] = {}
    for candidate in found:
        for judge, verdict in candidate.judges.items():
            if verdict.label in SURE and candidate.at in people:
                both.setdefault(judge, []).append((people[candidate.at], verdict.label))
    return [_agreement("people", judge, pairs) for judge, pairs in sorted(both.items())]


def _agreement(first: str, second: str, pairs: Sequence[tuple[str, str]]) -> Agreement:
    kappa = cohen_kappa(confusion(pairs))
    return Agreement(first, second, Share(sum(a == b for a, b in pairs), len(pairs)), kappa.value if kappa else None)


class Score(NamedTuple):
    """A task's score and the records it is of, as a report has them."""

    groups: Placed
    measured: Measured

    def corrected(self, labels: Sequence[Label]) -> CorrectedScore | None:
        """The score that these labels lead to, of the random part."""
        return by_people(self.groups, labels, self.measured)


def score_of(store: Store, run: str, name: str) -> Score:
    """The score of a run's task by the verdicts that the store holds."""
    groups, task = list(store.spots(run, name)), known_task(name)
    measure = task.measure if task else accuracy()
    return Score(groups, measure([record for _, record in group] for group in groups))


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What people's labels say of one task: the share good after each random label, with Wilson's 95 % interval.

    judge      the share good by the run's own verdicts, of the readable replies that it decided
    corrected  the task's score corrected by the labels, as the report has it; None without a score
    """

    task: str
    points: tuple[Share, ...]
    judge: Share
    corrected: CorrectedScore | None


def narrowing(
    said: Sequence[Label], found: Iterable[Candidate], corrected: Callable[[str, list[Label]], CorrectedScore | None]
) -> list[Narrowing]:
    """For each task with labels of the random part, in the order first labelled; corrected gets those labels of it."""
    by_task: dict[str, list[Candidate]] = {}
    for candidate in found:
        by_task.setdefault(candidate.at.task, []).append(candidate)
    chance = [label for label in said if label.chosen == "random"]
    people: dict[str, dict[Position, str]] = {}
    for at, label in consensus(chance).items():
        people.setdefault(at.task, {})[at] = label
    rows: list[Narrowing] = []
    for task in (task for task in people if task in by_task):
        there = {candidate.at for candidate in by_task[task]}
        good = [label == "good" for at, label in people[task].items() if at in there]
        decided = [c.verdict.label == "good" for c in by_task[task] if c.verdict.label in SURE]
        mine = [label for label in chance if label.task == task]
        rows.append(Narrowing(task, tuple(_shares(good)), Share(sum(decided), len(decided)), corrected(task, mine)))
    return rows


def _shares(good: Iterable[bool]) -> Iterator[Share]:
    hits = 0
    for n, each in enumerate(good, 1):
        hits += each
        yield Share(hits, n)


# as files


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One label in a file of JSON lines; other fields, such as prompt and response, are for people.

    run, case  where they are given, they must be those of the record at this task, place and draw
    """

    task: str
    place: int
    draw: int = 0
    labeller: str
    label: Literal["good", "bad", "unsure"]
    chosen: Literal["random", "disagree", "limit", "imported"] = "imported"
    note: str = ""
    created: float = 0.0
    run: str = ""
    case: str = ""


_read = msgspec.json.Decoder(Line).decode


def exported(store: Store, run: str) -> Iterator[dict[str, Any]]:
    """One object a label, oldest first, with the prompt and the response it is about."""
    said = store.judged.labels(run)
    about = records_at(store, run, map(position_of, said))
    for label in said:
        record = about.get(position_of(label))
        own = record is not None and record.case.kind == "protected"  # the user's own texts stay where they are
        yield {
            "run": run,
            **msgspec.structs.asdict(label),
            "case": record.case.id if record else "",
            "prompt": record.case.prompt if record and not own else "",
            "response": record.replies[-1].text if record and record.replies and not own else "",
        }


def read_labels(store: Store, run: str, lines: Iterable[bytes], name: str) -> list[Label]:
    """The labels in JSON lines, each of a record that the run holds; DataError names the line that can't be used.

    Of several by one labeller on a record the last counts.
    """
    read = [
        (n, _line(line, f"{name}, line {n}")) for n, line in enumerate(lines, 1) if line.strip(b"\xef\xbb\xbf \r\n\t")
    ]
    about = records_at(store, run, (Position(line.task, line.place, line.draw) for _, line in read))
    found: dict[tuple[Position, str], Label] = {}
    for n, line in read:
        where, at = f"{name}, line {n}", Position(line.task, line.place, line.draw)
        record = about.get(at)
        if line.run not in ("", run):
            raise DataError(f"{where}: a label of the run {line.run}, not of {run}: name that run")
        if record is None or line.case not in ("", record.case.id):
            raise DataError(
                f"{where}: the run {run} has no such reply ({line.task}, place {line.place}, draw {line.draw}): "
                "take labels that were exported from this run"
            )
        labeller = labeller_name(line.labeller)
        if not labeller:
            raise DataError(f"{where}: no labeller is named: give a name in 'labeller'")
        if line.chosen == "random" and not in_random_part(run, at):  # it would bias the corrected score
            raise DataError(f"{where}: this reply is not of the run's random part: leave 'chosen' out")
        fields: dict[str, Any] = {name: getattr(line, name) for name in Label.__struct_fields__}
        fields["labeller"] = labeller
        found[at, labeller] = Label(**fields)
    return [*found.values()]


def labeller_name(text: str) -> str:
    """A name as it is kept: one line of at most 60 characters; "" where nothing is left."""
    return " ".join(plain(text).split())[:60].strip()


def _line(line: bytes, where: str) -> Line:
    try:
        return _read(line.removeprefix(b"\xef\xbb\xbf"))
    except msgspec.ValidationError as error:
        raise DataError(
            f"{where}: {str(error).replace('`', chr(39))}; a label gives task, place, draw, labeller and label "
            "(good, bad or unsure)"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{where}: not JSON in UTF-8 ({error}); give one object a line") from None
