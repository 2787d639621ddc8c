"""Store: opens, writes in batches, and streams records back. Holds facts, decides nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import groupby
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, Table, create_engine, delete, event, func, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError

from trustgauge.errors import StoreError, UsageError
from trustgauge.store.schema import SCHEMA_VERSION, cases, meta, metadata, records, replies, runs
from trustgauge.types import Ask, Case, Counts, Failure, Options, Record, Reply, Verdict

_encode = msgspec.json.Encoder().encode
_decode_case = msgspec.json.Decoder(Case).decode
_decode_reply = msgspec.json.Decoder(Reply).decode
_decode_verdict = msgspec.json.Decoder(Verdict).decode
_decode_failure = msgspec.json.Decoder(Failure).decode
KEY_BYTES = 16


def reply_key(model: str, revision: str, options: Options, ask: Ask, draw: int, fresh: str = "") -> bytes:
    """What makes a reply the same reply: model, options, what was asked, and which draw; 16 bytes.

    fresh is a run's own salt where everything is to be asked again.
    """
    return blake2b(_encode((model, revision, options, ask, draw, fresh)), digest_size=KEY_BYTES).digest()


class RunInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A run as listed: created in seconds since the epoch, wall_s over all its sessions."""

    id: str
    model: str
    study: str = ""
    status: str = "running"
    created: float = 0.0
    calls: int = 0
    wall_s: float = 0.0
    manifest: dict[str, Any] = {}


class Store:
    """One database of runs. Writes are buffered and committed every `batch` records and by flush().

    url: a SQLAlchemy URL, or a path of a SQLite file. Raises StoreError where it can't be opened.
    """

    def __init__(self, url: str = "trustgauge.db", *, batch: int = 500) -> None:
        self.url = url if "://" in url else f"sqlite:///{url}"
        self._batch = batch
        self._replies: dict[bytes, Reply] = {}
        self._records: list[tuple[str, Record, list[bytes]]] = []
        try:
            self._engine = _engine(self.url)
            self._db: Connection = self._engine.connect()
            self._prepare()
        except ArgumentError:
            raise StoreError(
                f"'{url}' is not a store: give a file name or a URL such as sqlite:///trustgauge.db"
            ) from None
        except (DatabaseError, ModuleNotFoundError) as error:
            raise StoreError(f"the store {_shown(self.url)} cannot be opened: {_cause(error)}") from None
        self._insert = _insert_ignoring(self._engine)

    def _prepare(self) -> None:
        metadata.create_all(self._db)
        found = self._db.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar()
        if found is None:
            self._db.execute(meta.insert(), {"name": "schema", "value": str(SCHEMA_VERSION)})
        elif int(found) != SCHEMA_VERSION:
            raise StoreError(
                f"the store {_shown(self.url)} has schema {found}, this trustgauge reads {SCHEMA_VERSION}: "
                "use the trustgauge that wrote it, or name another --store"
            )
        self._db.commit()

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
            "manifest": _encode(info.manifest).decode(),
        }
        self._db.execute(self._insert(runs), row)
        changed = {"seq": seq, "status": "running", "study": info.study}
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
        self._db.execute(update(runs).where(runs.c.id == run).values(manifest=_encode(manifest).decode()))
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
        return [_run_info(dict(row)) for row in rows]

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
            raise UsageError(f"the store {_shown(self.url)} holds no runs: start with `trustgauge run`")
        if name == "last":
            return known[-1:]
        exact = [r for r in known if r.id == name] or [r for r in known if r.study and r.study == name]
        if exact:
            return exact
        begins = [r for r in known if r.id.startswith(name)]
        if not begins:
            raise UsageError(f"there is no run '{name}' in {_shown(self.url)}: see `trustgauge runs`")
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
        except SQLAlchemyError as error:
            self._db.rollback()
            raise StoreError(f"the store {_shown(self.url)} cannot be written: {_cause(error)}") from None
        self._replies.clear()
        self._records.clear()

    def _write(self) -> None:
        if self._replies:
            rows = [{"key": key, "body": _encode(reply)} for key, reply in self._replies.items()]
            self._db.execute(self._insert(replies), rows)
        if self._records:
            bodies = {r.case.id: r.case for _, r, _ in self._records}
            self._db.execute(self._insert(cases), [{"id": i, "body": _encode(c)} for i, c in bodies.items()])
            upsert = _upsert_record(self._engine)
            self._db.execute(upsert, [_record_row(*entry) for entry in self._records])

    # reading

    def find_replies(self, keys: Sequence[bytes]) -> dict[bytes, Reply]:
        """Those of the keys that have a reply, buffered ones included."""
        found = {key: self._replies[key] for key in keys if key in self._replies}
        wanted = [key for key in keys if key not in found]
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            rows = self._db.execute(select(replies.c.key, replies.c.body).where(replies.c.key.in_(part)))
            found.update((bytes(key), _decode_reply(body)) for key, body in rows)
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
                yield [_record(row) for row in part]

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
            return [self._with_replies(db, row) for row in spread]

    def records(self, run: str, task: str | None = None) -> Iterator[Record]:
        """All records of a run with their replies, in a fixed order. Streams."""
        query = select(records, cases.c.body).join(cases, cases.c.id == records.c.case).where(records.c.run == run)
        if task:
            query = query.where(records.c.task == task)
        query = query.order_by(records.c.task, records.c.grp, records.c.case, records.c.draw)
        with self._engine.connect() as db, self._engine.connect() as inner:
            for row in db.execution_options(yield_per=1000).execute(query):
                yield self._with_replies(inner, row)

    def _with_replies(self, db: Connection, row: Any) -> Record:
        keys = _split(row.keys)
        rows = db.execute(select(replies.c.key, replies.c.body).where(replies.c.key.in_(keys)))
        found = {bytes(key): body for key, body in rows}
        return _record(row, tuple(_decode_reply(found[key]) for key in keys if key in found))

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


def _engine(url: str) -> Engine:
    engine = create_engine(make_url(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    return engine


def _tune_sqlite(connection: Any, _: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")


def _dialect_insert(engine: Engine) -> Any:
    if engine.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    return insert


def _insert_ignoring(engine: Engine) -> Any:
    insert = _dialect_insert(engine)

    def ignoring(table: Table) -> Any:
        return insert(table).on_conflict_do_nothing()

    return ignoring


def _upsert_record(engine: Engine) -> Any:
    statement = _dialect_insert(engine)(records)
    changed = {name: statement.excluded[name] for name in ("keys", "label", "reason", "verdict", "failure")}
    return statement.on_conflict_do_update(index_elements=["run", "task", "grp", "case", "draw"], set_=changed)


def _record_row(run: str, record: Record, keys: Iterable[bytes]) -> dict[str, Any]:
    verdict, failure = record.verdict, record.failure
    return {
        "run": run,
        "task": record.case.task,
        "grp": record.case.group,
        "case": record.case.id,
        "draw": record.draw,
        "keys": b"".join(keys),
        "label": record.label,
        "reason": verdict.reason if verdict else failure.kind if failure else "",
        "verdict": _encode(verdict) if verdict else None,
        "failure": _encode(failure) if failure else None,
    }


def _record(row: Any, found: tuple[Reply, ...] = ()) -> Record:
    case = _decode_case(row.body)
    return Record(
        case=case if case.group == row.grp else replace(case, group=row.grp),  # one case, several groups
        draw=row.draw,
        replies=found,
        verdict=_decode_verdict(row.verdict) if row.verdict else None,
        failure=_decode_failure(row.failure) if row.failure else None,
    )


def _split(keys: bytes) -> list[bytes]:
    return [keys[i : i + KEY_BYTES] for i in range(0, len(keys), KEY_BYTES)]


def _columns(rows: list[list[Any]]) -> Iterator[list[Any]]:
    for i in range(max(map(len, rows), default=0)):
        yield [row[i] for row in rows if i < len(row)]


def _run_info(row: dict[str, Any]) -> RunInfo:
    row.pop("seq")
    return RunInfo(**row | {"manifest": msgspec.json.decode(row["manifest"])})


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _cause(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).split("\n")[0]
