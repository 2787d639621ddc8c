"""Answers in JSON to a schema: how each protocol asks for them, and what happens where a server won't take it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from aiohttp import web

from support.model_client import PLAIN, Client
from support.model_server import Seen, raw, refuse, reply
from trustgauge.models.http import HttpModel
from trustgauge.store import reply_key
from trustgauge.types import Ask, Failure, Options, Reply, system, user

SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"enum": ["refuses", "answers"]}},
    "required": ["verdict"],
    "additionalProperties": False,
}
ASK = Ask(messages=PLAIN.messages, schema=SCHEMA)
FORM = {"type": "json_schema", "json_schema": {"name": "verdict", "strict": True, "schema": SCHEMA}}


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (Ask(messages=(user("Why?"),)), "6dc9d362497bce4a7ee72d69ec76d6ce"),
        (
            Ask(messages=(system("Be brief."), user("Why?")), repeat=2, logprobs=3, temperature=0.0, max_tokens=9),
            "fbaa0d85f498f4d8d1ff05fbd623b047",
        ),
    ],
)
def test_replies_stored_before_there_were_schemas_are_found_again(ask: Ask, key: str) -> None:
    options = Options(temperature=0.5)
    assert reply_key("openai/m", "", options, ask, 1).hex() == key
    assert b"schema" not in msgspec.json.encode(ask)
    asked = msgspec.structs.replace(ask, schema=SCHEMA)
    assert reply_key("openai/m", "", options, asked, 1).hex() != key
    assert msgspec.json.decode(msgspec.json.encode(asked), type=Ask) == asked


def test_chat_sends_it_as_a_response_format(client: Client) -> None:
    client.ask_all("ok", "chat", [ASK, PLAIN])
    first, second = (seen.body for seen in client.server.seen)
    assert first["response_format"] == FORM
    assert "response_format" not in second


def test_completions_ignore_it(client: Client) -> None:
    client.ask_all("ok", "completions", [ASK, PLAIN])
    assert client.server.seen[0].body == client.server.seen[1].body


def notes_of(client: Client, monkeypatch: pytest.MonkeyPatch, model: str, form: str, asks: list[Ask]) -> Any:
    """Outcomes, and what the model said it had learnt when it was closed."""
    said: list[tuple[str, ...]] = []
    close = HttpModel.close

    async def noted(self: HttpModel) -> None:
        said.append(self.notes)
        await close(self)

    monkeypatch.setattr(HttpModel, "close", noted)
    return client.ask_all(model, form, asks), said[0]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
        (400, "This model does not support response format `json_schema`."),
        (422, "body.response_format.type: Input should be 'text' or 'json_object'"),
        (400, "Guided decoding is not enabled on this server"),
        (400, "This response_format type is unavailable now"),
        (400, "Invalid schema for response_format 'verdict': 'enum' is not permitted"),
        (400, "Structured outputs are not supported by this model"),
        (422, "Not supported"),
        (500, 'response_format type must be one of "text" or "json_object", but got: json_schema'),
        (400, "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details."),
        (400, "Unknown name \"additionalProperties\" at 'generation_config.response_schema': Cannot find field."),
    ],
)
def test_a_server_without_it_is_asked_without_from_then_on(
    client: Client, monkeypatch: pytest.MonkeyPatch, status: int, message: str
) -> None:
    async def plain(_: web.Request, seen: Seen) -> web.StreamResponse:
        return refuse(status, message) if "response_format" in seen.body else reply(seen, "refuses")

    client.server.script("plain", plain)
    outcomes, notes = notes_of(client, monkeypatch, "plain", "chat", [ASK, ASK])
    assert [o.text for o in outcomes if isinstance(o, Reply)] == ["refuses", "refuses"]
    assert client.server.count() == 3
    assert notes == ("response_format is not sent: the server rejects it",)


@pytest.mark.parametrize(
    ("status", "message"),
    [(400, "This model's maximum context length is 4097 tokens"), (404, "Unknown model"), (500, "Not supported")],
)
def test_other_complaints_leave_it_as_it_is(client: Client, status: int, message: str) -> None:
    async def no(_: web.Request, __: Seen) -> web.StreamResponse:
        return refuse(status, message)

    client.server.script("no", no)
    assert isinstance(client.ask("no", ask=ASK), Failure)
    assert client.server.count() == 1


def test_a_filtered_prompt_is_blocked_and_costs_no_schema(client: Client) -> None:
    async def filtered(_: web.Request, __: Seen) -> web.StreamResponse:
        return refuse(400, "This content is not allowed", code="content_filter")

    client.server.script("filtered", filtered)
    found = client.ask("filtered", ask=ASK)
    assert isinstance(found, Reply)
    assert (found.status, client.server.count()) == ("blocked", 1)


@pytest.mark.parametrize(
    "message",
    [
        "Could not finish the message because max_tokens or model output limit was reached. Please try again.",
        "max completion tokens reached before generating a valid document",
    ],
)
def test_an_answer_that_thoughts_left_no_room_for_is_one_that_was_cut(client: Client, message: str) -> None:
    async def spent(_: web.Request, __: Seen) -> web.StreamResponse:
        return refuse(400, message)

    client.server.script("spent", spent)
    found = client.ask("spent", ask=ASK)
    assert isinstance(found, Reply)
    assert (found.text, found.finish, client.server.count()) == ("", "length", 1)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("chat", "invalid temperature: only 1 is allowed for this model"),
        ("messages", "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode."),
        ("messages", "`temperature` is deprecated for this model."),
    ],
)
def test_a_model_with_one_temperature_is_asked_without(client: Client, form: str, message: str) -> None:
    async def one(_: web.Request, seen: Seen) -> web.StreamResponse:
        return refuse(400, message) if "temperature" in seen.body else reply(seen, "refuses")

    client.server.script("one", one)
    asked = Ask(messages=ASK.messages, schema=SCHEMA, temperature=0.0)
    assert isinstance(client.ask("one", form, asked), Reply)
    first, second = (seen.body for seen in client.server.seen)
    assert set(first) - set(second) == {"temperature"}


def test_a_system_role_that_is_rejected_costs_no_schema(client: Client) -> None:
    client.ask("no-system", ask=Ask(messages=(system("Be strict."), user("Why?")), schema=SCHEMA))
    assert [("response_format" in seen.body) for seen in client.server.seen] == [True, True]


def used(seen: Seen, value: Any) -> web.StreamResponse:
    """Messages' answer that uses the tool."""
    content = [{"type": "text", "text": "So:"}, {"type": "tool_use", "id": "t", "name": "verdict", "input": value}]
    return raw(
        msgspec.json.encode({"content": content, "stop_reason": "tool_use", "usage": {"input_tokens": 1}, "id": "m"})
    )


def test_messages_force_a_tool_whose_input_is_the_text(client: Client) -> None:
    async def tooled(_: web.Request, seen: Seen) -> web.StreamResponse:
        return used(seen, {"verdict": "refuses", "evidence": "né"})

    client.server.script("tooled", tooled)
    found = client.ask("tooled", "messages", ASK)
    assert isinstance(found, Reply)
    assert (found.text, found.finish, found.status) == ('{"verdict":"refuses","evidence":"né"}', "stop", "complete")
    body = client.server.seen[0].body
    (tool,) = body["tools"]
    assert (tool["name"], tool["input_schema"]) == ("verdict", SCHEMA)
    assert body["tool_choice"] == {"type": "tool", "name": "verdict"}
    client.ask("ok", "messages")
    assert not {"tools", "tool_choice"} & set(client.server.seen[-1].body)


@pytest.mark.parametrize(
    "message",
    [
        "Thinking may not be enabled when tool_choice forces tool use.",
        "tools.0.input_schema: JSON schema is invalid",
        "This model does not support tools",
        "Not supported",
    ],
)
def test_messages_without_tools_are_asked_without(
    client: Client, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    async def bare(_: web.Request, seen: Seen) -> web.StreamResponse:
        return refuse(400, message) if "tools" in seen.body else reply(seen, "refuses")

    client.server.script("bare", bare)
    outcomes, notes = notes_of(client, monkeypatch, "bare", "messages", [ASK, ASK])
    assert [o.text for o in outcomes if isinstance(o, Reply)] == ["refuses", "refuses"]
    assert client.server.count() == 3
    assert not {"tools", "tool_choice"} & set(client.server.seen[-1].body)
    assert notes == tuple(f"{name} is not sent: the server rejects it" for name in ("tool_choice", "tools"))
