"""The options of a closed question as a reply names them by their texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORD = re.compile(r"\w+")
_SPACED = "".join(c if c.isalnum() or c == "_" else " " for c in map(chr, range(128)))
_GAP = re.compile(r"\W{1,4}")
_ENDS = re.compile(r"(?!\w)")
_WITHIN = r"(?<=\w['\u2019])(?i:m|t|s|d|re|ve|ll)(?!\w)"
_TAIL = re.compile(_WITHIN)  # of "I'm" and "don't": no option "m" or "t" is named there
_ODD = "\u017f\u0131\u0130\u212a"  # letters beyond ASCII whose other case is within


def key(text: str) -> str:
    """A text as it is compared: its words in lower case."""
    low = text.lower()
    return " ".join(low.translate(_SPACED).split() if text.isascii() else _WORD.findall(low))


option_key = lru_cache(maxsize=4096)(key)
"""The same of an option: options come again from case to case."""


class Named(NamedTuple):
    """An option's text where it stands in a reply; the letter is "" where letters of odd case hide the option."""

    start: int
    end: int
    letter: str


class Texts:
    """The texts of one set of options, to be found in replies whatever the case, spacing and punctuation."""

    def __init__(self, options: tuple[str, ...]) -> None:
        self._options = options
        self._keys = [option_key(option) for option in options]
        self.letter_of: dict[str, str] = {}
        for letter, words in zip(ALPHABET, self._keys, strict=False):
            if words:
                self.letter_of.setdefault(words, letter)
        self._plain = all(option.isascii() for option in options)
        # The longest first, so that "no one" is not taken for "no".
        named = sorted((option for option in options if option_key(option)), key=lambda o: -len(_loose(o)))
        self._named = [(self.letter_of[option_key(o)], option_key(o).split(" ")) for o in named]

    def match(self, body: str, at: int = 0) -> Named | None:
        """An option's text that stands just there."""
        if not self._is_plain(body):
            found = self._any.match(body, at) if self._named else None
            return self._seen(found) if found else None
        if at and (_WORD.match(body, at - 1, at) or _TAIL.match(body, at)):
            return None
        for letter, words in self._named:
            if (end := _end(body, at, words)) >= 0:
                return Named(at, end, letter)
        return None

    def finditer(self, body: str) -> Iterator[Named]:
        """All options' texts in a reply, in their order."""
        if not self._named:
            return
        if not self._is_plain(body):
            yield from map(self._seen, self._any.finditer(body))
            return
        low, end = body.lower(), 0
        firsts = {words[0] for _, words in self._named}
        for at in sorted({at for word in firsts for at in occurrences(low, word)}):
            if at >= end and (found := self.match(body, at)):
                end = found.end
                yield found

    def without_list(self, body: str) -> str:
        """The reply without a list of all the options."""
        said = key(body)
        missing = len(self._options) < 2 or not all(words in said for words in self._keys)
        return body if missing and self._is_plain(body) else self._listed.sub(" \n ", body)

    def _is_plain(self, body: str) -> bool:
        """True where lower case is all there is to the case of letters."""
        return self._plain and (body.isascii() or not any(map(body.__contains__, _ODD)))

    def _seen(self, found: re.Match[str]) -> Named:
        return Named(found.start(), found.end(), self.letter_of.get(key(found[0]), ""))

    @cached_property
    def _any(self) -> re.Pattern[str]:
        by_length = sorted((_loose(o) for o in self._options if option_key(o)), key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?!{_WITHIN})(?i:{'|'.join(by_length)})(?!\w)")

    @cached_property
    def _listed(self) -> re.Pattern[str]:
        if len(self._options) < 2:
            return re.compile(r"(?!)")
        rows = [rf"\(?{a}\s?[).:\]-]?\s*{_loose(o)}" for a, o in zip(ALPHABET, self._options, strict=False)]
        return re.compile(r"[\s,;.\"'|-]{0,8}".join(rows), re.I)


def _loose(text: str) -> str:
    """An option's text as an expression that does not mind spacing and punctuation."""
    return r"\W{1,4}".join(re.escape(word) for word in _WORD.findall(text)) or re.escape(text)


def occurrences(text: str, part: str) -> Iterator[int]:
    """Wherever a part stands in a text."""
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _end(body: str, at: int, words: Sequence[str]) -> int:
    """Where these words end that begin just there, -1 where others stand."""
    for i, word in enumerate(words):
        if i:
            gap = _GAP.match(body, at)
            if not gap:
                return -1
            at = gap.end()
        if body[at : at + len(word)].lower() != word:
            return -1
        at += len(word)
    return at if _ENDS.match(body, at) else -1


@lru_cache(maxsize=256)
def texts_of(options: tuple[str, ...]) -> Texts:
    """The same for the same options."""
    return Texts(options)
