"""The wire against servers of a few lines each: every way in which a response can come, go wrong or not come at all."""

from __future__ import annotations

import asyncio
import errno
import gzip
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop

from trustgauge.models import wire_dial
from trustgauge.models.http import Answer, Http
from trustgauge.models.wire import Wire
from trustgauge.models.wire_connection import (
    BrokenError,
    ConnectError,
    EncodingError,
    NotHttpError,
    Response,
    inflated,
)
from trustgauge.types import Failure

LIMIT = 10_000
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """Runs a coroutine in either kind of loop."""
    factory = uvloop.new_event_loop if request.param == "uvloop" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        yield runner.run


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    """A server that treats each connection by `serve`; gives its address."""
    writers: list[asyncio.StreamWriter] = []

    async def treat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(treat, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()
        await asyncio.sleep(0.01)


async def request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Head and body of one request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = int(head.lower().partition("content-length: ")[2].split("\r\n")[0])
    return head, await reader.readexactly(length)


def always(*pieces: bytes, close: bool = False) -> Serve:
    """Answers every request with the same bytes, piece by piece."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await request(reader)
            for piece in pieces:
                writer.write(piece)
                if len(pieces) > 1:
                    await asyncio.sleep(0.0005)
            if close:
                await writer.drain()
                return

    return serve


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def wire(url: str, **more: Any) -> Wire:
    return Wire(url, {"X": "y"}, **{"connections": 10, "max_bytes": LIMIT, **more})


def ok(body: bytes, head: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


async def asked(serve: Serve, times: int = 1, timeout_s: float = 5.0, **more: Any) -> list[Response | Exception]:
    """What a wire makes of a server, asked a number of times one after the other."""
    found: list[Response | Exception] = []
    async with serving(serve) as url:
        line = wire(url, **more)
        for _ in range(times):
            try:
                found.append(await line.post(b"{}", timeout_s))
            except Exception as error:
                found.append(error)
        await line.close()
    return found


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
WHOLE = {
    "length": (ok(b"hello"), False),
    "empty": (ok(b""), False),
    "no-content": (b"HTTP/1.1 204 No Content\r\n\r\n", False),
    "chunked": (CHUNKED + b"2\r\nhe\r\n3;ext=1\r\nllo\r\n0\r\n\r\n", False),
    "trailers": (CHUNKED + b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nRetry-After: 9\r\n\r\n", False),
    "interim": (
        b"HTTP/1.1 100 Continue\r\nRetry-After: 9\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + ok(b"hello"),
        False,
    ),
    "close": (ok(b"hello", b"Connection: close\r\n"), True),
    "http-1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", True),
    "until-eof": (b"HTTP/1.1 200 OK\r\n\r\nhello", True),
    "http-1.0-until-eof": (b"HTTP/1.0 200 OK\r\n\r\nhello", True),
}


@pytest.mark.parametrize("split", [False, True], ids=["at-once", "byte-by-byte"])
@pytest.mark.parametrize("form", WHOLE)
def test_a_whole_response_is_read_in_every_form(run: Run, form: str, split: bool) -> None:
    raw, close = WHOLE[form]
    pieces = [raw[i : i + 1] for i in range(len(raw))] if split else [raw]
    for found in run(asked(always(*pieces, close=close), times=2)):
        assert isinstance(found, Response), found
        assert found.body == (b"" if form in ("empty", "no-content") else b"hello")
        assert b"retry-after" not in found.headers, "neither an interim response nor a trailer speaks for the response"


def test_the_request_is_written_as_it_should_be(run: Run) -> None:
    seen: list[tuple[str, bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            seen.append(await request(reader))
            writer.write(ok(b""))

    async def ask() -> str:
        async with serving(serve) as url:
            line = wire(url + "/größe?a=b c&x=%20")
            for body in (b"{}", b"x" * 3_000_000):
                await line.post(body, 5)
            await line.close()
            return url

    host = run(ask()).split("/")[2]
    assert seen[0][0].split("\r\n")[:-2] == [
        "POST /v1/gr%C3%B6%C3%9Fe?a=b%20c&x=%20 HTTP/1.1",
        f"Host: {host}",
        "Accept-Encoding: identity",
        "X: y",
        "Content-Length: 2",
    ]
    assert [len(body) for _, body in seen] == [2, 3_000_000]


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"220 mail.example ESMTP\r\n\r\n", NotHttpError),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", NotHttpError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", NotHttpError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", NotHttpError),
        (CHUNKED + b"zz\r\nhello\r\n", NotHttpError),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 400_000, NotHttpError),
        (b"", BrokenError),
        (b"HTTP/1.1 200 OK\r\nContent-Le", BrokenError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", BrokenError),
        (CHUNKED + b"5\r\nhello\r\n", BrokenError),
        (ok(b"this is no gzip", b"Content-Encoding: gzip\r\n"), EncodingError),
        (ok(packed(b"hello")[:-9], b"Content-Encoding: gzip\r\n"), EncodingError),
        (ok(b"hello", b"Content-Encoding: br\r\n"), EncodingError),
    ],
)
def test_what_is_no_whole_response_is_an_error_of_its_own(run: Run, raw: bytes, error: type[Exception]) -> None:
    (found,) = run(asked(always(raw, close=True)))
    assert type(found) is error


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", packed(b"hello")),
        ("X-GZip", packed(b"hel") + packed(b"lo")),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello", wbits=-15)),
        ("identity", b"hello"),
    ],
)
def test_a_server_that_compresses_unasked_is_read(run: Run, encoding: str, data: bytes) -> None:
    (found,) = run(asked(always(ok(data, f"Content-Encoding: {encoding}\r\n".encode()))))
    assert found.body == b"hello"


def test_compression_is_undone_no_further_than_the_limit() -> None:
    assert inflated(packed(b"x" * 100), "gzip", 100) == b"x" * 100
    assert inflated(packed(b"x" * 101), "gzip", 100) is None
    assert inflated(packed(b"x" * 60) * 2, "gzip", 100) is None
    assert inflated(packed(b"x" * 10**8), "gzip", 100) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 10_001,
        CHUNKED + b"2711\r\n" + b"x" * 10_001,
        CHUNKED + b"1;" + b"e" * 400_000,
        ok(packed(b"x" * 10_001), b"Content-Encoding: gzip\r\n"),
    ],
    ids=["promised", "absurd", "until-eof", "chunk", "chunk-extension", "gzip"],
)
def test_a_body_over_the_limit_is_not_read_on(run: Run, raw: bytes) -> None:
    """The server would go on: the response is there as soon as the limit is passed."""
    first, second = run(asked(always(raw), times=2))
    assert (first.body, second.body) == (None, None)
    (within,) = run(asked(always(ok(b"x" * LIMIT))))
    assert within.body == b"x" * LIMIT


def counting(serve: Serve) -> tuple[Serve, list[int]]:
    """The same server, and the list of its connections."""
    opened: list[int] = []

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(len(opened))
        await serve(reader, writer)

    return counted, opened


@pytest.mark.parametrize(
    ("raw", "connections"),
    [
        (ok(b"hello"), 1),
        (ok(b"hello", b"Connection: close\r\n"), 3),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 3),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", 1),
        (ok(b"hello") + b"junk", 3),
        (ok(b"hello") + ok(b"nobody asked for this"), 3),
    ],
)
def test_only_a_clean_connection_is_used_again(run: Run, raw: bytes, connections: int) -> None:
    serve, opened = counting(always(raw))
    assert [found.body for found in run(asked(serve, times=3))] == [b"hello"] * 3
    assert len(opened) == connections


def test_a_response_on_an_idle_connection_is_no_answer_to_the_next_request(run: Run) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, body = await request(reader)
        writer.write(ok(body))
        await asyncio.sleep(0.02)
        writer.write(ok(b"poison"))
        await reader.read()

    async def ask() -> list[bytes | None]:
        async with serving(serve) as url:
            line = wire(url)
            first = await line.post(b"1", 5)
            await asyncio.sleep(0.06)
            second = await line.post(b"2", 5)
            await line.close()
            return [first.body, second.body]

    assert run(ask()) == [b"1", b"2"]


def test_a_kept_connection_found_closed_costs_nothing(run: Run) -> None:
    """The server closes without a response to the second request of a connection: it is sent again on a new one."""
    bodies: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ok((await request(reader))[1]))
        bodies.append((await request(reader))[1])

    async def ask() -> list[bytes | None]:
        async with serving(serve) as url:
            line = wire(url)
            answers = [(await line.post(b"%d" % i, 5)).body for i in range(4)]
            await line.close()
            return answers

    assert run(ask()) == [b"0", b"1", b"2", b"3"]
    assert bodies == [b"1", b"2", b"3"], "each was sent once on a connection that was closed"


@pytest.mark.parametrize("begun", [True, False])
def test_a_request_is_not_sent_again_once_a_response_began_nor_on_a_new_connection(run: Run, begun: bool) -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if begun:
            await request(reader)
            writer.write(ok(b""))
        seen.append((await request(reader))[1])
        if begun:
            writer.write(b"H")
            await writer.drain()

    found = run(asked(serve, times=2 if begun else 1))
    assert isinstance(found[-1], BrokenError)
    assert len(seen) == 1


def hanging(held: list[asyncio.StreamReader]) -> Serve:
    """Answers "{}" and hangs on anything else."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            _, body = await request(reader)
            if body != b"{}":
                held.append(reader)
                await reader.read()
                held.remove(reader)
                return
            writer.write(ok(body))

    return serve


def test_a_call_ends_at_its_time_limit_and_its_connection_with_it(run: Run) -> None:
    held: list[asyncio.StreamReader] = []

    async def ask() -> None:
        async with serving(hanging(held)) as url:
            line = wire(url, connections=1)
            assert (await line.post(b"{}", 5)).status == 200
            calls = [asyncio.ensure_future(line.post(b"hang", limit)) for limit in (0.1, 0.15, 0.05)]
            # The first is with the server, the others wait for its connection: their time runs as well.
            done = await asyncio.gather(*calls, return_exceptions=True)
            assert [type(one) for one in done] == [TimeoutError] * 3
            assert (await line.post(b"{}", 5)).status == 200
            await asyncio.sleep(0.02)
            assert not held, "the server saw the hung call's connection close"
            await line.close()

    run(ask())


def test_a_cancelled_call_closes_its_connection(run: Run) -> None:
    held: list[asyncio.StreamReader] = []

    async def ask() -> None:
        serve, opened = counting(hanging(held))
        async with serving(serve) as url:
            line = wire(url, connections=1)
            for _ in range(3):
                hung = asyncio.ensure_future(line.post(b"hang", 60))
                waiting = asyncio.ensure_future(line.post(b"{}", 60))
                given_up = asyncio.ensure_future(line.post(b"{}", 60))
                await asyncio.sleep(0.02)
                for call in (hung, given_up):
                    call.cancel()
                assert (await waiting).body == b"{}"
            await asyncio.sleep(0.02)
            assert not held
            assert len(opened) == 4, "one for each call that hung (the first two share none), one after the last"
            await line.close()

    run(ask())


def test_cancelling_at_any_moment_loses_no_place(run: Run) -> None:
    """Calls are cancelled all over the place; afterwards all connections can still be had."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            _, body = await request(reader)
            await asyncio.sleep(0.001)
            writer.write(ok(body))

    async def ask() -> None:
        async with serving(serve) as url:
            line = wire(url, connections=3)
            for round_ in range(40):
                calls = [asyncio.ensure_future(line.post(b"%d" % i, 5)) for i in range(8)]
                for step in range(12):
                    await asyncio.sleep(0)
                    calls[(step + round_) % 8].cancel() if step % 3 == round_ % 3 else None
                await asyncio.sleep(0.0004 * (round_ % 5))
                calls[round_ % 8].cancel()
                for i, one in enumerate(await asyncio.gather(*calls, return_exceptions=True)):
                    assert isinstance(one, asyncio.CancelledError) or one.body == b"%d" % i
            final = await asyncio.gather(*[line.post(b"%d" % i, 5) for i in range(9)])
            assert [one.body for one in final] == [b"%d" % i for i in range(9)]
            assert len(line._all) <= 3
            await line.close()
            assert line._open == 0

    run(ask())


@pytest.mark.parametrize("whose", [0, 1], ids=["answered", "next-in-line"])
def test_a_call_cancelled_in_the_moment_a_response_came_takes_nobodys_connection(
    run: Run, monkeypatch: pytest.MonkeyPatch, whose: int
) -> None:
    """The response is whole and the connection handed on, then the call answered, or the next one, is cancelled."""
    serve, opened = counting(always(ok(b"hello")))
    calls: list[asyncio.Future[Response]] = []
    hand_on = Wire._free

    def free_and_cancel(line: Wire, connection: Any) -> None:
        hand_on(line, connection)
        if len(calls) == 3:
            calls[whose].cancel()

    monkeypatch.setattr(Wire, "_free", free_and_cancel)

    async def ask() -> list[Any]:
        async with serving(serve) as url:
            line = wire(url, connections=1)
            calls.extend(asyncio.ensure_future(line.post(b"{}", 2)) for _ in range(3))
            done = await asyncio.gather(*calls, return_exceptions=True)
            await line.close()
            return done

    done = run(ask())
    assert isinstance(done.pop(whose), asyncio.CancelledError)
    assert [one.body for one in done] == [b"hello"] * 2
    assert len(opened) == 1


def test_callers_beyond_the_connections_wait_their_turn(run: Run) -> None:
    order: list[bytes] = []
    busy, most = 0, 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal busy, most
        while True:
            _, body = await request(reader)
            order.append(body)
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0.005)
            busy -= 1
            writer.write(ok(body))

    async def ask() -> None:
        async with serving(serve) as url:
            line = wire(url, connections=2)
            await asyncio.gather(*[line.post(b"%02d" % i, 5) for i in range(12)])
            await line.close()

    run(ask())
    assert most == 2
    assert order[2:] == sorted(order[2:])


def test_closing_ends_calls_under_way(run: Run) -> None:
    async def ask() -> list[Any]:
        async with serving(hanging([])) as url:
            line = wire(url, connections=1)
            calls = [asyncio.ensure_future(line.post(b"hang", 60)) for _ in range(3)]
            await asyncio.sleep(0.05)
            await line.close()
            return await asyncio.gather(*calls, return_exceptions=True)

    assert [type(one) for one in run(ask())] == [BrokenError] * 3


def test_a_server_that_restarts_is_found_again(run: Run) -> None:
    async def ask() -> None:
        async with serving(always(ok(b"1"))) as url:
            line = wire(url)
            await asyncio.gather(*[line.post(b"{}", 5) for _ in range(5)])
        port = int(url.split(":")[2].split("/")[0])
        with pytest.raises(ConnectError) as refused:
            await line.post(b"{}", 5)
        assert refused.value.cause.errno == errno.ECONNREFUSED

        async def back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await request(reader)
            writer.write(ok(b"2"))
            writer.close()

        server = await asyncio.start_server(back, "127.0.0.1", port)
        assert (await line.post(b"{}", 5)).body == b"2"
        await line.close()
        server.close()
        await server.wait_closed()

    run(ask())


def test_no_connection_in_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(wire_dial, "_connect", never)

    async def ask() -> Failure | Answer:
        http = Http("http://127.0.0.1:9/v1", headers={}, timeout_s=0.05)
        outcome = await http.post(b"{}")
        await http.close()
        return outcome

    failure = run(ask())
    assert (failure.kind, failure.message) == ("connect", "no connection to 127.0.0.1:9 within 0.05 s")


def no_file(*_: object) -> socket.socket:
    raise OSError(errno.EMFILE, "Too many open files")


async def posted(url: str) -> Failure | Answer:
    http = Http(url, headers={}, timeout_s=5)
    outcome = await http.post(b"{}")
    await http.close()
    return outcome


def test_too_many_open_files_are_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> Failure | Answer:
        with monkeypatch.context() as patch:  # within the loop, which opens sockets of its own
            patch.setattr(wire_dial.socket, "socket", no_file)
            return await posted("http://127.0.0.1:9/v1")

    failure = run(ask())
    assert (failure.kind, failure.transient) == ("connect", True)
    assert failure.message == (
        "no connection to 127.0.0.1:9: too many files are open here: lower --concurrency, or raise the limit (ulimit -n)"
    )


def test_a_name_not_found_for_want_of_files_is_no_wrong_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that can open no file says that there is no such name."""

    def unresolved(*_: object, **__: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    with asyncio.Runner() as runner:
        assert "could not be resolved" in runner.run(posted("http://far.example/v1")).message  # type: ignore[union-attr]
        monkeypatch.setattr(wire_dial.socket, "socket", no_file)
        assert "too many files" in runner.run(posted("http://far.example/v1")).message  # type: ignore[union-attr]


def test_the_fastest_address_of_a_name_is_taken(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address is dead, the second does not answer, the third does: nobody waits for the second."""
    tried: list[str] = []

    async def three(stop: wire_dial.Stop) -> list[Any]:
        return [(socket.AF_INET, (f"127.0.0.{i}", stop.port)) for i in (3, 2, 1)]

    honest = wire_dial._connect

    async def connect(address: Any) -> socket.socket:
        tried.append(address[1][0])
        if tried[-1] == "127.0.0.3":
            raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")
        if tried[-1] == "127.0.0.2":
            await asyncio.sleep(60)
        return await honest(address)

    monkeypatch.setattr(wire_dial, "_addresses", three)
    monkeypatch.setattr(wire_dial, "_connect", connect)
    monkeypatch.setattr(wire_dial, "STAGGER_S", 0.01)

    async def ask() -> Response:
        async with serving(always(ok(b"hello"))) as url:
            line = wire(url.replace("127.0.0.1", "model.example"))
            found = await line.post(b"{}", 5)
            await line.post(b"{}", 5)
            await line.close()
            return found

    assert run(ask()).body == b"hello"
    assert tried == ["127.0.0.3", "127.0.0.2", "127.0.0.1"]


def test_families_of_addresses_take_turns_and_one_lookup_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups: list[str] = []
    tried: list[str] = []

    def found(host: str, *_: object, **__: object) -> list[Any]:
        lookups.append(host)
        six = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (f"::{i}", 1, 0, 0)) for i in (1, 2, 3)]
        return [*six, (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))]

    async def refused(address: Any) -> socket.socket:
        tried.append(address[1][0])
        raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(wire_dial, "_connect", refused)

    async def ask() -> None:
        line = wire("http://far.example/v1")
        for _ in range(2):
            failures = await asyncio.gather(*[line.post(b"", 5) for _ in range(3)], return_exceptions=True)
            assert [type(failure) for failure in failures] == [ConnectError] * 3
        await line.close()

    asyncio.run(ask())
    assert lookups == ["far.example"]
    assert sorted(tried) == sorted(["::1", "127.0.0.1", "::2", "::3"] * 6)
    assert tried.index("127.0.0.1") < tried.index("::2")
