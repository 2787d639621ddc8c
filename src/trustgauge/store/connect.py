"""Opening a database as a store: what is no store is refused and left as it is."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Table, bindparam, create_engine, event, inspect, select, update
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from trustgauge.errors import StoreError
from trustgauge.store.schema import EXTENDS, SCHEMA_VERSION, meta, metadata, replies, reply_keys


class Database:
    """An open database: its engine, the connection that writes, and transactions on it.

    whole is False for one of an older schema that may only be read: it lacks the tables of what is judged.
    """

    def __init__(self, url: str, *, create: bool) -> None:
        self.engine, self.db = open_store(url, create=create)
        self.whole = inspect(self.db).has_table("verdicts")
        self.db.rollback()

    @contextmanager
    def writing(self) -> Generator[None]:
        """A transaction: all of it or nothing."""
        try:
            yield
            self.db.commit()
        except BaseException:
            with suppress(StoreError, SQLAlchemyError):
                self.db.rollback()
            if self.db.in_transaction():  # it could not even be rolled back, as on a full disk
                self.db.close()
                self.db = self.engine.connect()
            raise

    def close(self) -> None:
        """Close the file."""
        self.db.close()
        self.engine.dispose()


def open_store(url: str, *, create: bool) -> tuple[Engine, Connection]:
    """The database behind a URL or file name, with the tables there; StoreError says why not.

    A database of something else, of another schema, or damaged is refused without a byte of it changed. Where
    `create` is False, a file that cannot be written is opened for reading only.
    """
    if not url.strip() or ":memory:" in url or url.rstrip("/") == "sqlite:":
        raise StoreError("the store has no name: give a file (--store runs.db) or a URL, so that answers are kept")
    full = url if "://" in url else f"sqlite:///{url}"
    try:
        address = make_url(full)
        sealed = False
        if address.get_backend_name() == "sqlite":
            path = Path(str(address.database))
            if not create and not path.exists():
                raise StoreError(f"there is no store {path}: start with `trustgauge run`, or name another --store")
            sealed = not create and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
            if sealed:  # SQLite wants files of its own beside a store; of one that nobody can change it needs none
                address = make_url(f"sqlite:///file:{quote(str(path.absolute()))}?immutable=1&uri=true")
        engine = create_engine(address)
        translate_errors(engine, shown(full))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _tune_connection)
        db = engine.connect()
        _prepare(engine, db, shown(full), sealed=sealed)
    except (ArgumentError, ValueError):
        example = "a file name or a URL such as sqlite:///trustgauge.db"
        raise StoreError(f"'{shown(url)}' is not a store: give {example}") from None
    except ModuleNotFoundError as error:
        raise StoreError(f"the store {shown(full)} cannot be opened: {error}: install the driver") from None
    return engine, db


def _prepare(engine: Engine, db: Connection, name: str, *, sealed: bool) -> None:
    """Look first, and only then write."""
    tables = inspect(db).get_table_names()
    found = db.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar() if meta.name in tables else None
    if tables and found is None:
        raise StoreError(f"{name} is a database of something else and is left alone: name another --store")
    if found not in (None, str(EXTENDS), str(SCHEMA_VERSION)):
        raise StoreError(
            f"the store {name} has schema {found}, this trustgauge reads {SCHEMA_VERSION}: "
            "use the trustgauge that wrote it, or name another --store"
        )
    db.rollback()
    if sealed:
        return
    if engine.dialect.name == "sqlite":
        db.exec_driver_sql("PRAGMA journal_mode=WAL")
        db.exec_driver_sql("PRAGMA cache_size=-4000")  # for the one that writes; those that stream need little
        db.commit()
    if found == str(EXTENDS):
        metadata.create_all(db)
        db.execute(update(meta).where(meta.c.name == "schema").values(value=str(SCHEMA_VERSION)))
        db.commit()
    if found is None:  # in one transaction: a store is there with all of its tables, or not at all
        if engine.dialect.name == "sqlite":
            db.exec_driver_sql("BEGIN IMMEDIATE")
        metadata.create_all(db)
        Insert(engine, meta, keys=["name"])(db, [("schema", str(SCHEMA_VERSION)), ("indexed", "0")])
        db.commit()


def _tune_connection(connection: Any, _: Any) -> None:
    for pragma in ("busy_timeout=10000", "synchronous=NORMAL", "cache_size=-2000", "wal_autocheckpoint=4000"):
        connection.execute(f"PRAGMA {pragma}")


def translate_errors(engine: Engine, name: str) -> None:
    """Whatever the database refuses becomes a StoreError that says what to do."""

    def told(context: ExceptionContext) -> None:
        raise StoreError(_sentence(name, cause(context.original_exception)))

    event.listen(engine, "handle_error", told)


_REMEDIES = (
    ("locked", "the store {name} is locked by another process: wait for it, then run the same command again"),
    ("full", "the disk of the store {name} is full: make room, then run the same command again; it goes on from there"),
    (
        "malformed|not a database|file is encrypted",
        "the store {name} cannot be opened: {why}; it is damaged or no store and is left as it is: "
        "restore a copy of it, or name another --store",
    ),
    ("readonly", "the store {name} cannot be written, for it is read-only: mend that, or name another --store"),
    ("unable to open", "the store {name} cannot be opened: {why}; see that its folder is there and may be written"),
    ("disk I/O", "the store {name} cannot be read or written ({why}): see to the disk, then run the command again"),
)


def _sentence(name: str, why: str) -> str:
    for signs, sentence in _REMEDIES:
        if re.search(signs, why):
            return sentence.format(name=name, why=why)
    return f"the store {name} cannot be used: {why}"


def dialect_insert(engine: Engine, table: Table) -> Any:
    """An INSERT of the database's own kind, which knows ON CONFLICT."""
    if engine.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    return insert(table)


class Insert:
    """A prepared INSERT of many rows, handed straight to the driver: a row costs a few microseconds.

    Where a row's key is there already it is left alone, or with `replace` becomes the new row. Without keys, every
    row is a new one.
    """

    def __init__(self, engine: Engine, table: Table, *, keys: Sequence[str] = (), replace: bool = False) -> None:
        self._names = [column.name for column in table.columns if column.name != "number"]
        statement = dialect_insert(engine, table).values({name: bindparam(name) for name in self._names})
        if replace:
            changed = {name: statement.excluded[name] for name in self._names if name not in keys}
            statement = statement.on_conflict_do_update(index_elements=list(keys), set_=changed)
        elif keys:
            statement = statement.on_conflict_do_nothing(index_elements=list(keys))
        compiled = statement.compile(dialect=engine.dialect)
        self._error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._store = shown(engine.url.render_as_string(hide_password=False))
        self._sql = str(compiled)
        self._positional: bool = compiled.positional

    def __call__(self, db: Connection, rows: list[tuple[Any, ...]]) -> None:
        """Insert the rows, each in the order of the table's columns without `number`."""
        named = rows if self._positional else [dict(zip(self._names, row, strict=True)) for row in rows]
        db.exec_driver_sql(self._sql, named)

    def commit(self, db: Connection, rows: list[tuple[Any, ...]]) -> None:
        """Insert and commit at once, past SQLAlchemy: for what is done a thousand times a second."""
        if not self._positional or db.in_transaction():
            self(db, rows)
            db.commit()
            return
        driver = db.connection.dbapi_connection
        assert driver is not None
        try:
            driver.cursor().executemany(self._sql, rows)
            driver.commit()
        except self._error as error:
            with suppress(self._error):
                driver.rollback()
            raise StoreError(_sentence(self._store, cause(error))) from None
        finally:
            db.rollback()  # SQLAlchemy began a transaction of its own account by handing the connection out


class FindReplies:
    """A prepared look-up of many replies by key, handed straight to the driver where it takes `?`."""

    def __init__(self, engine: Engine) -> None:
        self._marked = engine.dialect.paramstyle == "qmark"
        joined = reply_keys.join(replies, replies.c.number == reply_keys.c.number)
        self._query = select(reply_keys.c.key, replies.c.body).select_from(joined)
        self._sql = str(self._query.compile(dialect=engine.dialect))

    def __call__(self, db: Connection, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """The bodies of those that are there, by key."""
        if not keys:
            return {}
        if self._marked:
            marks = ",".join("?" * len(keys))
            rows: Any = db.exec_driver_sql(f"{self._sql} WHERE reply_keys.key IN ({marks})", tuple(keys))
        else:
            rows = db.execute(self._query.where(reply_keys.c.key.in_(keys)))
        return {bytes(key): body for key, body in rows}


def shown(url: str) -> str:
    """A store's name for people: its file, or its URL without the password."""
    try:
        address = make_url(url if "://" in url else f"sqlite:///{url}")
    except (ArgumentError, ValueError):
        return re.sub(r"//[^/@]*@", "//***@", url)
    if address.get_backend_name() == "sqlite" and address.database:
        return address.database
    return address.render_as_string(hide_password=True)


def cause(error: BaseException) -> str:
    """The database's own words, in one line."""
    return str(error).split("\n")[0]
