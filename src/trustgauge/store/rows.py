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
decode_verdict = msgspec.json.Decoder(Verdict).decode
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
    row = {name: value for name, value in row.items() if name in RunInfo.__struct_fields__}
    return RunInfo(**row | {"manifest": msgspec.json.decode(row["manifest"])})


Row = tuple[Any, ...]


def record_row(run: int, place: int, record: Record, keys: Iterable[bytes]) -> Row:
    """A record as a row, in the order of the table's columns; the keys are its replies', in the order of the turns."""
    case, verdict, failure = record.case, record.verdict, record.failure
    tokens_in, tokens_out = tokens(record.replies)
    return (
        run,
        case.task,
        place,
        record.draw,
        case.group,
        case.id,
        b"".join(keys),
        record.label,
        verdict.reason if verdict else failure.kind if failure else "",
        encode(verdict) if verdict else None,
        encode(failure) if failure else None,
        tokens_in,
        tokens_out,
    )


def tokens(replies: Iterable[Reply]) -> tuple[int | None, int | None]:
    """Tokens in and out over the replies; None where one was not counted."""
    into = out = 0
    for reply in replies:
        if reply.usage is None:
            return None, None
        into += reply.usage.input_tokens
        out += reply.usage.output_tokens
    return into, out


def record_of(row: Any, found: tuple[Reply, ...] = ()) -> Record:
    """A record from its row joined with its case's body."""
    return decode_record(row.draw, row.grp, row.verdict, row.failure, row.body, found)


def decode_record(
    draw: int, group: str, verdict: bytes | None, failure: bytes | None, body: bytes, replies: tuple[Reply, ...] = ()
) -> Record:
    """A record from what is stored of it; body is its case's."""
    case = _decode_case(body)
    return Record(
        case=case if case.group == group else replace(case, group=group),  # one case, several groups
        draw=draw,
        replies=replies,
        verdict=decode_verdict(verdict) if verdict else None,
        failure=_decode_failure(failure) if failure else None,
    )


def split_keys(keys: bytes) -> list[bytes]:
    """The reply keys of a record."""
    return [keys[i : i + KEY_BYTES] for i in range(0, len(keys), KEY_BYTES)]
