"""A model server on loopback that misbehaves on demand: OpenAI chat and completions, and Anthropic messages.

How it behaves follows from the model's name in the request, so that a command line can ask for it as well:
`openai-api/test/status-500`. Names are the keys of BEHAVIOURS; `status-<n>` and `flaky-<n>` (n times 500, then a
reply) work with any number, and `script` adds further ones. An unknown name gets a 404, a wrong key a 401.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from support.ports import own_port

UNICODE = "Ω̶ \U0001f9d1\u200d\U0001f4bb \u202eabc\u202c \ufdfd \U0010ffff \x00\x1b[31m\u0085\u2028<script>"
MEGABYTE = 2**20


@dataclass
class Seen:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    number: int  # of this model's requests, from 1

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def api(self) -> str:
        """chat, completions or messages."""
        return {"/completions": "completions", "/messages": "messages"}.get(self.path.removeprefix("/v1"), "chat")

    @property
    def prompt(self) -> str:
        """The last message's text, or the whole of a plain prompt."""
        return self.body["messages"][-1]["content"] if "messages" in self.body else self.body.get("prompt", "")


Behaviour = Callable[[web.Request, Seen], Awaitable[web.StreamResponse]]


@dataclass
class ModelServer:
    """The server, in a thread of its own: `with ModelServer(key="...") as server`, then `server.url`.

    say makes the text of a good reply; key, where given, must come with each request.
    """

    key: str = ""
    say: Callable[[Seen], str] = lambda seen: f"You said: {seen.prompt}"
    seen: list[Seen] = field(default_factory=list)
    scripts: dict[str, Behaviour] = field(default_factory=dict)
    busiest: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def count(self, model: str = "") -> int:
        """Requests so far, of one model or of all."""
        return sum(1 for seen in self.seen if not model or seen.model == model)

    def script(self, model: str, behaviour: Behaviour) -> None:
        """Adds a model that behaves as told."""
        self.scripts[model] = behaviour

    def __enter__(self) -> ModelServer:
        self._counts: Counter[str] = Counter()
        self._busy = 0
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(20), "the test server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the test server did not stop"

    def _serve(self, started: threading.Event) -> None:
        async def run() -> None:
            self._stop = asyncio.Event()
            app = web.Application(client_max_size=64 * MEGABYTE)
            app.router.add_get("/v1/models", self._models)
            app.router.add_post("/{path:.*}", self._handle)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", self.port or own_port())
            await site.start()
            self.port = runner.addresses[0][1]
            started.set()
            await self._stop.wait()
            await runner.cleanup()

        with asyncio.Runner(loop_factory=lambda: self._loop) as loop:
            loop.run(run())

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": m, "object": "model"} for m in BEHAVIOURS]})

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        model = str(body.get("model", ""))
        self._counts[model] += 1
        seen = Seen(request.path, dict(request.headers), body, self._counts[model])
        self.seen.append(seen)
        if self.key and self.key not in _keys(seen):
            return refuse(401, f"Incorrect API key provided: {''.join(_keys(seen))}", code="invalid_api_key")
        behaviour = self.scripts.get(model) or _named(self, model)
        if behaviour is None or seen.path not in ("/v1/chat/completions", "/v1/completions", "/v1/messages"):
            return refuse(404, f"The model `{model}` does not exist", code="model_not_found")
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        try:
            return await behaviour(request, seen)
        finally:
            self._busy -= 1


def _keys(seen: Seen) -> list[str]:
    headers = {name.lower(): value for name, value in seen.headers.items()}
    found = (
        headers.get("authorization", "").removeprefix("Bearer "),
        headers.get("api-key"),
        headers.get("x-api-key"),
    )
    return [key for key in found if key]


def _named(server: ModelServer, model: str) -> Behaviour | None:
    if found := re.fullmatch(r"(status|flaky)-(\d+)", model):
        word, number = found[1], int(found[2])

        async def numbered(_: web.Request, seen: Seen) -> web.StreamResponse:
            if word == "status":
                return refuse(number, "told to")
            return reply(seen, server.say(seen)) if seen.number > number else refuse(500, "not yet")

        return numbered
    behaviour = BEHAVIOURS.get(model)
    if behaviour is None:
        return None

    async def fixed(request: web.Request, seen: Seen) -> web.StreamResponse:
        return await behaviour(server, request, seen)

    return fixed


def refuse(status: int, message: str, *, code: str = "", param: str | None = None, **headers: str) -> web.Response:
    """An error in the form that OpenAI and most others give it."""
    error = {"message": message, "type": "error", "param": param, "code": code or None}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response({"error": error}, status=status, headers=named)


def reply(seen: Seen, text: str | None, *, finish: str = "", **message: Any) -> web.Response:
    """A good reply in the form of the protocol that was asked with, with log-probabilities if asked for."""
    headers = {"x-request-id": f"req-{seen.number}"}
    if seen.api == "messages":
        body: dict[str, Any] = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": seen.model,
            "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": text}] if text else [],
            "stop_reason": finish or "end_turn", "usage": {"input_tokens": 7, "output_tokens": 5},
        }  # fmt: skip
        return web.json_response(body, headers={"request-id": f"req-{seen.number}"})
    choice: dict[str, Any] = {"index": 0, "finish_reason": finish or "stop", "logprobs": None}
    if seen.api == "chat":
        choice["message"] = {"role": "assistant", "content": text, "refusal": None, **message}
    else:
        choice["text"] = text
    if seen.body.get("logprobs"):
        choice["logprobs"] = _logprobs(seen)
    body = {
        "id": "cmpl-1", "object": "x", "created": 1, "model": f"{seen.model}-2024", "choices": [choice],
        "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12},
    }  # fmt: skip
    return web.json_response(body, headers=headers)


def _logprobs(seen: Seen) -> dict[str, Any]:
    top = {"A": -0.1, "B": -2.5}
    if seen.api == "completions":
        return {
            "tokens": ["A", "."],
            "token_logprobs": [-0.1, -0.7],
            "top_logprobs": [top, None],
            "text_offset": [0, 1],
        }
    alternatives = [{"token": token, "logprob": value, "bytes": None} for token, value in top.items()]
    return {
        "content": [
            {"token": "A", "logprob": -0.1, "bytes": [65], "top_logprobs": alternatives},
            {"token": ".", "logprob": -0.7, "bytes": [46], "top_logprobs": []},
        ],
        "refusal": None,
    }


def raw(body: bytes, status: int = 200, content_type: str = "application/json", **headers: str) -> web.Response:
    """Any bytes as an answer."""
    named = {"Content-Type": content_type} | {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(body=body, status=status, headers=named)


async def _ok(server: ModelServer, _: web.Request, seen: Seen) -> web.StreamResponse:
    return reply(seen, server.say(seen))


async def _slow(server: ModelServer, _: web.Request, seen: Seen) -> web.StreamResponse:
    await asyncio.sleep(0.2)
    return reply(seen, server.say(seen))


async def _hang(_: ModelServer, __: web.Request, ___: Seen) -> web.StreamResponse:
    await asyncio.sleep(3600)
    raise AssertionError("nobody waits that long")


async def _reset(_: ModelServer, request: web.Request, __: Seen) -> web.StreamResponse:
    """Half of the promised body, then the connection is gone."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"choices": [')
    assert request.transport is not None
    request.transport.abort()
    return response


async def _endless(_: ModelServer, request: web.Request, __: Seen) -> web.StreamResponse:
    """Bytes without end and without a length said beforehand."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" " * 65536)


async def _picky(server: ModelServer, _: web.Request, seen: Seen) -> web.StreamResponse:
    """As newer reasoning models do: rejects max_tokens, temperature and log-probabilities by name, one at a time."""
    for name, hint in {
        "max_tokens": " Use 'max_completion_tokens' instead.",
        "temperature": "",
        "logprobs": "",
    }.items():
        if name in seen.body:
            message = f"Unsupported parameter: '{name}' is not supported with this model.{hint}"
            return refuse(400, message, code="unsupported_parameter", param=name)
    return reply(seen, server.say(seen))


async def _no_system(server: ModelServer, _: web.Request, seen: Seen) -> web.StreamResponse:
    if any(message["role"] == "system" for message in seen.body["messages"]):
        return refuse(400, "System role not supported")
    return reply(seen, server.say(seen))


def _late() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)


def _always(make: Callable[[Seen], web.StreamResponse]) -> Callable[..., Awaitable[web.StreamResponse]]:
    async def behave(_: ModelServer, __: web.Request, seen: Seen) -> web.StreamResponse:
        return make(seen)

    return behave


FILTERED = {
    "error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        "param": "prompt", "code": "content_filter", "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation"},
    }
}  # fmt: skip

BEHAVIOURS: dict[str, Callable[..., Awaitable[web.StreamResponse]]] = {
    "ok": _ok,
    "slow": _slow,
    "hang": _hang,
    "reset": _reset,
    "endless": _endless,
    "picky": _picky,
    "no-system": _no_system,
    "malformed-json": _always(lambda s: raw(b'{"choices": [{"message": {"content": "Hel')),
    "wrong-shape": _always(lambda s: raw(b'{"choices": [{"message": {"content": 7}}], "content": 7}')),
    "no-choices": _always(lambda s: raw(b'{"choices": [], "usage": {}}')),
    "html": _always(lambda s: raw(b"<!doctype html><title>Welcome</title>", content_type="text/html")),
    "deep": _always(lambda s: raw(b'{"other":' + b"[" * 100_000)),
    "gzip-bomb": _always(lambda s: raw(gzip.compress(b" " * (40 * MEGABYTE)), Content_Encoding="gzip")),
    "bad-gzip": _always(lambda s: raw(b"this is no gzip", Content_Encoding="gzip")),
    "no-body": _always(lambda s: raw(b"")),
    "bad-utf8": _always(lambda s: raw(b'{"choices": [{"message": {"content": "\xff\xfe"}}], "content": [{"text": "\xff"}]}')),
    "half-emoji": _always(
        lambda s: raw(rb'{"choices": [{"message": {"content": "Hi \ud83d"}, "text": "Hi \ud83d", "finish_reason": "length"}], "content": [{"text": "Hi \ud83d"}], "stop_reason": "max_tokens"}')
    ),
    "huge": _always(lambda s: reply(s, "x" * (5 * MEGABYTE))),
    "large": _always(lambda s: reply(s, "x" * (3 * MEGABYTE))),
    "huge-500": _always(lambda s: raw(b"x" * (5 * MEGABYTE), status=500, content_type="text/plain")),
    "empty": _always(lambda s: reply(s, "")),
    "null": _always(lambda s: reply(s, None)),
    "unicode": _always(lambda s: reply(s, UNICODE)),
    "cut": _always(lambda s: reply(s, "It was a dark and", finish="max_tokens" if s.api == "messages" else "length")),
    "refusal-field": _always(lambda s: reply(s, None, refusal="I can't help with that.")),
    "reasoning": _always(lambda s: reply(s, "4", reasoning_content="Two and two make four.")),
    "parts": _always(lambda s: reply(s, [{"type": "thinking", "thinking": []}, {"type": "text", "text": "One, "}, {"type": "text", "text": "two."}])),  # type: ignore[arg-type]
    "filter-stop": _always(lambda s: reply(s, "", finish="refusal" if s.api == "messages" else "content_filter")),
    "filter-400": _always(lambda s: web.json_response(FILTERED, status=400)),
    "rate": _always(lambda s: refuse(429, "Rate limit reached")),
    "rate-seconds": _always(lambda s: refuse(429, "Rate limit reached", Retry_After="7")),
    "rate-ms": _always(lambda s: refuse(429, "Rate limit reached", retry_after_ms="250", Retry_After="1")),
    "rate-date": _always(lambda s: refuse(429, "Rate limit reached", Retry_After=_late())),
    "quota": _always(lambda s: refuse(429, "You exceeded your current quota", code="insufficient_quota")),
    "overloaded": _always(lambda s: web.json_response({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, status=529)),
    "error-in-200": _always(lambda s: web.json_response({"error": {"message": "Upstream is gone", "code": 502}})),
    "redirect": _always(lambda s: web.Response(status=307, headers={"Location": "http://elsewhere.example/v1/chat/completions"})),
    "echo-key": _always(lambda s: refuse(400, f"bad header \x1b[31m{''.join(_keys(s))}\x00 in the request")),
    "echo-key-in-reply": _always(lambda s: reply(s, f"Your key is {''.join(_keys(s))}.")),
}  # fmt: skip
