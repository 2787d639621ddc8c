"""replay/FILE.jsonl: recorded replies, looked up by case id or by what was asked.

One JSON object per line. What was asked is named by at least one of

    id (or case)   the case's id; with `turn` (0-based, default 0) where a case has several turns
    messages       everything that was sent: [{"role": ..., "content": ...}, ...]
    prompt         the last user turn's text

and tried in that order. The reply is `response` (or `reply`, or `text`); `finish` ("stop", "length",
"content_filter"), usage, model, latency_s and logprobs are kept where they are given. Several rows for the
same words are draws in the order of the file, unless `draw` (0-based) says otherwise; the r-th repeat of an
ask takes draw + r. Other fields are ignored.

Only hashes and offsets are held in memory (24 bytes for each way to look a row up), never the texts.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from trustgauge.errors import DataError, ModelError
from trustgauge.types import Ask, Case, Failure, Finish, Message, Options, Outcome, Reply, TokenLogprob, Usage

PREFIX = "replay/"
FINISHES: dict[str, Finish] = {name: name for name in get_args(Finish)}


class Row(msgspec.Struct, frozen=True):
    """One line of the file: the fields that are read, under every name they may have."""

    id: str | int | None = None
    case: str | int | None = None
    turn: int | None = None
    prompt: str | None = None
    messages: tuple[Message, ...] | None = None
    response: str | None = None
    reply: str | None = None
    text: str | None = None
    draw: int | None = None
    finish: str | None = None
    usage: dict[str, Any] | None = None
    model: str | None = None
    latency_s: float | None = None
    logprobs: tuple[TokenLogprob, ...] | None = None

    @property
    def written(self) -> str | None:
        """The reply's text under whichever name it has; None: there is none."""
        return next((t for t in (self.response, self.reply, self.text) if t is not None), None)

    def asked(self) -> Iterator[bytes]:
        """Everything that this row can be looked up by."""
        name = self.id if self.id is not None else self.case
        if name is not None:
            turn = self.turn if self.turn is not None else _answered(self.messages or ())
            yield _by_id(str(name), turn)
        if self.messages:
            yield _by_messages(self.messages)
        if self.prompt is not None:
            yield _by_prompt(self.prompt)

    def outcome(self) -> Reply:
        """The reply as recorded."""
        return Reply(
            text=self.written or "",
            finish=FINISHES.get(self.finish, "other") if self.finish is not None else "stop",
            usage=_usage(self.usage),
            latency_s=self.latency_s or 0.0,
            model=self.model or "",
            logprobs=self.logprobs,
        )


READ = msgspec.json.Decoder(Row)


class Index:
    """Where each reply lies: sorted hashes with the draw and the offset of each row, in flat arrays."""

    def __init__(self, entries: Iterable[tuple[bytes, int, int]]) -> None:
        keys, draws, offsets = array("Q"), array("q"), array("q")
        for key, draw, offset in entries:
            keys.append(int.from_bytes(key))
            draws.append(draw)
            offsets.append(offset)
        unsorted = np.frombuffer(keys, dtype=np.uint64) if keys else np.zeros(0, dtype=np.uint64)
        order = np.argsort(unsorted, kind="stable")
        self._keys = unsorted[order]
        self._offsets: NDArray[np.int64] = np.array(offsets, dtype=np.int64)[order]
        said: NDArray[np.int64] = np.array(draws, dtype=np.int64)[order]
        places = np.arange(len(said))
        in_order = places - np.searchsorted(self._keys, self._keys)
        self._draws = np.where(said < 0, in_order, said)

    def find(self, key: bytes, draw: int) -> int | None:
        """The offset of this draw of the reply; None where there is none."""
        here = self._span(key)
        hits = np.flatnonzero(self._draws[here] == draw)
        return int(self._offsets[here][hits[0]]) if len(hits) else None

    def count(self, key: bytes) -> int:
        """How many replies there are to this."""
        here = self._span(key)
        return here.stop - here.start

    def _span(self, key: bytes) -> slice:
        number = np.uint64(int.from_bytes(key))
        first, last = (int(np.searchsorted(self._keys, number, side=side)) for side in ("left", "right"))
        return slice(first, last)


class ReplayModel:
    """Recorded replies as a model; `revision` is a hash of the file's content."""

    in_process = True

    def __init__(self, spec: str, options: Options, path: Path) -> None:
        self.id = spec
        self.options = options
        self._path = path
        self._file = _open(path)
        content = blake2b(digest_size=8)
        try:
            self._index = Index(_entries(path, self._file, content))
        except BaseException:
            self._file.close()
            raise
        self.revision = content.hexdigest()

    async def reply(self, ask: Ask, case: Case, draw: int) -> Outcome:
        """The recorded reply: by the case's id and turn, else by all messages, else by the last user turn."""
        wanted = draw + ask.repeat
        turn = _answered(ask.messages) - _answered(case.messages)
        prompt = next((m.content for m in reversed(ask.messages) if m.role == "user"), "")
        keys = (_by_id(case.id, turn), _by_messages(ask.messages), _by_prompt(prompt))
        for key in keys:
            offset = self._index.find(key, wanted)
            if offset is not None:
                return self._at(offset)
        there = max(self._index.count(key) for key in keys)
        held = f"no more than {there} of the replies" if there else "no reply"
        message = f"{self._path} holds {held} to case {case.id}, turn {turn}, draw {wanted}: {_short(prompt)!r}"
        return Failure(kind="unavailable", message=message)

    def _at(self, offset: int) -> Outcome:
        if self._file.closed:
            return Failure(kind="unavailable", message=f"{self._path} was closed")
        self._file.seek(offset)
        try:
            return READ.decode(self._file.readline()).outcome()
        except msgspec.DecodeError as error:
            return Failure(kind="malformed", message=f"{self._path} changed while it was in use: {error}")

    async def close(self) -> None:
        """Close the file."""
        self._file.close()


def open_replay(spec: str, options: Options) -> ReplayModel:
    """The recorded replies that a MODEL word names, e.g. replay/answers.jsonl or replay//data/answers.jsonl.

    ModelError where there is no such file, DataError (with the line) where a row can't be read.
    """
    path = Path(spec.removeprefix(PREFIX)).expanduser()
    return ReplayModel(spec, options, path)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise ModelError(f"cannot read the recorded replies in {path}: {why}") from None


def _entries(path: Path, file: BinaryIO, content: Any) -> Iterator[tuple[bytes, int, int]]:
    """(key, draw or -1, offset) of every row, each once per key; hashes the content on the way."""
    offset = rows = 0
    for number, raw in enumerate(file, start=1):
        content.update(raw)
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        start, offset = offset + len(raw) - len(line), offset + len(raw)
        if not line.strip():
            continue
        row = _checked(line, f"{path}, line {number}")
        rows += 1
        draw = -1 if row.draw is None else row.draw
        yield from ((key, draw, start) for key in row.asked())
    if not rows:
        raise DataError(f"{path} holds no replies: one JSON object per line is wanted")


def _checked(line: bytes, where: str) -> Row:
    try:
        row = READ.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{where}: not a recorded reply as a JSON object on one line ({error})") from None
    if next(row.asked(), None) is None:
        raise DataError(f"{where}: nothing says what was asked: give 'id', 'messages' or 'prompt'")
    if row.written is None and row.finish != "content_filter":
        raise DataError(f"{where}: no reply: give its text as 'response'")
    if not all(0 <= (number or 0) < 2**31 for number in (row.draw, row.turn)):
        raise DataError(f"{where}: 'draw' and 'turn' count from 0")
    return row


def _hash(*parts: object) -> bytes:
    return blake2b(msgspec.json.encode(parts), digest_size=8).digest()


def _by_id(case_id: str, turn: int) -> bytes:
    return _hash("id", case_id, turn)


def _by_messages(messages: Sequence[Message]) -> bytes:
    return _hash("messages", messages)


def _by_prompt(prompt: str) -> bytes:
    return _hash("prompt", prompt)


def _answered(messages: Sequence[Message]) -> int:
    return sum(m.role == "assistant" for m in messages)


def _usage(said: dict[str, Any] | None) -> Usage | None:
    """Token counts in our names or in those of OpenAI's chat format; None where there are none."""

    def count(*names: str) -> int:
        return next((v for v in map((said or {}).get, names) if isinstance(v, int) and v >= 0), 0)

    usage = Usage(count("input_tokens", "prompt_tokens"), count("output_tokens", "completion_tokens"))
    return usage if usage != Usage() else None


def _short(text: str, limit: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
