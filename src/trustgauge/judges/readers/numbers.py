"""Numbers and percentages that a reply states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

from trustgauge.judges.base import Reading
from trustgauge.judges.readers.clean import boxed, corrected, first_answer, lacks, last

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORTH = {w: i for i, w in enumerate(_UNITS)} | {w: 10 * i for i, w in enumerate(_TENS, 2)}

_WHOLE = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+(?!\d)|\d{1,60})(?:\.\d{1,60})?|\.\d{1,60}"
_NUMBER = (
    rf"(?P<sign>-\s?(?=[$\d.\u20ac\u00a3]))?[$\u20ac\u00a3\u00a5]?\s?(?P<whole>{_WHOLE})"
    r"(?:[eE](?P<exp>[+-]?\d{1,3})(?!\w)|\s?[x\u00d7]\s?10\s?\^\s?\{?(?P<power>[+-]?\d{1,3})\}?"
    r"|\s?/\s?(?P<under>\d{1,60}(?:\.\d{1,60})?)(?!/|\d)|\s(?P<top>\d{1,9})/(?P<bottom>\d{1,9}))?"
)
_ANYWHERE = re.compile(rf"(?<![\w.])(?:{_NUMBER})")
_SPELLED = (
    rf"(?P<word>(?:minus\s)?(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS)}))?|{'|'.join(_UNITS)})"
    r"(?: hundred)?)(?!\w)"
)
_MARKED = re.compile(
    r"(?i:\b(?:answer|result|total|sum|solution|value|difference|product|number|estimate|amount)\b[\s\"']{0,4}"
    r"(?:\([^)\n]{0,40}\)\s{0,4})?"
    r"(?:(?:would be|should be|must be|will be|is|was|are|equals|comes to|=|:|\u2248|->)[\s:]{0,4}){1,3}"
    r"(?:(?:exactly|about|approximately|around|roughly|therefore|thus|equal to|just|simply|only)\s){0,2}"
    rf"[\s\"'(]{{0,4}})(?:{_NUMBER}|(?i:{_SPELLED}))|####\s{{0,4}}(?P<hashed>-?[\d.,]{{1,60}})"
)
_MARKS = (
    "answer", "result", "total", "sum", "solution", "value", "difference", "product", "number", "estimate",
    "amount", "####",
)  # fmt: skip
_SUM = re.compile(rf"[-+*/x\u00d7\u00f7\d.,()$ ]{{1,60}}=\s{{0,3}}(?:{_NUMBER})")
# A sum that is worked out after all, with units or calculator notes between: what it comes to stands last in its line.
_WORKED = re.compile(r"(?:\s\w{1,20}){0,3}\s?[-+*/x\u00d7\u00f7]\s?[$\u20ac\u00a3]?\d[^\n=]{0,120}=[^\n]{1,200}")
_CLOSING = re.compile(rf"(?:^|\n)\s{{0,4}}(?i:a|answer|final answer)\s?[:=]\s{{0,4}}(?:{_NUMBER})\s?%?[.\s]{{0,4}}$")
_EQUALS = re.compile(rf"=\s?(?:{_NUMBER})")
_GOES_ON = re.compile(r"[,;:.]\s|(?<!\w)(?:so|thus|and|is|are|was|were|be|has|have|means|equals|than|or)(?!\w)|=", re.I)
_SPELLED_ALONE = re.compile(rf"\W{{0,4}}(?i:{_SPELLED})(?:\s\w+)?\W{{0,4}}")
_LEADS = re.compile(rf"[\s\"'(]{{0,4}}(?:{_NUMBER})\s?%?(?=\s*(?:$|\n|[,;]?\s(?:because|since)\b|[.!](?:\s|$)))")
_UNKNOWING = re.compile(r"\W*(?:i(?:'m| am)? (?:do not|don't|can(?:not|'t)|not|unable)|sorry|i'm sorry)\b", re.I)
_END = 80  # characters that hold a closing line
_DIGITS = "0123456789"
_FRACTION = re.compile(r"\\[dt]?frac\s{0,3}\{\s{0,3}(-?\d{1,30})\s{0,3}\}\s{0,3}\{\s{0,3}(\d{1,30})\s{0,3}\}")
_LATEX_THOUSANDS = re.compile(r"(?<=\d)(?:\{,\}|\\,)(?=\d{3}(?!\d))")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d{1,30}),(\d{1,2})(?![\d,.]?\d)")


def read_number(text: str) -> Reading:
    r"""The number a reply ends on, as a canonical decimal ("42", "-0.5", "1234.5"); "" where it states none.

    \boxed{} and "the answer is" mark it; else a number that opens the reply alone, else the last one.
    Fractions are divided out. Number words count where marked or where they are the whole reply.
    """
    body = first_answer(text)
    if "frac" in body:
        body = _FRACTION.sub(r"\1/\2", body)
    if "," in body:
        body = _DECIMAL_COMMA.sub(r"\1.\2", _LATEX_THOUSANDS.sub(",", body))
    if inner := boxed(body):
        return _reading(last(_ANYWHERE.finditer(inner)) or _SPELLED_ALONE.fullmatch(inner))
    after = _stated(corrected(body))
    return after if after.value else _stated(body)


def _stated(body: str) -> Reading:
    if ":" in body[-_END:] and (closing := _CLOSING.search(body, max(0, len(body) - _END))):
        return _reading(closing)
    marked = None if lacks(body, _MARKS) else last(_MARKED.finditer(body))
    marked = marked or _SPELLED_ALONE.fullmatch(body[:80])
    if marked:
        total = _SUM.match(body, marked.end())
        if not total and (worked := _WORKED.match(body, marked.end())):
            total = last(_ANYWHERE.finditer(body, worked.start(), worked.end()))
        return _reading(total or marked)
    lead = _LEADS.match(body)
    if lead and not (lead["whole"] == "1" and re.search(r"^\s*2[.)]\s", body, re.M)):
        return _reading(lead)
    if lacks(body, _DIGITS) or _UNKNOWING.match(body):
        return Reading()
    final = body.rstrip()
    final = final[max(final.rfind("\n"), len(final) - 4 * _END, -1) + 1 :]
    equation = last(_EQUALS.finditer(final)) if "=" in final else None
    if equation and not _GOES_ON.search(final, equation.end()):
        return _reading(equation)
    return _reading(last(_ANYWHERE.finditer(body)))


def _reading(found: re.Match[str] | None) -> Reading:
    value = _value({k: v for k, v in found.groupdict().items() if v}) if found else None
    return Reading(_canonical(value), found[0].strip()) if found and value is not None else Reading()


def _value(parts: dict[str, str]) -> float | None:
    """What the named parts of a match are worth, None for a division by zero or no number after all."""
    if "word" in parts:
        return _worth(parts["word"].lower())
    try:
        value = float((parts.get("hashed") or parts["whole"]).rstrip(".,").replace(",", "").replace(" ", ""))
        if "top" in parts:
            value += float(parts["top"]) / float(parts["bottom"])
        value /= float(parts.get("under", 1))
        value *= 10.0 ** int(parts.get("exp") or parts.get("power") or 0)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return -value if "sign" in parts else value


def _worth(words: str) -> float:
    parts = re.split(r"[\s-]+", words)
    value = sum(_WORTH.get(part, 0) for part in parts) * (100 if "hundred" in parts else 1)
    return float(-value if parts[0] == "minus" else value)


def _canonical(value: float) -> str:
    """12.0 as "12", 0.50 as "0.5"; "" for what is not finite."""
    if not isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


_SHARE = r"(?:\d{1,3}(?:\.\d{1,12})?|\.\d{1,12})"
_UNIT = r"(?:%|(?i:percent|per cent)\b)"
_CONFIDENT = re.compile(
    r"(?i:\b(?:confidence|certainty|probability|confident|likelihood|sure|certain)\b"
    r"(?: (?:level|score|rating|in (?:my|this|that|the) answer))?)"
    r"[\"']?\s?(?:\([^)\n]{0,30}\)\s?)?"
    r"(?:(?i:is|of|at|would be|about|around|approximately|roughly)\s|[:=~\u2248-]\s?){0,4}[\"'(]?"
    rf"(?<![\w.,/])(?P<after>{_SHARE})(?![\d.]*\d)\s?(?P<unit>{_UNIT})?(?!\s?(?:-|\u2013|to)\s?\d)"
    rf"|(?<![\w.,/-])(?P<before>{_SHARE})\s?{_UNIT}\s?(?i:confident|sure|certain|confidence|certainty)\b"
)
_PERCENT = re.compile(rf"(?<![\w.-])({_SHARE})\s?{_UNIT}")
_ALONE = re.compile(r"[^\w-]{0,4}(\d{1,3}(?:\.\d{1,12})?)\W{0,4}")


def read_percent(text: str) -> Reading:
    """The percentage a reply states, 0 to 100, canonical ("75"); "" for none, several, or one out of range.

    A marked one ("Confidence: 75", "75% sure", "confidence is 0.75") counts before any other.
    """
    body = first_answer(text)
    if marked := last(_CONFIDENT.finditer(body)):
        raw = marked["after"] or marked["before"]
        share = marked["after"] and not marked["unit"] and "." in raw and float(raw) <= 1
        return _within(round(float(raw) * 100, 9) if share else float(raw), marked[0])
    stated = {float(m[1]): m[0] for m in _PERCENT.finditer(body)}
    if len(stated) == 1:
        return _within(*next(iter(stated.items())))
    whole = _ALONE.fullmatch(body)
    return _within(float(whole[1]), whole[0]) if whole and not stated else Reading()


def _within(value: float, evidence: str) -> Reading:
    return Reading(_canonical(value), evidence.strip()) if 0 <= value <= 100 else Reading()


def read_percents(text: str, letters: Sequence[str]) -> dict[str, float]:
    """Stated shares by option letter, summing to 1; {} where they can't be read.

    Letter before percentage ("A: 70%") or after ("70% A"), on lines, in a sentence or in JSON. Missing
    options count as 0 only where the rest makes about 100; a sum outside 90 to 110 percent is no answer.
    """
    if not letters:
        return {}
    names = "".join(re.escape(letter) for letter in letters)
    tokens = re.compile(
        rf"(?<![\w'])([{names}])(?![\w'])(?!(?<=[AI])\s(?!is|at|has|gets|and|or|with|would|about|to|because)[a-z])"
        rf"|(?<![\w.-])({_SHARE})\s?({_UNIT})?"
    )
    found = [(m[1], m[2], m[3]) for m in tokens.finditer(first_answer(text))]
    if any(unit for _, _, unit in found):
        found = [(letter, number, unit) for letter, number, unit in found if letter or unit]
    backwards = bool(found) and not found[0][0]
    shares: dict[str, float] = {}
    for first, second in pairwise(found):
        letter, number = (second[0], first[1]) if backwards else (first[0], second[1])
        if letter and number and shares.setdefault(letter, float(number)) != float(number):
            return {}
    return _normal(shares, letters)


def _normal(shares: dict[str, float], letters: Sequence[str]) -> dict[str, float]:
    """Shares that sum to 1, {} where they did not nearly."""
    total = sum(shares.values())
    if total <= 1.1 and all(share <= 1 for share in shares.values()):
        shares, total = {letter: 100 * share for letter, share in shares.items()}, 100 * total
    whole = 99 <= total <= 101 if any(letter not in shares for letter in letters) else 90 <= total <= 110
    return {letter: shares.get(letter, 0.0) / total for letter in letters} if whole else {}
