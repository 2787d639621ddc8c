"""How much of one text stands in another: longest common run, n-grams, ROUGE-L, character cosine.

Compared are words in lower case, without punctuation: a copy stays a copy whatever its quotation marks,
line breaks and capitals. Scripts written without spaces count each character as a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import count, islice, repeat
from math import sqrt

import msgspec

NGRAM = 8
"""Words to an n-gram: unrelated English texts of a page hardly ever share eight words in a row."""

_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_NO_SPACES}]|[^\W{_NO_SPACES}]+(?:['’][^\W{_NO_SPACES}]+)*")
_ASCII_WORD = re.compile(r"\w+(?:'\w+)*")  # the same, for a text that is all ASCII
_ELSEWHERE, _UNSAID = "\0", "\1"  # words of one text that are not in the other


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


@lru_cache(maxsize=32)
def compared_words(text: str) -> tuple[str, ...]:
    """The words as compared, in order. Kept for a while: a reply is compared with several texts."""
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple([_plain(word) for word in _WORD.findall(text)])


def _stretch(text: str, at: int, run: int) -> str:
    """So many words of the text from the at-th on, as the text has them."""
    words = (_ASCII_WORD if text.isascii() else _WORD).finditer(text)
    first, *rest = islice(words, at, at + run)
    return text[first.start() : (rest[-1] if rest else first).end()]


def overlap(text: str, gold: str, *, runs_only: bool = False) -> Overlap:
    """What `text` has in common with `gold`; all zero where either has no words.

    runs_only leaves out longest_run_chars and rouge_l, which take most of the time.

    Time grows with the product of the lengths, in compiled code: a twentieth of a millisecond for a reply of
    seventy words against sixty.
    """
    said, wanted = compared_words(text), compared_words(gold)
    if not said or not wanted:
        return Overlap()
    a, b = _coded(wanted, said)
    start, run = _longest_run(a, b)
    known = 0 if runs_only else len(" ".join(wanted[start : start + run]))
    return Overlap(
        longest_run=run,
        longest_run_chars=0 if runs_only else longest_common(" ".join(wanted), " ".join(said), known)[1],
        ngram_share=_ngram_share(a, b) if run >= NGRAM else 0.0,
        rouge_l=0.0 if runs_only else _rouge_l(a, b),
        evidence=_stretch(text, b.find(a[start : start + run]), run) if run else "",
    )


def run_and_rouge(text: str, gold: str) -> tuple[int, float]:
    """longest_run and rouge_l alone, which take a fraction of the time."""
    said, wanted = compared_words(text), compared_words(gold)
    if not said or not wanted:
        return 0, 0.0
    a, b = _coded(wanted, said)
    return _longest_run(a, b)[1], _rouge_l(a, b)


def _coded(wanted: Sequence[str], said: Sequence[str]) -> tuple[str, str]:
    """One character a word: so the string search of the interpreter does the work on words."""
    codes = dict(zip(set(wanted).intersection(said), map(chr, count(2)), strict=False))
    return "".join(map(codes.get, wanted, repeat(_UNSAID))), "".join(map(codes.get, said, repeat(_ELSEWHERE)))


def _longest_run(a: str, b: str) -> tuple[int, int]:
    """longest_common of what _coded gives: between two words of `a` that are not in `b` at all."""
    start, length, at = 0, 0, 0
    for part in a.split(_UNSAID):
        if len(part) > length:
            place, longer = longest_common(part, b, length)
            if longer > length:
                start, length = at + place, longer
        at += len(part) + 1
    return start, length


def longest_common(a: str, b: str, known: int = 0) -> tuple[int, int]:
    """Where the longest substring of `a` that stands in `b` begins in `a`, and its length; first of equals.

    A length already known to be common saves time; where nothing is longer, the start is then 0.

    What is longer than the longest so far holds at its end a block that `b` must have: where it does not, all
    places are passed over from which that block would be reached.
    """
    start, length, size, i = 0, known, len(a), 0
    while (end := i + length + 1) <= size:
        block = end - length // 3 - 2
        if block > i and a[block:end] not in b:
            i = block + 1
            continue
        if a[i:end] in b:
            start = i
            while end < size and a[i : end + 1] in b:
                end += 1
            length = end - i
        i += 1
    return start, length


def first_chars_cosine(text: str, gold: str, *, first: int = 50, n: int = 3) -> float:
    """Cosine of the counts of character n-grams in the first characters of both, 0 to 1.

    The survey's copyright study compares the first 50 characters by sentence embeddings; this is the same
    comparison without a model to embed with, and its numbers are not the survey's.
    """
    (a, a_square), (b, b_square) = _counted(text.strip()[:first], n), _counted(gold.strip()[:first], n)
    norms = sqrt(a_square * b_square)
    return min(sum([a[gram] * b[gram] for gram in a.keys() & b.keys()]) / norms, 1.0) if norms else 0.0


@lru_cache(maxsize=32)
def _counted(text: str, n: int) -> tuple[Counter[str], int]:
    """The text's n-grams with their counts, and the sum of the squares of these."""
    counts = Counter(_grams(_plain(text), n))
    return counts, sum([count * count for count in counts.values()])


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
