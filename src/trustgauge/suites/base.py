"""Task and SubCategory: what a suite file is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random

from msgspec.structs import replace as replace_fields

from trustgauge.datasets import DataSet, Rows
from trustgauge.errors import DataError, SuiteError, UsageError
from trustgauge.generate.seen import Seen
from trustgauge.judges import Judge
from trustgauge.judges.leakage import Likeness
from trustgauge.judges.toxicity import Scorer
from trustgauge.stats.measures import Measure
from trustgauge.suites.wall import Side, Wall
from trustgauge.types import Ask, Case, Conversation, Gold, Groups, Measured, Message, Reply

Texts = dict[str, str]
"""The user's own texts by name, for tasks that need them."""

SEGMENT = 1000
"""Cases after which a stream begins anew from the next rng: what a resumed run need not make again."""

STALE = 200
"""Groups in a row that hold a case made before: then the words give no more."""

CASES = 200
"""Cases of a task where nobody says how many; of a public set all there are."""

FAR = 5_000
"""Groups of the wall's other side in a row: then this side has no more."""


def one_turn(case: Case) -> Conversation:
    """Ask the case's messages once."""
    yield Ask(messages=case.messages)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One way to measure one sub-category.

    measures  one line: what a good reply shows
    source    where the idea comes from (paper, year)
    cases     endless stream of groups from a seeded rng: a list of the cases that belong together
              (a pair, twins, one item in several wordings); a lone case is a list of one
    judge     (case, replies) -> verdict
    measure   groups of records -> score, interval, metrics
    chance    score of an answerer who knows nothing
    gold      (case, messages so far) -> replies that must be judged good, bad, unscored
    converse  generator of asks; one turn unless it says otherwise
    phrase    a bare answer in the reply format this task asks for, so that a degenerate answerer is readable
    sets      named sets it belongs to ("survey2023")
    scored_by    the judge with another scorer of toxicity in place of the word list; None: it scores no toxicity
    compared_by  the judge with an encoder that compares texts beside it; None: it compares none
    needs_texts  True where cases takes the user's texts as a second argument (None: none were named)
    data     the public set that its cases are made of, all of them once; cases then takes its rows as second argument
    whole    how many cases all rows of the set give; 0: as many as there are in the user's copy. Of a task that is no
             set's: how many its cases are in all, for they are written ones and end
    rows     gives those rows: the user's copy of the set
    wall     what of a case is walled off between training and test
    side     the side of the wall whose cases are made; None: both, and what has parts of both
    """

    name: str
    measures: str
    source: str
    cases: Callable[..., Iterable[list[Case]]]
    judge: Judge
    measure: Measure
    chance: float
    gold: Callable[[Case, Sequence[Message]], Gold]
    converse: Callable[[Case], Conversation] = one_turn
    phrase: Callable[[Case, str], str] = lambda case, answer: answer
    sets: tuple[str, ...] = ()
    scored_by: Callable[[Scorer], Judge] | None = None
    compared_by: Callable[[Likeness], Judge] | None = None
    needs_texts: bool = False
    data: DataSet | None = None
    whole: int = 0
    rows: Rows | None = None
    wall: Wall = field(default_factory=Wall)
    side: Side | None = None
    sub_category: str = ""

    @property
    def id(self) -> str:
        """sub-category/name."""
        return f"{self.sub_category}/{self.name}"

    def generate(self, seed: int, n: int, texts: Texts | None = None) -> Iterator[Case]:
        """At most n cases, whole groups only, all different; the same on every machine.

        A larger n begins with the cases of a smaller one. Ends early where the words give no more.
        """
        stream = self.stream(seed, n, texts)
        while not stream.ended:
            for group in stream.segment():
                yield from group

    def stream(self, seed: int, n: int, texts: Texts | None = None) -> Stream:
        """The same cases in segments that may be passed over, for a run that goes on from where it was."""
        return (_SetStream if self.data or self.whole else Stream)(self, seed, n, texts)

    def most(self, n: int | None) -> int:
        """How many cases to make where a run asks for n of each task: None is all of a set, and else CASES.

        Where nobody knows how many a set gives they are counted, so that a run's order and progress stay right.
        """
        return n or self.whole or self._counted() or CASES

    def _counted(self) -> int:
        """How many cases the copy of the set gives; 0 without one."""
        if not self.data or self.rows is None:
            return 0
        drawn = iter(self.cases(Random(0), self.rows))
        return sum(len(group) for group in iter(lambda: _drawn(self, drawn), None))

    def reading(self, rows: Rows | None) -> Task:
        """The task over a copy of its public set; a generated one as it is."""
        return replace(self, rows=rows) if self.data else self

    def on(self, side: Side | None) -> Task:
        """The task with the cases of one side of the wall only; UsageError for "train" of a set, held out whole."""
        if self.data and side == "train":
            raise UsageError(f"{self.id} is made of a public set, which is held out whole: leave out the training side")
        return replace(self, side=side)

    def side_of(self, cases: Sequence[Case]) -> Side | None:
        """The side of the wall on which these cases lie, that belong together; None: they have parts of both."""
        return "held-out" if self.data else self.wall.side_of(cases)

    def talk(self, case: Case, answer: Callable[[Ask], str]) -> list[tuple[Ask, Reply]]:
        """A case's conversation with one who answers at once: each ask with its reply, no engine needed."""
        talked: list[tuple[Ask, Reply]] = []
        turns = self.converse(case)
        ask = next(turns, None)
        while ask is not None:
            talked.append((ask, Reply(text=answer(ask))))
            try:
                ask = turns.send(talked[-1][1])
            except StopIteration:
                break
        return talked

    def turns(self, case: Case, replies: Sequence[Reply]) -> list[tuple[Ask, Reply]]:
        """The conversation that these replies are from: each with what was asked for it."""
        had: list[tuple[Ask, Reply]] = []
        talk = self.converse(case)
        with suppress(StopIteration):
            ask = next(talk)
            for reply in replies:
                had.append((ask, reply))
                ask = talk.send(reply)
        return had

    def estimate(self, groups: Iterable[Groups]) -> Measured:
        """The measure's result."""
        return self.measure(groups)


class Stream:
    """A task's cases for one seed, in segments of about SEGMENT cases, each dealt from an rng of its own.

    So a segment depends on those before it only through the ids that must not come again: who knows them can
    pass a segment over instead of making it. count is the number of cases made or passed over so far.
    """

    def __init__(self, task: Task, seed: int, n: int, texts: Texts | None) -> None:
        self.count = 0
        self.ended = False
        self._task, self._seed, self._n, self._texts = task, seed, n, texts
        self._segment = 0
        self._seen: Seen | set[str] = Seen()

    @property
    def boundary(self) -> int:
        """The count that ends the next segment, with the group that reaches it."""
        return (self._segment + 1) * SEGMENT

    def skip(self, ids: Sequence[str]) -> None:
        """Pass over the next segment, whose cases had these ids."""
        for id_ in ids:
            self._seen.add(id_)
        self.count += len(ids)
        self._segment += 1

    def segment(self) -> Iterator[list[Case]]:
        """The next segment's groups, to be taken to the end; `ended` is set where it was the last."""
        drawn, boundary, stale = self._raw(), self.boundary, 0
        self._segment += 1
        while self.count < min(self._n, boundary) and stale < STALE:
            group = self._next(drawn)
            if group is None:
                stale = STALE
            elif any(case.id in self._seen for case in group):
                stale += 1
            elif self.count and self.count + len(group) > self._n:
                self.ended = True
                return
            else:
                stale = 0
                for case in group:
                    self._seen.add(case.id)
                self.count += len(group)
                yield group
        self.ended = stale >= STALE or self.count >= self._n

    def _raw(self) -> Iterator[list[Case]]:
        """The segment's endless stream of groups; its first is that of the bare seed."""
        task = self._task
        start = ":".join([str(self._seed), task.id, *([task.side] if task.side else [])])  # no seed is on both sides
        rng = Random(f"{start}:{self._segment}" if self._segment else start)
        return iter(task.cases(rng, self._texts) if task.needs_texts else task.cases(rng))

    def _next(self, drawn: Iterator[list[Case]]) -> list[Case] | None:
        id_ = self._task.id
        group = self._on_side(drawn)
        if group is None:
            return None
        if not group:
            raise SuiteError(f"{id_} made an empty group: yield at least one case")
        filed = [case.of(id_) for case in group]
        return [replace_fields(case, group=filed[0].id) for case in filed]

    def _on_side(self, drawn: Iterator[list[Case]]) -> list[Case] | None:
        """The next group that lies where it should; None where none comes any more."""
        task = self._task
        if task.side is None or task.data:
            return _drawn(task, drawn)
        for _ in range(FAR):
            group = _drawn(task, drawn)
            if not group or task.side_of(group) == task.side:
                return group
        return None


def _drawn(task: Task, drawn: Iterator[list[Case]]) -> list[Case] | None:
    """The next group that a task's own code yields, None at its end. Raises SuiteError for what goes wrong there."""
    try:
        return next(drawn, None)
    except (ValueError, LookupError, TypeError) as error:
        raise SuiteError(f"{task.id} cannot make its cases: {error}") from error


class _SetStream(Stream):
    """The cases of a public set, or written ones: one order for one seed, that ends; a passed segment is made again."""

    _drawn: Iterator[list[Case]] | None = None

    def __init__(self, task: Task, seed: int, n: int, texts: Texts | None) -> None:
        super().__init__(task, seed, n, texts)
        self._seen = set[str]()  # exact, where Seen passes a fresh case over now and then: no row may be missing

    def _raw(self) -> Iterator[list[Case]]:
        if self._drawn is None:
            if self._task.data and self._task.rows is None:
                what = self._task.data.title if self._task.data else ""
                raise DataError(f"{self._task.id} is made of {what}: name the folder of your data sets (--data DIR)")
            rng, rows = Random(f"{self._seed}:{self._task.id}"), (self._task.rows,) if self._task.data else ()
            self._drawn = iter(self._task.cases(rng, *rows))
        return self._drawn

    def skip(self, ids: Sequence[str]) -> None:
        drawn, left = self._raw(), set(ids)
        while left and (group := self._next(drawn)):
            left.difference_update(case.id for case in group)
        super().skip(ids)


@dataclass(frozen=True, kw_only=True)
class SubCategory:
    """One of the 29 as measured here: its id is in the taxonomy, its tasks are its instruments."""

    id: str
    tasks: Sequence[Task]

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", tuple(replace(t, sub_category=self.id) for t in self.tasks))
