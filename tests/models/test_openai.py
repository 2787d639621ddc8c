"""OpenAI-compatible servers: what is sent, what is read, and what is learnt from refusals."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from support.model_client import KEY, PLAIN, Client
from support.model_server import Seen, raw, refuse, reply
from trustgauge.models.openai import as_prompt, finish_of, fold_system
from trustgauge.types import (
    Ask,
    Case,
    Failure,
    Options,
    Outcome,
    Reply,
    TokenLogprob,
    Usage,
    assistant,
    system,
    user,
)

DIALOGUE = (system("Be brief."), user("Two and two?"), assistant("Four."), user("Are you sure?"))


def good(outcome: Outcome) -> Reply:
    assert isinstance(outcome, Reply), outcome
    return outcome


def test_a_chat_reply_is_read_whole(client: Client) -> None:
    found = good(client.ask("ok"))
    assert found.latency_s > 0
    assert (found.text, found.finish, found.status) == ("You said: How are you?", "stop", "complete")
    assert (found.usage, found.request_id, found.model) == (Usage(7, 5), "req-1", "ok-2024")
    assert found.logprobs is None


def test_a_chat_request_holds_what_was_asked_for_and_no_more(client: Client) -> None:
    client.ask("ok")
    assert client.server.seen[0].body == {
        "model": "ok",
        "stream": False,
        "messages": [{"role": "user", "content": "How are you?"}],
    }
    assert client.server.seen[0].headers["Authorization"] == f"Bearer {KEY}"
    options = Options(temperature=0.0, max_tokens=50, top_p=0.9, seed=3)
    client.ask("ok", options=options, ask=Ask(messages=DIALOGUE, logprobs=5))
    assert client.server.seen[1].body == {
        "model": "ok",
        "stream": False,
        "messages": [{"role": m.role, "content": m.content} for m in DIALOGUE],
        "temperature": 0.0,
        "max_tokens": 50,
        "top_p": 0.9,
        "seed": 3,
        "logprobs": True,
        "top_logprobs": 5,
    }


@pytest.mark.parametrize("form", ["chat", "completions", "messages"])
def test_an_asks_own_settings_come_before_the_options(client: Client, form: str) -> None:
    ask = Ask(messages=PLAIN.messages, temperature=0.0, max_tokens=9)
    client.ask("ok", form, ask, Options(temperature=1.0, max_tokens=100))
    assert {k: client.server.seen[0].body[k] for k in ("temperature", "max_tokens")} == {
        "temperature": 0.0,
        "max_tokens": 9,
    }


def test_completions_send_plain_text_and_enough_tokens(client: Client) -> None:
    found = good(client.ask("ok", "completions"))
    assert (found.text, found.usage, found.model) == ("You said: How are you?", Usage(7, 5), "ok-2024")
    assert client.server.seen[0].path == "/v1/completions"
    assert client.server.seen[0].body == {
        "model": "ok",
        "stream": False,
        "prompt": "How are you?",
        "max_tokens": 256,
    }
    client.ask("ok", "completions", Ask(messages=DIALOGUE, logprobs=20), Options(max_tokens=8))
    body = client.server.seen[1].body
    assert (body["max_tokens"], body["logprobs"], body["stop"]) == (8, 5, ["\nUser:"])


@pytest.mark.parametrize(
    ("messages", "prompt"),
    [
        ((user("Once upon a time"),), "Once upon a time"),
        ((system("A tale."), user("Once")), "A tale.\n\nOnce"),
        (
            DIALOGUE,
            "Be brief.\n\nUser: Two and two?\nAssistant: Four.\nUser: Are you sure?\nAssistant:",
        ),
        ((user("Say it."), assistant("It is")), "User: Say it.\nAssistant: It is"),
        ((), ""),
    ],
)
def test_messages_as_a_prompt(messages: tuple[Any, ...], prompt: str) -> None:
    assert as_prompt(messages) == prompt


@pytest.mark.parametrize("form", ["chat", "completions"])
def test_log_probabilities_read_alike_in_both_forms(client: Client, form: str) -> None:
    found = good(client.ask("ok", form, Ask(messages=PLAIN.messages, logprobs=2)))
    assert found.logprobs == (TokenLogprob("A", -0.1, {"A": -0.1, "B": -2.5}), TokenLogprob(".", -0.7))


@pytest.mark.parametrize(
    ("logprobs", "expected"),
    [
        (b'{"content": [{"token": "A", "logprob": -1, "top_logprobs": [{"token": "A", "logprob": -3}, {"token": "A", "logprob": -1}]}]}', (TokenLogprob("A", -1.0, {"A": -1.0}),)),
        (b'{"content": [{"token": "A", "logprob": NaN}, {"token": "B", "logprob": -2}]}', (TokenLogprob("B", -2.0),)),
        (b'{"tokens": ["<s>", "A"], "token_logprobs": [null, -2], "top_logprobs": null}', (TokenLogprob("A", -2.0),)),
        (b'{"content": []}', None),
        (b'{"content": "odd"}', None),
        (b'[1, 2]', None),
    ],
)  # fmt: skip
def test_odd_log_probabilities_cost_no_reply(client: Client, logprobs: bytes, expected: object) -> None:
    async def odd(_: object, __: Seen) -> Any:
        return raw(
            b'{"choices": [{"message": {"content": "A"}, "finish_reason": "stop", "logprobs": ' + logprobs + b"}]}"
        )

    client.server.script("odd", odd)
    found = good(client.ask("odd"))
    assert (found.text, found.logprobs) == ("A", expected)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (b"null", None),
        (b'{"prompt_tokens": 3}', Usage(3, 0)),
        (b'{"prompt_tokens": "many"}', None),
        (b'{"prompt_tokens": 1e300}', None),
        (b'{"prompt_tokens": 99999999999999999999, "completion_tokens": 1}', None),
        (b'{"prompt_tokens": -1}', None),
        (b"[]", None),
    ],
)
def test_odd_usage_costs_no_reply(client: Client, usage: bytes, expected: Usage | None) -> None:
    async def odd(_: object, __: Seen) -> Any:
        return raw(b'{"choices": [{"message": {"content": "A"}}], "id": 7, "model": ["x"], "usage": ' + usage + b"}")

    client.server.script("odd", odd)
    found = good(client.ask("odd"))
    assert (found.text, found.finish, found.usage) == ("A", "other", expected)
    assert (found.request_id, found.model) == ("", "")


@pytest.mark.parametrize(
    ("model", "text"),
    [("refusal-field", "I can't help with that."), ("reasoning", "4"), ("parts", "One, two.")],
)
def test_where_the_text_may_lie(client: Client, model: str, text: str) -> None:
    found = good(client.ask(model))
    assert (found.text, found.status) == (text, "complete")


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "stop"), ("eos", "stop"), ("length", "length"), ("MAX_TOKENS", "length"), ("content_filter", "content_filter"),
        ("content_filter: PROHIBITED_CONTENT", "content_filter"), ("SAFETY", "content_filter"), ("tool_calls", "other"), (None, "other"), (7, "other"),
    ],
)  # fmt: skip
def test_reasons_to_finish(reason: object, finish: str) -> None:
    assert finish_of(reason) == finish


def test_no_choice_is_malformed(client: Client) -> None:
    outcome = client.ask("no-choices")
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.transient) == ("malformed", False)


def test_an_error_inside_a_200_counts_as_its_code(client: Client) -> None:
    outcome = client.ask("error-in-200")
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.transient) == ("server", True)
    assert outcome.message.endswith("answered 502 (Bad Gateway): Upstream is gone")


def test_rejected_parameters_are_renamed_or_left_out_and_remembered(client: Client) -> None:
    asks = [Ask(messages=PLAIN.messages, logprobs=3)] * 2
    first, second = client.ask_all("picky", "chat", asks, Options(temperature=0.0, max_tokens=50, top_p=0.5))
    assert good(first).text == good(second).text
    sent = [set(seen.body) - {"model", "messages", "stream"} for seen in client.server.seen]
    assert sent == [
        {"max_tokens", "temperature", "top_p", "logprobs", "top_logprobs"},
        {"max_completion_tokens", "temperature", "top_p", "logprobs", "top_logprobs"},
        {"max_completion_tokens", "top_p", "logprobs", "top_logprobs"},
        {"max_completion_tokens", "top_p"},
        {"max_completion_tokens", "top_p"},
    ]
    assert client.server.seen[-1].body["max_completion_tokens"] == 50


def test_what_was_learnt_is_said(client: Client) -> None:
    async def run() -> tuple[str, ...]:
        model: Any = client.open("picky", options=Options(temperature=0.0, max_tokens=50))
        await asyncio.gather(*[model.reply(PLAIN, Case(messages=()), 0) for _ in range(8)])
        await model.close()
        return model.notes

    assert asyncio.run(run()) == (
        "max_tokens is sent as max_completion_tokens: the server rejects it",
        "temperature is not sent: the server rejects it",
    )


@pytest.mark.parametrize(
    "message",
    [
        "max_tokens is too large: 100000. This model supports at most 4096 completion tokens.",
        "temperature must be between 0 and 2",
        "This model's maximum context length is 4097 tokens, however you requested 9000 (max_tokens 50).",
        "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
        "max_tokens and max_completion_tokens are both not supported here",
    ],
)
def test_other_bad_requests_are_not_tried_again_for_ever(client: Client, message: str) -> None:
    async def no(_: object, __: Seen) -> Any:
        return refuse(400, message)

    client.server.script("no", no)
    outcome = client.ask("no", options=Options(temperature=0.0, max_tokens=50))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "bad_request"
    assert client.server.count() <= 2
    assert "max_tokens" in client.server.seen[-1].body or "max_completion_tokens" in client.server.seen[-1].body


def test_mistrals_name_for_the_seed_is_found(client: Client) -> None:
    async def strict(_: object, seen: Seen) -> Any:
        if "seed" in seen.body:
            detail = [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]
            return raw(b'{"detail": ' + json.dumps(detail).encode() + b"}", status=422)
        return reply(seen, str(seen.body["random_seed"]))

    client.server.script("strict", strict)
    assert good(client.ask("strict", options=Options(seed=11))).text == "11"


def test_a_system_prompt_goes_to_the_user_turn_where_the_role_is_rejected(client: Client) -> None:
    asks = [Ask(messages=(system("Be brief."), user("Why?")))] * 2
    first, second = client.ask_all("no-system", "chat", asks)
    assert good(first).text == good(second).text == "You said: Be brief.\n\nWhy?"
    assert client.server.count() == 3


def test_a_system_role_named_as_a_value_is_recognised(client: Client) -> None:
    async def early(_: object, seen: Seen) -> Any:
        if seen.body["messages"][0]["role"] == "system":
            message = "Unsupported value: 'messages[0].role' does not support 'system' with this model."
            return refuse(400, message, code="unsupported_value", param="messages[0].role")
        return reply(seen, "Fine.")

    client.server.script("early", early)
    assert good(client.ask("early", ask=Ask(messages=(system("Be brief."), user("Why?"))))).text == "Fine."


def test_folding_keeps_every_turn() -> None:
    assert fold_system(DIALOGUE) == (user("Be brief.\n\nTwo and two?"), *DIALOGUE[2:])
    assert fold_system((system("Alone."),)) == (user("Alone."),)
    assert fold_system(DIALOGUE[1:]) == DIALOGUE[1:]
