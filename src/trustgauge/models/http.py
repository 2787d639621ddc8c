"""HTTP for models: one session a server, limits on time and size, and all that can go wrong as a value."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from abc import ABC, abstractmethod
from collections.abc import Mapping
from time import perf_counter
from typing import Any, TypeVar

import aiohttp
import msgspec
from yarl import URL

from trustgauge.models.params import Params
from trustgauge.models.problems import (
    Problem,
    clean,
    failure_kind,
    is_filtered,
    phrase,
    read_problem,
    retry_after,
)
from trustgauge.types import Ask, Case, Failure, Options, Outcome, Reply, digest

MAX_BYTES = 4 * 2**20
"""Largest body that is read (after decompression); a longer reply is a Failure of kind too_large."""

CONNECT_S = 10.0
"""Seconds until a connection must stand."""

_SHORTEST_SECRET = 8  # shorter keys are placeholders ("x", "ollama") and would punch holes into plain words

_HALF_PAIR = re.compile("[\ud800-\udfff]")

T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True):
    """One HTTP answer: its body is empty where an error's body was over the limit."""

    status: int
    body: bytes
    latency_s: float
    request_id: str = ""
    retry_after_s: float | None = None
    location: str = ""


class Http:
    """One address to post to, over one session that is opened at the first post.

    headers hold the key; `secret` is that key alone, and is struck out of whatever the server sends back.
    Times are in seconds: timeout_s for a whole call, the wait for a free connection included.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        secret: str = "",
        proxy: str | None = None,
        timeout_s: float = 120.0,
        connections: int = 1000,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._url = URL(url)
        self.where = self._url.host_port_subcomponent or "the server"
        self.timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._connections = connections
        self._proxy = proxy
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        self._secret = secret.encode() if len(secret) >= _SHORTEST_SECRET else b""
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"Http({self.where})"

    async def post(self, body: bytes) -> Answer | Failure:
        """One POST. Redirects aren't followed: the key goes to no other host. Raises only cancellation."""
        session = self._session or self._open()
        started = perf_counter()
        try:
            async with session.post(self._url, data=body, allow_redirects=False, proxy=self._proxy) as response:
                data = await self._body(response)
                if data is None:
                    response.close()
                return self._answer(response, data, perf_counter() - started)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            return self._broken(error)

    async def close(self) -> None:
        """Close the session; a later post opens a new one."""
        session, self._session = self._session, None
        if session:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            headers={"User-Agent": "trustgauge", **self._headers},
            timeout=aiohttp.ClientTimeout(total=self.timeout_s, sock_connect=CONNECT_S),
            connector=aiohttp.TCPConnector(limit=self._connections),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self._session

    async def _body(self, response: aiohttp.ClientResponse) -> bytes | None:
        """The whole body, or None as soon as it is known to be over the limit."""
        if (response.content_length or 0) > self._max_bytes:
            return None
        stream = response.content
        data = await stream.readany()
        if not stream.at_eof():
            chunks, size = [data], len(data)
            while size <= self._max_bytes and (chunk := await stream.readany()):
                chunks.append(chunk)
                size += len(chunk)
            data = b"".join(chunks)
        return data if len(data) <= self._max_bytes else None

    def _answer(self, response: aiohttp.ClientResponse, data: bytes | None, latency_s: float) -> Answer | Failure:
        headers, status = response.headers, response.status
        if data is None:
            if status < 300:
                size = self._max_bytes / 2**20
                return Failure(kind="too_large", message=f"{self.where} sent a reply of more than {size:g} MiB")
            data = b""
        if self._secret and self._secret in data:
            data = data.replace(self._secret, b"[key]")
        request_id = self._safe(headers.get("x-request-id") or headers.get("request-id"))
        if status == 200:
            return Answer(200, data, latency_s, request_id)
        return Answer(
            status,
            data,
            latency_s,
            request_id,
            retry_after_s=retry_after(headers.get("retry-after-ms"), headers.get("Retry-After")),
            location=self._safe(headers.get("Location")),
        )

    def _safe(self, text: str | None) -> str:
        """A header's value fit to keep: cleaned, short, without the key."""
        if not text:
            return ""
        return clean(text.replace(self._secret.decode(), "[key]") if self._secret else text, 128)

    def _broken(self, error: Exception) -> Failure:
        """The Failure for an exchange that gave no answer at all."""
        where = self.where
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            return _connect(f"no connection to {where} within {min(CONNECT_S, self.timeout_s):g} s")
        if isinstance(error, asyncio.TimeoutError):
            message = f"no answer from {where} within {self.timeout_s:g} s"
            return Failure(kind="timeout", message=message, transient=True)
        if isinstance(error, aiohttp.ClientSSLError):
            return _connect(f"no TLS connection to {where}: {clean(str(error))}", transient=False)
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            for_now = error.os_error.errno == socket.EAI_AGAIN
            return _connect(f"the host name of {where} could not be resolved: check the address", transient=for_now)
        if isinstance(error, aiohttp.ClientConnectorError):
            via = " through the proxy" if isinstance(error, aiohttp.ClientProxyConnectionError) else ""
            why = clean(error.os_error.strerror or str(error.os_error))
            return _connect(f"no connection to {where}{via} ({why}): check that it runs and the address is right")
        if isinstance(error, aiohttp.ClientPayloadError) and "content-encoding" in str(error):
            return Failure(kind="malformed", message=f"{where} sent a reply that is badly compressed", transient=True)
        if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ClientConnectionError | OSError):
            return _connect(f"the connection to {where} broke before the reply was whole")
        return Failure(kind="malformed", message=f"{where} answered something that is not HTTP", transient=True)


def _connect(message: str, transient: bool = True) -> Failure:
    return Failure(kind="connect", message=message, transient=transient)


def decoded(decoder: msgspec.json.Decoder[T], body: bytes, where: str) -> T | Failure:
    """The body as the decoder's type, or a Failure of kind malformed.

    What is no JSON or no UTF-8 counts as transient, since a proxy in trouble sends that; JSON of another
    shape doesn't: the server speaks another protocol and will go on doing so.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        return _shape(where, error)
    except (ValueError, RecursionError):
        pass
    try:
        # A reply cut inside an emoji leaves half a surrogate pair, and some servers write NaN: msgspec takes
        # neither, but the rest of the reply is sound.
        value = json.loads(body, parse_constant=lambda _: None)
        return decoder.decode(_HALF_PAIR.sub("\ufffd", json.dumps(value, ensure_ascii=False)))
    except msgspec.ValidationError as error:
        return _shape(where, error)
    except (ValueError, RecursionError):
        message = f"{where} answered with {_looks_like(body)} where JSON was due"
        return Failure(kind="malformed", message=message, transient=True)


def _looks_like(body: bytes) -> str:
    if not body.strip():
        return "nothing"
    return "a web page" if body.lstrip().startswith(b"<") else "something that is not JSON"


def _shape(where: str, error: Exception) -> Failure:
    return Failure(
        kind="malformed", message=f"{where} answered in another form than its protocol's: {clean(str(error))}"
    )


class HttpModel(ABC):
    """What models over HTTP share: build, send, read, and try again without what the server won't take.

    A model fills in `_values`, the body to send by the protocol's names, and `_read`, the outcome of a good
    answer. spec is the MODEL word, name the server's for the model; key_name is the variable the key came
    from, for advice only.
    """

    in_process = False

    def __init__(
        self, spec: str, name: str, options: Options, http: Http, *, key_name: str = "", address: str = ""
    ) -> None:
        self.id = spec
        self.options = options
        self.address = address
        self.revision = digest(address) if address else ""
        self._name = name
        self._http = http
        self._params = Params()
        self._key_name = key_name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r})"

    @property
    def notes(self) -> tuple[str, ...]:
        """Parameters that this server turned out not to take, one phrase each."""
        return self._params.notes

    async def reply(self, ask: Ask, case: Case, draw: int) -> Outcome:
        """One attempt; see models/base.Model. Case and draw play no part."""
        while True:
            sent = self._params.named(self._values(ask))
            try:
                body = msgspec.json.encode(sent)
            except UnicodeEncodeError:
                return Failure(kind="bad_request", message="a message holds half a surrogate pair, which is no text")
            answer = await self._http.post(body)
            if isinstance(answer, Failure):
                return answer
            if answer.status < 300:
                return self._read(answer)
            if answer.status < 400:
                return self._moved(answer)
            problem = read_problem(answer.body)
            if not self._adapts(sent, answer.status, problem):
                return self._refused(answer, problem)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    @abstractmethod
    def _values(self, ask: Ask) -> dict[str, Any]:
        """The body to send; what is None is left out."""

    @abstractmethod
    def _read(self, answer: Answer) -> Outcome:
        """The outcome of an answer with a status of success."""

    def _adapts(self, sent: dict[str, Any], status: int, problem: Problem) -> bool:
        """Whether something was learnt from the refusal that makes another try worth while."""
        return self._params.learn(sent, status, problem)

    def _refused(self, answer: Answer, problem: Problem, status: int = 0) -> Outcome:
        """The outcome of an error; `status` where the body says another than the answer's own."""
        status = status or answer.status
        if is_filtered(status, problem):
            return Reply(text="", finish="content_filter", latency_s=answer.latency_s, request_id=answer.request_id)
        advice = {
            "auth": f"check {self._key_name}" if self._key_name else "check the key",
            "not_found": "check the model's name and the address",
        }
        kind, transient = failure_kind(status, problem)
        said = f"{self._http.where} answered {status}{phrase(status)}"
        parts = (f"{said}: {problem.message}" if problem.message else said, advice.get(kind, ""))
        message = "; ".join(part.rstrip(". ") for part in parts if part)
        return Failure(kind=kind, message=message, transient=transient, retry_after_s=answer.retry_after_s)

    def _moved(self, answer: Answer) -> Failure:
        """The Failure for a redirect: the key must not follow it to wherever it points."""
        to = f" to {answer.location}" if answer.location else ""
        message = f"{self._http.where} answered {answer.status}, a redirect{to}, which is not followed"
        return Failure(kind="not_found", message=f"{message}; check the address")
