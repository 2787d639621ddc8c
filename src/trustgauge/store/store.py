"""Store: opens, writes in batches, and streams records back. Holds facts, decides nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from trustgauge.errors import StoreError, UsageError
from trustgauge.store.connect import cause, insert_ignoring, open_store, shown, upsert_record
from trustgauge.store.rows import RunInfo, decode_reply, encode, record_of, record_row, run_info, split_keys
from trustgauge.store.schema import cases, records, replies, runs
from trustgauge.types import Counts, Record, Reply


class Store:
    """One database of runs. Writes are buffered and committed every `batch` records and by flush().

    url: a SQLAlchemy URL, or a path of a SQLite file, made where it isn't there unless `create` is False. Raises
    StoreError where it can't be opened, or is a database of something else.
    """

    def __init__(self, url: str = "trustgauge.db", *, batch: int = 500, create: bool = True) -> None:
        self.url = url
        self._batch = batch
        self._replies: dict[bytes, Reply] = {}
        self._records: list[tuple[str, Record, list[bytes]]] = []
        self._engine, self._db = open_store(url, create=create)
        self._insert = insert_ignoring(self._engine)
        self._upsert = upsert_record(self._engine)

    # runs

    def begin(self, info: RunInfo) -> RunInfo:
        """The run of that id, created if it is not there yet; marked as running and as the last one."""
        seq = (self._db.execute(select(func.max(runs.c.seq))).scalar() or 0) + 1
        row = {
            "id": info.id,
            "seq": seq,
            "model": info.model,
            "study": info.study,
            "status": "running",
            "created": info.created or time.time(),
            "manifest": encode(info.manifest).decode(),
        }
        self._db.execute(self._insert(runs), row)
        changed = {"seq": seq, "status": "running"} | ({"study": info.study} if info.study else {})
        self._db.execute(update(runs).where(runs.c.id == info.id).values(changed))
        self._db.commit()
        return self.run(info.id)

    def finish(self, run: str, status: str, *, calls: int = 0, wall_s: float = 0.0, notes: Sequence[str] = ()) -> None:
        """Write what is buffered and how the run ended; calls and wall_s add to what earlier sessions took.

        notes, what the model turned out not to take, join the manifest.
        """
        self.flush()
        if notes:
            self.amend(run, {"notes": sorted({*self.run(run).manifest.get("notes", []), *notes})})
        added = {"calls": runs.c.calls + calls, "wall_s": runs.c.wall_s + wall_s}
        self._db.execute(update(runs).where(runs.c.id == run).values(status=status, **added))
        self._db.commit()

    def amend(self, run: str, facts: Mapping[str, Any]) -> None:
        """Add to a run's manifest what became known later, such as a price."""
        manifest = self.run(run).manifest | dict(facts)
        self._db.execute(update(runs).where(runs.c.id == run).values(manifest=encode(manifest).decode()))
        self._db.commit()

    def forget(self, run: str) -> None:
        """Remove a run with its records. Cases and replies stay: other runs may share them."""
        self.flush()
        self._db.execute(delete(records).where(records.c.run == run))
        self._db.execute(delete(runs).where(runs.c.id == run))
        self._db.commit()

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
        """Buffer a reply; it is never asked for again once written."""
        self._replies[key] = reply

    def keep_record(self, run: str, record: Record, keys: list[bytes]) -> None:
        """Buffer a record of a run, replacing an older one of the same case and draw; writes full batches."""
        self._records.append((run, record, keys))
        if len(self._records) >= self._batch:
            self.flush()

    def flush(self) -> None:
        """Write and commit all that is buffered. Raises StoreError; what could not be written stays buffered."""
        if not self._records and not self._replies:
            return
        try:
            self._write()
            self._db.commit()
        except BaseException as error:
            self._db.rollback()
            if not isinstance(error, SQLAlchemyError):
                raise
            raise StoreError(f"the store {shown(self.url)} cannot be written: {cause(error)}") from None
        self._replies.clear()
        self._records.clear()

    def _write(self) -> None:
        if self._replies:
            rows = [{"key": key, "body": encode(reply)} for key, reply in self._replies.items()]
            self._db.execute(self._insert(replies), rows)
        if self._records:
            bodies = {r.case.id: r.case for _, r, _ in self._records}
            self._db.execute(self._insert(cases), [{"id": i, "body": encode(c)} for i, c in bodies.items()])
            self._db.execute(self._upsert, [record_row(*entry) for entry in self._records])

    # reading

    def find_replies(self, keys: Sequence[bytes]) -> dict[bytes, Reply]:
        """Those of the keys that have a reply, buffered ones included."""
        found = {key: self._replies[key] for key in keys if key in self._replies}
        wanted = [key for key in keys if key not in found]
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            rows = self._db.execute(select(replies.c.key, replies.c.body).where(replies.c.key.in_(part)))
            found.update((bytes(key), decode_reply(body)) for key, body in rows)
        self._db.rollback()
        return found

    def tasks(self, run: str) -> dict[str, Counts]:
        """The four counts of each task that a run has records of."""
        query = (
            select(records.c.task, records.c.label, func.count())
            .where(records.c.run == run)
            .group_by(records.c.task, records.c.label)
        )
        counted: dict[str, dict[str, int]] = {}
        for task, label, number in self._db.execute(query):
            counted.setdefault(task, {})[label] = number
        self._db.rollback()
        return {task: Counts(**labels) for task, labels in counted.items()}

    def reasons(self, run: str, task: str) -> dict[str, dict[str, int]]:
        """How often each reason was given, by label."""
        query = (
            select(records.c.label, records.c.reason, func.count())
            .where(records.c.run == run, records.c.task == task)
            .group_by(records.c.label, records.c.reason)
            .order_by(func.count().desc(), records.c.reason)
        )
        found: dict[str, dict[str, int]] = {}
        for label, reason, number in self._db.execute(query):
            found.setdefault(label, {})[reason] = number
        self._db.rollback()
        return found

    def groups(self, run: str, task: str) -> Iterator[list[Record]]:
        """The records of a task, a group at a time and without replies: what a measure reads. Streams."""
        query = (
            select(records, cases.c.body)
            .join(cases, cases.c.id == records.c.case)
            .where(records.c.run == run, records.c.task == task)
            .order_by(records.c.grp, records.c.case, records.c.draw)
        )
        with self._engine.connect() as db:
            rows = db.execution_options(yield_per=1000).execute(query)
            for _, part in groupby(rows, key=lambda row: row.grp):
                yield [record_of(row) for row in part]

    def examples(self, run: str, task: str, label: str, limit: int = 3) -> list[Record]:
        """Up to `limit` records of that label with their replies, spread over reasons; the same ones every time."""
        with self._engine.connect() as db:
            query = (
                select(records, cases.c.body)
                .join(cases, cases.c.id == records.c.case)
                .where(records.c.run == run, records.c.task == task, records.c.label == label)
                .order_by(records.c.reason, records.c.case, records.c.draw)
                .limit(200)
            )
            rows = db.execute(query).all()
            by_reason = [list(part) for _, part in groupby(rows, key=lambda row: row.reason)]
            spread = [row for column in _columns(by_reason) for row in column][:limit]
            return list(_with_replies(db, spread))

    def records(self, run: str, task: str | None = None) -> Iterator[Record]:
        """All records of a run with their replies, in a fixed order. Streams."""
        query = select(records, cases.c.body).join(cases, cases.c.id == records.c.case).where(records.c.run == run)
        if task:
            query = query.where(records.c.task == task)
        query = query.order_by(records.c.task, records.c.grp, records.c.case, records.c.draw)
        with self._engine.connect() as db, self._engine.connect() as inner:
            for part in db.execution_options(yield_per=250).execute(query).partitions():
                yield from _with_replies(inner, part)

    def usage(self, run: str) -> tuple[int, int, int]:
        """Input tokens, output tokens, and replies whose provider counted none, over a run's replies."""
        tokens_in = tokens_out = uncounted = 0
        for record in self.records(run):
            for reply in record.replies:
                tokens_in += reply.usage.input_tokens if reply.usage else 0
                tokens_out += reply.usage.output_tokens if reply.usage else 0
                uncounted += reply.usage is None
        return tokens_in, tokens_out, uncounted

    def close(self) -> None:
        """Write what is buffered and close the file."""
        self.flush()
        self._db.close()
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _columns(rows: list[list[Any]]) -> Iterator[list[Any]]:
    for i in range(max(map(len, rows), default=0)):
        yield [row[i] for row in rows if i < len(row)]


def _with_replies(db: Connection, rows: Sequence[Any]) -> Iterator[Record]:
    """The rows' records with their replies, looked up in one query."""
    keys = {key for row in rows for key in split_keys(row.keys)}
    query = select(replies.c.key, replies.c.body).where(replies.c.key.in_(keys))
    found = {bytes(key): body for key, body in db.execute(query)} if keys else {}
    for row in rows:
        yield record_of(row, tuple(decode_reply(found[key]) for key in split_keys(row.keys) if key in found))
