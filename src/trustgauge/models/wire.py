"""The wire: POST to one address over kept-alive HTTP/1.1 connections, lean enough to measure models and not itself."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote, urlsplit

from trustgauge.models.wire_connection import BrokenError, ConnectError, Connection, Response
from trustgauge.models.wire_dial import Dialler, stop_of

CONNECT_S = 10.0
"""Seconds until a connection must stand, TLS and the way through a proxy included."""

CLOSE_S = 1.0
"""Seconds that closing waits for the connections to be gone."""

_TICK_S = 0.002  # clocks of event loops count in milliseconds


class Wire:
    """A pool of connections to one address, made in the event loop that uses it.

    At most `connections` are open, each from its first use; the one used last is used next. Callers beyond that
    wait in the order they came, and their time runs. Raises ValueError for a URL that names no place.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str], *, proxy: str | None = None, connections: int, max_bytes: int
    ) -> None:
        via = stop_of(proxy) if proxy else None
        self._dialler = Dialler(stop_of(url), via)
        plain = via if url.startswith("http:") else None  # a proxy that is told the whole request itself
        if plain and plain.credentials:
            headers = {**headers, "Proxy-Authorization": plain.credentials.decode()}
        self._head = _head(url, headers, absolute=plain is not None)
        self._limit, self._max_bytes = connections, max_bytes
        self._loop = asyncio.get_running_loop()
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()
        self._open = 0  # connections open, being opened, or about to be by a caller that has been told so
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._due: dict[asyncio.Future[Response] | asyncio.Future[Connection | None], float] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = math.inf
        self._closed = False
        self._gone: asyncio.Future[None] | None = None

    async def post(self, body: bytes, timeout_s: float) -> Response:
        """One POST. Raises WireError, and TimeoutError where timeout_s have passed, the wait for a turn included."""
        deadline = self._loop.time() + timeout_s
        first = True
        while True:
            connection = self._idle.pop() if self._idle else await self._take(deadline)
            answer = connection.ask(self._head, body)
            self._due[answer] = deadline
            if deadline < self._alarm_at:
                self._arm(deadline)
            try:
                return await answer
            except BrokenError as error:
                # A server that closes an idle connection just as a request goes out has not read that request,
                # so it may be sent again. That is safe only where nothing of a response came, and once: a server
                # that dies of the request must not be sent it for ever.
                if error.begun or not connection.used or not first or self._closed:
                    raise
                first = False
                self._drop_idle()  # they have been idle for longer still
            except BaseException:
                connection.abandon(answer)
                raise
            finally:
                del self._due[answer]

    async def close(self) -> None:
        """Close all connections; calls under way end in BrokenError."""
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(BrokenError())
        self._waiting.clear()
        for connection in list(self._all):
            connection.abort()
        if self._all:
            self._gone = self._loop.create_future()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone, CLOSE_S)

    async def _take(self, deadline: float) -> Connection:
        """A connection of one's own: a new one where one more may be opened, else the next that comes free."""
        if self._open < self._limit:
            self._open += 1
            return await self._dial(deadline)
        waiter: asyncio.Future[Connection | None] = self._loop.create_future()
        self._waiting.append(waiter)
        self._due[waiter] = deadline
        if deadline < self._alarm_at:
            self._arm(deadline)
        try:
            connection = await waiter
        except BaseException:
            with suppress(ValueError):
                self._waiting.remove(waiter)
            if not waiter.cancelled() and waiter.done() and waiter.exception() is None:
                self._pass_on(waiter.result())  # cancelled in the very moment its turn came
            raise
        finally:
            del self._due[waiter]
        return connection or await self._dial(deadline)

    async def _dial(self, deadline: float) -> Connection:
        """A new connection, in a place already counted; the place is given back where none comes about."""
        connection = Connection(self._max_bytes, self._free, self._lost)
        try:
            async with asyncio.timeout(min(CONNECT_S, deadline - self._loop.time())):
                await self._dialler.dial(connection)
        except TimeoutError as error:
            self._pass_on(None)
            raise ConnectError(error) from None
        except BaseException:
            self._pass_on(None)
            raise
        if self._closed or connection.ended:
            connection.abort()
            self._pass_on(None)
            raise BrokenError(begun=False)
        self._all.add(connection)
        return connection

    def _free(self, connection: Connection) -> None:
        """A connection is ready for the next request."""
        if self._waiting:
            self._pass_on(connection)
        else:
            self._idle.append(connection)

    def _lost(self, connection: Connection) -> None:
        """A connection has closed: another may take its place."""
        if connection not in self._all:
            return
        self._all.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._pass_on(None)
        if self._gone is not None and not self._all and not self._gone.done():
            self._gone.set_result(None)

    def _pass_on(self, connection: Connection | None) -> None:
        """Give a connection, or the place for one (None), to the caller that has waited longest."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        if connection is None:
            self._open -= 1
        elif not connection.ended:
            self._idle.append(connection)

    def _drop_idle(self) -> None:
        for connection in self._idle:
            connection.abort()
        self._idle.clear()

    def _arm(self, when: float) -> None:
        """One timer for all calls, set to the earliest deadline: one each would cost more than parsing a response."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = when
        self._alarm = self._loop.call_at(when, self._ring)

    def _ring(self) -> None:
        """Tell those whose time is up, and set the timer to the next."""
        now = self._loop.time() + _TICK_S
        left = math.inf
        for future, deadline in self._due.items():
            if future.done():
                continue
            if deadline <= now:
                future.set_exception(TimeoutError())
            else:
                left = min(left, deadline)
        self._alarm, self._alarm_at = None, math.inf
        if left < math.inf:
            self._arm(left)


def _head(url: str, headers: Mapping[str, str], *, absolute: bool) -> bytes:
    """A request's head up to the body's length; a proxy for plain HTTP is told the whole address."""
    parts = urlsplit(url)
    name = stop_of(url).name
    target = quote(parts.path, safe="/%:@!$&'()*+,;=~") or "/"
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    if absolute:
        target = f"{parts.scheme}://{name}{target}"
    # The server is asked not to compress: the time for that would count as the model's.
    lines = [f"POST {target} HTTP/1.1", f"Host: {name}", "Accept-Encoding: identity"]
    lines += [f"{header}: {value}" for header, value in headers.items()]
    return "\r\n".join([*lines, "Content-Length: "]).encode("latin-1")
