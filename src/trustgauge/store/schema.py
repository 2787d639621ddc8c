"""Tables of the store, as SQLAlchemy Core metadata so that another database is only a URL."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

SCHEMA_VERSION = 1

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("seq", Integer, nullable=False),  # order of creation; `last` is the greatest
    Column("model", Text, nullable=False),
    Column("study", Text, nullable=False, default=""),
    Column("status", String(16), nullable=False),  # running, done, interrupted, halted, imported
    Column("created", Float, nullable=False),  # seconds since the epoch
    Column("calls", Integer, nullable=False, default=0),
    Column("wall_s", Float, nullable=False, default=0.0),
    Column("manifest", Text, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # Case as JSON
)

replies = Table(
    "replies",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),  # reply_key(): content of what was asked
    Column("body", LargeBinary, nullable=False),  # Reply as JSON
    sqlite_with_rowid=False,
)

records = Table(
    "records",
    metadata,
    Column("run", String(120), primary_key=True),
    Column("task", String(80), primary_key=True),
    Column("grp", String(32), primary_key=True),
    Column("case", String(32), primary_key=True),
    Column("draw", Integer, primary_key=True),
    Column("keys", LargeBinary, nullable=False),  # reply keys, 16 bytes each, in the order of the turns
    Column("label", String(8), nullable=False),  # good, bad, unscored, failed
    Column("reason", Text, nullable=False),
    Column("verdict", LargeBinary),  # Verdict as JSON, null where the call failed
    Column("failure", LargeBinary),  # Failure as JSON, null where there is a verdict
    sqlite_with_rowid=False,
)

label_index = Index("records_label", records.c.run, records.c.task, records.c.label)
