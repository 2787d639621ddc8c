"""Filling slots so that the text reads as if a person wrote it: articles and capitals come out right."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trustgauge.errors import SuiteError

_SLOT = re.compile(r"\{(?P<article>[Aa]n? )?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")
_SILENT_H = re.compile(r"(hour|honest|honou?r|heir)", re.I)
_YOU_SOUND = re.compile(r"(uni([^nm]|$)|use|usu|util|eu|one(\b|-)|once|ubiq|ufo\b|uk\b|u[rst][aeiou])", re.I)
_SPELT_OUT_VOWEL = re.compile(r"([AEFHILMNORSX])([A-Z0-9]|\b)")


def article(noun: str) -> str:
    """"a" or "an", by the sound the noun begins with."""
    word = noun.lstrip("\"'(“‘")
    if _SILENT_H.match(word) or re.match(r"(8|11\b|18\b)", word):
        return "an"
    if _SPELT_OUT_VOWEL.match(word) and word[:2].isupper():
        return "an"
    if _YOU_SOUND.match(word):
        return "a"
    return "an" if word[:1].lower() in "aeiou" and word else "a"


def capitalise(text: str) -> str:
    """The text with its first letter a capital; the rest untouched."""
    return text[:1].upper() + text[1:]


def fill(template: str, slots: Mapping[str, str]) -> str:
    """The template with its slots filled.

    {name} takes the slot as it is; {a name} and {an name} put the right article before it, {A name}
    a capital one; {Name} (first letter a capital, no such slot) capitalises. A missing slot is a SuiteError.
    """

    def put(match: re.Match[str]) -> str:
        name, wanted = match["name"], match["article"]
        value = slots.get(name)
        if value is None and name[:1].isupper():
            lowered = slots.get(name[:1].lower() + name[1:])
            value = capitalise(lowered) if lowered is not None else None
        if value is None:
            raise SuiteError(f"template needs the slot '{name}', which is not given: {template!r}")
        if not wanted:
            return value
        before = article(value)
        return f"{capitalise(before) if wanted[0] == 'A' else before} {value}"

    return _SLOT.sub(put, template)


_FAULTS = [
    (re.compile(r"  +(?=\S)(?<!\n)"), "double space"),
    (re.compile(r"\{[A-Za-z_ ]*\}"), "unfilled slot"),
    (re.compile(r"\b[Aa] (?=[aeioAEIO][a-z])(?!one\b|once\b|eu|Eu)"), "a before a vowel"),
    (re.compile(r"\b[Aa]n (?=[bcdfgjklmnpqrstvwyz][a-z])"), "an before a consonant"),
    (re.compile(r" [,.;:?!](?!\S)"), "space before punctuation"),
    (re.compile(r"([,;:?!])\1"), "doubled punctuation"),
    (re.compile(r"(?<!\.)\.\.(?!\.)"), "doubled full stop"),
]


def faults(text: str) -> list[str]:
    """What a careful reader would trip over in a filled text; empty where it reads well."""
    return [f"{name}: {text[max(0, m.start() - 25) : m.end() + 25]!r}" for rule, name in _FAULTS for m in [rule.search(text)] if m]
