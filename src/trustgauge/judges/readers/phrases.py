"""Phrases looked for in a text, dozens at a time: only the neighbourhood of what several share is searched for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_SHORT = 200  # characters that are searched as a whole
_FEW = 8  # phrases that are searched for in the whole text
_SIZES = (3, 4, 6)  # characters of an anchor; shorter ones stand in every text, longer ones are in few phrases


class _Group(NamedTuple):
    """Phrases that share an anchor, each with its place in the list, and how far they reach to its sides."""

    phrases: list[tuple[int, str]]
    before: int
    after: int


class Phrases:
    """A list of phrases: whether a text holds any of them, where, and which of them is over first.

    Each phrase is filed under an anchor, a stretch that it shares with others. A text without the anchor holds
    none of them; in a text with it they are looked for around it.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._groups = _by_anchor(list(phrases))
        self._anchors = tuple(self._groups)

    def any(self, text: str) -> bool:
        """True where one of the phrases stands in the text."""
        for anchor in filter(text.__contains__, self._anchors):
            phrases, around = self._around(text, anchor)
            for _, phrase in phrases:
                if phrase in around:
                    return True
        return False

    def all(self, text: str) -> list[int]:
        """The places in the list of all phrases that stand in the text, in no order."""
        return [place for place, phrase in self._near(text) if phrase in text]

    def places(self, text: str) -> Iterator[int]:
        """Wherever one of the phrases stands, in no order."""
        for _, phrase in self._near(text):
            yield from _places(text, phrase)

    def first(self, text: str, end: int) -> tuple[int, str]:
        """Where the phrase stands that is over first, all of it before `end`, and which; "" for none.

        Of two that are over at once it is the one listed earlier.
        """
        found = ""
        for _, phrase in sorted(self._near(text)):
            at = text.find(phrase, 0, end)
            if at >= 0:
                end, found = at + len(phrase) - 1, phrase
        return end - len(found) + 1, found

    def _near(self, text: str) -> list[tuple[int, str]]:
        """All phrases that stand in the text, and maybe some that don't."""
        found: list[tuple[int, str]] = []
        for anchor in filter(text.__contains__, self._anchors):
            phrases, around = self._around(text, anchor)
            found += [each for each in phrases if each[1] in around]
        return found

    def _around(self, text: str, anchor: str) -> tuple[list[tuple[int, str]], str]:
        """The phrases under an anchor, and where to look for them."""
        phrases, before, after = self._groups[anchor]
        if len(phrases) <= _FEW or len(text) <= _SHORT:
            return phrases, text
        return phrases, "\n".join([text[max(0, at - before) : at + after] for at in _places(text, anchor)])


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _by_anchor(phrases: Sequence[str]) -> dict[str, _Group]:
    """The phrases under their anchors: the longest stretches that most of those left have, one by one."""
    groups: dict[str, _Group] = {}
    left = dict(enumerate(phrases))
    anchors = {place: _anchors(phrase) for place, phrase in left.items()}
    holding = defaultdict[str, set[int]](set)
    for place, some in anchors.items():
        for anchor in some:
            holding[anchor].add(place)
    while left:
        anchor = max(holding, key=lambda anchor: ((len(anchor) - 2) * len(holding[anchor]), anchor))
        group = [(place, left.pop(place)) for place in sorted(holding[anchor])]
        for place, _ in group:
            for one in anchors[place]:
                holding[one].discard(place)
                if not holding[one]:
                    del holding[one]
        before = max(phrase.rindex(anchor) for _, phrase in group)
        after = max(len(phrase) - phrase.index(anchor) for _, phrase in group)
        groups[anchor] = _Group(group, before, after)
    return groups


def _anchors(phrase: str) -> set[str]:
    """Its stretches of some lengths; a phrase shorter than that is its own."""
    found = {phrase[at : at + size] for size in _SIZES for at in range(len(phrase) - size + 1)}
    return found or {phrase}
