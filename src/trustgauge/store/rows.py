"""Between structs and rows: what goes into the tables, and what comes back out."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec.structs import replace

from trustgauge.types import Ask, Case, Failure, Options, Record, Reply, Verdict

encode = msgspec.json.Encoder().encode
decode_reply = msgspec.json.Decoder(Reply).decode
_decode_case = msgspec.json.Decoder(Case).decode
_decode_verdict = msgspec.json.Decoder(Verdict).decode
_decode_failure = msgspec.json.Decoder(Failure).decode
KEY_BYTES = 16


def reply_key(model: str, revision: str, options: Options, ask: Ask, draw: int, fresh: str = "") -> bytes:
    """What makes a reply the same reply: model, options, what was asked, and which draw; 16 bytes.

    fresh is a run's own salt where everything is to be asked again.
    """
    return blake2b(encode((model, revision, options, ask, draw, fresh)), digest_size=KEY_BYTES).digest()


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


def run_info(row: dict[str, Any]) -> RunInfo:
    """A run from its row."""
    row.pop("seq")
    return RunInfo(**row | {"manifest": msgspec.json.decode(row["manifest"])})


def record_row(run: str, record: Record, keys: Iterable[bytes]) -> dict[str, Any]:
    """A record as a row; the keys are those of its replies, in the order of the turns."""
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
        "verdict": encode(verdict) if verdict else None,
        "failure": encode(failure) if failure else None,
    }


def record_of(row: Any, found: tuple[Reply, ...] = ()) -> Record:
    """A record from its row joined with its case's body."""
    case = _decode_case(row.body)
    return Record(
        case=case if case.group == row.grp else replace(case, group=row.grp),  # one case, several groups
        draw=row.draw,
        replies=found,
        verdict=_decode_verdict(row.verdict) if row.verdict else None,
        failure=_decode_failure(row.failure) if row.failure else None,
    )


def split_keys(keys: bytes) -> list[bytes]:
    """The reply keys of a record."""
    return [keys[i : i + KEY_BYTES] for i in range(0, len(keys), KEY_BYTES)]
