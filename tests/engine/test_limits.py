"""Limits: no sliding minute is ever exceeded, and hardly any of it is left unused."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.engine.limits import Limits, Ticket

MINUTE = 60.0


@dataclass
class Sent:
    """What a simulated client sent: when, and how many tokens it truly had."""

    at: list[float] = field(default_factory=list[float])
    tokens: list[int] = field(default_factory=list[int])

    def most_calls(self) -> int:
        """In any 60 s, both ends included."""
        return max((bisect_right(self.at, t + MINUTE) - i for i, t in enumerate(self.at)), default=0)

    def most_tokens(self, larger_than: int) -> int:
        """In any 60 s, but for those in which a call of more than larger_than tokens is the only one with any."""
        at = [t for t, n in zip(self.at, self.tokens, strict=True) if n]
        sums = [0, *accumulate(n for n in self.tokens if n)]
        most = 0
        for i, t in enumerate(at):
            end = bisect_right(at, t + MINUTE)
            if end > i + 1 or sums[end] - sums[i] <= larger_than:
                most = max(most, sums[end] - sums[i])
        return most


def send_for(
    limits: Limits,
    seconds: float,
    size: Callable[[], tuple[int, int]],
    *,
    idle: Callable[[], float] = lambda: 0.0,
    late: Callable[[], float] = lambda: 0.0,
    latency: Callable[[], float] = lambda: 1.0,
) -> Sent:
    """A client that sends whenever it may. size: (bound, truth); idle: before the next call is there; late: timers."""
    sent, now, asked = Sent(), 0.0, size()
    answers: list[tuple[float, int, Ticket, int]] = []
    while now < seconds:
        while answers and answers[0][0] <= now:
            _, _, ticket, truth = heapq.heappop(answers)
            limits.correct(ticket, truth)
        wait = limits.delay(now, asked[0])
        if wait:
            now = min(now + wait + late(), answers[0][0] if answers else seconds)
            continue
        ticket = limits.book(now, asked[0])
        sent.at.append(now)
        sent.tokens.append(asked[1])
        if ticket:
            heapq.heappush(answers, (now + latency(), len(sent.at), ticket, asked[1]))
        now += idle()
        asked = size()
    return sent


@given(rpm=st.integers(1, 3000), idle=st.sampled_from([0.0, 0.001, 0.02, 0.3, 5.0, 100.0]), seed=st.integers(0, 2**32))
def test_requests_stay_within_any_minute(rpm: int, idle: float, seed: int) -> None:
    """Bursts and pauses of all sizes, as seen by a server whose calls travel up to half a second longer than others."""
    rng = Random(seed)
    sent = send_for(
        Limits(rpm),
        200,
        lambda: (0, 0),
        idle=lambda: rng.expovariate(1) * idle if rng.random() < 0.1 else 0.0,
        late=lambda: rng.choice([0.0, 0.0, 0.02, 0.7]),
    )
    assert sent.most_calls() <= rpm
    assert Sent(sorted(t + rng.choice([0.0, 0.5]) for t in sent.at)).most_calls() <= rpm


@given(
    tpm=st.integers(1, 20_000),
    largest=st.integers(1, 8_000),
    slack=st.floats(1, 8),
    idle=st.sampled_from([0.0, 0.1, 3.0]),
    seed=st.integers(0, 2**32),
)
def test_tokens_stay_within_any_minute(tpm: int, largest: int, slack: float, idle: float, seed: int) -> None:
    rng = Random(seed)

    def size() -> tuple[int, int]:
        truth = rng.randint(0, largest)
        return int(truth * slack) + 1, truth

    sent = send_for(
        Limits(rpm=1500, tpm=tpm),
        200,
        size,
        idle=lambda: rng.random() * idle,
        latency=lambda: rng.choice([0.01, 2.0, 90.0]),
    )
    assert sent.most_tokens(larger_than=tpm) <= tpm
    travelled = sorted((t + rng.choice([0.0, 0.9]), n) for t, n in zip(sent.at, sent.tokens, strict=True))
    assert Sent([t for t, _ in travelled], [n for _, n in travelled]).most_tokens(larger_than=tpm) <= tpm


@pytest.mark.parametrize("rpm", [1, 3, 60, 500, 6000, 100_000])
def test_requests_are_used_to_95_percent(rpm: int) -> None:
    """With timers up to 5 ms late, as those of an event loop are."""
    rng = Random(0)
    sent = send_for(Limits(rpm), 600, lambda: (0, 0), late=lambda: rng.uniform(0, 0.005))
    assert len(sent.at) >= 0.95 * rpm * 10
    assert sent.most_calls() <= rpm
    if rpm == 1:
        assert max(b - a for a, b in zip(sent.at, sent.at[1:], strict=False)) < 61.01


@pytest.mark.parametrize(("tpm", "largest"), [(1_000, 20), (100_000, 50), (100_000, 4_000), (5_000_000, 2_000)])
def test_tokens_are_used_to_95_percent(tpm: int, largest: int) -> None:
    rng = Random(0)

    def size() -> tuple[int, int]:
        truth = rng.randint(1, largest)
        return truth + 10, truth

    sent = send_for(Limits(tpm=tpm), 600, size, late=lambda: rng.uniform(0, 0.005))
    assert sum(sent.tokens) >= 0.95 * tpm * 10
    assert sent.most_tokens(larger_than=tpm) <= tpm


def test_no_limit_never_waits() -> None:
    limits = Limits()
    for _ in range(1000):
        assert limits.delay(5.0, 10**9) == 0.0
        limits.correct(limits.book(5.0, 10**9), 7)


def test_requests_are_paced_evenly_after_a_short_burst() -> None:
    """1200 a minute: 9 at once after a pause (half a second's worth), then one each 61/1200 s."""
    sent = send_for(Limits(1200), 10, lambda: (0, 0))
    gaps = [b - a for a, b in zip(sent.at, sent.at[1:], strict=False)]
    assert gaps[:9] == [0.0] * 9
    assert gaps[10:] == pytest.approx([61 / 1200] * len(gaps[10:]))


def test_a_call_larger_than_the_limit_goes_alone() -> None:
    limits = Limits(tpm=100)
    ticket = limits.book(0.0, 1)
    assert limits.delay(10.0, 5000) == pytest.approx(51)
    limits.correct(ticket, 0)  # the server did not take it: the window is empty
    assert limits.delay(10.0, 5000) == 0.0
    limits.book(10.0, 5000)
    assert limits.delay(20.0, 1) == pytest.approx(51)
    assert limits.delay(71.0, 100) == 0.0


def test_a_correction_counts_from_the_sending_and_only_inside_the_window() -> None:
    limits = Limits(tpm=100)
    early = limits.book(0.0, 60)
    late = limits.book(30.0, 40)
    assert limits.delay(40.0, 10) == pytest.approx(21)
    limits.correct(late, 5)
    assert limits.delay(40.0, 35) == 0.0
    limits.correct(late, 40)  # corrected again: the last one counts
    assert limits.delay(40.0, 1) == pytest.approx(21)
    assert limits.delay(61.0, 60) == 0.0
    limits.correct(early, 0)  # it has left the window
    assert limits.delay(61.0, 60) == 0.0
    assert limits.delay(61.0, 61) == pytest.approx(30)


def test_calls_logged_as_one_leave_with_the_last_of_them() -> None:
    limits = Limits(tpm=100)
    limits.book(0.0, 50)
    limits.book(0.04, 50)
    assert limits.delay(61.0, 50) == pytest.approx(0.04)


def test_the_log_stays_small_at_any_rate() -> None:
    limits = Limits(tpm=10**9)
    for i in range(200_000):
        assert limits.delay(i / 1000, 1) == 0.0
        limits.book(i / 1000, 1)
    assert len(limits._log) < 1300
