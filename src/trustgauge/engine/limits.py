"""Limits: requests and tokens per minute, never exceeded over any sliding minute and used to the full.

Pure arithmetic: the time is handed in (seconds on a monotonic clock), waiting is the caller's.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import inf

WINDOW_S = 61.0  # the server's minute, and a second for calls that travel faster than those before them
BUCKET_S = 0.05  # calls sent within so many seconds are logged as one
SOON_S = 1e-6  # a wait below this is none, so that rounding never makes a caller wait twice


class _Bucket:
    """Tokens of the calls sent within BUCKET_S of the first; they count until WINDOW_S after the last."""

    __slots__ = ("counted", "first", "last", "tokens")

    def __init__(self, now: float) -> None:
        self.first = self.last = now
        self.tokens = 0
        self.counted = True  # still inside the window


@dataclass(slots=True)
class Ticket:
    """What one call was booked at; hand it back to Limits.correct."""

    bucket: _Bucket
    tokens: int


class Limits:
    """Requests (rpm) and tokens (tpm) a minute; None: no limit.

    Requests go by the virtual scheduling algorithm (GCRA, ITU-T I.371 annex A): with T = 61 s / rpm, a call may
    go at t >= due - slack, and then due = max(due, t) + T. So n calls sent at t1 <= ... <= tn have
        tn - t1 >= (n - 1) T - slack
    because due is at least t1 + (n - 1) T before the n-th. Were rpm + 1 of them to reach the server within 60 s,
    their travel times differing by at most J, then 60 + J >= tn - t1 >= 61 - slack: impossible for J < 1 - slack.
    slack = max(0, 1 - T) / 2 is below half a second, so half a second of jitter is safe. The pace is even, for
    vendors enforce a minute's limit a second at a time; slack lets late timers catch up. Use: 60/61 = 98 %.

    Tokens go by a sliding log: what was sent in the last 61 s, each call at its upper bound until its true count
    is known, never exceeds tpm. The minute holds where bounds hold and J < 1 s. Logging in buckets keeps a call in the
    log for up to BUCKET_S longer, never shorter, and the log below 1,300 entries at any rate.
    """

    def __init__(self, rpm: int | None = None, tpm: int | None = None) -> None:
        self._interval = WINDOW_S / rpm if rpm else 0.0
        self._slack = max(0.0, 1.0 - self._interval) / 2
        self._due = -inf
        self._tpm = tpm
        self._log: deque[_Bucket] = deque()
        self._logged = 0

    def delay(self, now: float, tokens: int) -> float:
        """Seconds until a call of at most `tokens` may be sent, 0.0: now. Booking or correcting others changes it.

        A call that is larger than tpm goes when no other is in the window. Let one call ask at a time, the others
        queue behind it: else small ones pass a large one for ever.
        """
        wait = self._due - self._slack - now
        if self._tpm is not None:
            wait = max(wait, self._room_in(now, tokens, self._tpm))
        return wait if wait > SOON_S else 0.0

    def book(self, now: float, tokens: int) -> Ticket | None:
        """Count a call that is sent now; the ticket serves to correct its tokens. None where tokens don't count."""
        self._due = max(self._due, now) + self._interval
        if self._tpm is None:
            return None
        if not self._log or now - self._log[-1].first > BUCKET_S:
            self._log.append(_Bucket(now))
        bucket = self._log[-1]
        bucket.last = max(bucket.last, now)
        bucket.tokens += tokens
        self._logged += tokens
        return Ticket(bucket, tokens)

    def correct(self, ticket: Ticket | None, tokens: int) -> None:
        """The true tokens of a booked call, 0 for one that the server did not take; they count from its sending."""
        if ticket is None:
            return
        more = tokens - ticket.tokens
        ticket.tokens = tokens
        ticket.bucket.tokens += more
        if ticket.bucket.counted:
            self._logged += more

    def _room_in(self, now: float, tokens: int, tpm: int) -> float:
        """Seconds until so many tokens fit. Walks over what must leave the log first: each bucket once, if waited."""
        log = self._log
        while log and log[0].last + WINDOW_S - now <= SOON_S:
            gone = log.popleft()
            gone.counted = False
            self._logged -= gone.tokens
        over = self._logged + min(tokens, tpm) - tpm
        if over <= 0:
            return 0.0
        for bucket in log:
            over -= bucket.tokens
            if over <= 0:
                return bucket.last + WINDOW_S - now
        raise AssertionError("the log holds fewer tokens than were logged")
