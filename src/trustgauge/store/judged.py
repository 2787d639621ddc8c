"""Judged: what several judges say of a run's records, what people say of them, and how good the judges are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, func, select

from trustgauge.store.connect import Database, Insert
from trustgauge.store.rows import decode_verdict, encode, tokens
from trustgauge.store.schema import calibrations, labels, verdicts
from trustgauge.types import Reply, Verdict

Spot = tuple[int, int]
"""A record within its task: the place of its case, and the draw."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of one record: good, bad or unsure.

    chosen   why it was asked for: "random" (an unbiased share), "disagree", "limit" or "imported"
    created  seconds since the epoch; 0: now
    """

    task: str
    place: int
    draw: int = 0
    labeller: str
    label: str
    chosen: str = "random"
    note: str = ""
    created: float = 0.0


class Used(msgspec.Struct, frozen=True):
    """Calls of a judge over a run, and their tokens; None where a provider did not count them."""

    judge: str
    calls: int
    tokens_in: int | None
    tokens_out: int | None


class Judged:
    """The tables beside a store's records. Verdicts are buffered and written by flush(), the rest at once."""

    def __init__(self, database: Database, number: Callable[[str], int]) -> None:
        self._at, self._number = database, number
        self._held: list[tuple[Any, ...]] = []
        engine = database.engine
        spot = ["run", "task", "place", "draw"]
        self._insert_verdicts = Insert(engine, verdicts, keys=[*spot, "judge"], replace=True)
        self._insert_labels = Insert(engine, labels, keys=[*spot, "labeller"], replace=True)
        self._insert_calibrations = Insert(engine, calibrations)

    # verdicts

    def keep(self, run: str, task: str, spot: Spot, verdict: Verdict, replies: Sequence[Reply] = ()) -> None:
        """Buffer a judge's verdict on a record, with the judge's own replies where it asked for some."""
        into, out = tokens(replies)
        row = (verdict.judge, verdict.label, encode(verdict), len(replies), into, out)
        self._held.append((self._number(run), task, *spot, *row))

    def flush(self) -> None:
        """Write what is buffered; what could not be written stays buffered."""
        if self._held:
            with self._at.writing():
                self._insert_verdicts(self._at.db, self._held)
            self._held.clear()

    def verdicts(self, run: str, task: str) -> dict[Spot, dict[str, Verdict]]:
        """The verdicts of each judge on the records of a task, those of them that more than a rule judged."""
        query = select(verdicts.c.place, verdicts.c.draw, verdicts.c.judge, verdicts.c.verdict)
        found: dict[Spot, dict[str, Verdict]] = {}
        for place, draw, judge, body in self._rows(query.where(*self._of(run, task))):
            found.setdefault((place, draw), {})[judge] = decode_verdict(body)
        return found

    def judges(self, run: str) -> dict[str, dict[str, dict[str, int]]]:
        """How many records each judge called good, bad and unscored: task -> judge -> label -> number."""
        key = (verdicts.c.task, verdicts.c.judge, verdicts.c.label)
        query = select(*key, func.count()).where(verdicts.c.run == self._number(run)).group_by(*key)
        found: dict[str, dict[str, dict[str, int]]] = {}
        for task, judge, label, number in self._rows(query):
            found.setdefault(task, {}).setdefault(judge, {})[label] = number
        return found

    def splits(self, run: str) -> dict[str, int]:
        """Records of each task on which judges who decided do not all say the same."""
        spot = (verdicts.c.task, verdicts.c.place, verdicts.c.draw)
        mine = (verdicts.c.run == self._number(run), verdicts.c.label != "unscored")
        several = select(*spot).where(*mine).group_by(*spot).having(func.count(verdicts.c.label.distinct()) > 1)
        inner = several.subquery()
        return dict(self._rows(select(inner.c.task, func.count()).group_by(inner.c.task)))

    def used(self, run: str) -> list[Used]:
        """Calls and tokens of each judge that asked a model, by its id."""
        missing = func.count() - func.count(verdicts.c.tokens_in)
        sums = func.sum(verdicts.c.calls), func.sum(verdicts.c.tokens_in), func.sum(verdicts.c.tokens_out), missing
        query = select(verdicts.c.judge, *sums).where(verdicts.c.run == self._number(run), verdicts.c.calls > 0)
        rows = self._rows(query.group_by(verdicts.c.judge))
        return [Used(judge, n, None if lack else into, None if lack else out) for judge, n, into, out, lack in rows]

    # people

    def keep_labels(self, run: str, said: Sequence[Label]) -> None:
        """Write labels; the same labeller's earlier one on a record is replaced."""
        number = self._number(run)
        rows = [
            (number, at.task, at.place, at.draw, at.labeller, at.label, at.chosen, at.note, at.created or time.time())
            for at in said
        ]
        if rows:
            with self._at.writing():
                self._insert_labels(self._at.db, rows)

    def labels(self, run: str, task: str | None = None) -> list[Label]:
        """All labels on a run's records, or on those of one task, oldest first."""
        names = [column for column in labels.c if column.name != "run"]
        chosen = [labels.c.run == self._number(run), *([labels.c.task == task] if task else [])]
        rows = self._rows(select(*names).where(*chosen).order_by(labels.c.created, labels.c.task, labels.c.place))
        return [Label(**dict(zip([c.name for c in names], row, strict=True))) for row in rows]

    def drop_label(self, run: str, task: str, spot: Spot, labeller: str) -> None:
        """Take back what somebody said of a record."""
        at = (labels.c.task == task, labels.c.place == spot[0], labels.c.draw == spot[1])
        with self._at.writing():
            mine = (labels.c.run == self._number(run), labels.c.labeller == labeller)
            self._at.db.execute(delete(labels).where(*mine, *at))

    # calibrations

    def keep_calibration(self, judge: str, data: str, body: dict[str, Any]) -> None:
        """Write a calibration of a judge on labelled data; earlier ones stay."""
        with self._at.writing():
            self._insert_calibrations(self._at.db, [(judge, data, time.time(), encode(body).decode())])

    def calibrations(self, judge: str | None = None) -> list[dict[str, Any]]:
        """The bodies of all calibrations, or of one judge's, oldest first."""
        query = select(calibrations.c.body).order_by(calibrations.c.number)
        if judge is not None:
            query = query.where(calibrations.c.judge == judge)
        return [msgspec.json.decode(body) for (body,) in self._rows(query)]

    def forget(self, number: int) -> None:
        """Remove what is said of a run, within the caller's transaction."""
        for table in (verdicts, labels):
            self._at.db.execute(delete(table).where(table.c.run == number))

    def _of(self, run: str, task: str) -> tuple[Any, Any]:
        return verdicts.c.run == self._number(run), verdicts.c.task == task

    def _rows(self, query: Any) -> Iterator[Any]:
        if not self._at.whole:
            return iter(())
        rows = self._at.db.execute(query).all()
        self._at.db.rollback()  # ends the read, so that other processes may write
        return iter(rows)
