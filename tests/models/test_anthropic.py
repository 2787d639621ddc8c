"""Anthropic's Messages API: what is sent and what is read."""

from __future__ import annotations

from aiohttp import web

from support.model_client import KEY, PLAIN, Client
from support.model_server import Seen, refuse, reply
from trustgauge.types import Ask, Options, Reply, Usage, assistant, system, user


def test_a_reply_is_read_whole(client: Client) -> None:
    found = client.ask("ok", "messages")
    assert isinstance(found, Reply)
    assert (found.text, found.finish, found.usage) == ("You said: How are you?", "stop", Usage(7, 5))
    assert (found.request_id, found.model) == ("req-1", "ok")


def test_the_request_has_the_apis_own_form(client: Client) -> None:
    turns = (system("Be brief."), user("Why?"), assistant("So."), user("Sure?"))
    options = Options(temperature=0.5, top_p=0.9, seed=4)
    client.ask("ok", "messages", Ask(messages=turns, logprobs=5), options)
    seen = client.server.seen[0]
    assert seen.path == "/v1/messages"
    assert seen.headers["x-api-key"] == KEY
    assert seen.headers["anthropic-version"] == "2023-06-01"
    assert "Authorization" not in seen.headers
    assert seen.body == {
        "model": "ok",
        "max_tokens": 1024,
        "system": "Be brief.",
        "messages": [{"role": m.role, "content": m.content} for m in turns[1:]],
        "temperature": 0.5,
        "top_p": 0.9,
    }


def test_a_rejected_temperature_is_left_out(client: Client) -> None:
    async def fussy(_: web.Request, seen: Seen) -> web.StreamResponse:
        if "temperature" in seen.body:
            return refuse(400, "`temperature` is deprecated for this model.")
        return reply(seen, "Fine.")

    client.server.script("fussy", fussy)
    outcomes = client.ask_all("fussy", "messages", [PLAIN, PLAIN], Options(temperature=0.0))
    assert [o.text for o in outcomes if isinstance(o, Reply)] == ["Fine.", "Fine."]
    assert client.server.count() == 3


def test_its_own_filters_words_are_a_blocked_reply(client: Client) -> None:
    async def blocked(_: web.Request, __: Seen) -> web.StreamResponse:
        return refuse(400, "Output blocked by content filtering policy")

    client.server.script("blocked", blocked)
    found = client.ask("blocked", "messages")
    assert isinstance(found, Reply)
    assert found.status == "blocked"
