"""TLS and proxies: who is told what, who must prove who they are, and what is said where it does not work."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from trustgauge.models.http import Answer, Http
from trustgauge.models.wire_dial import stop_of
from trustgauge.types import Failure

Run = Callable[[Coroutine[Any, Any, Any]], Any]
Heads = list[str]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """Runs a coroutine in either kind of loop."""
    factory = uvloop.new_event_loop if request.param == "uvloop" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        yield runner.run


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that signs itself for "localhost", its key in the same file."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(["openssl", *words.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes(cert.read_bytes() + key.read_bytes())
    return both


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@asynccontextmanager
async def serving(serve: Callable[..., Any], tls: Path | None = None) -> AsyncIterator[int]:
    """A server that treats each connection by `serve`; gives its port."""
    tasks: set[asyncio.Task[Any]] = set()

    async def treat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            tasks.discard(task)

    server = await asyncio.start_server(treat, "127.0.0.1", 0, ssl=server_tls(tls) if tls else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
        await asyncio.sleep(0.01)


def answering(heads: Heads) -> Callable[..., Any]:
    """Notes each request's head and answers it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await reader.readexactly(2)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    return serve


def tunnelling(heads: Heads, port: int) -> Callable[..., Any]:
    """A proxy that lets everything through to a port of this machine."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        inner_reader, inner = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        pipes = [asyncio.create_task(pipe(reader, inner)), asyncio.create_task(pipe(inner_reader, writer))]
        try:
            await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in pipes:
                one.cancel()
            await asyncio.gather(*pipes, return_exceptions=True)
            inner.transport.abort()

    return serve


async def posted(url: str, proxy: str | None = None, times: int = 1) -> Answer | Failure:
    http = Http(
        url, headers={"Authorization": "Bearer sk-0123456789"}, secret="sk-0123456789", proxy=proxy, timeout_s=5
    )
    outcome = await http.post(b"{}")
    for _ in range(times - 1):
        outcome = await http.post(b"{}")
    await http.close()
    return outcome


def failed(outcome: Answer | Failure) -> Failure:
    assert isinstance(outcome, Failure), outcome
    assert outcome.kind == "connect"
    assert "sk-0123456789" not in outcome.message
    assert "secret" not in outcome.message
    return outcome


def test_tls_with_a_certificate_that_is_trusted(run: Run, trusted: Path) -> None:
    heads: Heads = []

    async def ask() -> Answer | Failure:
        async with serving(answering(heads), trusted) as port:
            return await posted(f"https://localhost:{port}/v1", times=2)

    assert run(ask()).body == b"hello"
    assert len(heads) == 2


def test_a_certificate_must_be_trusted_and_the_hosts_own(
    run: Run, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads: Heads = []

    async def ask(host: str) -> Answer | Failure:
        async with serving(answering(heads), certificate) as port:
            return await posted(f"https://{host}:{port}/v1")

    untrusted = failed(run(ask("localhost")))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    foreign = failed(run(ask("127.0.0.1")))
    assert "no TLS connection to localhost:" in untrusted.message
    assert untrusted.message.endswith("self-signed certificate")
    assert "no TLS connection to 127.0.0.1:" in foreign.message
    assert "IP address mismatch" in foreign.message
    assert not untrusted.transient
    assert not foreign.transient
    assert not heads, "nothing was sent to a server that did not prove who it is"


BASIC = "Basic " + b64encode(b"me:secret:\xc3\xbc").decode()


def test_a_proxy_for_plain_http_is_told_the_whole_address(run: Run) -> None:
    heads: Heads = []

    async def ask() -> Answer | Failure:
        async with serving(answering(heads)) as port:
            return await posted("http://model.example/v1?a=1", f"http://me:secret%3A%C3%BC@127.0.0.1:{port}", times=2)

    assert run(ask()).body == b"hello"
    assert len(heads) == 2
    assert heads[0].startswith("POST http://model.example/v1?a=1 HTTP/1.1\r\nHost: model.example\r\n")
    assert f"\r\nProxy-Authorization: {BASIC}\r\n" in heads[0]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_tunnel_through_a_proxy_shows_it_nothing_but_the_host(run: Run, trusted: Path, scheme: str) -> None:
    heads: Heads = []
    seen: Heads = []

    async def ask() -> tuple[Answer | Failure, int]:
        async with serving(answering(heads), trusted) as port:
            proxy = serving(tunnelling(seen, port), trusted if scheme == "https" else None)
            async with proxy as proxy_port:
                through = f"{scheme}://me:secret%3A%C3%BC@localhost:{proxy_port}"
                return await posted(f"https://localhost:{port}/v1", through, times=2), port

    found, port = run(ask())
    assert found.body == b"hello"
    assert seen == [
        f"CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\nProxy-Authorization: {BASIC}\r\n\r\n"
    ]
    assert len(heads) == 2
    assert all(head.startswith("POST /v1 HTTP/1.1\r\n") and "Proxy-Auth" not in head for head in heads)


@pytest.mark.parametrize(
    ("raw", "words", "transient"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "through the proxy, which answered 407 (Proxy Authentication Required): check the proxy's address",
            False,
        ),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "which answered 502 (Bad Gateway)", True),
        (b"", "no connection to model.example", True),
    ],
    ids=["407", "502", "closed"],
)
def test_a_proxy_that_grants_no_tunnel(run: Run, raw: bytes, words: str, transient: bool) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        await asyncio.sleep(0.05)

    async def ask() -> Answer | Failure:
        async with serving(refuse) as port:
            return await posted("https://model.example/v1", f"http://me:secret@127.0.0.1:{port}")

    failure = failed(run(ask()))
    assert words in failure.message
    assert failure.transient is transient


def test_a_proxy_that_speaks_no_http_or_is_not_there(run: Run) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)

    async def ask() -> list[Answer | Failure]:
        async with serving(greet) as port:
            proxy = f"http://127.0.0.1:{port}"
            spoken = await posted("https://model.example/v1", proxy)
        return [spoken, await posted("https://model.example/v1", proxy), await posted("http://model.example/v1", proxy)]

    spoken, tunnel, plain = run(ask())
    assert (spoken.kind, spoken.transient) == ("malformed", True)
    for absent in (tunnel, plain):
        assert "no connection to model.example through the proxy (Connection refused)" in failed(absent).message


@pytest.mark.parametrize(
    ("url", "name", "authority"),
    [
        ("http://H.example/v1", "h.example", "h.example:80"),
        ("https://h.example:443/v1", "h.example", "h.example:443"),
        ("https://h.example:80", "h.example:80", "h.example:80"),
        ("http://[::1]:8000/v1", "[::1]:8000", "[::1]:8000"),
        ("http://[::1]/v1", "[::1]", "[::1]:80"),
        ("http://bücher.example/v1", "xn--bcher-kva.example", "xn--bcher-kva.example:80"),
    ],
)
def test_a_place_is_named_as_http_names_it(url: str, name: str, authority: str) -> None:
    assert (stop_of(url).name, stop_of(url).authority) == (name, authority)
