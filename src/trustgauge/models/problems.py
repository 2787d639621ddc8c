"""What a server says when it refuses: its words made safe to show, and the typed outcome they come to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from http import HTTPStatus
from typing import Any, cast

import msgspec

from trustgauge.types import FailureKind

LONGEST = 300
"""Characters of a server's own words that are kept in a message."""

_KINDS: dict[int, FailureKind] = {
    401: "auth",
    402: "auth",
    403: "auth",
    404: "not_found",
    408: "timeout",
    409: "server",
    425: "server",
    429: "rate_limit",
}
_TRANSIENT = frozenset({408, 409, 425, 429})
_OUT_OF_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})

_FILTER_STATUS = frozenset({400, 403, 422})
_FILTER_CODES = re.compile(
    r"content_?filter|content_?policy|responsibleai|moderation_blocked|data_inspection_failed|^invalid_prompt$",
    re.I,
)
# Only read on 400 and 422: on 403 the same words can tell of a closed account.
_FILTER_WORDS = re.compile(
    r"content[ _-](?:filter|policy|management policy|moderation|exists risk)|inappropriate content"
    r"|violat\w+ (?:our|the|openai's) (?:usage|content|safety)|flagged (?:as|for|by)|safety system",
    re.I,
)
_FILTER_WORDS_403 = re.compile(r"content violates|input was flagged", re.I)

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
_HIDDEN_HTML = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.I | re.S)


class Problem(msgspec.Struct, frozen=True):
    """An error body read: the message (safe to print), the codes it names, the parameter it blames."""

    message: str = ""
    codes: tuple[str, ...] = ()
    param: str = ""


def clean(text: str, limit: int = LONGEST) -> str:
    """Text on one line without escapes, control, invisible or turning characters, cut at `limit`."""
    if len(text) <= limit and text.isprintable() and "  " not in text:
        return text.strip()
    text = _ESCAPES.sub("", text[: 20 * limit])
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def read_problem(body: bytes) -> Problem:
    """The problem that an error body states: JSON of any vendor, a web page or plain text."""
    try:
        return problem_in(msgspec.json.decode(body))
    except (ValueError, RecursionError):
        text = body[:65536].decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        text = unescape(re.sub(r"<[^>]*>", " ", _HIDDEN_HTML.sub(" ", text)))
    return Problem(clean(text))


def problem_in(value: Any) -> Problem:
    """The problem stated by decoded JSON: `error` (text or object), `message`, `detail`, a list of them."""
    inner = list(_objects(value))
    message = next((text for item in inner if (text := _message(item))), value if isinstance(value, str) else "")
    codes = [str(item[name]) for item in inner for name in ("code", "type", "status") if _plain(item.get(name))]
    param = next((item["param"] for item in inner if isinstance(item.get("param"), str)), "")
    if any(item.get("flagged_input") for item in inner):
        codes.append("content_filter")
    return Problem(clean(message), tuple(clean(code, 80) for code in codes), clean(param, 80))


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of an error body that can say something, inner ones first."""
    if depth > 4:
        return
    if isinstance(value, list):
        for item in cast("list[Any]", value)[:8]:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        for name in ("error", "errors", "innererror", "metadata", "detail"):
            yield from _objects(fields.get(name), depth + 1)
        yield fields


def _message(item: dict[str, Any]) -> str:
    """The words of one object; with the place they speak of (`loc`), as validation errors give it."""
    said = next((item[name] for name in ("message", "msg", "detail", "error") if isinstance(item.get(name), str)), "")
    place = item.get("loc")
    if said and isinstance(place, list):
        return f"{'.'.join(str(part) for part in cast('list[Any]', place)[:6] if _plain(part))}: {said}"
    return said


def _plain(value: Any) -> bool:
    return isinstance(value, str | int) and value != ""


def is_filtered(status: int, problem: Problem) -> bool:
    """Whether this refusal is a content filter's: a blocked prompt, not a faulty request."""
    if status not in _FILTER_STATUS:
        return False
    if any(_FILTER_CODES.search(code) for code in problem.codes):
        return True
    words = _FILTER_WORDS_403 if status == 403 else _FILTER_WORDS
    return words.search(problem.message) is not None


def failure_kind(status: int, problem: Problem) -> tuple[FailureKind, bool]:
    """The kind of failure that an error status means, and whether it is transient.

    401, 402 and 403 are auth; 404 not_found; 408 timeout, 429 rate_limit and 5xx server, all transient (an
    empty account is not, though it too answers 429); 409 and 425 server, transient; any other bad_request.
    """
    kind = "server" if status >= 500 else _KINDS.get(status, "bad_request")
    return kind, (status >= 500 or status in _TRANSIENT) and _OUT_OF_MONEY.isdisjoint(problem.codes)


def phrase(status: int) -> str:
    """The status in words, in brackets: " (Not Found)"."""
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return " (Overloaded)" if status == 529 else ""


def retry_after(milliseconds: str | None, seconds_or_date: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait by `retry-after-ms` or `Retry-After` (seconds or HTTP date); None if neither says."""
    if milliseconds and (wait := _number(milliseconds)) is not None:
        return wait / 1000
    if not seconds_or_date:
        return None
    if (wait := _number(seconds_or_date)) is not None:
        return wait
    try:
        until = parsedate_to_datetime(seconds_or_date)
    except (ValueError, TypeError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def _number(text: str) -> float | None:
    """A plain number of at most nine digits before the point: no sign, no "inf", no "nan"."""
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text := text.strip(), re.ASCII) else None
