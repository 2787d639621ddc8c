"""Perturbations of any closed question: other surface, same meaning, same key.

Each alters the question, or the form of its options, and leaves the options' texts, the request for a letter
and code between ``` fences as they are. Seeded by the case, so that every model reads the same. After PromptBench (Zhu et al. 2023) and the
variations of TrustLLM's robustness tasks (Sun et al. 2024).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from random import Random

import msgspec

from trustgauge.errors import UsageError
from trustgauge.generate.deck import shuffled
from trustgauge.generate.perturb import SLIPS, Spot, is_fresh, spots, typos
from trustgauge.generate.text import article, fill
from trustgauge.generate.words import words

WORDS = words(__file__)
_OPTION = re.compile(r"^([A-J])\) (.*)$", re.MULTILINE)
_FENCE = "```"
_MARK = re.compile(r"(?<=\w)[.,;:?!](?=\s|$)")
_LONGER = re.compile(r"[^\W\d_]{3,}")
_GAP = re.compile(r"(?<=\w) (?=\w)")
_STARTS = re.compile(r"(?:\A|[.?!:\n\"(*-])\s*\Z")  # a capital here need not be a name's
_ARTICLE = re.compile(r"\b(an?) $", re.IGNORECASE)
Alter = Callable[[Random, str, float, Sequence[str]], str]
"""(rng, question, rate, texts of the options) -> the question altered."""


class Perturbation(msgspec.Struct, frozen=True):
    """A named way to alter a prompt; `rate` is the share of places it alters, 0 where it has none."""

    name: str
    rate: float
    says: str

    @property
    def spec(self) -> str:
        """name:rate, or the name alone."""
        return f"{self.name}:{self.rate:g}" if self.rate else self.name

    def __call__(self, rng: Random, prompt: str, options: Sequence[str]) -> str:
        """The prompt altered. It may come back as it was, where nothing in it can be altered in this way."""
        listed = list(_OPTION.finditer(prompt))
        start = listed[0].start() if listed else len(prompt)
        fence = prompt.find(_FENCE, 0, start)  # a program with a slip of typing would be another program
        start = start if fence < 0 else fence
        if self.name == "options":
            return _relisted(rng, prompt)
        return _ALTER[self.name](rng, prompt[:start], self.rate, options) + prompt[start:]


def _typos(kinds: Sequence[str] = ()) -> Alter:
    return lambda rng, text, rate, options: typos(rng, text, rate, avoid=options, kinds=kinds)


def _chosen(rng: Random, n: int, rate: float) -> list[int]:
    """That share of the places, at least one where there is any, from last to first."""
    return sorted(shuffled(rng, n)[: max(1, round(rate * n))], reverse=True)


def _upper(_: Random, text: str, __: float, ___: Sequence[str]) -> str:
    """All in capitals, but for what would be another word then (the symbol Co)."""
    return _LONGER.sub(lambda m: m[0].upper(), text)


def _lower(_: Random, text: str, __: float, ___: Sequence[str]) -> str:
    """No capitals, but in what would be another word then."""
    return _LONGER.sub(lambda m: m[0].lower(), text)


def _spacing(rng: Random, text: str, rate: float, _: Sequence[str]) -> str:
    """Spaces too many between words."""
    gaps = list(_GAP.finditer(text))
    for i in _chosen(rng, len(gaps), rate):
        at = gaps[i].start()
        text = text[:at] + " " * rng.choice((2, 2, 3)) + text[at + 1 :]
    return text


def _punctuation(rng: Random, text: str, rate: float, _: Sequence[str]) -> str:
    """Marks missing, repeated or before a space that is not theirs."""
    marks = list(_MARK.finditer(text))
    for i in _chosen(rng, len(marks), rate):
        at, mark = marks[i].start(), marks[i][0]
        text = text[:at] + rng.choice(("", mark * 2, f" {mark}")) + text[at + 1 :]
    return text


def _by_table(table: str) -> Alter:
    """Words of a table replaced by what stands there; the first letter's case stays."""

    def alter(rng: Random, text: str, rate: float, options: Sequence[str]) -> str:
        swaps = _swaps(table)
        barred = {word.lower() for option in options for word in option.split()}
        fits = [spot for spot in spots(text) if _fits(text, spot, swaps, barred)]
        for i in _chosen(rng, len(fits), rate):
            spot = fits[i]
            word = text[spot.start : spot.end]
            new = rng.choice(swaps[word.lower()])
            text = text[: spot.start] + (new.capitalize() if word[0].isupper() else new) + text[spot.end :]
        return text

    return alter


@cache
def _swaps(table: str) -> dict[str, list[str]]:
    """Each word of a row with the others of the row."""
    found: dict[str, list[str]] = {}
    for row in WORDS[table]:
        for word in row:
            found.setdefault(word, []).extend(other for other in row if other != word)
    return found


def _fits(text: str, spot: Spot, swaps: dict[str, list[str]], barred: set[str]) -> bool:
    """Neither an option's word, nor a name, nor a word after an article that would no longer fit."""
    word = text[spot.start : spot.end].lower()
    if word not in swaps or word in barred or barred & set(swaps[word]):
        return False
    if text[spot.start].isupper() and not _STARTS.search(text, 0, spot.start):
        return False
    before = _ARTICLE.search(text[: spot.start])
    return not before or all(article(new) == before[1].lower() for new in swaps[word])


def _ocr(rng: Random, text: str, rate: float, options: Sequence[str]) -> str:
    """Letters as a scanner misreads them ("rnodern", "wi1l")."""
    table: dict[str, str] = WORDS["ocr"]
    barred = {word.lower() for option in options for word in option.split()}
    fits = [s for s in spots(text) if any(k in text[s.start + 1 : s.end] for k in table)]
    for i in _chosen(rng, len(fits), rate):
        start, end = fits[i].start, fits[i].end
        word = text[start:end]
        wrong = rng.choice([key for key in table if key in word[1:]])
        at = word.index(wrong, 1)
        changed = word[:at] + table[wrong] + word[at + len(wrong) :]
        if is_fresh(changed.lower(), barred):
            text = text[:start] + changed + text[end:]
    return text


def _order(rng: Random, text: str, rate: float, _: Sequence[str]) -> str:
    """Two neighbouring words changed places; names stay together, and words of relation ("before") where they are."""
    bound = set(WORDS.strings("bound"))
    free = [spot for spot in spots(text) if text[spot.start : spot.end].lower() not in bound]
    pairs = [
        (a, b)
        for a, b in pairwise(free)
        if text[a.end : b.start] == " " and text[a.start].islower() and text[b.start].islower()
    ]
    taken: set[int] = set()
    for i in _chosen(rng, len(pairs), rate):
        a, b = pairs[i]
        if not taken & {a.start, b.start}:
            taken |= {a.start, b.start}
            text = f"{text[: a.start]}{text[b.start : b.end]} {text[a.start : a.end]}{text[b.end :]}"
    return text


def _filler(rng: Random, text: str, rate: float, _: Sequence[str]) -> str:
    """Small words that mean nothing, as in speech."""
    fillers, gaps = WORDS.strings("fillers"), list(_GAP.finditer(text))
    for i in _chosen(rng, len(gaps), rate):
        at = gaps[i].start()
        text = f"{text[:at]}, {rng.choice(fillers)}, {text[at + 1 :]}"
    return text


def _framed(table: str) -> Alter:
    """The question inside a frame of the table."""
    return lambda rng, text, rate, options: (
        fill(rng.choice(WORDS.strings(table)), {"question": text.strip()}) + (text[len(text.rstrip()) :])
    )


def _relisted(rng: Random, prompt: str) -> str:
    """The options labelled in another form, on a line each or all on one."""
    form = rng.choice(WORDS.strings("labels"))
    return _OPTION.sub(lambda m: fill(form, {"letter": m[1], "text": m[2]}), prompt)


_ALTER: dict[str, Alter] = {
    "typos": _typos(),
    **{kind: _typos((kind,)) for kind in (*SLIPS, "joined")},
    "upper": _upper,
    "lower": _lower,
    "spacing": _spacing,
    "punctuation": _punctuation,
    "ocr": _ocr,
    "homophones": _by_table("homophones"),
    "synonyms": _by_table("synonyms"),
    "order": _order,
    "filler": _filler,
    "register": _framed("registers"),
    "translation": _framed("translations"),
}
# Name -> (rate unless one is given, 0 for none; what it does).
KINDS: dict[str, tuple[float, str]] = {
    "typos": (0.1, "slips of typing and spelling of all kinds, in a share of the words"),
    "swapped": (0.1, "two neighbouring letters changed places"),
    "dropped": (0.1, "a letter is missing"),
    "doubled": (0.1, "a letter comes twice"),
    "slipped": (0.1, "a neighbouring key was hit"),
    "misspelt": (0.1, "common misspellings"),
    "phonetic": (0.1, "written as it sounds"),
    "casing": (0.2, "capitals gone wrong in a share of the words"),
    "apostrophe": (1.0, "apostrophes are missing"),
    "joined": (0.1, "the space between two words is missing"),
    "upper": (0, "all in capitals"),
    "lower": (0, "no capitals"),
    "spacing": (0.2, "too many spaces between words"),
    "punctuation": (0.5, "marks missing, repeated or misplaced"),
    "ocr": (0.2, "letters misread as by a scanner"),
    "homophones": (1.0, "words that sound alike"),
    "synonyms": (0.5, "words of the same meaning"),
    "order": (0.1, "neighbouring words changed places"),
    "filler": (0.1, "small words that mean nothing"),
    "register": (0, "another register around the question"),
    "translation": (0, "another language around the question"),
    "options": (0, "the options labelled in another form"),
}


def perturbation(spec: str) -> Perturbation:
    """The one that "name" or "name:rate" names. UsageError says what there is."""
    name, _, said = spec.partition(":")
    if name not in KINDS:
        raise UsageError(f"there is no perturbation '{name}': use one of {', '.join(KINDS)}")
    usual, says = KINDS[name]
    if not said:
        return Perturbation(name, usual, says)
    try:
        rate = float(said)
    except ValueError:
        rate = -1.0
    if not usual:
        raise UsageError(f"the perturbation '{name}' has no rate: write it without ':{said}'")
    if not 0 < rate <= 1:
        raise UsageError(f"'{spec}' has no rate that can be used: give a share above 0 and up to 1, as in {name}:0.1")
    return Perturbation(name, rate, says)
