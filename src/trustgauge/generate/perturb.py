"""Typing and spelling slips that a careful reader still reads through.

Seeded, so the same text is perturbed the same way for every model. Digits and numbers in words, option
labels, anything in quotation marks, code, addresses and words of fewer than four letters stay as they are,
no word gets more than one slip or loses its first letter, and no slip makes one of the known real words.
After the character-level attacks of DeepWordBug (Gao et al. 2018), TextBugger (Li et al. 2019) and
PromptBench (Zhu et al. 2023).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from random import Random

import msgspec

from trustgauge.errors import SuiteError
from trustgauge.generate.deck import shuffled
from trustgauge.generate.words import words

WORDS = words(__file__)
_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
SHORTEST = 4  # letters that a word must have to be touched

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PROTECTED = re.compile(
    r"""
    "[^"\n]*" | “[^”\n]*” | ‘[^’\n]*’ | (?<!\w)'[^'\n]+'(?!\w) | `[^`\n]*`   # quoted
    | ^[ \t]*\(?[A-Za-z][).:](?=\s)                                          # option labels
    | [^\s"“”`]*[\d@/\\_{}<>][^\s"“”`]*                                        # numbers, addresses, code, slots
    """,
    re.X | re.M,
)

Slip = Callable[[Random, str], str]
"""(rng, word) -> the word with one slip, or the word itself where this kind of slip has no place in it."""


class Spot(msgspec.Struct, frozen=True):
    """A word of a text that may be altered; joinable where the next word may be run together with it."""

    start: int
    end: int
    joinable: bool


def _inner(word: str) -> list[int]:
    """Places of letters after the first; apostrophes are no letters."""
    return [i for i in range(1, len(word)) if word[i].isalpha()]


def swapped(rng: Random, word: str) -> str:
    """Two neighbouring letters change places ("letetr")."""
    inner = _inner(word)
    places = [i for i in inner if i + 1 in inner and word[i].lower() != word[i + 1].lower()]
    if not places:
        return word
    i = rng.choice(places)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def dropped(rng: Random, word: str) -> str:
    """One letter is missing ("leter")."""
    i = rng.choice(_inner(word) or [len(word)])
    return word[:i] + word[i + 1 :]


def doubled(rng: Random, word: str) -> str:
    """One letter comes twice ("leetter")."""
    places = [i for i in _inner(word) if word[i - 1 : i] != word[i] and word[i + 1 : i + 2] != word[i]]
    if not places:
        return word
    i = rng.choice(places)
    return word[:i] + word[i] + word[i:]


def slipped(rng: Random, word: str) -> str:
    """One letter is its neighbour on the keyboard ("lettwr")."""
    keys: dict[str, str] = WORDS["keyboard"]
    places = [i for i in _inner(word) if word[i].lower() in keys]
    if not places:
        return word
    i = rng.choice(places)
    hit = rng.choice(keys[word[i].lower()])
    return word[:i] + (hit.upper() if word[i].isupper() else hit) + word[i + 1 :]


def misspelt(rng: Random, word: str) -> str:
    """A common misspelling of that very word ("recieve")."""
    wrong = WORDS["misspellings"].get(word.lower(), word)
    return word if wrong == word else _like(word, wrong)


def phonetic(rng: Random, word: str) -> str:
    """Written as it sounds ("telefone")."""
    lower = word.lower()
    fits = [rule for rule in WORDS["sounds"] if rule["from"] in lower[1:]]
    if not fits:
        return word
    rule = rng.choice(fits)
    at = lower.index(rule["from"], 1)
    return word[:at] + rule["to"] + word[at + len(rule["from"]) :]


def casing(rng: Random, word: str) -> str:
    """Capitals gone wrong ("lETTER", "LEtter", or "france" for "France")."""
    if word[:1].isupper():
        return rng.choice((word.lower(), word[:2].upper() + word[2:]))
    return rng.choice((word.capitalize(), word.upper(), word[:1] + word[1:].upper()))


def apostrophe(rng: Random, word: str) -> str:
    """The apostrophe is missing ("dont")."""
    return re.sub("['’]", "", word)


def _like(word: str, wrong: str) -> str:
    return wrong.capitalize() if word[:1].isupper() else wrong


SLIPS: dict[str, Slip] = {
    "swapped": swapped,
    "dropped": dropped,
    "doubled": doubled,
    "slipped": slipped,
    "misspelt": misspelt,
    "phonetic": phonetic,
    "casing": casing,
    "apostrophe": apostrophe,
}
"""The slips inside a word, by name; "joined" (the space after it is missing) is the one across words."""


def typos(rng: Random, text: str, rate: float, avoid: Collection[str] = (), kinds: Collection[str] = ()) -> str:
    """The text with slips in a share `rate` (0 to 1) of its alterable words, at least one where there is any.

    avoid: words that no slip may produce, beside the built-in ones (the options of the question, say).
    kinds: the slips wanted, by name; none for all of them.
    A rate of 0 gives the text back. Raises SuiteError for a rate outside 0 to 1.
    """
    if not 0 <= rate <= 1:
        raise SuiteError(f"a typo rate is a share of the words: give 0 to 1, not {rate}")
    places = spots(text)
    wanted = max(1, round(rate * len(places))) if rate and places else 0
    barred = {w.lower() for phrase in avoid for w in _WORD.findall(phrase)}
    done: list[tuple[int, int, str]] = []
    for at in shuffled(rng, len(places)):
        if len(done) == wanted:
            break
        done += _slip(rng, text, places[at], barred, kinds)
    for start, end, changed in sorted(done, reverse=True):
        text = text[:start] + changed + text[end:]
    return text


def spots(text: str) -> list[Spot]:
    """The words of a text that may be altered, in their order."""
    shut = [m.span() for m in _PROTECTED.finditer(text)]
    free = [m.span() for m in _WORD.finditer(text)]
    if shut:
        free = [(start, end) for start, end in free if not any(a < end and start < b for a, b in shut)]
    numbers = _numbers()
    free = [(start, end) for start, end in free if text[start:end].lower() not in numbers]
    # A lone capital may be an option's letter: nothing is run together with it.
    starts = {start for start, end in free if text[start:end] not in _CAPITALS}
    return [
        Spot(start, end, text[end : end + 1] == " " and end + 1 in starts)
        for start, end in free
        if sum(map(str.isalpha, text[start:end])) >= SHORTEST
    ]


@cache
def _numbers() -> frozenset[str]:
    return frozenset(WORDS.strings("numbers.words"))


@cache
def _real() -> frozenset[str]:
    return frozenset(WORDS.strings("real.words"))


def is_fresh(word: str, barred: Collection[str]) -> bool:
    """True for what is neither one of the known real words nor barred, both in lower case."""
    return word not in barred and word not in _real()


def _slip(
    rng: Random, text: str, spot: Spot, barred: Collection[str], kinds: Collection[str]
) -> list[tuple[int, int, str]]:
    """[(start, end, what to put there)] for one slip at the spot, [] where nothing fits."""
    word = text[spot.start : spot.end]
    weights: dict[str, int] = WORDS["weights"]
    wanted = [kind for kind in weights if not kinds or kind in kinds]
    # A weighted order without repeats (Efraimidis & Spirakis 2006).
    for kind in sorted(wanted, key=lambda kind: -(rng.random() ** (1 / weights[kind]))):
        if kind == "joined":
            if spot.joinable:
                return [(spot.start, spot.end + 1, word)]
            continue
        changed = SLIPS[kind](rng, word)
        if changed != word and (kind == "casing" or is_fresh(changed.lower(), barred)):
            return [(spot.start, spot.end, changed)]
    return []
