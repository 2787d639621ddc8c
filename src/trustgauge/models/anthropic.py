"""Anthropic's own Messages API."""

from __future__ import annotations

from typing import Any

import msgspec

from trustgauge.models.http import Answer, HttpModel, decoded
from trustgauge.models.openai import label, usage_of
from trustgauge.types import Ask, Failure, Finish, Outcome, Reply, Usage

VERSION = "2023-06-01"
"""The `anthropic-version` header."""

MAX_TOKENS = 1024
"""Tokens asked for where the options name none: the API demands a number."""

_FINISH: dict[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}


class _Block(msgspec.Struct, gc=False):
    type: str = "text"
    text: str | None = None
    input: Any = None


class _Answer(msgspec.Struct):
    content: list[_Block]
    stop_reason: Any = None
    usage: msgspec.Raw = msgspec.Raw()
    id: Any = None
    model: Any = None


class _Usage(msgspec.Struct, gc=False):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None


_ANSWER = msgspec.json.Decoder(_Answer)
_USAGE = msgspec.json.Decoder(_Usage)


class AnthropicModel(HttpModel):
    """A model behind `/messages`. The API knows no seed and no log-probabilities: neither is sent.

    System turns are joined and sent apart. A stop_reason "refusal" is the provider's own classifier
    stepping in, hence finish "content_filter"; thinking is no part of the text. A schema is sent as that of a tool
    which must be used, and the tool's input, as JSON, is the text.
    """

    def _writing(self, ask: Ask) -> dict[str, Any]:
        options = self.options
        limit = options.max_tokens if ask.max_tokens is None else ask.max_tokens
        return {
            "model": self._name,
            "max_tokens": MAX_TOKENS if limit is None else limit,
            "temperature": options.temperature if ask.temperature is None else ask.temperature,
            "top_p": options.top_p,
        }

    def _said(self, ask: Ask) -> dict[str, Any]:
        said = {
            "system": "\n\n".join(m.content for m in ask.messages if m.role == "system") or None,
            "messages": [m for m in ask.messages if m.role != "system"],
        }
        if not ask.schema:
            return said
        tool = {"name": "verdict", "description": "Takes the verdict.", "input_schema": ask.schema}
        return said | {"tools": [tool], "tool_choice": {"type": "tool", "name": "verdict"}}

    def _read(self, answer: Answer) -> Outcome:
        body = decoded(_ANSWER, answer.body, answer.where)
        if isinstance(body, Failure):
            return body
        reason = body.stop_reason if isinstance(body.stop_reason, str) else ""
        return Reply(
            text=_text(body.content),
            finish=_FINISH.get(reason, "other"),
            usage=_usage(body.usage),
            latency_s=answer.latency_s,
            request_id=answer.request_id or label(body.id),
            model=label(body.model),
        )


def _text(blocks: list[_Block]) -> str:
    """The tool's input where one was used, else what was written."""
    used = [block.input for block in blocks if block.type == "tool_use"]
    if used:
        return msgspec.json.encode(used[0]).decode()
    return "".join(block.text or "" for block in blocks if block.type == "text")


def _usage(raw: msgspec.Raw) -> Usage | None:
    """Tokens counted, cached ones among the input; None where nothing sane is given."""
    try:
        counted = _USAGE.decode(raw)
    except (ValueError, RecursionError):
        return None
    if counted.input_tokens is None:
        return usage_of(None, counted.output_tokens)
    cached = (counted.cache_creation_input_tokens or 0) + (counted.cache_read_input_tokens or 0)
    return usage_of(counted.input_tokens + cached, counted.output_tokens)
