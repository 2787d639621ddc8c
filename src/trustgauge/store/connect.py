"""Opening a database as a store: what is no store is refused and left as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from trustgauge.errors import StoreError
from trustgauge.store.schema import SCHEMA_VERSION, meta, metadata, records


def open_store(url: str, *, create: bool) -> tuple[Engine, Connection]:
    """The database behind a URL or file name, with the tables there; StoreError says why not."""
    if not url.strip() or ":memory:" in url or url.rstrip("/") == "sqlite:":
        raise StoreError("the store has no name: give a file (--store runs.db) or a URL, so that answers are kept")
    full = url if "://" in url else f"sqlite:///{url}"
    try:
        address = make_url(full)
        if address.get_backend_name() == "sqlite" and not create and not Path(str(address.database)).exists():
            raise StoreError(f"there is no store {shown(full)}: start with `trustgauge run`, or name another --store")
        engine = create_engine(address)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _tune_sqlite)
        db = engine.connect()
        _prepare(engine, db, shown(full))
    except (ArgumentError, ValueError):
        example = "a file name or a URL such as sqlite:///trustgauge.db"
        raise StoreError(f"'{shown(url)}' is not a store: give {example}") from None
    except (DatabaseError, ModuleNotFoundError) as error:
        raise StoreError(f"the store {shown(full)} cannot be opened: {cause(error)}") from None
    return engine, db


def _prepare(engine: Engine, db: Connection, name: str) -> None:
    tables = inspect(engine).get_table_names()
    if tables and meta.name not in tables:
        raise StoreError(f"{name} is a database of something else and is left alone: name another --store")
    try:
        metadata.create_all(db)
    except OperationalError:  # another process made them between our look and our step
        db.rollback()
        metadata.create_all(db)
    found = db.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar()
    if found is None:
        db.execute(insert_ignoring(engine)(meta), {"name": "schema", "value": str(SCHEMA_VERSION)})
    elif found != str(SCHEMA_VERSION):
        raise StoreError(
            f"the store {name} has schema {found}, this trustgauge reads {SCHEMA_VERSION}: "
            "use the trustgauge that wrote it, or name another --store"
        )
    db.commit()


def _tune_sqlite(connection: Any, _: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")


def _dialect_insert(engine: Engine) -> Any:
    if engine.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    return insert


def insert_ignoring(engine: Engine) -> Callable[[Table], Any]:
    """INSERT that leaves a row alone where its key is there already."""
    insert = _dialect_insert(engine)

    def ignoring(table: Table) -> Any:
        return insert(table).on_conflict_do_nothing()

    return ignoring


def upsert_record(engine: Engine) -> Any:
    """INSERT of a record that replaces an earlier one of the same case and draw."""
    statement = _dialect_insert(engine)(records)
    changed = {name: statement.excluded[name] for name in ("keys", "label", "reason", "verdict", "failure")}
    return statement.on_conflict_do_update(index_elements=["run", "task", "grp", "case", "draw"], set_=changed)


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
    return str(getattr(error, "orig", None) or error).split("\n")[0]
