"""Everything that a server or a network can do wrong comes back as the right typed outcome, in all three protocols."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import msgspec
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.model_client import KEY, PLAIN, Client
from support.model_server import BEHAVIOURS, UNICODE, ModelServer, Seen, raw
from support.ports import own_port
from trustgauge.models.http import Http
from trustgauge.models.wire_connection import ConnectError
from trustgauge.types import Ask, Case, Failure, Options, Reply, user

FORMS = ("chat", "completions", "messages")
every_form = pytest.mark.parametrize("form", FORMS)


def failed(outcome: Reply | Failure) -> Failure:
    assert isinstance(outcome, Failure), outcome
    assert KEY not in repr(outcome)
    assert outcome.message.isprintable()
    return outcome


def replied(outcome: Reply | Failure) -> Reply:
    assert isinstance(outcome, Reply), outcome
    return outcome


FAILURES = {
    # model: (kind, transient, words of the message)
    "no-such-model": ("not_found", False, "does not exist; check the model's name"),
    "status-400": ("bad_request", False, "400 (Bad Request): told to"),
    "status-402": ("auth", False, "402"),
    "status-403": ("auth", False, "403"),
    "status-405": ("bad_request", False, "405"),
    "status-408": ("timeout", True, "408"),
    "status-409": ("server", True, "409"),
    "status-413": ("bad_request", False, "413"),
    "status-422": ("bad_request", False, "422"),
    "status-425": ("server", True, "425"),
    "status-500": ("server", True, "500 (Internal Server Error): told to"),
    "status-503": ("server", True, "503"),
    "overloaded": ("server", True, "529 (Overloaded): Overloaded"),
    "huge-500": ("server", True, "500"),
    "rate": ("rate_limit", True, "429 (Too Many Requests): Rate limit reached"),
    "quota": ("rate_limit", False, "exceeded your current quota"),
    "reset": ("connect", True, "broke before the reply was whole"),
    "huge": ("too_large", False, "more than 4 MiB"),
    "gzip-bomb": ("too_large", False, "more than 4 MiB"),
    "bad-gzip": ("malformed", True, "compressed"),
    "endless": ("too_large", False, "more than 4 MiB"),
    "malformed-json": ("malformed", True, "something that is not JSON"),
    "bad-utf8": ("malformed", True, "something that is not JSON"),
    "no-body": ("malformed", True, "nothing"),
    "deep": ("malformed", True, "something that is not JSON"),
    "html": ("malformed", True, "a web page"),
    "wrong-shape": ("malformed", False, "another form"),
    "status-204": ("malformed", True, "nothing"),
    "redirect": (
        "not_found",
        False,
        "307, a redirect to http://elsewhere.example/v1/chat/completions, which is not",
    ),
}


@every_form
@pytest.mark.parametrize("model", FAILURES)
def test_failures_are_typed(client: Client, model: str, form: str) -> None:
    kind, transient, words = FAILURES[model]
    failure = failed(client.ask(model, form))
    assert (failure.kind, failure.transient) == (kind, transient), failure
    assert words in failure.message
    assert client.server.count() == 1, "trying again is the engine's business"


@pytest.mark.parametrize(
    ("model", "low", "high"),
    [("rate", None, None), ("rate-seconds", 7, 7), ("rate-ms", 0.25, 0.25), ("rate-date", 40, 61)],
)
def test_retry_after_is_read(client: Client, model: str, low: float | None, high: float | None) -> None:
    wait = failed(client.ask(model)).retry_after_s
    assert wait is low if low is None or high is None else wait is not None and low <= wait <= high


@every_form
def test_a_wrong_key_is_said_without_showing_it(client: Client, form: str) -> None:
    wrong = "sk-wrong-9876543210"
    client.env = {name: wrong if name.endswith("KEY") else value for name, value in client.env.items()}
    failure = failed(client.ask("ok", form))
    assert (failure.kind, failure.transient) == ("auth", False)
    variable = "ANTHROPIC_API_KEY" if form == "messages" else "TEST_API_KEY"
    assert failure.message.endswith(f"Incorrect API key provided: [key]; check {variable}")


@every_form
def test_an_echoed_key_and_control_characters_are_struck_out(client: Client, form: str) -> None:
    assert failed(client.ask("echo-key", form)).message.endswith("bad header [key] in the request")
    assert replied(client.ask("echo-key-in-reply", form)).text == "Your key is [key]."


def test_unreachable_hosts(client: Client) -> None:
    client.env["TEST_BASE_URL"] = f"http://127.0.0.1:{own_port()}/v1"
    failure = failed(client.ask("ok"))
    assert (failure.kind, failure.transient) == ("connect", True)
    assert "no connection to 127.0.0.1:" in failure.message
    client.env["TEST_BASE_URL"] = f"https://127.0.0.1:{client.server.port}/v1"
    failure = failed(client.ask("ok"))
    assert (failure.kind, failure.transient) == ("connect", False)
    assert "no TLS connection" in failure.message


def test_a_host_name_that_does_not_exist(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    client.env["TEST_BASE_URL"] = "http://no-such-host.invalid/v1"
    failure = failed(client.ask("ok"))
    assert (failure.kind, failure.transient) == ("connect", False)
    assert "no-such-host.invalid could not be resolved" in failure.message


def test_a_connection_that_does_not_come_about_in_time() -> None:
    http = Http("https://far.example/v1", headers={}, timeout_s=120)
    failure = failed(http._broken(ConnectError(TimeoutError())))
    assert (failure.kind, failure.transient) == ("connect", True)
    assert failure.message == "no connection to far.example within 10 s"


def test_what_is_not_http_is_malformed() -> None:
    async def run() -> Reply | Failure:
        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example ESMTP\r\n\r\n")
            await writer.drain()
            await reader.read()
            writer.close()

        async with await asyncio.start_server(greet, "127.0.0.1", 0) as mail:
            port = mail.sockets[0].getsockname()[1]
            http = Http(f"http://127.0.0.1:{port}/v1", headers={}, timeout_s=10)
            outcome = await http.post(b"{}")
            await http.close()
            assert isinstance(outcome, Failure)
            return outcome

    failure = failed(asyncio.run(run()))
    assert (failure.kind, failure.transient) == ("malformed", True)


@every_form
def test_a_hang_ends_at_the_time_limit(client: Client, form: str) -> None:
    failure = failed(client.ask("hang", form, timeout_s=0.3))
    assert (failure.kind, failure.transient) == ("timeout", True)
    assert failure.message.endswith("within 0.3 s")


def test_a_redirect_takes_no_key_to_another_host(client: Client) -> None:
    with ModelServer() as other:

        async def away(_: web.Request, seen: Seen) -> web.StreamResponse:
            return web.Response(status=308, headers={"Location": f"{other.url}/chat/completions?k={KEY}"})

        client.server.script("moved", away)
        assert failed(client.ask("moved")).kind == "not_found"
        assert other.count() == 0


@every_form
@pytest.mark.parametrize("model", ["filter-stop", "filter-400"])
def test_a_content_filter_is_a_blocked_reply(client: Client, model: str, form: str) -> None:
    reply = replied(client.ask(model, form))
    assert (reply.text, reply.finish, reply.status) == ("", "content_filter", "blocked")


@every_form
@pytest.mark.parametrize("model", ["empty", "null"])
def test_an_empty_reply_is_empty_not_failed(client: Client, model: str, form: str) -> None:
    reply = replied(client.ask(model, form))
    assert (reply.text, reply.status) == ("", "empty")


@every_form
def test_text_survives_whatever_it_holds(client: Client, form: str) -> None:
    assert replied(client.ask("unicode", form)).text == UNICODE
    assert len(replied(client.ask("large", form)).text) == 3 * 2**20
    half = replied(client.ask("half-emoji", form))
    assert (half.text, half.status) == ("Hi \ufffd", "truncated")


def test_a_message_that_is_no_text_is_not_sent(client: Client) -> None:
    async def run() -> Reply | Failure:
        model = client.open("ok")
        outcome = await model.reply(Ask(messages=(user("half \ud83d"),)), Case(messages=()), 0)
        await model.close()
        return outcome

    assert failed(asyncio.run(run())).kind == "bad_request"
    assert client.server.count() == 0


@every_form
def test_a_cut_reply_is_truncated(client: Client, form: str) -> None:
    assert replied(client.ask("cut", form)).status == "truncated"


@every_form
def test_messages_reach_the_server_as_they_are(client: Client, form: str) -> None:
    reply = replied(client.ask("ok", form, Ask(messages=(user(UNICODE),))))
    assert reply.text == f"You said: {UNICODE}"


def test_one_session_serves_many_at_once_and_can_be_opened_again(client: Client) -> None:
    async def run() -> list[Reply | Failure]:
        model = client.open("slow")
        case = Case(messages=PLAIN.messages)
        outcomes = await asyncio.gather(*[model.reply(PLAIN, case, 0) for _ in range(40)])
        await model.close()
        outcomes.append(await model.reply(PLAIN, case, 0))
        await model.close()
        return outcomes

    outcomes = asyncio.run(run())
    assert [replied(outcome).text for outcome in outcomes] == ["You said: How are you?"] * 41
    assert client.server.busiest == 40


def test_every_behaviour_of_the_server_ends_in_an_outcome(client: Client) -> None:
    for form in FORMS:
        for model in BEHAVIOURS:
            outcome = client.ask(model, form, options=Options(seed=1), timeout_s=3)
            assert isinstance(outcome, Reply | Failure), model
            if isinstance(outcome, Reply):
                msgspec.json.encode(outcome)


def test_repr_holds_no_key(client: Client) -> None:
    for form in FORMS:
        model = client.open("ok", form)
        assert model.id in repr(model)
        assert KEY not in repr(model) + repr(vars(model))


FIELDS = st.sampled_from(
    [
        "choices", "message", "content", "text", "type", "refusal", "finish_reason", "stop_reason", "logprobs", "top_logprobs",
        "tokens", "token", "logprob", "token_logprobs", "usage", "prompt_tokens", "completion_tokens", "input_tokens",
        "output_tokens", "id", "model", "error", "code", "param", "innererror", "metadata", "detail", "loc", "msg", "flagged_input",
    ]
)  # fmt: skip
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | FIELDS, inner, max_size=5),
    max_leaves=12,
)


def like(*fields: tuple[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict(fields))


nearly_right = like(
    ("choices", st.lists(like(
        ("message", like(("content", json_values), ("refusal", json_values))),
        ("text", json_values),
        ("finish_reason", json_values),
        ("logprobs", like(("content", json_values), ("tokens", json_values), ("token_logprobs", json_values))),
    ), max_size=2)),
    ("content", st.lists(like(("type", json_values), ("text", json_values)), max_size=2)),
    ("usage", like(*((name, json_values) for name in ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens")))),
    ("error", json_values),
    ("id", json_values),
)  # fmt: skip


def test_no_body_whatever_makes_a_model_raise(client: Client) -> None:
    bodies: list[tuple[bytes, int]] = []

    async def give(_: web.Request, __: Seen) -> web.StreamResponse:
        return raw(*bodies[-1])

    client.server.script("any", give)
    as_json = (nearly_right | json_values).map(lambda value: json.dumps(value).encode())

    with asyncio.Runner() as loop:
        models = [client.open("any", form) for form in FORMS]

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
        @given(as_json | st.binary(), st.sampled_from([200, 200, 400, 422, 500]))
        def check(body: bytes, status: int) -> None:
            bodies.append((body, status))
            for model in models:
                outcome = loop.run(model.reply(PLAIN, Case(messages=PLAIN.messages), 0))
                assert isinstance(outcome, Reply | Failure)
                again = msgspec.json.decode(msgspec.json.encode(outcome), type=type(outcome))
                assert again == outcome, "every outcome can be stored"

        try:
            check()
        finally:
            for model in models:
                loop.run(model.close())
