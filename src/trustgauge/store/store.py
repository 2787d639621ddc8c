"""Store: opens, writes in batches, and streams records back. Holds facts, decides nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, delete, exists, func, select, update

from trustgauge.errors import StoreError, UsageError
from trustgauge.store.connect import Database, FindReplies, Insert, dialect_insert, shown
from trustgauge.store.judged import Judged, Spot
from trustgauge.store.lock import run_lock
from trustgauge.store.rows import (
    RunInfo,
    decode_record,
    decode_reply,
    encode,
    record_of,
    record_row,
    run_info,
    split_keys,
)
from trustgauge.store.schema import cases, meta, records, replies, reply_keys, runs, verdicts
from trustgauge.types import Counts, Record, Reply, Verdict


class Settled(NamedTuple):
    """A record that need not be made again: its case's place in the task's stream, draw, group and id."""

    place: int
    draw: int
    group: str
    case: str


class Store:
    """One database of runs. Writes are buffered, and committed by commit_replies() and flush().

    url: a SQLAlchemy URL, or a path of a SQLite file, made where it isn't there unless `create` is False. Raises
    StoreError where it can't be opened, or is a database of something else; so does whatever reads or writes.
    """

    def __init__(self, url: str = "trustgauge.db", *, batch: int = 500, create: bool = True) -> None:
        self.url = url
        self._batch = batch
        self._fresh: dict[bytes, Reply] = {}  # not yet committed
        self._behind: dict[bytes, Reply] = {}  # committed, not yet in the index
        self._records: list[tuple[int, int, Record, list[bytes]]] = []
        self._numbers: dict[str, int] = {}
        self._database = Database(url, create=create)
        self._engine = self._database.engine
        self.judged = Judged(self._database, self._number)
        self._find = FindReplies(self._engine)
        self._insert_run = Insert(self._engine, runs, keys=["id"])
        self._insert_replies = Insert(self._engine, replies)
        self._insert_cases = Insert(self._engine, cases, keys=["id"])
        self._insert_records = Insert(self._engine, records, keys=["run", "task", "place", "draw"], replace=True)

    @property
    def _db(self) -> Connection:
        return self._database.db

    # runs

    def measuring(self, run: str) -> AbstractContextManager[None]:
        """To be held while a run is measured; StoreError where another process holds it. For SQLite files only."""
        file = self._engine.url.database
        return run_lock(Path(file), run) if self._engine.dialect.name == "sqlite" and file else nullcontext()

    def begin(self, info: RunInfo) -> RunInfo:
        """The run of that id, created if it is not there yet; marked as running and as the last one."""
        seq = (self._db.execute(select(func.max(runs.c.seq))).scalar() or 0) + 1
        manifest = encode(info.manifest).decode()
        created = info.created or time.time()
        row = (info.id, seq, info.model, info.study, "running", created, 0, 0.0, manifest)
        changed = {"seq": seq, "status": "running"} | ({"study": info.study} if info.study else {})
        with self._database.writing():
            self._index_replies()  # those that a killed process left behind
            self._insert_run(self._db, [row])
            self._db.execute(update(runs).where(runs.c.id == info.id).values(changed))
        return self.run(info.id)

    def _number(self, run: str) -> int:
        """The number of a run in the records; -1 for one that is not there, which has none."""
        if run not in self._numbers:
            found = self._db.execute(select(runs.c.number).where(runs.c.id == run)).scalar()
            if found is None:
                return -1
            self._numbers[run] = found
        return self._numbers[run]

    def finish(self, run: str, status: str, *, calls: int = 0, wall_s: float = 0.0, notes: Sequence[str] = ()) -> None:
        """Write what is buffered and how the run ended; calls and wall_s add to what earlier sessions took.

        notes, what the model turned out not to take, join the manifest.
        """
        self.flush()
        if notes:
            self.amend(run, {"notes": sorted({*self.run(run).manifest.get("notes", []), *notes})})
        added = {"calls": runs.c.calls + calls, "wall_s": runs.c.wall_s + wall_s}
        with self._database.writing():
            self._db.execute(update(runs).where(runs.c.id == run).values(status=status, **added))

    def amend(self, run: str, facts: Mapping[str, Any]) -> None:
        """Add to a run's manifest what became known later, such as a price."""
        manifest = self.run(run).manifest | dict(facts)
        with self._database.writing():
            self._db.execute(update(runs).where(runs.c.id == run).values(manifest=encode(manifest).decode()))

    def forget(self, run: str) -> None:
        """Remove a run with its records. Cases and replies stay: other runs may share them."""
        self.flush()
        with self._database.writing():
            self._db.execute(delete(records).where(records.c.run == self._number(run)))
            self.judged.forget(self._number(run))
            self._db.execute(delete(runs).where(runs.c.id == run))
        self._numbers.pop(run, None)

    def runs(self) -> list[RunInfo]:
        """All runs, oldest first."""
        rows = self._db.execute(select(runs).order_by(runs.c.seq)).mappings().all()
        self._db.rollback()  # ends the read, so that other processes may write
        return [run_info(dict(row)) for row in rows]

    def run(self, name: str) -> RunInfo:
        """One run by id, unambiguous beginning of it, or `last`; UsageError where there is none or several."""
        found = self.resolve(name)
        if len(found) > 1:
            raise UsageError(f"'{name}' names {len(found)} runs ({', '.join(r.id for r in found[:6])}): name one")
        return found[0]

    def resolve(self, name: str) -> list[RunInfo]:
        """The runs a RUN word names: an id, an unambiguous beginning, `last`, or a study (all its runs)."""
        known = self.runs()
        if not known:
            raise UsageError(f"the store {shown(self.url)} holds no runs: start with `trustgauge run`")
        if name == "last":
            return known[-1:]
        exact = [r for r in known if r.id == name] or [r for r in known if r.study and r.study == name]
        if exact:
            return exact
        begins = [r for r in known if r.id.startswith(name)]
        if not begins:
            raise UsageError(f"there is no run '{name}' in {shown(self.url)}: see `trustgauge runs`")
        if len(begins) > 1:
            raise UsageError(f"'{name}' could be {', '.join(r.id for r in begins[:6])}: write more of it")
        return begins

    # writing

    def keep_reply(self, key: bytes, reply: Reply) -> None:
        """Buffer a reply; from the next commit on it is never asked for again."""
        self._fresh[key] = reply

    def keep_record(self, run: str, record: Record, keys: list[bytes], place: int) -> None:
        """Buffer a record of a run, replacing an older one of the same task, place and draw; writes full batches.

        place is the case's position in its task's stream, so that the records of a group lie side by side.
        """
        number = self._number(run)
        if number < 0:
            raise StoreError(f"there is no run {run} in {shown(self.url)} to keep a record of")
        self._records.append((number, place, record, keys))
        if len(self._records) >= self._batch:
            self.flush()

    def decide(self, run: str, task: str, decided: Mapping[Spot, Verdict]) -> None:
        """Replace the verdicts of a task's records, which are there, by what several judges came to."""
        at = (records.c.run == bindparam("r"), records.c.task == bindparam("t"))
        spot = (records.c.place == bindparam("p"), records.c.draw == bindparam("d"))
        changed: dict[str, Any] = {"label": bindparam("l"), "reason": bindparam("w"), "verdict": bindparam("v")}
        number = self._number(run)
        rows = [
            {"r": number, "t": task, "p": p, "d": d, "l": v.label, "w": v.reason, "v": encode(v)}
            for (p, d), v in decided.items()
        ]
        if rows:
            with self._database.writing():
                self._db.execute(update(records).where(*at, *spot).values(changed), rows)

    def commit_replies(self) -> None:
        """Commit the replies alone, which is cheap: records can be made again from them."""
        if self._fresh:
            self._insert_replies.commit(self._db, self._reply_rows())
            self._behind |= self._fresh
            self._fresh.clear()

    def flush(self) -> None:
        """Write and commit all that is buffered. Raises StoreError; what could not be written stays buffered."""
        if not (self._records or self._fresh or self._behind):
            return
        with self._database.writing():
            if self._fresh:
                self._insert_replies(self._db, self._reply_rows())
            self._index_replies()
            bodies = {record.case.id: record.case for _, _, record, _ in self._records}
            if bodies:
                self._insert_cases(self._db, [(id_, encode(case)) for id_, case in bodies.items()])
                self._insert_records(self._db, [record_row(*entry) for entry in self._records])
        self._fresh.clear()
        self._behind.clear()
        self._records.clear()

    def _reply_rows(self) -> list[tuple[bytes, bytes]]:
        return [(key, encode(reply)) for key, reply in self._fresh.items()]

    def _index_replies(self) -> None:
        """Bring the index of replies up to the last one."""
        reached = int(self._db.execute(select(meta.c.value).where(meta.c.name == "indexed")).scalar() or 0)
        rest = select(replies.c.key, replies.c.number).where(replies.c.number > reached).order_by(replies.c.number)
        copied = dialect_insert(self._engine, reply_keys).from_select(["key", "number"], rest)
        if self._db.execute(copied.on_conflict_do_nothing()).rowcount:
            last = select(func.max(replies.c.number)).scalar_subquery()
            self._db.execute(update(meta).where(meta.c.name == "indexed").values(value=last))

    # reading

    def find_replies(self, keys: Sequence[bytes]) -> dict[bytes, Reply]:
        """Those of the keys that have a reply, buffered ones included."""
        held = self._behind | self._fresh if self._behind else self._fresh
        found = {key: held[key] for key in keys if key in held}
        wanted = [key for key in keys if key not in found]
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            bodies = self._find(self._db, part)
            found |= {key: decode_reply(body) for key, body in bodies.items()}
        self._db.rollback()
        return found

    def settled(self, run: str, task: str, start: int, limit: int) -> list[Settled]:
        """Up to `limit` records of a task that did not fail, from the place `start` on, in order."""
        query = (
            select(records.c.place, records.c.draw, records.c.grp, records.c.case)
            .where(records.c.run == self._number(run), records.c.task == task, records.c.place >= start)
            .where(records.c.label != "failed")
            .order_by(records.c.place, records.c.draw)
            .limit(limit)
        )
        rows = self._db.execute(query).all()
        self._db.rollback()
        return [Settled(*row) for row in rows]

    def tasks(self, run: str) -> dict[str, Counts]:
        """The four counts of each task that a run has records of. Read in the order they lie in: nothing is sorted."""
        labels = Counts.__struct_fields__
        sums = (func.sum(case((records.c.label == label, 1), else_=0)) for label in labels)
        query = select(records.c.task, *sums).where(*self._of(run)).group_by(records.c.task)
        rows = self._db.execute(query).all()
        self._db.rollback()
        return {task: Counts(*numbers) for task, *numbers in rows}

    def groups(self, run: str, task: str) -> Iterator[list[Record]]:
        """The records of a task, a group at a time and without replies: what a measure reads. Streams."""
        for group, rows in self._by_group(run, task):
            yield [decode_record(draw, group, *stored) for _, _, draw, *stored in rows]

    def spots(self, run: str, task: str) -> Iterator[list[tuple[Spot, Record]]]:
        """The same, each record behind its spot: the place of its case, and the draw."""
        for group, rows in self._by_group(run, task):
            yield [((place, draw), decode_record(draw, group, *stored)) for _, place, draw, *stored in rows]

    def _by_group(self, run: str, task: str) -> Iterator[tuple[str, Iterator[Any]]]:
        """The rows of each group of a task, with no more columns than a record without replies needs."""
        spot = records.c.grp, records.c.place, records.c.draw
        query = select(*spot, records.c.verdict, records.c.failure, cases.c.body)
        query = query.join(cases, cases.c.id == records.c.case).where(*self._of(run, task))
        with self._engine.connect() as db:
            rows = db.execution_options(yield_per=1000).execute(query.order_by(records.c.place, records.c.draw))
            yield from groupby(rows, key=itemgetter(0))

    def examples(self, run: str, task: str, label: str, limit: int = 3) -> list[Record]:
        """Up to `limit` records of that label with their replies, spread over reasons; the same ones every time."""
        with self._engine.connect() as db:
            query = (
                self._with_cases(run, task)
                .where(records.c.label == label)
                .order_by(records.c.reason, records.c.place, records.c.draw)
                .limit(200 if limit > 1 else 1)  # the first alone is of the first reason
            )
            rows = db.execute(query).all()
            by_reason = [list(part) for _, part in groupby(rows, key=lambda row: row.reason)]
            spread = [row for column in _columns(by_reason) for row in column][:limit]
            return list(self._with_replies(db, spread))

    def records(self, run: str, task: str | None = None) -> Iterator[Record]:
        """All records of a run with their replies, by task and place. Streams."""
        query = self._with_cases(run, task).order_by(records.c.task, records.c.place, records.c.draw)
        with self._engine.connect() as db, self._engine.connect() as inner:
            for part in db.execution_options(yield_per=250).execute(query).partitions():
                yield from self._with_replies(inner, part)

    def replied(
        self, run: str, task: str, *, label: str = "", handed_on: bool | None = None, unjudged_by: str = ""
    ) -> Iterator[tuple[Spot, Record]]:
        """The records of a task with their replies, each behind its spot. Streams.

        label        only those of that label
        handed_on    only those of which a judge's verdict is kept beside the record's own, or (False) is not
        unjudged_by  only those of which that judge has said nothing
        """
        query = self._with_cases(run, task).order_by(records.c.place, records.c.draw)
        query = query.where(*([records.c.label == label] if label else []))
        at = [verdicts.c[name] == records.c[name] for name in ("run", "task", "place", "draw")]
        if handed_on is not None:
            found = exists().where(*at)
            query = query.where(found if handed_on else ~found)
        if unjudged_by:
            query = query.where(~exists().where(*at, verdicts.c.judge == unjudged_by))
        with self._engine.connect() as db, self._engine.connect() as inner:
            for part in db.execution_options(yield_per=250).execute(query).partitions():
                spots = [(row.place, row.draw) for row in part]
                yield from zip(spots, self._with_replies(inner, part), strict=True)

    def _with_replies(self, db: Connection, rows: Sequence[Any]) -> Iterator[Record]:
        """The rows' records with their replies, looked up in one query."""
        found = self._find(db, {key for row in rows for key in split_keys(row.keys)})
        for row in rows:
            yield record_of(row, tuple(decode_reply(found[key]) for key in split_keys(row.keys) if key in found))

    def usage(self, run: str) -> tuple[int, int, int]:
        """Input tokens, output tokens, and records with a reply whose provider counted none, over a run."""
        into, out = func.sum(records.c.tokens_in), func.sum(records.c.tokens_out)
        query = select(func.coalesce(into, 0), func.coalesce(out, 0), func.count() - func.count(records.c.tokens_in))
        tokens_in, tokens_out, uncounted = self._db.execute(query.where(*self._of(run))).one()
        self._db.rollback()
        return tokens_in, tokens_out, uncounted

    def _with_cases(self, run: str, task: str | None) -> Select[*tuple[Any, ...]]:
        """The records of a run, or of one of its tasks, each with its case's body."""
        joined = select(records, cases.c.body).join(cases, cases.c.id == records.c.case)
        return joined.where(*self._of(run, task))

    def _of(self, run: str, task: str | None = None) -> list[ColumnElement[bool]]:
        """What selects the records of a run, or of one of its tasks."""
        chosen: list[ColumnElement[bool]] = [records.c.run == self._number(run)]
        return [*chosen, records.c.task == task] if task else chosen

    def close(self) -> None:
        """Write what is buffered and close the file."""
        try:
            self.flush()
        finally:
            self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with suppress(StoreError) if kind else nullcontext():  # what went wrong first is what is told
            self.close()


def _columns(rows: list[list[Any]]) -> Iterator[list[Any]]:
    for i in range(max(map(len, rows), default=0)):
        yield [row[i] for row in rows if i < len(row)]
