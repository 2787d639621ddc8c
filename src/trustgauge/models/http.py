"""HTTP for models: one pool of connections a server, limits on time and size, and all that can go wrong as a value."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Protocol, TypeVar

import msgspec

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
from trustgauge.models.wire import CONNECT_S, Wire
from trustgauge.models.wire_connection import ConnectError, EncodingError, NotHttpError, Response, WireError
from trustgauge.models.wire_dial import ProxyError, stop_of
from trustgauge.types import Ask, Case, Failure, Options, Outcome, Reply, digest

MAX_BYTES = 4 * 2**20
"""Largest body that is read (after decompression); a longer reply is a Failure of kind too_large."""

_SHORTEST_SECRET = 8  # shorter keys are placeholders ("x", "ollama") and would punch holes into plain words

_SETTINGS = 64  # ways to write whose encoding is kept

_HALF_PAIR = re.compile("[\ud800-\udfff]")

T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True):
    """One HTTP answer: its body is empty where an error's body was over the limit."""

    status: int
    body: bytes
    latency_s: float
    where: str
    request_id: str = ""
    retry_after_s: float | None = None
    location: str = ""
    sent: bool = True  # False where it is an earlier one, given again because the server is left alone for now


class Http:
    """One address to post to, over connections that are opened as they are needed.

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
        self._url = url
        self.where = stop_of(url).name
        self.timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._connections = connections
        self._proxy = proxy
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        self._secret = secret.encode() if len(secret) >= _SHORTEST_SECRET else b""
        self._wire: Wire | None = None

    def __repr__(self) -> str:
        return f"Http({self.where})"

    async def post(self, body: bytes, timeout_s: float | None = None) -> Answer | Failure:
        """One POST, in timeout_s where given. Redirects aren't followed: the key goes to no other host.

        Raises only cancellation.
        """
        wire = self._wire or self._open()
        started = perf_counter()
        try:
            response = await wire.post(body, self.timeout_s if timeout_s is None else timeout_s)
        except (WireError, OSError) as error:  # TimeoutError is an OSError
            return self._broken(error)
        return self._answer(response, perf_counter() - started)

    async def close(self) -> None:
        """Close the connections; a later post opens new ones."""
        wire, self._wire = self._wire, None
        if wire:
            await wire.close()

    def _open(self) -> Wire:
        self._wire = Wire(
            self._url,
            {"User-Agent": "trustgauge", **self._headers},
            proxy=self._proxy,
            connections=self._connections,
            max_bytes=self._max_bytes,
        )
        return self._wire

    def _answer(self, response: Response, latency_s: float) -> Answer | Failure:
        headers, status, data = response.headers, response.status, response.body
        if data is None:
            if status < 300:
                size = self._max_bytes / 2**20
                return Failure(kind="too_large", message=f"{self.where} sent a reply of more than {size:g} MiB")
            data = b""
        if self._secret and self._secret in data:
            data = data.replace(self._secret, b"[key]")
        request_id = self._safe(headers.get(b"x-request-id") or headers.get(b"request-id"))
        if status == 200:
            return Answer(200, data, latency_s, self.where, request_id)
        return Answer(
            status,
            data,
            latency_s,
            self.where,
            request_id,
            retry_after_s=retry_after(_text(headers.get(b"retry-after-ms")), _text(headers.get(b"retry-after"))),
            location=self._safe(headers.get(b"location")),
        )

    def _safe(self, value: bytes | None) -> str:
        """A header's value fit to keep: cleaned, short, without the key."""
        if not value:
            return ""
        return clean(_text(value.replace(self._secret, b"[key]") if self._secret else value), 128)

    def _broken(self, error: Exception) -> Failure:
        """The Failure for an exchange that gave no answer at all."""
        where = self.where
        if isinstance(error, ConnectError):
            return self._unconnected(error.cause, " through the proxy" if error.proxied else "")
        if isinstance(error, TimeoutError):
            message = f"no answer from {where} within {self.timeout_s:g} s"
            return Failure(kind="timeout", message=message, transient=True)
        if isinstance(error, EncodingError):
            return Failure(kind="malformed", message=f"{where} sent a reply that is badly compressed", transient=True)
        if isinstance(error, NotHttpError):
            return Failure(kind="malformed", message=f"{where} answered something that is not HTTP", transient=True)
        return _connect(f"the connection to {where} broke before the reply was whole")

    def _unconnected(self, cause: OSError, via: str) -> Failure:
        """The Failure for a connection that did not come about."""
        where = f"{self.where}{via}"
        if isinstance(cause, TimeoutError) and not cause.errno:
            return _connect(f"no connection to {where} within {min(CONNECT_S, self.timeout_s):g} s")
        if isinstance(cause, ssl.SSLError):
            why = getattr(cause, "verify_message", "") or cause.reason or str(cause)
            return _connect(f"no TLS connection to {where}: {clean(why)}", transient=False)
        if isinstance(cause, socket.gaierror):
            whose = "the proxy" if via else self.where
            for_now = cause.errno == socket.EAI_AGAIN
            return _connect(f"the host name of {whose} could not be resolved: check the address", transient=for_now)
        if isinstance(cause, ProxyError):
            message = f"no connection to {where}, which answered {cause.status}{phrase(cause.status)}"
            return _connect(f"{message}: check the proxy's address and password", transient=cause.status >= 500)
        if cause.errno in (errno.EMFILE, errno.ENFILE):
            message = f"no connection to {where}: too many files are open here"
            return _connect(f"{message}: lower --concurrency, or raise the limit (ulimit -n)")
        why = clean(os.strerror(cause.errno) if cause.errno else str(cause))
        return _connect(f"no connection to {where} ({why}): check that it runs and the address is right")


def _text(value: bytes | None) -> str:
    return value.decode("latin-1") if value else ""


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


class Poster(Protocol):
    """What a model needs of the addresses it posts to: `Endpoints` is one."""

    async def post(self, body: bytes) -> Answer | Failure:
        """One call. Raises only cancellation."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...

    def state(self) -> str:
        """What keeps calls from being taken, for people; "" for nothing."""
        ...


class HttpModel(ABC):
    """What models over HTTP share: build, send, read, and try again without what the server won't take.

    A model fills in `_writing` and `_said`, the body to send by the protocol's names, and `_read`, the outcome of
    a good answer. spec is the MODEL word, name the server's for the model; key_name is the variable the key came
    from, for advice only.
    """

    in_process = False

    def __init__(
        self, spec: str, name: str, options: Options, http: Poster, *, key_name: str = "", address: str = ""
    ) -> None:
        self.id = spec
        self.options = options
        self.address = address
        self.revision = digest(address) if address else ""
        self._name = name
        self._http = http
        self._params = Params()
        self._written: dict[tuple[Any, ...], tuple[dict[str, Any], bytes]] = {}
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
            try:
                sent, body = self._body(ask)
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
            if not self._adapts(sent, answer.status, problem) and not self._params.forgo(sent, answer.status, problem):
                return self._refused(answer, problem)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    def state(self) -> str:
        """What keeps the server from taking calls at this moment, for people; "" for nothing."""
        return self._http.state()

    def _body(self, ask: Ask) -> tuple[dict[str, Any], bytes]:
        """The values to send and the body they make. What all asks have in common is encoded once."""
        setting = (ask.temperature, ask.max_tokens, ask.logprobs, len(self._params.rejected))
        written = self._written.get(setting)
        if written is None:
            values = self._params.named(self._writing(ask))
            written = (values, msgspec.json.encode(values)[:-1] + b",")
            if len(self._written) >= _SETTINGS:
                self._written.clear()
            self._written[setting] = written
        values, opening = written
        said = self._params.named(self._said(ask))
        return values | said, opening + msgspec.json.encode(said)[1:]

    @abstractmethod
    def _writing(self, ask: Ask) -> dict[str, Any]:
        """How to write, the model's name first: depends on the ask's settings alone; what is None is left out."""

    @abstractmethod
    def _said(self, ask: Ask) -> dict[str, Any]:
        """What to answer: depends on the ask's messages and schema alone; what is None is left out."""

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
        said = f"{answer.where} answered {status}{phrase(status)}"
        parts = (f"{said}: {problem.message}" if problem.message else said, advice.get(kind, ""))
        message = "; ".join(part.rstrip(". ") for part in parts if part)
        again = answer.retry_after_s
        return Failure(kind=kind, message=message, transient=transient, retry_after_s=again, attempts=int(answer.sent))

    def _moved(self, answer: Answer) -> Failure:
        """The Failure for a redirect: the key must not follow it to wherever it points."""
        to = f" to {answer.location}" if answer.location else ""
        message = f"{answer.where} answered {answer.status}, a redirect{to}, which is not followed"
        return Failure(kind="not_found", message=f"{message}; check the address")
