"""One search for many expressions, of which only those are tried whose signs stand in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


class Signed:
    """Expressions, each with words (lower case) of which every match of it has one.

    search finds what the expressions joined by "|" would find: the match that begins first, and of several that
    begin together that of the expression listed first.
    """

    def __init__(self, signed: Iterable[tuple[Sequence[str], str]], flags: int = 0) -> None:
        self._parts = [(tuple(signs), re.compile(part, flags)) for signs, part in signed]

    def search(self, text: str) -> re.Match[str] | None:
        """The first match."""
        low = text.lower() if text.isascii() else ""  # letters such as the long s have more than one other case
        first = None
        for signs, pattern in self._parts:
            if low and not any(map(low.__contains__, signs)):
                continue
            found = pattern.search(text)
            if found and (not first or found.start() < first.start()):
                first = found
        return first
