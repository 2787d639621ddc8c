"""Climb: how many calls may be in flight at once, found by trying.

Pure arithmetic: latencies and push-backs are handed in; no clock, no waiting.
"""

from __future__ import annotations

from collections import deque
from math import inf

SAMPLES = 64  # latencies that the median is taken over, at most
ENOUGH = 8  # fewer say nothing: latency is then taken to hold
HOLDS, HOLDS_S = 1.5, 0.1  # latency holds up to so many times the best, or so many seconds above it
FAR = 4.0  # times the best: too far above to wait and see
STRAINED = 8  # rounds that latency may not hold before the best is measured anew


class Climb:
    """`limit` calls may be in flight: it doubles, then creeps up while latency holds, and halves on a push-back.

    A round is `limit` answers, which takes about one latency (Little's law). After each round:
        latency holds    slow start: limit doubles (Jacobson 1988); after the first halving: + 10 %, at least 1
        it does not      slow start: limit halves, which takes the last doubling back; later: limit stays
        for 8 rounds     limit halves and the best latency is measured anew there: either calls queued, and the
        or above 4 x     new best is lower, or the server is slower now and isn't held to what it once was
    A push-back (429, overload, timeout) halves at once. Gentle increase and multiplicative decrease settle near what
    the server takes, whatever that is (AIMD: Chiu & Jain 1989).

    Latency is the median of the last 64 at most, for replies have long tails. It holds up to 1.5 times the best seen,
    or 0.1 s above. It is known between bounds only: where it does not hold, even its lower bound does not, and the
    best is the lowest upper bound. Calls sent before the last halving say nothing about now: neither do they count
    as answers, nor do they halve again. Calls sent before the last doubling count, but their latency doesn't.

    epoch  note it when a call is sent, and hand it back with what came of it
    """

    def __init__(self, ceiling: int, floor: int = 1, start: int = 32) -> None:
        self._floor, self._ceiling = floor, max(floor, ceiling)
        self.limit = min(max(start, floor), self._ceiling)
        self.epoch = 0
        self._halved = 0  # the epoch that began with the last halving
        self._slow_start = True
        self._best = inf
        self._strained = 0  # rounds in a row that latency did not hold
        self._answers = 0  # in this round
        self._latencies: deque[float] = deque(maxlen=SAMPLES)

    def answered(self, latency_s: float, epoch: int, busy: bool) -> None:
        """A call was answered; busy: all of `limit` was in flight. Else it proves nothing and changes nothing."""
        if not busy or epoch < self._halved:
            return
        self._answers += 1
        if epoch == self.epoch and self._answers % (1 + self.limit // SAMPLES) == 0:
            self._latencies.append(latency_s)
        if self._answers >= self.limit:
            self._answers = 0
            self._end_round()

    def pushed_back(self, epoch: int) -> None:
        """A call was refused for load (429, overloaded) or not answered in time."""
        if epoch >= self._halved:
            self._halve()

    def _end_round(self) -> None:
        low, high = self._median_between()
        self._best = min(self._best, high)
        if low <= max(self._best * HOLDS, self._best + HOLDS_S):
            self._strained = 0
            self._grow()
        elif self._slow_start:
            self._halve()
        else:
            self._strained += 1
            if self._strained >= STRAINED or low > FAR * self._best:
                self._halve()
                self._best = inf

    def _median_between(self) -> tuple[float, float]:
        """Seconds that the median latency lies between, with 95 % confidence whatever the distribution.

        Order statistics n/2 -+ sqrt(n), for the number of samples below the median is binomial (n, 1/2).
        """
        found = sorted(self._latencies)
        n = len(found)
        off = int(n**0.5)
        return (found[(n - 1) // 2 - off], found[n // 2 + off]) if n >= ENOUGH else (0.0, inf)

    def _grow(self) -> None:
        before = self.limit
        more = before if self._slow_start else max(1, before // 10)
        self.limit = min(before + more, self._ceiling)
        if self._slow_start and self.limit > before:
            self._begin_epoch()

    def _halve(self) -> None:
        self.limit = max(self.limit // 2, self._floor)
        self._slow_start = False
        self._strained = 0
        self._answers = 0
        self._begin_epoch()
        self._halved = self.epoch

    def _begin_epoch(self) -> None:
        self.epoch += 1
        self._latencies.clear()
