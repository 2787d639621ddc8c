"""Seen: the content hashes of all cases so far, in four bytes each, so that a million fit beside a run."""

from __future__ import annotations

_TAIL = 3  # with the bucket's 13 bits a hash of 37: of a million fresh cases about four are passed over
_BUCKETS = 2**13


class Seen:
    """A growing set of case ids (hexadecimal, at least 16 digits). The same ids in the same order, the same answers.

    An id counts as there where 37 of its bits are: now and then a fresh case is passed over, never a double let in.
    """

    def __init__(self) -> None:
        self._buckets: list[bytearray | None] = [None] * _BUCKETS
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, id_: str) -> bool:
        bits = int(id_[:10], 16)
        tails = self._buckets[bits % _BUCKETS]
        return tails is not None and _holds(tails, _tail(bits))

    def add(self, id_: str) -> None:
        """Put an id in; once more changes nothing."""
        bits = int(id_[:10], 16)
        at = bits % _BUCKETS
        tails, tail = self._buckets[at], _tail(bits)
        if tails is None:
            self._buckets[at] = bytearray(tail)
        elif _holds(tails, tail):
            return
        else:
            tails += tail
        self._count += 1


def _tail(bits: int) -> bytes:
    return (bits >> 13 & (1 << 8 * _TAIL) - 1).to_bytes(_TAIL, "big")


def _holds(tails: bytearray, tail: bytes) -> bool:
    """Whether the tail is one of the tails: a find that starts between two goes on."""
    at = tails.find(tail)
    while at >= 0 and at % _TAIL:
        at = tails.find(tail, at + 1)
    return at >= 0
