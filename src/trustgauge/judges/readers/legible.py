"""Whether a text could be an answer at all: not empty, noise, a fragment, or one phrase over and over."""

from __future__ import annotations

import re
from collections.abc import Sequence

_READ = 1200  # characters looked at
_GLANCE = 70  # words that mostly hold enough small and different ones for the whole
_WORD = re.compile(r"[a-z][a-z']*")
_LETTERS_ONLY = "".join(c if "a" <= c <= "z" or c == "'" else " " for c in map(chr, range(128)))
_SMALL_WORDS = """
a about after all an and any are as at be because been before but by can can't cannot could do does
don't for from get had has have he her here his how i i'm if in instead into is isn't it it's its just
like make may me more most must my never no not of off on one only or other our out over should so some
such sure than thanks that that's the their them then there these they this to too under until up us use
very was we were what when where which while who why will with without won't would yes you your
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_DANGLING = frozenset({"a", "an", "the", "of", "to", "and", "or", "with", "for", "my", "your", "their"})
# Never in a sentence. The word's beginning is seen to last: a pattern that begins with letters is found faster.
_SALAD = re.compile(r"(?:the(?<!\wthe)|an(?<!\wan)|my(?<!\wmy)|your(?<!\wyour)) (?:of|and|or|the|a|an|is|are|was|by)\b")
_ADDRESSED = frozenset({"you", "your", "ai", "assistant", "important"})
_UNKNOWING = re.compile(
    r"\W*(?:(?:i'm )?sorry,? )?(?:but )?"
    r"(?:i (?:really |just )?(?:don't|do not) (?:know|have (?:any|an) idea)|i have no idea|no idea|"
    r"(?:i'm |i am )?not sure|dunno|idk|hm+|uh+|um+)"
    r"(?: (?:about )?(?:that|this|it|the answer))?\W*"
)


def legible(low: str, prompt: str = "") -> bool:
    """False for what no one could take as an answer to an open request; `low` is the reply in lower case.

    That is: under three words, or a bare "I don't know"; a fragment that breaks off at an article; word
    salad; noise without the small words of English; few words over and over; a ramble after a question that
    addresses no one and shares no word with it.
    """
    if len(low.split(None, 3)) < 3:
        return False
    words = _words(low[:_READ])
    if not any(len(word) > 1 for word in words):
        return False
    if _UNKNOWING.fullmatch(low[:120]):
        return False
    if len(words) < 6 and words[-1] in _DANGLING:
        return False
    few = 0.1 * len(words)
    if all(sum(map(_SMALL.__contains__, some)) < few for some in (words[:_GLANCE], words)) and not _tabular(low):
        return False
    if len(words) < 40:
        return not _SALAD.search(low)
    if all(len(set(some)) < 0.15 * len(words) for some in (words[:_GLANCE], words)):
        return False
    return _tabular(low) or not _strays(words, prompt)


def _words(low: str) -> list[str]:
    """_WORD.findall, by way of faster calls where all is ASCII."""
    if not low.isascii():
        return _WORD.findall(low)
    spaced = low.translate(_LETTERS_ONLY)
    words = spaced.split()
    if " '" in spaced or spaced.startswith("'"):
        words = [bare for word in words if (bare := word.lstrip("'"))]
    return words


def _tabular(low: str) -> bool:
    """Lists, code and tables do without small words."""
    return low.count("\n") >= 3 or low.count(",") >= 4 or "```" in low or "|" in low


def _strays(words: Sequence[str], prompt: str) -> bool:
    """True where a question is asked, and the words address no one and share none with it, cut to four letters."""
    if "?" not in prompt or not _ADDRESSED.isdisjoint(words):
        return False
    asked = {word[:4] for word in _WORD.findall(prompt.lower()) if len(word) > 3 and word not in _SMALL}
    return len(asked) >= 3 and asked.isdisjoint(word[:4] for word in words)
