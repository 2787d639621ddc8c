"""How much of one text stands in another: longest common run, n-grams, ROUGE-L, character cosine.

Compared are words in lower case, without punctuation: a copy stays a copy whatever its quotation marks,
line breaks and capitals. Scripts written without spaces count each character as a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from math import sqrt

import msgspec

NGRAM = 8
"""Words to an n-gram: unrelated English texts of a page hardly ever share eight words in a row."""

_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_NO_SPACES}]|[^\W{_NO_SPACES}]+(?:['’][^\W{_NO_SPACES}]+)*")
_ASCII_WORD = re.compile(r"\w+(?:'\w+)*")  # the same, for a text that is all ASCII
_ELSEWHERE = "\0"


class Overlap(msgspec.Struct, frozen=True):
    """What a text and a gold text have in common, compared by words.

    longest_run        words in the longest stretch that stands in both
    longest_run_chars  characters of the longest stretch that stands in both, words joined by one space
    ngram_share        share of the gold's 8-grams that stand in the text, 0 to 1
    rouge_l            ROUGE-L, F1 (Lin 2004), 0 to 1: the best over the stretches of the text as long as the
                       gold, so that what is written around a copy does not hide it
    evidence           the longest stretch as the text has it
    """

    longest_run: int = 0
    longest_run_chars: int = 0
    ngram_share: float = 0.0
    rouge_l: float = 0.0
    evidence: str = ""


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """The words as compared (lower case), each with its start and end in the text."""
    if text.isascii():
        return [(m[0], *m.span()) for m in _ASCII_WORD.finditer(text.lower())]
    return [(_plain(m[0]), *m.span()) for m in _WORD.finditer(text)]


def overlap(text: str, gold: str) -> Overlap:
    """What `text` has in common with `gold`; all zero where either has no words.

    Time grows with the product of the lengths, in compiled code: about a millisecond for a page
    against sixty words.
    """
    spans = word_spans(text)
    said, wanted = [word for word, _, _ in spans], [word for word, _, _ in word_spans(gold)]
    if not said or not wanted:
        return Overlap()
    a, b = _coded(wanted, said)
    start, run = longest_common(a, b)
    at = b.find(a[start : start + run])
    known = len(" ".join(wanted[start : start + run]))
    return Overlap(
        longest_run=run,
        longest_run_chars=longest_common(" ".join(wanted), " ".join(said), known)[1],
        ngram_share=_ngram_share(a, b),
        rouge_l=_rouge_l(a, b),
        evidence=text[spans[at][1] : spans[at + run - 1][2]] if run else "",
    )


def run_and_rouge(text: str, gold: str) -> tuple[int, float]:
    """longest_run and rouge_l alone, which take a fraction of the time."""
    said, wanted = [word for word, _, _ in word_spans(text)], [word for word, _, _ in word_spans(gold)]
    if not said or not wanted:
        return 0, 0.0
    a, b = _coded(wanted, said)
    return longest_common(a, b)[1], _rouge_l(a, b)


def _coded(wanted: Sequence[str], said: Sequence[str]) -> tuple[str, str]:
    """One character a word: so the string search of the interpreter does the work on words."""
    codes = {word: chr(i) for i, word in enumerate(dict.fromkeys(wanted), start=1)}
    return "".join([codes[word] for word in wanted]), "".join([codes.get(word, _ELSEWHERE) for word in said])


def longest_common(a: str, b: str, known: int = 0) -> tuple[int, int]:
    """Where the longest substring of `a` that stands in `b` begins in `a`, and its length; first of equals.

    A length already known to be common saves time; where nothing is longer, the start is then 0.
    """
    start, length = 0, known
    for i in range(len(a)):
        while i + length < len(a) and a[i : i + length + 1] in b:
            start, length = i, length + 1
    return start, length


def first_chars_cosine(text: str, gold: str, *, first: int = 50, n: int = 3) -> float:
    """Cosine of the counts of character n-grams in the first characters of both, 0 to 1.

    The survey's copyright study compares the first 50 characters by sentence embeddings; this is the same
    comparison without a model to embed with, and its numbers are not the survey's.
    """
    a, b = (Counter(_grams(_plain(t.strip()[:first]), n)) for t in (text, gold))
    dot = sum(count * b[gram] for gram, count in a.items())
    norms = sqrt(sum(c * c for c in a.values()) * sum(c * c for c in b.values()))
    return min(dot / norms, 1.0) if norms else 0.0


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKC", word).replace("’", "'").casefold()


def _grams(text: str, n: int) -> list[str]:
    return [text[i : i + n] for i in range(len(text) - n + 1)]


def _ngram_share(gold: str, text: str) -> float:
    grams = _grams(gold, NGRAM)
    return sum(gram in text for gram in grams) / len(grams) if grams else 0.0


def _rouge_l(gold: str, text: str) -> float:
    from rapidfuzz.distance import LCSseq

    size, step = len(gold), max(1, len(gold) // 4)
    best = 0.0
    for at in range(0, max(1, len(text) - size + step), step):
        stretch = text[at : at + size]
        best = max(best, 2 * LCSseq.similarity(gold, stretch) / (size + len(stretch)))
    return best
