"""Dialling: a name resolved, the fastest of its addresses reached, TLS, and the way through a proxy."""

from __future__ import annotations

import asyncio
import socket
import ssl
from base64 import b64encode
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import msgspec
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from trustgauge.models.wire_connection import HEAD_BYTES, ConnectError, Connection, NotHttpError

STAGGER_S = 0.25
"""Seconds until the next address of a name is tried beside one that has not answered (RFC 8305)."""

LOOKUP_S = 10.0
"""Seconds for which a name's addresses are taken to stay the same."""

_Address = tuple[socket.AddressFamily, Any]


class ProxyError(OSError):
    """The proxy answered CONNECT with another status than success."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the proxy answered {status}")
        self.status = status


class Stop(msgspec.Struct, frozen=True):
    """A place to connect to: a server, or the proxy before it."""

    tls: bool
    host: str
    port: int
    credentials: bytes = b""  # of a proxy: the value of Proxy-Authorization

    @property
    def authority(self) -> str:
        """Host and port, the host in brackets where it is an IPv6 address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def name(self) -> str:
        """The authority without a port that goes without saying."""
        usual = self.port == (443 if self.tls else 80)
        return self.authority.rpartition(":")[0] if usual else self.authority


def stop_of(url: str) -> Stop:
    """The place that an http:// or https:// URL names, with the credentials in it. Raises ValueError."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    host = (parts.hostname or "").encode("idna").decode()
    named = b""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        named = b"Basic " + b64encode(pair.encode())
    return Stop(tls, host, parts.port or (443 if tls else 80), named)


class Dialler:
    """Connects to one server, directly or through a proxy; keeps what connections can share."""

    def __init__(self, server: Stop, proxy: Stop | None = None) -> None:
        self._server, self._proxy = server, proxy
        self._lookup: asyncio.Future[list[_Address]] | None = None
        self._looked_up = 0.0
        self._tls: ssl.SSLContext | None = None

    async def dial(self, connection: Connection) -> None:
        """Connect the connection; raises ConnectError or NotHttpError, and leaves nothing open then."""
        proxy, server = self._proxy, self._server
        try:
            if self._tls is None and (server.tls or (proxy and proxy.tls)):
                self._tls = ssl.create_default_context()
            if proxy is None or not server.tls:
                await self._start(connection, proxy or server)
                return
            tunnel = _Tunnel(proxy, server.authority)
            await self._start(tunnel, proxy)
        except OSError as error:
            raise ConnectError(error, proxied=proxy is not None) from None
        try:
            await self._through(tunnel, connection)
        except OSError as error:
            raise ConnectError(error, proxied=isinstance(error, ProxyError)) from None

    async def _start(self, protocol: asyncio.Protocol, stop: Stop) -> None:
        """Connect to the first stop; a socket that is reached is the loop's own from then on, to close as well."""
        sock = await self._reach(stop)
        tls = self._tls if stop.tls else None
        host = stop.host if stop.tls else None
        await asyncio.get_running_loop().create_connection(lambda: protocol, sock=sock, ssl=tls, server_hostname=host)

    async def _through(self, tunnel: _Tunnel, connection: Connection) -> None:
        """TLS with the server, inside the tunnel through the proxy."""
        outer, tls = tunnel.transport, self._tls
        assert outer is not None
        assert tls is not None
        try:
            await tunnel.open
            loop = asyncio.get_running_loop()
            inner = await loop.start_tls(outer, connection, tls, server_hostname=self._server.host)
        except BaseException:
            outer.abort()
            raise
        assert inner is not None
        connection.connection_made(inner)

    async def _reach(self, stop: Stop) -> socket.socket:
        """A socket connected to the first of the host's addresses to answer. Raises OSError."""
        addresses = _literal(stop) or await self._resolve(stop)
        return await (_connect(addresses[0]) if len(addresses) == 1 else _race(addresses))

    async def _resolve(self, stop: Stop) -> list[_Address]:
        """The host's addresses; those who ask at the same time share one lookup."""
        loop = asyncio.get_running_loop()
        if self._lookup is None or (self._lookup.done() and loop.time() > self._looked_up + LOOKUP_S):
            self._lookup, self._looked_up = asyncio.ensure_future(_addresses(stop)), loop.time()
        lookup = self._lookup
        try:
            return await asyncio.shield(lookup)
        except OSError:
            if self._lookup is lookup:
                self._lookup = None
            raise


class _Tunnel(asyncio.Protocol):
    """Asks a proxy for a way through; `open` is done once it has granted it."""

    def __init__(self, proxy: Stop, target: str) -> None:
        named = b"Proxy-Authorization: %b\r\n" % proxy.credentials if proxy.credentials else b""
        self._request = b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n%b\r\n" % (target.encode(), target.encode(), named)
        self._parser = HttpResponseParser(self)
        self._raw = 0
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._end(NotHttpError())
        if self._raw > HEAD_BYTES:
            self._end(NotHttpError())

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 200:
            self._end(None if status < 300 else ProxyError(status))

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(ConnectionResetError("closed by the proxy"))

    def _end(self, error: Exception | None) -> None:
        if self.open.done():
            return
        if error is None:
            self.open.set_result(None)
        else:
            self.open.set_exception(error)


def _literal(stop: Stop) -> list[_Address]:
    """The address where the host is one already, so that nothing need be looked up."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, stop.host)
        except OSError:
            continue
        return [(family, (stop.host, stop.port))]
    return []


async def _addresses(stop: Stop) -> list[_Address]:
    """All addresses of a host, the families by turns, as RFC 8305 has it."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(stop.host, stop.port, type=socket.SOCK_STREAM)
    except socket.gaierror:
        socket.socket().close()  # a resolver that could open no file knows no name: then say what is wrong
        raise
    families: dict[socket.AddressFamily, list[_Address]] = {}
    for family, _, _, _, address in found:
        families.setdefault(family, []).append((family, address))
    return [one for one in chain(*zip_longest(*families.values())) if one]


async def _connect(address: _Address) -> socket.socket:
    family, where = address
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, where)
    except BaseException:
        sock.close()
        raise
    return sock


async def _race(addresses: Sequence[_Address]) -> socket.socket:
    """The first socket to connect; the next address starts when one fails or STAGGER_S have passed."""
    left = list(reversed(addresses))
    running: set[asyncio.Task[socket.socket]] = set()
    failed: OSError | None = None
    try:
        while left or running:
            if left:
                running.add(asyncio.create_task(_connect(left.pop())))
            done, _ = await asyncio.wait(
                running, timeout=STAGGER_S if left else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                running.discard(task)
                error = task.exception()
                if error is None:
                    running |= done - {task}
                    return task.result()
                if not isinstance(error, OSError):
                    raise error
                failed = failed or error
        raise failed or OSError("no address")
    finally:
        for task in running:
            task.cancel()
        for late in await asyncio.gather(*running, return_exceptions=True):
            if isinstance(late, socket.socket):
                late.close()
