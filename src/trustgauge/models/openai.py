"""Any server that speaks OpenAI's protocol: chat completions, and legacy completions for base models."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from trustgauge.models.http import Answer, HttpModel, decoded
from trustgauge.models.problems import Problem, clean, problem_in
from trustgauge.types import Ask, Failure, Finish, Message, Outcome, Reply, TokenLogprob, Usage, user

COMPLETION_TOKENS = 256
"""Tokens asked for in completions where the options name none: the protocol's own 16 cut most replies."""

_FINISH: dict[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "refusal": "content_filter",
    "safety": "content_filter",
    "recitation": "content_filter",
    "prohibited_content": "content_filter",
    "blocklist": "content_filter",
}
_SYSTEM = re.compile(r"system['\"`]? (?:role|message|prompt)|'system'|\"system\"", re.I)
_SPENT = re.compile(r"max_tokens or model output limit was reached|max completion tokens reached", re.I)
_NOT_TAKEN = re.compile(r"(?:not|n't) support|not supported|unsupported|not enabled|not allowed", re.I)


class _Part(msgspec.Struct, gc=False):
    type: str = "text"
    text: str | None = None
    refusal: str | None = None


class _Message(msgspec.Struct):
    content: str | list[_Part] | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message | None = None
    text: str | None = None
    finish_reason: Any = None
    logprobs: msgspec.Raw = msgspec.Raw()
    error: Any = None


class _Completion(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: msgspec.Raw = msgspec.Raw()
    id: Any = None
    model: Any = None
    error: Any = None


class _Usage(msgspec.Struct, gc=False):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Top(msgspec.Struct, gc=False):
    token: str
    logprob: float | None = None


class _Token(msgspec.Struct):
    token: str
    logprob: float | None = None
    top_logprobs: list[_Top] | None = None


class _Logprobs(msgspec.Struct):
    """Both forms at once: `content` is that of chat, the rest that of completions."""

    content: list[_Token] | None = None
    tokens: list[str] | None = None
    token_logprobs: list[float | None] | None = None
    top_logprobs: list[dict[str, float | None] | None] | None = None


_COMPLETION = msgspec.json.Decoder(_Completion)
_USAGE = msgspec.json.Decoder(_Usage)
_LOGPROBS = msgspec.json.Decoder(_Logprobs)


class _OpenAI(HttpModel):
    """What chat and completions share: the way to read an answer."""

    def _writing(self, ask: Ask) -> dict[str, Any]:
        """The model, and how it is to write."""
        options = self.options
        return {
            "model": self._name,
            "stream": False,  # some servers stream unless told not to
            "temperature": options.temperature if ask.temperature is None else ask.temperature,
            "max_tokens": options.max_tokens if ask.max_tokens is None else ask.max_tokens,
            "top_p": options.top_p,
            "seed": options.seed,
        }

    def _read(self, answer: Answer) -> Outcome:
        body = decoded(_COMPLETION, answer.body, answer.where)
        if isinstance(body, Failure):
            return body
        choice = body.choices[0] if body.choices else _Choice()
        if error := choice.error or body.error:
            return self._failed_inside(answer, error)
        if choice.message is None and choice.text is None and choice.finish_reason is None:
            return Failure(kind="malformed", message=f"{answer.where} answered without a choice that holds a message")
        return Reply(
            text=_text(choice),
            finish=finish_of(choice.finish_reason),
            usage=_usage(body.usage),
            latency_s=answer.latency_s,
            request_id=answer.request_id or label(body.id),
            model=label(body.model),
            logprobs=_logprobs(choice.logprobs),
        )

    def _refused(self, answer: Answer, problem: Problem, status: int = 0) -> Outcome:
        """Thoughts or JSON that took all the tokens are a reply cut at its beginning, which some tell as an error."""
        if (status or answer.status) == 400 and _SPENT.search(problem.message):
            return Reply(text="", finish="length", latency_s=answer.latency_s, request_id=answer.request_id)
        return super()._refused(answer, problem, status)

    def _failed_inside(self, answer: Answer, error: Any) -> Outcome:
        """An error told with status 200, as routers do that had already begun to answer."""
        problem = problem_in({"error": error})
        codes = [int(code) for code in problem.codes if re.fullmatch(r"[45]\d\d", code, re.ASCII)]
        return self._refused(answer, problem, codes[0] if codes else 500)


class OpenAIChat(_OpenAI):
    """A model behind `/chat/completions`.

    Asks for at most 20 alternatives per token, the protocol's limit. Where a server turns out not to take a
    system role (some open models' chat templates), the system prompt is put before the first user turn; where it
    takes no JSON Schema, none is sent.
    """

    _folds_system = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What this server turned out not to take, one phrase each."""
        folded = "the system prompt is sent in the first user turn: the server rejects the system role"
        return (*super().notes, folded) if self._folds_system else super().notes

    def _writing(self, ask: Ask) -> dict[str, Any]:
        asked = {"logprobs": True, "top_logprobs": min(ask.logprobs, 20)} if ask.logprobs else {}
        return super()._writing(ask) | asked

    def _said(self, ask: Ask) -> dict[str, Any]:
        said: dict[str, Any] = {"messages": fold_system(ask.messages) if self._folds_system else ask.messages}
        if ask.schema:
            form = {"name": "verdict", "strict": True, "schema": ask.schema}
            said["response_format"] = {"type": "json_schema", "json_schema": form}
        return said

    def _adapts(self, sent: dict[str, Any], status: int, problem: Problem) -> bool:
        if super()._adapts(sent, status, problem):
            return True
        if status not in (400, 422, 500) or all(message.role != "system" for message in sent["messages"]):
            return False
        self._folds_system |= bool(_SYSTEM.search(problem.message) and _NOT_TAKEN.search(problem.message))
        return self._folds_system


class OpenAICompletions(_OpenAI):
    """A base model behind `/completions`, which continues plain text: `as_prompt` says how turns are written.

    Asks for at most 5 alternatives per token, the protocol's limit, and for 256 tokens where no number is
    given. A dialogue stops where the next user turn would begin.
    """

    def _writing(self, ask: Ask) -> dict[str, Any]:
        values = super()._writing(ask)
        values["max_tokens"] = values["max_tokens"] or COMPLETION_TOKENS
        values["logprobs"] = min(ask.logprobs, 5) or None
        return values

    def _said(self, ask: Ask) -> dict[str, Any]:
        stop = ["\nUser:"] if _is_dialogue(ask.messages) else None
        return {"prompt": as_prompt(ask.messages), "stop": stop}


def as_prompt(messages: Sequence[Message]) -> str:
    """Messages as plain text for a model that only continues text.

    One user turn is its text and nothing else. Several turns are written "User: ..." and "Assistant: ...", a
    line each, and end with "Assistant:", or in the midst of the last turn where that is the assistant's.
    System texts come first, with an empty line after.
    """
    turns = [message for message in messages if message.role != "system"]
    if _is_dialogue(messages):
        lines = [f"{message.role.capitalize()}: {message.content}" for message in turns]
        text = "\n".join(lines if turns[-1].role == "assistant" else [*lines, "Assistant:"])
    else:
        text = "".join(message.content for message in turns)
    return "\n\n".join([*(message.content for message in messages if message.role == "system"), text])


def _is_dialogue(messages: Sequence[Message]) -> bool:
    return sum(message.role != "system" for message in messages) > 1


def fold_system(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The same messages with the system texts set before the first user turn, an empty line between."""
    said = [message.content for message in messages if message.role == "system"]
    turns = [message for message in messages if message.role != "system"]
    if said and turns and turns[0].role == "user":
        return (user("\n\n".join([*said, turns[0].content])), *turns[1:])
    return (user("\n\n".join(said)), *turns) if said else tuple(turns)


def finish_of(reason: Any) -> Finish:
    """Our word for a server's reason to stop; "other" for one that is missing or unknown."""
    word = reason.lower() if isinstance(reason, str) else ""
    return "content_filter" if word.startswith("content_filter") else _FINISH.get(word, "other")


def label(value: Any) -> str:
    """An id or a model's name as the server gave it, fit to keep; "" for what is no text."""
    return clean(value, 128) if isinstance(value, str) else ""


def _text(choice: _Choice) -> str:
    """The reply's text; a refusal's words where there is no other. Reasoning told apart is no part of it."""
    if choice.message is None:
        return choice.text or ""
    content, refusal = choice.message.content, choice.message.refusal
    if isinstance(content, list):
        refusal = refusal or "".join(part.refusal or "" for part in content)
        content = "".join(part.text or "" for part in content if part.type in ("text", "output_text"))
    return content or refusal or ""


def _usage(raw: msgspec.Raw) -> Usage | None:
    """Tokens counted; None where the server gives none or something odd: no reason to lose the reply."""
    try:
        counted = _USAGE.decode(raw)
    except (ValueError, RecursionError):
        return None
    return usage_of(counted.prompt_tokens, counted.completion_tokens)


def usage_of(input_tokens: int | None, output_tokens: int | None) -> Usage | None:
    """Usage from two counts of which one may be missing; None where neither is a sane number."""
    if input_tokens is None and output_tokens is None:
        return None
    counts = (input_tokens or 0, output_tokens or 0)
    return Usage(*counts) if all(0 <= count < 2**53 for count in counts) else None


def _logprobs(raw: msgspec.Raw) -> tuple[TokenLogprob, ...] | None:
    """Log-probabilities in either form; None where there are none or they can't be read."""
    data = bytes(raw)
    if data in (b"", b"null"):
        return None
    try:
        found = _LOGPROBS.decode(data)
    except (ValueError, RecursionError):
        return None
    if found.content is not None:
        tokens = [
            _token(t.token, t.logprob, [(a.token, a.logprob) for a in t.top_logprobs or ()]) for t in found.content
        ]
    else:
        tops = found.top_logprobs or []
        tokens = [
            _token(token, logprob, [*((tops[i] if i < len(tops) else None) or {}).items()])
            for i, (token, logprob) in enumerate(zip(found.tokens or (), found.token_logprobs or (), strict=False))
        ]
    return tuple(token for token in tokens if token) or None


def _token(token: str, logprob: float | None, top: list[tuple[str, float | None]]) -> TokenLogprob | None:
    """One token; None where its probability isn't given. Of alternatives spelt alike the likeliest stays."""
    if logprob is None or not math.isfinite(logprob):
        return None
    alternatives: dict[str, float] = {}
    for spelling, value in top:
        if value is not None and math.isfinite(value):
            alternatives[spelling] = max(value, alternatives.get(spelling, -math.inf))
    return TokenLogprob(token, logprob, alternatives)
