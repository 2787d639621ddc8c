"""Seen: the content hashes of all cases so far, in three bytes each, so that a million fit beside a run."""

from __future__ import annotations

_BUCKETS = 2**14
_TAIL = 2  # bytes: with the bucket's 14 bits a hash of 30


class Seen:
    """A growing set of case ids (hexadecimal, at least 16 digits). The same ids in the same order, the same answers.

    An id counts as there where 30 of its bits are. So a double is never let in, and a fresh case is passed over
    now and then: one of the first ten thousand in twenty runs, some five hundred of the first million.
    """

    def __init__(self) -> None:
        self._buckets: list[bytearray | None] = [None] * _BUCKETS
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, id_: str) -> bool:
        at, tail = _split(id_)
        tails = self._buckets[at]
        return tails is not None and _holds(tails, tail)

    def add(self, id_: str) -> None:
        """Put an id in; once more changes nothing."""
        at, tail = _split(id_)
        tails = self._buckets[at]
        if tails is None:
            self._buckets[at] = bytearray(tail)
        elif _holds(tails, tail):
            return
        else:
            tails += tail
        self._count += 1


def _split(id_: str) -> tuple[int, bytes]:
    bits = int(id_[:8], 16)
    return bits % _BUCKETS, (bits >> 14 & 0xFFFF).to_bytes(_TAIL, "big")


def _holds(tails: bytearray, tail: bytes) -> bool:
    """Whether the tail is one of the tails: a find that starts between two goes on."""
    at = tails.find(tail)
    while at >= 0 and at % _TAIL:
        at = tails.find(tail, at + 1)
    return at >= 0
