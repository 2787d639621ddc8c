"""Climb: against simulated servers, in simulated time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.engine.climb import Climb

Server = Callable[[float, int], tuple[float, bool]]
"""(now, calls in flight) -> (seconds until it answers, whether it takes the call)"""


class Trace:
    """The limit over simulated time, with work always waiting, and what was answered."""

    def __init__(self, climb: Climb, server: Server, seconds: float) -> None:
        self.steps = [(0.0, climb.limit)]
        self.answered: list[float] = []
        self.seconds = seconds
        calls: list[tuple[float, int, float, int, bool]] = []
        now, number = 0.0, 0
        while now < seconds:
            while len(calls) < climb.limit:
                latency, taken = server(now, len(calls) + 1)
                number += 1
                heapq.heappush(calls, (now + latency, number, now, climb.epoch, taken))
            busy = len(calls) >= climb.limit
            now, _, sent, epoch, taken = heapq.heappop(calls)
            if taken:
                self.answered.append(now)
                climb.answered(now - sent, epoch, busy)
            else:
                climb.pushed_back(epoch)
            if climb.limit != self.steps[-1][1]:
                self.steps.append((now, climb.limit))

    def limits(self, since: float) -> list[tuple[float, int]]:
        """(seconds, limit) of each step after `since`, and of the one under way then."""
        ends = [t for t, _ in self.steps[1:]] + [self.seconds]
        spans = [(end - max(t, since), n) for (t, n), end in zip(self.steps, ends, strict=True)]
        return [(span, n) for span, n in spans if span > 0]

    def mean(self, since: float) -> float:
        spans = self.limits(since)
        return sum(span * n for span, n in spans) / sum(span for span, _ in spans)

    def rate(self, since: float) -> float:
        return sum(t > since for t in self.answered) / (self.seconds - since)


def shared(capacity: int) -> Server:
    """Latency is 1 s up to the capacity and linear beyond."""
    return lambda now, n: (max(1.0, n / capacity), True)


class Queueing:
    """So many workers, first come first served; a reply takes a log-normal time of median 1 s."""

    def __init__(self, workers: int, sigma: float) -> None:
        self.free = [0.0] * workers
        self.sigma = sigma
        self.rng = Random(0)

    def __call__(self, now: float, n: int) -> tuple[float, bool]:
        ends = max(now, self.free[0]) + self.rng.lognormvariate(0, self.sigma)
        heapq.heapreplace(self.free, ends)
        return ends - now, True


@pytest.mark.parametrize("capacity", [20, 45, 64, 100, 190, 300])
def test_it_settles_around_the_capacity(capacity: int) -> None:
    trace = Trace(Climb(2000), shared(capacity), 600)
    assert all(0.7 * capacity <= n <= 2 * capacity for _, n in trace.limits(200))
    assert trace.rate(200) > 0.95 * capacity


@pytest.mark.parametrize("sigma", [0.5, 1.0])
def test_long_tails_leave_a_queueing_server_in_use(sigma: float) -> None:
    trace = Trace(Climb(2000), Queueing(100, sigma), 300)
    assert all(n <= 250 for _, n in trace.limits(100))
    assert trace.rate(100) > 0.9 * 100 / 2.71828 ** (sigma**2 / 2)


@pytest.mark.parametrize("capacity", [1, 7, 40, 100, 500])
def test_it_saws_between_half_and_all_of_what_is_not_refused(capacity: int) -> None:
    trace = Trace(Climb(2000), lambda now, n: (1.0, True) if n <= capacity else (0.05, False), 300)
    assert all(capacity // 2 <= n <= max(capacity + 1, 1.1 * capacity) for _, n in trace.limits(60))
    assert trace.mean(60) >= 0.6 * capacity


def test_a_storm_of_push_backs_halves_once_an_epoch() -> None:
    climb = Climb(100, start=64)
    before = climb.epoch
    for _ in range(64):
        climb.pushed_back(before)
    assert climb.limit == 32
    climb.pushed_back(climb.epoch)
    assert climb.limit == 16


def test_answers_from_before_a_halving_prove_nothing() -> None:
    climb = Climb(100, start=8)
    before = climb.epoch
    climb.pushed_back(before)
    for _ in range(100):
        climb.answered(1.0, before, busy=True)
    assert climb.limit == 4
    for _ in range(4):
        climb.answered(1.0, climb.epoch, busy=True)
    assert climb.limit == 5


def test_a_doubling_that_latency_does_not_bear_is_taken_back() -> None:
    """Judged by the calls sent since: half of the answers are from before."""
    climb = Climb(100, start=8)
    before = climb.epoch
    for _ in range(8):
        climb.answered(1.0, before, busy=True)
    assert climb.limit == 16
    for _ in range(8):
        climb.answered(1.0, before, busy=True)
    for _ in range(8):
        climb.answered(2.0, climb.epoch, busy=True)
    assert climb.limit == 8


def test_constant_latency_reaches_the_ceiling_in_8_rounds() -> None:
    climb, rounds = Climb(2000, start=32), 0
    while climb.limit < 2000:
        rounds += 1
        for _ in range(climb.limit):
            climb.answered(3.0, climb.epoch, busy=True)
    assert rounds <= 8


def test_long_tails_do_not_hold_it_down() -> None:
    rng = Random(0)
    trace = Trace(Climb(2000), lambda now, n: (rng.lognormvariate(0, 1), True), 60)
    assert trace.steps[-1][1] == 2000
    assert trace.mean(20) > 1500


def test_an_idle_phase_changes_nothing() -> None:
    climb = Climb(2000)
    for _ in range(1000):
        climb.answered(0.5, climb.epoch, busy=False)
    assert climb.limit == 32


@pytest.mark.parametrize("slower", [2, 4, 20])
def test_a_server_that_is_slower_for_good_is_not_held_to_what_it_was(slower: int) -> None:
    trace = Trace(Climb(500), lambda now, n: (1.0 if now < 50 else slower, True), 50 + 60 * slower)
    assert trace.steps[-1][1] == 500


def test_it_comes_down_where_the_capacity_falls() -> None:
    """A step at a time: each measuring finds fewer calls to be quicker."""
    trace = Trace(Climb(500), lambda now, n: (max(1.0, n / (200 if now < 60 else 50)), True), 1500)
    assert trace.mean(1000) < 0.6 * Trace(Climb(500), shared(200), 600).mean(200)
    assert trace.rate(1000) > 0.95 * 50


@given(
    floor=st.integers(1, 50),
    ceiling=st.integers(1, 500),
    start=st.integers(1, 1000),
    events=st.lists(st.tuples(st.sampled_from(["sent", "answered", "pushed back"]), st.floats(0, 1e6)), max_size=400),
)
def test_the_limit_stays_between_floor_and_ceiling(
    floor: int, ceiling: int, start: int, events: list[tuple[str, float]]
) -> None:
    climb = Climb(ceiling, floor, start)
    flying: list[int] = []
    for what, latency in events:
        if what == "sent":
            flying.extend([climb.epoch] * climb.limit)
        elif flying and what == "answered":
            for epoch in flying[: climb.limit]:
                climb.answered(latency, epoch, busy=True)
            del flying[: climb.limit]
        elif flying:
            climb.pushed_back(flying.pop(0))
        assert floor <= climb.limit <= max(floor, ceiling)
