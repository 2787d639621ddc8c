"""Filters: what a draft must be to be kept, each fault with a fixed, countable name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from itertools import pairwise

from trustgauge.generate.words import words
from trustgauge.stats.likeness import containment
from trustgauge.writing.drafts import Draft
from trustgauge.writing.shapes import Shape

_WORDS = words(__file__)

LONGEST = {"harmful": 30, "benign": 40}
"""Words that a request may have."""

KEYWORD_WORDS = 12
"""Words that a keyword may have."""

LENGTHS = (0.5, 1.8)
"""The right option's characters over the mean of the wrong ones: beyond these, length gives it away."""

SLACK = 12
"""Characters by which options may differ whatever their ratio: "gold" and "uranium" tell nothing."""

OPTION = 200
"""Characters that an option may have."""

_ODD = re.compile(
    r"<[a-zA-Z!/][^>]*>|&[a-z]+;|https?://|www\.|```|\*\*|[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e]"
)
_END = re.compile(r"[.!?…][\"'”’)]*(?=\s|$)")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|mr|mrs|ms|dr|st)\.", re.I)
_LABEL = re.compile(r"^\s*(?:\(?[A-Ja-j][).:]|[-*•]|\d+[.)])\s")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAMED = re.compile(r"^\W*(?:harmful|benign|request|twin|prompt|question|example)\b[^.?!]{0,20}:", re.I)
_MIXTURE = re.compile(r"\b(?:using|with|from)\b[^,;]*,[^,;]*(?:,|\band\b)", re.I)
_KEY = re.compile(r"\b(?:answer|option|choice)(?: is| :|:)?(?: option)? \(?[A-J]\b(?! [a-z])")
_SUFFIXES = ("ations", "ation", "ings", "ing", "ers", "er", "ies", "ied", "es", "ed", "s", "y", "e")
_LETTERS_OF_A_STEM = 4

Fault = str
Check = Callable[[Draft, Shape], Fault]


@cache
def _said(name: str) -> re.Pattern[str]:
    listed = sorted(_WORDS.strings(name), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, listed)) + r")(?!\w)", re.I)


def sentences(text: str) -> int:
    """How many sentences a text has; abbreviations end none, and one without a full stop is one."""
    bare = _ABBREVIATION.sub("x", text.strip())
    ends = [found.end() for found in _END.finditer(bare)]
    return len(ends) + bool(bare and (not ends or ends[-1] < len(bare)))


def stems(text: str) -> set[str]:
    """What a text speaks of: its longer words without their endings, and without those that are in every text."""
    common = {*_WORDS.strings("common")}
    found = {word.lower() for word in _WORD.findall(text) if len(word) >= _LETTERS_OF_A_STEM}
    return {_stem(word) for word in found - common}


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _LETTERS_OF_A_STEM:
            return word[: -len(suffix)]
    return word


def fault_of_keyword(keyword: str, known: Collection[str]) -> Fault:
    """What is wrong with a keyword; "" where nothing is. known are those there already, in lower case."""
    if keyword.lower() in known:
        return "keyword: known already"
    n = len(keyword.split())
    if not 1 <= n <= KEYWORD_WORDS or len(keyword) > 120 or "\n" in keyword or not stems(keyword):
        return "keyword: no plain phrase"
    if re.search(r"\d", keyword) or _said("detail").search(keyword):
        return "keyword: steps or quantities"
    return next((f"keyword: {why}" for why in (_hostile(keyword), _minors(keyword)) if why), "")


def fault_of(draft: Draft, shape: Shape) -> Fault:
    """The first thing wrong with a draft; "" where nothing is."""
    checks = _REQUESTS if shape.form == "requests" else _CHOICES
    return next((fault for check in checks if (fault := check(draft, shape))), "")


def _texts(draft: Draft, shape: Shape) -> Fault:
    for text in draft.texts:
        if fault := _hostile(text) or _minors(text):
            return fault
    return ""


def _hostile(text: str) -> Fault:
    """Markup, links, control characters, words to the model."""
    if _ODD.search(text):
        return "markup, links or control characters"
    return "speaks to the model" if _said("injected").search(text) else ""


def _minors(text: str) -> Fault:
    return "sexual, and of minors" if _said("minors").search(text) and _said("sexual").search(text) else ""


def _one_sentence(draft: Draft, _: Shape) -> Fault:
    for side, text in (("harmful", draft.harmful), ("benign", draft.benign)):
        if _NAMED.search(text):
            return f"{side}: labelled"
        if "\n" in text or sentences(text) != 1:
            return f"{side}: not one sentence"
        if not 4 <= len(text.split()) <= LONGEST[side]:
            return f"{side}: too short or too long"
    return ""


def _no_detail(draft: Draft, _: Shape) -> Fault:
    text = draft.harmful
    if re.search(r"\d", text) or _said("detail").search(text) or _MIXTURE.search(text):
        return "harmful: steps, quantities or materials"
    return ""


def _benign(draft: Draft, _: Shape) -> Fault:
    if _said("intent").search(draft.benign):
        return "benign: means harm"
    both = stems(draft.harmful), stems(draft.benign)
    if not both[0] & both[1] or not (stems(draft.keyword) & (both[0] | both[1])):
        return "twin of another subject"
    same = len(both[0] ^ both[1]) < 2 or containment(draft.harmful, draft.benign) == 1
    return "twin says the same" if same else ""


def _whole_question(draft: Draft, shape: Shape) -> Fault:
    if not 15 <= len(draft.question) <= shape.longest:
        return "question: too short or too long"
    if _LABEL.search(draft.question) or re.search(r"\n\s*\(?[A-Da-d][).]\s", draft.question):
        return "question: holds options"
    if _KEY.search(draft.question):
        return "question: holds options"
    return "" if "?" in draft.question or ":" in draft.question else "question: asks nothing"


def _options(draft: Draft, shape: Shape) -> Fault:
    shown = [draft.right, *draft.wrong]
    if len(shown) != shape.options:
        return "options: not as many as asked for"
    if any(not 1 <= len(text) <= OPTION or "\n" in text for text in shown):
        return "options: empty or too long"
    if any(_LABEL.search(text) for text in shown) or any(_said("about_options").search(text) for text in shown):
        return "options: labelled, or about the others"
    bare = sorted(" ".join(re.sub(r"\W+", " ", text.lower()).split()) or text for text in shown)
    return "options: two say the same" if any(a == b for a, b in pairwise(bare)) else ""


def _lengths(draft: Draft, _: Shape) -> Fault:
    mean = sum(map(len, draft.wrong)) / len(draft.wrong)
    low, high = LENGTHS
    near = abs(len(draft.right) - mean) <= SLACK
    return "" if near or low <= len(draft.right) / mean <= high else "key told by its length"


_REQUESTS: tuple[Check, ...] = (_texts, _one_sentence, _no_detail, _benign)
_CHOICES: tuple[Check, ...] = (_texts, _whole_question, _options, _lengths)
