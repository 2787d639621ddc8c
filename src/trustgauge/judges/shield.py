"""The shield before a model that judges: the reply it reads is untrusted, and is data, not a word to the judge.

A reply can hold orders to the judge, tokens that a chat template would read as a new turn, text that people don't
see, and more of all that than a model can read. Here it is cleaned, shortened and put in a fence that it cannot
know beforehand. Nobody can take the orders out, for they may be what is to be judged: `hijacks` measures what they do.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

from trustgauge.types import digest

MARK = 8
"""Hex digits of a fence's mark."""

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters but \n and \t, soft hyphens, fillers, zero-width and turning characters, half pairs, tag
# characters, and variation selectors, of which only the one that makes a sign an emoji (U+FE0F) has a use here.
_EMOJI = r"\u00a9\u00ae\u203c-\u21aa\u2300-\u2bff\u3030-\u3299\U0001f000-\U0001faff#*0-9"
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a"
    rf"\U000e0000-\U000e0fff]|(?<![{_EMOJI}])\ufe0f"
)
# Brackets with all that NFKC, which some tokenizers apply, makes the same.
_LESS, _MORE, _OPEN, _CLOSE, _BAR = "<\ufe64\uff1c", ">\ufe65\uff1e", r"\[\ufe47\uff3b", r"\]\ufe48\uff3d", r"|\uff5c"
_INSIDE = rf"[^\n{_LESS}{_MORE}{_OPEN}{_CLOSE}]{{1,60}}"
_BRACKETED = re.compile(rf"[{_LESS}]{_INSIDE}[{_MORE}]|[{_OPEN}]{_INSIDE}[{_CLOSE}]")
_BARRED = re.compile(r"\|[^\s\u2039\u203a]+\||/?s")  # </s>, in small letters only: <S> is a type in many a program
_HALF_BARRED = re.compile(r"\|\w+|\w+\|")  # in angles only, for [ab|] stands in many a pattern
_BARE = re.compile(rf"[{_CLOSE}](?=~!?b[{_OPEN}{_CLOSE}])|[{_OPEN}](?=e~[{_OPEN}])")  # ]~b]user ... [e~[
_NUMBER = re.compile(r"[_-]?\d+\Z")
_TAG = re.compile(rf"[{_LESS}](?=\s{{0,4}}[/\uff0f]?\s{{0,4}}[\w.-]{{1,40}}-[0-9a-f]{{{MARK}}}(?!\w))", re.I)


@cache
def _names() -> dict[bool, frozenset[str]]:
    """The names in angle brackets (True) and in square ones."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {True: frozenset(found["angle"]), False: frozenset(found["square"])}


def shielded(text: str, most: int = 12_000) -> str:
    """The text as a judge may read it, in at most `most` characters.

    Hidden, control and turning characters are gone; brackets of special tokens are ‹ and ›, which no tokenizer
    knows: ‹|im_start|›. Of what is longer the beginning and the end stay. Plain text is left as it is, and so is
    what has been through this before.
    """
    clean = _HIDDEN.sub("", text if text.isprintable() else _BREAKS.sub("\n", text))
    if "~" in clean:
        clean = _BARE.sub("\u203a", clean)
    return _bounded(_BRACKETED.sub(_defused, clean), most)


def fenced(name: str, text: str, most: int = 12_000) -> str:
    """The shielded text between lines `<name-mark>` and `</name-mark>`, which nothing inside can close.

    The mark is a hash of what it encloses: the same text has the same fence, and no text can know its own. What
    looks like such a tag in the text loses its bracket.
    """
    inside = _TAG.sub("\u2039", shielded(text, most))
    inside = re.sub(rf"[{_LESS}](?=\s{{0,4}}[/\uff0f]?\s{{0,4}}{re.escape(name)}(?!\w))", "\u2039", inside, flags=re.I)
    tag = f"{name}-{digest(inside, MARK // 2)}"
    return f"<{tag}>\n{inside}\n</{tag}>"


def _defused(found: re.Match[str]) -> str:
    """The same with other brackets where it is a special token's name that they hold."""
    inside = found[0][1:-1]
    name = inside if inside.isascii() else unicodedata.normalize("NFKC", inside)
    angle = found[0][0] in _LESS
    if not (_BARRED.fullmatch(name) or (angle and _HALF_BARRED.fullmatch(name))):
        bare = _NUMBER.sub("", name.lower().removeprefix("/"))
        if bare not in _names()[angle]:
            return found[0]
    return f"\u2039{inside}\u203a"


def _bounded(text: str, most: int) -> str:
    """Beginning and end of a text that is too long, with a line between that says how much is missing."""
    if len(text) <= most:
        return text
    room = most - len(_gap(len(text)))
    if room < 2:
        return text[: max(most, 0)]
    opening, closing = text[: room - room // 2], text[-(room // 2) :].lstrip("\ufe0f")
    return opening + _gap(len(text) - len(opening) - len(closing)) + closing


def _gap(left_out: int) -> str:
    return f"\n[... {left_out:,} characters left out ...]\n"
