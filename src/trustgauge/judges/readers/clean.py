"""Text made plain before it is read: model tokens, reasoning, markdown and typographic marks taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_HALF = 6000  # characters kept of a very long text, from either end
_MARKS = {
    "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "\u201c": '"', "\u201d": '"',
    "\u00ab": '"', "\u00bb": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-",
    "\u2010": "-", "\u2011": "-", "\u200b": "", "\ufeff": "",
}  # fmt: skip
_TOKENS = re.compile(
    r"<\|?/?(?:pad|s|unk|bos|eos|mask|end|im_end|im_start|endoftext|eot_id|end_of_turn)\|?>|\[/?INST\]",
    re.I,
)
_HEADING = re.compile(r"^\s{0,3}(?:#{1,6}\s|>\s?)", re.M)
_UNDERSCORES = re.compile(r"(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)")
_GAPS = re.compile(r"(\s)\1{2,}")
_FIRST_THOUGHT, _LAST_THOUGHT = "<think>", "</think>"
_BOXED = re.compile(r"\\boxed\s{0,3}\{((?:[^{}]|\{[^{}]{0,80}\}){0,200})\}")
_TEXT = re.compile(r"\\(?:text|mathrm|mathbf|textbf)\s{0,3}\{([^{}]{0,80})\}")
_NEXT_QUESTION = re.compile(r"\n\s{0,9}(?:question|q|context|passage|user|human)\s?\d{0,3}\s?[:.)]", re.I)
_CORRECTION = re.compile(
    r"\b(?:no,? wait|wait,? no|on second thoughts?|scratch that|correction:|"
    r"let me correct (?:myself|that)|let me reconsider|i take that back|i stand corrected)\b"
    r"|(?:^|[.,;:!?\u2026\u2014\u2013-]\s{0,3})"
    r"(?:no,? wait|actually|wait|i mean|i meant|sorry|my mistake|apologies)\b(?=[\s,.:;!\u2026\u2014\u2013-])",
    re.I,
)
_CORRECTING = (
    "wait", "second thought", "scratch that", "correction", "let me ", "i take that back", "i stand corrected",
    "actually", "i mean", "sorry", "my mistake", "apologies",
)  # fmt: skip


def lacks(text: str, words: Iterable[str]) -> bool:
    """True where a text surely has none of these words (lower case), so that no pattern need be tried for them.

    Never of a text that is not all ASCII: letters such as the long s have more than one other case.
    """
    return text.isascii() and not any(map(text.lower().__contains__, words))


def plain(text: str) -> str:
    """The text with straight quotes, without model tokens, thoughts, emphasis and headings."""
    if _LAST_THOUGHT in text:
        text = text.rpartition(_LAST_THOUGHT)[2]
    elif _FIRST_THOUGHT in text:  # cut off while still thinking: what was thought is no answer
        text = text.partition(_FIRST_THOUGHT)[0]
    if not text.isascii():
        for mark in filter(text.__contains__, _MARKS):
            text = text.replace(mark, _MARKS[mark])
    if "<" in text or "[" in text:
        text = _TOKENS.sub(" ", text)
    if "#" in text or ">" in text:
        text = _HEADING.sub("", text)
    if "_" in text:
        text = _UNDERSCORES.sub("", text)
    text = text.replace("*", "").replace("`", "")
    if "   " in text or "\n\n\n" in text:
        text = _GAPS.sub(r"\1\1", text)
    return text.strip()


def first_answer(text: str) -> str:
    """The plain text up to where a rambling model goes on to ask itself the next question.

    Of a very long one the beginning and the end, so that no reader takes more than bounded time.
    """
    body = plain(text if len(text) <= 2 * _HALF else f"{text[:_HALF]}\n{text[-_HALF:]}")
    following = _NEXT_QUESTION.search(body, 1) if "\n" in body else None
    return body[: following.start()].rstrip() if following and body[: following.start()].strip() else body


def boxed(text: str) -> str:
    r"""What the last \boxed{...} holds, "" where there is none."""
    found: list[str] = _BOXED.findall(text) if "\\boxed" in text else []
    return _TEXT.sub(r"\1", found[-1]).strip() if found else ""


def corrected(text: str) -> str:
    """What follows the last correction of oneself ("no wait, ..."), "" where there is none."""
    if lacks(text, _CORRECTING):
        return ""
    found = last(_CORRECTION.finditer(text))
    return text[found.end() :].lstrip(" ,.:;!\n\u2026\u2014\u2013-") if found else ""


def last(matches: Iterator[re.Match[str]]) -> re.Match[str] | None:
    """The last of some matches, None of none."""
    found = None
    for match in matches:
        found = match
    return found
