"""Filling slots so that the text reads as if a person wrote it: articles and capitals come out right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from trustgauge.errors import SuiteError

_SLOT = re.compile(r"\{(?P<article>[Aa]n? )?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")
_OPENING = "\"'(“‘[*_"
_SILENT_H = re.compile(r"(hour|honest|honou?r|heir)", re.I)
# Numbers read with a vowel first: 8, 80, 8,000; 11 and 18, also before thousands; years 11xx and 18xx.
_VOWEL_NUMBER = re.compile(r"(8\d*|1[18](?!\d)|1[18]\d\d(?!\d|,\d))")
# An initial u, eu or o that sounds like "you" or "w".
_YOU_SOUND = re.compile(
    r"""
    uni(?! n | m(?!od) | d(?!i[rm]) | ll | gn | ss | ron | rr)  # unit, unicorn; not unidentified, unimportant
    | unanim | unesco | uefa | us[aeu] | ut[aeio] | ur[aeiouy] | u[bv][iu] | uk(e|ul|ra) | ugand | uyg | ewe
    | eu(?!ler) | one(?![a-z]) | one(self|ness) | once(?![a-z]) | oui
    """,
    re.I | re.X,
)
_VOWELS = "aeiouàáâäåæèéêëìíîïòóôöøœùúûü"
_LETTER_VOWEL = "AEFHILMNORSX"  # letters whose names begin with a vowel sound
_INITIALS = re.compile(r"[A-Z](?![a-z'’])")  # a letter read by its name: MRI, X-ray, U-turn, A4
_SPOKEN = re.compile(r"(LAN|NAS|NATO|RAM|REM|ROM|SARS|SIM|SWAT)(?![A-Z])|(?=[A-Z]{4})([A-Z]*?[AEIOU]){2}")


def article(noun: str) -> str:
    """The article, a or an, by the sound the noun begins with: an hour, a university, an MRI, a UFO, an 18th.

    Capitals are read letter by letter, except in a few known words and in those of four letters or more
    with two vowels (NASA).
    """
    word = noun.lstrip(_OPENING)
    if word[:1].isdigit():
        return "an" if _VOWEL_NUMBER.match(word) else "a"
    if _INITIALS.match(word) and not _SPOKEN.match(word):
        return "an" if word[0] in _LETTER_VOWEL else "a"
    if _SILENT_H.match(word):
        return "an"
    if not word or _YOU_SOUND.match(word):
        return "a"
    return "an" if word[0].lower() in _VOWELS else "a"


def capitalise(text: str) -> str:
    """The text with its first letter, after opening quotes and brackets, a capital; the rest untouched."""
    at = len(text) - len(text.lstrip(_OPENING))
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def fill(template: str, slots: Mapping[str, str]) -> str:
    """The template with its slots filled.

    {name} takes the slot as it is; {a name} and {an name} put the right article before it, {A name}
    a capital one; {Name} (first letter a capital, no such slot) capitalises. What a slot holds is never
    filled again. A missing slot is a SuiteError.
    """

    parts, tail = _parsed(template)
    text: list[str] = []
    for before, wanted, name in parts:
        text.append(before)
        value = slots.get(name)
        if value is None and name[0].isupper():
            lowered = slots.get(name[0].lower() + name[1:])
            value = capitalise(lowered) if lowered is not None else None
        if value is None:
            raise SuiteError(f"template needs the slot '{name}', which is not given: {template!r}")
        text.append(_with_article(wanted, value) if wanted else value)
    text.append(tail)
    return "".join(text)


@lru_cache(maxsize=2048)
def _parsed(template: str) -> tuple[list[tuple[str, str, str]], str]:
    """Each slot with the text before it, the article it wants and its name; and the text after the last."""
    parts, at = list[tuple[str, str, str]](), 0
    for slot in _SLOT.finditer(template):
        parts.append((template[at : slot.start()], slot["article"] or "", slot["name"]))
        at = slot.end()
    return parts, template[at:]


def _with_article(wanted: str, noun: str) -> str:
    before = article(noun)
    return f"{capitalise(before) if wanted[0] == 'A' else before} {noun}"


_FAULTS = [
    (re.compile(r"(?<=\S)  +(?=\S)"), "double space"),
    (re.compile(r"\{[A-Za-z_][\w ]*\}"), "unfilled slot"),
    (re.compile(r"(?<=\S) [,.;:?!](?!\S)"), "space before punctuation"),
    (re.compile(r"([,;:?!])\1"), "doubled punctuation"),
    (re.compile(r"[,;:][.?!,;:]|[?!][.,;:](?![)\w])"), "clashing punctuation"),
    (re.compile(r"(?<!\.)\.\.(?![./])"), "doubled full stop"),
    (re.compile(r"\b(an?|the|of|to|in|is|are|and|or|for|at|on|with|was|by|from) \1\b", re.I), "doubled word"),
    (re.compile(r"\b[Aa]n? (the|an?)\b|\b[Tt]he an? "), "two articles"),
    (re.compile(r"(?<=[a-z]{3}[.?!] )(?<!etc\. )(?<!approx\. )[a-z]{2}"), "small letter after a full stop"),
]
_ARTICLE = re.compile(r"(?<![\w'’.-])([Aa]n?) (?=[\"“‘(]?([^\W_][\w'’-]*))")
# Before these words "a" is the letter, not the article ("a or b", "A is right").
_AFTER_LETTER = {"or", "and", "is", "in", "as", "if", "are", "at", "on", "it", "of", "a", "an", "i"}


def faults(text: str) -> list[str]:
    """What a careful reader would trip over in a filled text; empty where it reads well.

    At most one of each kind, with some context. Knows nothing of spelling or grammar beyond articles.
    """
    found = [(name, match.span()) for rule, name in _FAULTS for match in [rule.search(text)] if match]
    found += list(_wrong_articles(text))[:1]
    return [f"{name}: {text[max(0, a - 25) : b + 25]!r}" for name, (a, b) in found]


def _wrong_articles(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in _ARTICLE.finditer(text):
        used, word = match[1].lower(), match[2]
        label = match[1] == "A" and text[: match.start()].rstrip('"“‘(')[-2:].strip().isalnum()  # "Option A"
        if used == article(word) or label or (used == "a" and word.lower() in _AFTER_LETTER):
            continue
        yield ("a before a vowel" if used == "a" else "an before a consonant"), match.span()
