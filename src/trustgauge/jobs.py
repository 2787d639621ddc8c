"""Jobs: the order in which a run's conversations are had, and what of it an earlier session has settled.

The order is seeded and stratified: at any moment every task has had about the same share of its cases, whole groups
at a time, so that a run cut short (by a budget, by Ctrl-C) is a fair sample of the whole one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from heapq import heappop, heappush
from random import Random

from trustgauge.config import Config
from trustgauge.engine import Job
from trustgauge.store import Settled
from trustgauge.suites import Task
from trustgauge.suites.base import SEGMENT, Texts
from trustgauge.types import Case

LONGEST_GROUP = 500
"""Cases of a group that may reach past a segment's end: segments with longer ones are made again on resuming."""

FindSettled = Callable[[str, int, int], Sequence[Settled]]
"""(task, first place, at most so many) -> its settled records in order."""


class Jobs:
    """The jobs of a run over some tasks, made as they are taken; a number among them was settled before.

    total     conversations in all: exact for tasks whose cases are all made, for others at most so many
    counts    cases of each task, in the same way
    hashes    of each task whose cases are all made: a hash of their ids in order
    """

    def __init__(self, tasks: Sequence[Task], config: Config, texts: Texts | None, settled: FindSettled) -> None:
        self._lanes = [_Lane(task, config, texts, settled) for task in tasks]
        self._draws = config.draws
        Random(f"{config.seed}:order").shuffle(self._lanes)

    def __iter__(self) -> Iterator[Job | int]:
        """Taken once: the lane that has the smallest share of its cases behind it goes next."""
        waiting = [(0.0, i, lane, iter(lane)) for i, lane in enumerate(self._lanes)]
        while waiting:
            _, i, lane, jobs = heappop(waiting)
            for part in jobs:
                yield from part
                heappush(waiting, (lane.share, i, lane, jobs))
                break

    @property
    def counts(self) -> dict[str, int]:
        """Cases of each task, at most so many while they are not all made."""
        return {lane.task.id: lane.count for lane in self._lanes}

    @property
    def total(self) -> int:
        """Conversations in all, at most so many while not all cases are made."""
        return sum(lane.count for lane in self._lanes) * self._draws

    @property
    def hashes(self) -> dict[str, str]:
        """A hash of the case ids, for each task whose cases were all made or known."""
        return {lane.task.id: lane.hash for lane in self._lanes if lane.ended}


class _Lane:
    """One task's jobs, group by group."""

    def __init__(self, task: Task, config: Config, texts: Texts | None, settled: FindSettled) -> None:
        self.task = task
        self._n, self._draws, self._settled = config.n, config.draws, settled
        self._stream = task.stream(config.seed, config.n, texts)
        self._hash = blake2b(digest_size=8)

    @property
    def ended(self) -> bool:
        return self._stream.ended

    @property
    def count(self) -> int:
        return self._stream.count if self.ended else max(self._n, self._stream.count)

    @property
    def share(self) -> float:
        return self._stream.count / self._n

    @property
    def hash(self) -> str:
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[list[Job | int]]:
        while not self._stream.ended:
            start = self._stream.count
            rows = self._settled(self.task.id, start, (SEGMENT + LONGEST_GROUP) * self._draws)
            known = self._known(rows, start)
            if known:
                self._stream.skip(known)
                self._hash.update("".join(known).encode())
                yield [len(known) * self._draws]
            else:
                done = {(row.place, row.draw) for row in rows}
                yield from (self._jobs(group, done) for group in self._stream.segment())

    def _jobs(self, group: list[Case], done: set[tuple[int, int]]) -> list[Job | int]:
        """The jobs that a group still owes, and the number of those it doesn't."""
        first = self._stream.count - len(group)
        jobs: list[Job | int] = []
        for place, case in enumerate(group, first):
            self._hash.update(case.id.encode())
            for draw in range(self._draws):
                owed = (place, draw) not in done
                jobs.append(Job(case, draw, place, self.task.converse, self.task.judge) if owed else 1)
        return jobs

    def _known(self, rows: Sequence[Settled], start: int) -> list[str]:
        """The ids of the next segment's cases where all of it is settled; else nothing."""
        end, ids = self._stream.boundary, list[str]()
        for i, row in enumerate(rows):
            place, draw = divmod(i, self._draws)
            if (row.place, row.draw) != (start + place, draw):
                return []
            if draw == 0:
                if row.place >= end and row.group != rows[i - 1].group:
                    return ids
                ids.append(row.case)
        return []
