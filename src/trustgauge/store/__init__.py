"""The store: runs, cases, replies and records, in one SQLite file by default."""

from trustgauge.store.store import RunInfo, Store, reply_key

__all__ = ["RunInfo", "Store", "reply_key"]
