"""One connection of the wire: writes a request, reads the one response, and says whether it can be used again.

WireError                an exchange that gave no whole response
├── ConnectError         no connection: `cause` is the OSError behind it, a TimeoutError where time ran out
├── BrokenError          it ended before the response was whole
├── NotHttpError         what came is no HTTP
└── EncodingError        the body is compressed badly, or in a way that nobody asked for
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from typing import cast

import msgspec
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

HEAD_BYTES = 64 * 2**10
"""Bytes within which a response's head must end."""

_KEPT = frozenset(
    {
        b"content-encoding", b"content-length", b"location", b"request-id", b"retry-after", b"retry-after-ms",
        b"transfer-encoding", b"x-request-id",
    }
)  # fmt: skip
_GZIP, _ZLIB, _DEFLATE = 31, 15, -15  # zlib's window sizes, which also name the wrapping


class WireError(Exception):
    """An exchange that gave no whole response."""


class ConnectError(WireError):
    """No connection came about; `proxied` where the proxy, not the server, could not be reached."""

    def __init__(self, cause: OSError, proxied: bool = False) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.proxied = proxied


class BrokenError(WireError):
    """The connection ended before the response was whole; `begun` where some of it had come."""

    def __init__(self, begun: bool = True) -> None:
        super().__init__("connection lost")
        self.begun = begun


class NotHttpError(WireError):
    """What came is no HTTP."""


class EncodingError(WireError):
    """The body is compressed badly, or in a way that nobody asked for."""


class Response(msgspec.Struct, frozen=True):
    """A whole response: headers by lower-case name, only those of `_KEPT`; body None where it is over the limit."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes | None


class Connection(asyncio.Protocol):
    """Sends one request at a time. `free` is called when it is ready for the next, `lost` when it has closed.

    A body of more than max_bytes is not read on: the response then has none, and the connection closes.
    """

    __slots__ = (
        "_chunks", "_complete", "_free", "_headers", "_in_body", "_junk", "_keep", "_loop", "_lost", "_max_bytes",
        "_parser", "_raw", "_size", "_status", "_until_eof", "ended", "transport", "used", "waiter",
    )  # fmt: skip

    def __init__(self, max_bytes: int, free: Callable[[Connection], None], lost: Callable[[Connection], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._max_bytes, self._free, self._lost = max_bytes, free, lost
        self.transport: asyncio.Transport | None = None
        self.waiter: asyncio.Future[Response] | None = None
        self.ended = self.used = False
        self._begin()

    def _begin(self) -> None:
        """Ready for a new response."""
        self._headers: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []
        self._status = self._size = self._raw = 0
        self._in_body = self._until_eof = self._complete = self._keep = self._junk = False

    def ask(self, head: bytes, body: bytes) -> asyncio.Future[Response]:
        """Write a request in one piece; the future gets the response, or a WireError. head lacks only the length."""
        self.waiter = waiter = self._loop.create_future()
        if self.ended or self.transport is None:
            self.waiter = None
            waiter.set_exception(BrokenError(begun=False))
            return waiter
        self._begin()
        self.transport.write(b"%b%d\r\n\r\n%b" % (head, len(body), body))
        return waiter

    def abandon(self, waiter: asyncio.Future[Response]) -> None:
        """Close, unless this caller's response is whole and the connection already another's."""
        if self.waiter is waiter:
            self.waiter = None
            self.abort()

    def abort(self) -> None:
        """Close at once; `lost` is called soon after."""
        self.ended = True
        if self.transport is not None:
            self.transport.abort()

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Bytes of the response; where none is due they are no business of ours, nor is such a connection."""
        if self.waiter is None:
            self.abort()
            return
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            if not self._complete:
                self._fail(NotHttpError())
                return
            self._junk = True
        # What frames the chunks counts too, or a body without content would be read for ever.
        if self._size > self._max_bytes or self._raw > 8 * self._max_bytes + HEAD_BYTES:
            self._finish(over=True)
        elif self._complete:
            self._finish()
        elif not self._in_body and self._raw > HEAD_BYTES:
            self._fail(NotHttpError())

    def eof_received(self) -> None:
        """The server sends no more; the transport closes by itself."""
        self.ended = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed, by whomever."""
        self.ended = True
        if self.waiter is not None:
            if self._until_eof and exc is None:
                self._finish()
            else:
                self._fail(BrokenError(begun=self._raw > 0))
        self._lost(self)

    # What the parser calls.

    def on_message_begin(self) -> None:
        """A response begins: the first, one after an interim one (1xx), or one that nobody asked for."""
        if self._complete:
            self._junk = True
        elif self._headers:
            self._headers = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer, which says nothing that is needed."""
        name = name.lower()
        if name in _KEPT and not self._in_body and not self._junk:
            self._headers.setdefault(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole; the length it promises may already be too much."""
        if self._junk:
            return
        self._status = self._parser.get_status_code()
        if self._status < 200:
            return
        headers, self._in_body = self._headers, True
        length = headers.get(b"content-length")
        if length is not None:
            self._size = int(length) if int(length) > self._max_bytes else 0
        else:
            self._until_eof = b"chunked" not in headers.get(b"transfer-encoding", b"").lower()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._in_body and not self._complete and self._size <= self._max_bytes:
            self._size += len(body)
            self._chunks.append(body)

    def on_message_complete(self) -> None:
        """The response is whole, unless it is an interim one."""
        if self._in_body and not self._complete:
            self._complete = True
            self._keep = self._parser.should_keep_alive()

    def _finish(self, over: bool = False) -> None:
        """Hand over the response, and the connection where it stands open at the response's very end."""
        waiter, self.waiter = self.waiter, None
        if waiter is not None and not waiter.done():
            try:
                waiter.set_result(Response(self._status, self._headers, None if over else self._body()))
            except EncodingError as error:
                waiter.set_exception(error)
        if self._keep and not over and not self._junk and not self.ended:
            self.used = True
            self._free(self)
        else:
            self.abort()

    def _body(self) -> bytes | None:
        chunks, encoding = self._chunks, self._headers.get(b"content-encoding")
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return inflated(data, encoding.decode("latin-1"), self._max_bytes) if encoding and data else data

    def _fail(self, error: WireError) -> None:
        waiter, self.waiter = self.waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)
        self.abort()


def inflated(data: bytes, encoding: str, limit: int) -> bytes | None:
    """The body without its Content-Encoding; None as soon as that is more than `limit` bytes.

    Raises EncodingError where it cannot be undone. "deflate" is read with its zlib wrapping and, as some
    servers send it, without.
    """
    name = encoding.strip().lower()
    if name == "identity":
        return data
    if name in ("gzip", "x-gzip"):
        form = _GZIP
    elif name == "deflate":
        form = _ZLIB if data[0] & 0x0F == 8 else _DEFLATE
    else:
        raise EncodingError(name)
    parts: list[bytes] = []
    room = limit + 1
    try:
        while data and room > 0:  # a gzip body may be several, one after the other
            undo = zlib.decompressobj(form)
            parts.append(undo.decompress(data, room))
            room -= len(parts[-1])
            if room > 0 and not undo.eof:
                raise EncodingError("cut")
            data = undo.unused_data
    except zlib.error as error:
        raise EncodingError(str(error)) from None
    return b"".join(parts) if room > 0 else None
