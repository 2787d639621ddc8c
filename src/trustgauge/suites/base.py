"""Task and SubCategory: what a suite file is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from trustgauge.errors import SuiteError
from trustgauge.judges import Judge
from trustgauge.stats.measures import Measure
from trustgauge.types import Ask, Case, Conversation, Gold, Groups, Measured, Message

Texts = dict[str, str]
"""The user's own texts by name, for tasks that need them."""


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
    needs_texts  True where cases takes the user's texts as a second argument (None: none were named)
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
    needs_texts: bool = False
    sub_category: str = ""

    @property
    def id(self) -> str:
        """sub-category/name."""
        return f"{self.sub_category}/{self.name}"

    def generate(self, seed: int, n: int, texts: Texts | None = None) -> Iterator[Case]:
        """At most n cases, whole groups only, all different; the same on every machine.

        A larger n begins with the cases of a smaller one. Ends early where the words give no more.
        """
        rng = Random(f"{seed}:{self.id}")
        stream = iter(self.cases(rng, texts) if self.needs_texts else self.cases(rng))
        seen: set[str] = set()
        stale = 0
        while len(seen) < n and stale < 200:
            drawn = self._next(stream)
            if drawn is None:
                return
            group = self._file(drawn)
            if any(case.id in seen for case in group):
                stale += 1
                continue
            if len(seen) + len(group) > n and seen:
                return
            stale = 0
            seen.update(case.id for case in group)
            yield from group

    def _next(self, stream: Iterator[list[Case]]) -> list[Case] | None:
        try:
            return next(stream, None)
        except (ValueError, LookupError, TypeError) as error:
            raise SuiteError(f"{self.id} cannot make its cases: {error}") from error

    def _file(self, group: list[Case]) -> list[Case]:
        if not group:
            raise SuiteError(f"{self.id} made an empty group: yield at least one case")
        filed = [case.of(self.id) for case in group]
        return [case.of(self.id, group=filed[0].id) for case in filed]

    def estimate(self, groups: Iterable[Groups]) -> Measured:
        """The measure's result."""
        return self.measure(groups)


@dataclass(frozen=True, kw_only=True)
class SubCategory:
    """One of the 29 as measured here: its id is in the taxonomy, its tasks are its instruments."""

    id: str
    tasks: Sequence[Task]

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", tuple(replace(t, sub_category=self.id) for t in self.tasks))
