"""Tables of the store, as SQLAlchemy Core metadata so that another database is only a URL."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, MetaData, String, Table, Text

SCHEMA_VERSION = 3
EXTENDS = 2
"""The schema that lacks only some tables of this one: such a store gets them when it is opened."""

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
    Column("number", Integer, primary_key=True),  # short name for the records
    Column("id", String(120), nullable=False, unique=True),
    Column("seq", Integer, nullable=False),  # order of the last begin; `last` is the greatest
    Column("model", Text, nullable=False),
    Column("study", Text, nullable=False, default=""),
    Column("status", String(16), nullable=False),  # running, done, interrupted, halted, budget, imported
    Column("created", Float, nullable=False),  # seconds since the epoch
    Column("calls", Integer, nullable=False, default=0),
    Column("wall_s", Float, nullable=False, default=0.0),
    Column("manifest", Text, nullable=False),
)

# Cases and replies are appended in the order they come: a large store stays quick to write.
cases = Table(
    "cases",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),  # Case as JSON
)

replies = Table(
    "replies",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", LargeBinary(16), nullable=False),  # reply_key(): content of what was asked
    Column("body", LargeBinary, nullable=False),  # Reply as JSON
)

# The index of replies by key, a table of its own that follows in batches: replies are committed many times a second,
# and an index on random keys would make each commit write a page a reply. meta "indexed" is how far it has come.
reply_keys = Table(
    "reply_keys",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("number", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# A record's place is its case's position in the task's stream, so that a group's records lie side by side, a run is
# written nearly in order, and what is owed is found without making a case.
records = Table(
    "records",
    metadata,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("task", String(80), primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("draw", Integer, primary_key=True, autoincrement=False),
    Column("grp", String(32), nullable=False),
    Column("case", String(32), nullable=False),
    Column("keys", LargeBinary, nullable=False),  # reply keys, 16 bytes each, in the order of the turns
    Column("label", String(8), nullable=False),  # good, bad, unscored, failed
    Column("reason", Text, nullable=False),
    Column("verdict", LargeBinary),  # Verdict as JSON, null where the call failed
    Column("failure", LargeBinary),  # Failure as JSON, null where there is a verdict
    Column("tokens_in", Integer),  # of all its replies, null where the provider did not count one of them
    Column("tokens_out", Integer),
    sqlite_with_rowid=False,
)

# What each of several judges says of a record, the rule included, where the record's own verdict was made from them.
verdicts = Table(
    "verdicts",
    metadata,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("task", String(80), primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("draw", Integer, primary_key=True, autoincrement=False),
    Column("judge", String(240), primary_key=True),
    Column("label", String(8), nullable=False),  # good, bad, unscored
    Column("verdict", LargeBinary, nullable=False),  # Verdict as JSON
    Column("calls", Integer, nullable=False, default=0),  # replies of the judge that it took
    Column("tokens_in", Integer),  # of these, null where the provider did not count one of them
    Column("tokens_out", Integer),
    sqlite_with_rowid=False,
)

# What people say of a record; somebody who labels it again replaces what they said.
labels = Table(
    "labels",
    metadata,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("task", String(80), primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("draw", Integer, primary_key=True, autoincrement=False),
    Column("labeller", String(80), primary_key=True),
    Column("label", String(8), nullable=False),  # good, bad, unsure
    Column("chosen", String(16), nullable=False),  # why it was asked for: random, disagree, limit, imported
    Column("note", Text, nullable=False),
    Column("created", Float, nullable=False),  # seconds since the epoch
    sqlite_with_rowid=False,
)

calibrations = Table(
    "calibrations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("judge", String(240), nullable=False),  # id of the judge: name, version, prompt hash, model
    Column("data", Text, nullable=False),  # file or set of the labels
    Column("created", Float, nullable=False),
    Column("body", Text, nullable=False),  # Calibration as JSON
)
