"""What models wrote is untrusted: made harmless before anyone sees it."""

from __future__ import annotations

import re

_HIDDEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]")


def plain(text: str, limit: int | None = None) -> str:
    """The text without control characters, escape sequences and direction marks; cut to `limit` characters."""
    shown = _HIDDEN.sub("\ufffd", text.replace("\r\n", "\n"))
    if limit is not None and len(shown) > limit:
        return f"{shown[:limit]} … [{len(shown) - limit:,} more characters]"
    return shown
