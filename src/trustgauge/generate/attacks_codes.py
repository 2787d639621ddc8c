"""Ways to spell a text that a filter may miss, each with its way back: base64, rot13, leetspeak, look-alikes."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase

MARK = "ENGLISH:"
"""What stands before the English part of a reply that was asked for in two languages."""

_LEET = dict(zip("aeiost", "431057", strict=True))
_LOOKALIKES = dict(zip("aceijopsxyABCEHIKMOPTX", "асеіјорѕхуАВСЕНІКМОРТХ", strict=True))  # Cyrillic
_TO_LEET = str.maketrans(_LEET | {letter.upper(): digit for letter, digit in _LEET.items()})
_FROM_LEET = str.maketrans({digit: letter for letter, digit in _LEET.items()})
_TO_LOOKALIKES = str.maketrans(_LOOKALIKES)
_FROM_LOOKALIKES = str.maketrans({alike: letter for letter, alike in _LOOKALIKES.items()})
_ROT13 = str.maketrans(
    ascii_lowercase + ascii_uppercase,
    ascii_lowercase[13:] + ascii_lowercase[:13] + ascii_uppercase[13:] + ascii_uppercase[:13],
)
_RUN = r"[A-Za-z0-9+/]"
_BLOCK = re.compile(rf"{_RUN}{{16,}}(?:\r?\n{_RUN}{{16,}})*(?:\r?\n{_RUN}{{1,15}}={{1,2}}|={{0,2}})")
_LEET_WORD = re.compile(r"(?=[\d']*[A-Za-z])(?=[A-Za-z']*[013457])[A-Za-z013457']{2,}")
_NUMBERED = re.compile(r"\s*\d{1,2}[.)]\s")
_SMALL = frozenset(
    ["a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "for", "from", "i", "in", "is", "it", "not", "of"]
).union(["on", "or", "that", "the", "this", "to", "with", "you"])


def to_base64(text: str) -> str:
    """The text in base64."""
    return base64.b64encode(text.encode()).decode()


def from_base64(text: str) -> str:
    """The text with every run of base64 that holds readable text decoded, the rest as it is."""
    return _BLOCK.sub(lambda found: _readable(found[0]) or found[0], text)


def _readable(run: str) -> str:
    """What a run of base64 says; "" where it says nothing. One that was cut off is read up to there."""
    bare = re.sub(r"[\s=]", "", run)
    bare = bare[:-1] if len(bare) % 4 == 1 else bare
    try:
        raw = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        return ""
    said = raw.decode(errors="replace").rstrip("\ufffd")  # a last character may be cut in two
    if "\ufffd" in said:
        return ""
    return said if all(c.isprintable() or c in "\n\r\t" for c in said) else ""


def rot13(text: str) -> str:
    """The text with each letter moved by thirteen: its own way back."""
    return text.translate(_ROT13)


def from_rot13(text: str) -> str:
    """The text with each line moved back that has more small words of English then."""
    return "\n".join(max(line, rot13(line), key=_small_words) for line in text.split("\n"))


def _small_words(line: str) -> int:
    return sum(map(_SMALL.__contains__, line.lower().split()))


def to_leet(text: str) -> str:
    """The text with a, e, i, o, s and t written as digits."""
    return text.translate(_TO_LEET)


def from_leet(text: str) -> str:
    """The text with the digits of leetspeak turned back, in lines with at least two words so written."""
    if not any(map(text.__contains__, _LEET.values())):
        return text
    return "\n".join(_unleet(line) if len(_LEET_WORD.findall(line)) > 1 else line for line in text.split("\n"))


def _unleet(line: str) -> str:
    number = _NUMBERED.match(line)
    start = number.end() if number else 0
    return line[:start] + line[start:].translate(_FROM_LEET)


def to_lookalikes(text: str) -> str:
    """The text with Latin letters replaced by Cyrillic ones that look the same."""
    return text.translate(_TO_LOOKALIKES)


def from_lookalikes(text: str) -> str:
    """The same letters turned back."""
    return text.translate(_FROM_LOOKALIKES)


def english_part(text: str) -> str:
    """What follows the mark of the English part; all of it where there is no mark."""
    return text.rpartition(MARK)[2]


def as_is(text: str) -> str:
    """The text itself."""
    return text


CODES: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "base64": (to_base64, from_base64),
    "rot13": (rot13, from_rot13),
    "leetspeak": (to_leet, from_leet),
    "look-alikes": (to_lookalikes, from_lookalikes),
    "english-part": (as_is, english_part),
}
"""By name: how a request is written, and how a reply in the same code is read."""
