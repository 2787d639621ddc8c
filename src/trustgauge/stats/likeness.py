"""Likeness of texts: shared n-grams of words, near-duplicates among 100,000 texts, and what of a text stands in others.

Compared are words without case, punctuation, accents and hidden characters; scripts that are written without spaces
count each character as a word. Likeness is Jaccard's over the sets of word n-grams (shingles; Broder 1997), found
by prefix filtering over the rarest shingles (Bayardo, Ma & Srikant 2007): exact, where MinHash is a guess. Only where
a shingle among a text's rarest stands in more than a thousand texts are later ones of those not looked at.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR = 0.8
"""Jaccard likeness from which two texts are near-duplicates: about one word in twenty differs."""
SHINGLE = 2
"""Words to a shingle for likeness: the order of words counts, and a short text still has several."""
NGRAM = 8
"""Words to an n-gram of overlap, as in PaLM (Chowdhery et al. 2022); GPT-3 took 13 (Brown et al. 2020)."""
_CROWD = 1000  # texts that hold a shingle, beyond which later ones are not looked at
_VERIFIED = 64  # candidates compared in full, those that share the most of the rarest shingles first
_CHUNK = 2000  # texts at a time

_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_NO_SPACES}]|[^\W_{_NO_SPACES}]+")
_ASCII_WORD = re.compile(r"[^\W_]+", re.ASCII)
_DROPPED = {"Mn", "Cf"}  # accents; joiners, direction marks and other hidden characters
_QUOTES = str.maketrans("", "", "'’ʼ\u00ad")


def words_of(text: str) -> list[str]:
    """The words as compared, in order: "Don't STOP — café" gives dont, stop, cafe."""
    if text.isascii():
        return _ASCII_WORD.findall(text.replace("'", "").lower())
    apart = unicodedata.normalize("NFKD", text.translate(_QUOTES))
    kept = "".join([c for c in apart if c.isascii() or unicodedata.category(c) not in _DROPPED])
    return _WORD.findall(kept.casefold())


def normal(text: str) -> str:
    """The text as compared: its words, a space between them. Texts that are the same so are exact duplicates."""
    return " ".join(words_of(text))


def shingles(words: Sequence[str], n: int = SHINGLE) -> frozenset[tuple[str, ...]]:
    """All runs of n words; of fewer words the one run that there is, of none nothing."""
    if not words:
        return frozenset()
    return frozenset(tuple(words[i : i + n]) for i in range(max(len(words) - n + 1, 1)))


def jaccard(first: str, second: str, n: int = SHINGLE) -> float:
    """Share of both texts' shingles that stand in both, 0 to 1; two texts without words are alike only if the same."""
    a, b = shingles(words_of(first), n), shingles(words_of(second), n)
    return len(a & b) / len(a | b) if a or b else float(first.strip() == second.strip())


def containment(part: str, whole: str, n: int = SHINGLE) -> float:
    """Share of `part`'s shingles that stand in `whole`, 0 to 1; 0 for a part without words."""
    a, b = shingles(words_of(part), n), shingles(words_of(whole), n)
    return len(a & b) / len(a) if a else 0.0


class Pair(NamedTuple):
    """Two texts that are alike, by their places, and how much: 1 where they have the same shingles."""

    first: int
    second: int
    likeness: float


def near_duplicates(
    texts: Sequence[str], against: Sequence[str] | None = None, threshold: float = NEAR, n: int = SHINGLE
) -> list[Pair]:
    """For each text the one most like it, where their likeness is at least the threshold; in order of the texts.

    against  other texts: a pair's first is a place in `texts`, its second one in `against`. Without it `second` is
             an earlier text than `first`: a pair's first could go, and nothing would be lost
    A text without words is like none. 100,000 texts of 30 words against as many take half a minute at most.
    """
    _check(threshold, n)
    if against is None:
        return list(_walk(_sets(texts, n), threshold))
    found = _walk(_sets([*against, *texts], n), threshold, len(against))
    return [Pair(first - len(against), second, likeness) for first, second, likeness in found]


def distinct(texts: Sequence[str], threshold: float = NEAR, n: int = SHINGLE) -> list[int]:
    """Places of the texts that are left where each that is like one kept before is dropped; without words all stay."""
    _check(threshold, n)
    dropped = {pair.first for pair in _walk(_sets(texts, n), threshold, keep=False)}
    return [i for i in range(len(texts)) if i not in dropped]


def clusters(pairs: Iterable[Pair]) -> list[list[int]]:
    """Places that pairs tie together, directly or by way of others: each cluster in order, by its first place."""
    first: dict[int, int] = {}

    def head(i: int) -> int:
        while first.setdefault(i, i) != i:
            first[i] = first[first[i]]
            i = first[i]
        return i

    for a, b, _ in pairs:
        low, high = sorted((head(a), head(b)))
        first[high] = low
    found = defaultdict[int, list[int]](list)
    for i in sorted(first):
        found[head(i)].append(i)
    return list(found.values())


def _check(threshold: float, n: int) -> None:
    if not 0 < threshold <= 1 or n < 1:
        raise ValueError("a threshold is above 0 and at most 1, and a shingle has a word or more")


def _walk(
    sets: Sequence[array[int]], threshold: float, against: int | None = None, *, keep: bool = True
) -> Iterator[Pair]:
    """Each set's best match among those before it; with `against` so many first ones are all that others meet.

    Without keep those that have a match are met by none. Two sets whose likeness reaches t share one of the first
    n - ceil(t n) + 1 of the rarest shingles of each, n being the number of its own.
    """
    holders, whole = defaultdict[int, list[int]](list), dict[bytes, int]()
    for i, mine in enumerate(sets):
        rarest = mine[: len(mine) - ceil(threshold * len(mine) - 1e-9) + 1] if mine else mine
        same, best = whole.get(mine.tobytes()), None
        if against is None or i >= against:
            best = (same, 1.0) if same is not None else _best(sets, mine, rarest, holders, threshold)
        if best:
            yield Pair(i, *best)
        met = keep or not best if against is None else i < against
        if mine and met and same is None:  # what is the same as one before is like what that one is like
            whole[mine.tobytes()] = i
            for shingle in rarest:
                holders[shingle].append(i)


def _best(
    sets: Sequence[array[int]],
    mine: array[int],
    rarest: array[int],
    holders: dict[int, list[int]],
    threshold: float,
) -> tuple[int, float] | None:
    shared = Counter[int]()
    for shingle in rarest:
        if shingle in holders:
            shared.update(holders[shingle][:_CROWD])
    size, best = len(mine), (0.0, 0)
    own = set(mine) if shared else set[int]()
    candidates = sorted(((-count, j) for j, count in shared.items()))
    fits = (j for _, j in candidates if threshold * size - 1e-9 <= len(sets[j]) <= size / threshold + 1e-9)
    for j in islice(fits, _VERIFIED):
        both = len(own.intersection(sets[j]))
        best = max(best, (both / (size + len(sets[j]) - both), -j))
        if best[0] == 1:
            break
    return (-best[1], best[0]) if best[0] >= threshold - 1e-9 and shared else None


def _sets(texts: Sequence[str], n: int) -> list[array[int]]:
    """Each text's shingles as numbers, the rarest over all texts first: a number is a shingle's place by rarity."""
    import numpy as np

    known: dict[str, int] = {}
    coded = [[known.setdefault(word, len(known) + 1) for word in words_of(text)] for text in texts]
    codes, owners = _grams(coded, n)
    if not len(codes):
        return [array("I") for _ in texts]
    values, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(counts, kind="stable")] = np.arange(len(values))
    keys = np.unique(owners * len(values) + rank[inverse])
    ends = np.searchsorted(keys, np.arange(1, len(texts)) * len(values))
    parts = np.split((keys % len(values)).astype(np.uint32), ends)
    return [array("I", part.tobytes()) for part in parts]


def _grams(coded: Sequence[Sequence[int]], n: int, *, short: bool = True) -> tuple[NDArray[Any], NDArray[Any]]:
    """The n-grams of words of all texts as 64-bit hashes, and whose each is; `short`: a text of fewer words is one.

    A code of 0 is a word that nobody looks for: an n-gram with one has the hash 0.
    """
    import numpy as np

    lengths = np.array([len(words) for words in coded], dtype=np.int64)
    flat = np.fromiter(chain.from_iterable(coded), dtype=np.uint64, count=int(lengths.sum()))
    total, starts = len(flat), np.cumsum(lengths) - lengths
    owners = np.repeat(np.arange(len(coded)), lengths)
    left = np.repeat(starts + lengths, lengths) - np.arange(total)  # words from here to the text's end
    first = (left >= n) | (short & (np.arange(total) == np.repeat(starts, lengths)))
    at = np.flatnonzero(first)
    hashes, lost = np.full(len(at), n, dtype=np.uint64), np.zeros(len(at), dtype=bool)
    for step in range(n):
        there = left[at] > step
        word = np.where(there, flat[np.minimum(at + step, total - 1)] if total else 0, 0)
        hashes = _mixed(hashes ^ _mixed(word + np.uint64(1)) ^ there)
        lost |= there & (word == 0)
    hashes[lost] = 0
    return hashes, owners[at]


def _mixed(x: NDArray[Any]) -> NDArray[Any]:
    """SplitMix64's finaliser (Steele et al. 2014) of the numbers and an odd constant: order of words then counts."""
    import numpy as np

    x = (x + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


class Found(NamedTuple):
    """What of a text stands in others: the share of its n-grams, 0 to 1, and the other that has the most of them.

    share is None for a text of fewer than n words, source None where nothing was found.
    """

    share: float | None
    source: int | None


def overlaps(texts: Sequence[str], others: Iterable[str], n: int = NGRAM) -> list[Found]:
    """For each text, what share of its word n-grams stands anywhere in the others; these may be a stream of any length.

    An n-gram counts for the first of the others that has it, which is what `source` goes by.
    """
    import numpy as np

    known: dict[str, int] = {}
    coded = [[known.setdefault(word, len(known) + 1) for word in words_of(text)] for text in texts]
    codes, owners = _grams(coded, n, short=False)
    wanted, inverse = np.unique(codes, return_inverse=True)
    seen = np.full(len(wanted), -1, dtype=np.int64)
    rest, at = iter(others), 0
    while chunk := [[known.get(word, 0) for word in words_of(text)] for text in islice(rest, _CHUNK)]:
        _see(wanted, seen, *_grams(chunk, n, short=False), at)
        at += len(chunk)
    return _found(len(texts), owners, seen[inverse])


def _see(wanted: NDArray[Any], seen: NDArray[Any], codes: NDArray[Any], owners: NDArray[Any], at: int) -> None:
    """Note where wanted n-grams come first."""
    import numpy as np

    mine = codes != 0
    codes, first = np.unique(codes[mine], return_index=True)
    place = np.searchsorted(wanted, codes)
    inside = place < len(wanted)
    hit = np.flatnonzero(inside)[wanted[place[inside]] == codes[inside]]
    new = hit[seen[place[hit]] < 0]
    seen[place[new]] = owners[mine][first[new]] + at


def _found(count: int, owners: NDArray[Any], sources: NDArray[Any]) -> list[Found]:
    import numpy as np

    ends = np.searchsorted(owners, np.arange(1, count)) if count else np.array([], dtype=np.int64)
    found: list[Found] = []
    for part in np.split(sources, ends) if count else ():
        there = part[part >= 0]
        source = int(np.bincount(there - there.min()).argmax() + there.min()) if len(there) else None
        found.append(Found(len(there) / len(part) if len(part) else None, source))
    return found
