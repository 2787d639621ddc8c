"""What inputs are made of: texts of every kind, values as JSON has them, and edits that break a valid document."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

_ODD = (
    "", " ", "\n", "a\nb", "\r", "\x00", "\x1b[2J", "\u2028", "\u202e", "'", "`", "\ufeff", "İ", "ß", "💀", "x" * 300, "٣", "1e999",
)  # fmt: skip

texts = st.one_of(st.text(max_size=40), st.sampled_from(_ODD))
"""Any text that is UTF-8."""

raw_texts = st.one_of(texts, st.text(st.characters(exclude_categories=()), max_size=20), st.just("\ud83d"))
"""Any code points, halves of surrogate pairs among them."""

_NUMBERS = (0, -1, 1, 0.5, -0.0, 2**31, 2**53, 2**63, -(2**63), 2**64, 2**70, math.nan, math.inf, -math.inf, 1e308)

numbers = st.one_of(st.sampled_from(_NUMBERS), st.integers(), st.floats())

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, raw_texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(raw_texts, inner, max_size=3)),
    max_leaves=6,
)

_DEEP = (b"[" * 2000, b'{"a":' * 2000, b'{"error":' * 2000, b"9" * 5000)
_PIECES = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\ud83d", b'"', b"\\", b"\n", b"\r", b"null", b"NaN", b"-Infinity",
    b"1e999", b"{", b"}", b"]", b",", b":", b"<html>", b"#", b"'", b"---",
)  # fmt: skip


@st.composite
def edited(draw: DrawFn, document: Any, values: SearchStrategy[Any] = json_values) -> Any:
    """A copy of a document of dicts and lists with up to three of its places replaced, dropped, doubled or wrapped."""
    root = [deepcopy(document)]
    for _ in range(draw(st.sampled_from((0, 1, 1, 1, 2, 3)))):
        holder, at = draw(st.sampled_from(_places(root)))
        match draw(st.sampled_from(("replace", "like", "like", "drop", "double", "wrap"))):
            case "like":
                holder[at] = draw(_like(holder[at], values))
            case "drop" if holder is not root:
                del holder[at]
            case "double" if isinstance(holder, list):
                holder.insert(at, deepcopy(holder[at]))
            case "wrap":
                holder[at] = [holder[at]] if draw(st.booleans()) else {"error": holder[at]}
            case _:
                holder[at] = draw(values)
    return root[0]


def _like(value: Any, values: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Other values of the same kind: they get furthest."""
    if isinstance(value, str):
        return raw_texts
    return numbers if isinstance(value, int | float) else values


def _places(holder: dict[Any, Any] | list[Any]) -> list[tuple[Any, Any]]:
    """Every (container, key or index) in the document."""
    inside = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder))
    found = [(holder, at) for at, _ in inside]
    return found + [place for _, value in inside if isinstance(value, dict | list) for place in _places(value)]


@st.composite
def damaged(draw: DrawFn, data: bytes) -> bytes:
    """The bytes as they are (half the time), or with up to three stretches cut out or put in, or under something deep."""
    for _ in range(draw(st.sampled_from((0, 0, 0, 0, 1, 1, 2, 3)))):
        at = draw(st.sampled_from((0, len(data))) | st.integers(0, len(data)))
        until = draw(st.sampled_from((at, at, at + 1, at + 20, len(data))))
        piece = draw(
            st.sampled_from(_PIECES) | st.sampled_from(_PIECES) | st.sampled_from(_DEEP) | st.binary(max_size=12)
        )
        data = data[:at] + piece + data[until:]
    return data


def spliced(pieces: Sequence[str], text: SearchStrategy[str] = texts, most: int = 8) -> SearchStrategy[str]:
    """Texts put together from the pieces and from anything else."""
    return st.lists(st.one_of(st.sampled_from(pieces), text), max_size=most).map("".join)


def one_sentence(error: BaseException) -> str:
    """The message of one of our errors, which is one line of text."""
    message = str(error)
    assert message.strip()
    assert "\n" not in message, message
    return message
