"""A reply in a code (base64, rot13, leetspeak, look-alike letters, two languages) as the text that it says."""

from __future__ import annotations

from collections.abc import Iterable

from trustgauge.generate.attacks_codes import CODES

_READ = 8000  # characters of a reply that are decoded


def read_decoded(text: str, codes: Iterable[str]) -> str:
    """The reply in plain letters, each of the codes undone in turn where the reply uses it.

    A reply that was written plainly comes out as it went in; so does one in a code that can't be read.
    """
    body = text[:_READ]
    for code in codes:
        body = CODES[code][1](body)
    return body
