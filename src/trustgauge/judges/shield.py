"""Shield: text that others wrote, made fit to be shown to a judge."""

from __future__ import annotations

import re

from trustgauge.types import digest

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def shielded(text: str, most: int = 12_000) -> str:
    """The text without control characters, at most so many of it."""
    return _CONTROL.sub("", text)[:most]


def fenced(name: str, text: str) -> str:
    """The shielded text between marks that hold a hash of it."""
    mark = digest(text, 4)
    return f"<{name}-{mark}>\n{shielded(text)}\n</{name}-{mark}>"
