"""A run's records as a user would export them, and what may differ by nature between two runs left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from trustgauge.store import Store
from trustgauge.types import Record

BY_NATURE = ("latency_s", "request_id")


def records_of(store: Path, run: str = "last") -> list[Record]:
    """All records of a run, in the store's own order."""
    with Store(str(store), create=False) as opened:
        return list(opened.records(opened.run(run).id))


def exported(store: Path, run: str = "last") -> bytes:
    """JSON lines of all records, in the store's own order, without latencies and request ids."""
    return b"\n".join(msgspec.json.encode(_line(record)) for record in records_of(store, run))


def _line(record: Record) -> Any:
    line = msgspec.to_builtins(record)
    for reply in line["replies"]:
        for name in BY_NATURE:
            reply.pop(name, None)
    return line
