"""What models wrote is untrusted: made harmless before anyone sees it."""

from __future__ import annotations

import re
from typing import Any

import msgspec

_HIDDEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ud800-\\udfff"
    "\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff\\U000e0000-\\U000e007f]"
)


def plain(text: str, limit: int | None = None) -> str:
    """The text without control characters, escape sequences and direction marks; cut to `limit` characters."""
    shown = _HIDDEN.sub("\ufffd", text.replace("\r\n", "\n"))
    if limit is not None and len(shown) > limit:
        return f"{shown[:limit]} … [{len(shown) - limit:,} more characters]"
    return shown


def json_text(value: Any, *, indent: int | None = None) -> str:
    """The value as JSON, on one line or indented. Hidden characters stand as \\u escapes: the same data, harmless."""
    text = msgspec.json.encode(value)
    if indent is not None:
        text = msgspec.json.format(text, indent=indent)
    return _HIDDEN.sub(_escape, text.decode())


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
