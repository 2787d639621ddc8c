"""Budget: never more than one call past it, and used up where work is waiting."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.engine.budget import PROMPT_EXTRA, Budget

PRICES = st.sampled_from([0.0, 0.0375, 0.07, 0.15, 1.25, 10.0, 75.0])


@dataclass
class Call:
    """One call in flight: what was set aside, what it truly takes."""

    reserved: float
    into: int
    out: int


def spend(budget: Budget, rng: Random, *, at_once: int, fail: float, calls: int = 2000) -> float:
    """Random calls, answered in random order, until nothing may start; returns the dearest call's USD."""
    flying: list[Call] = []
    dearest = 0.0
    for _ in range(calls):
        size, most = rng.randint(1, 3000), rng.randint(1, 2000)
        while not budget.may_send(size, most) or len(flying) >= at_once:
            if not flying:
                return dearest
            call = flying.pop(rng.randrange(len(flying)))
            before = budget.spent
            if rng.random() < fail:
                budget.release(call.reserved)
            else:
                budget.settle(call.reserved, call.into, call.out, prompt_bytes=0, text_bytes=0)
            dearest = max(dearest, budget.spent - before)
        reserved = budget.reserve(size, most)
        flying.append(Call(reserved, rng.randint(0, size + PROMPT_EXTRA), rng.randint(0, most)))
    return dearest


@given(
    usd=st.floats(0.001, 3),
    into=PRICES,
    out=PRICES,
    spent=st.floats(0, 1),
    at_once=st.integers(1, 200),
    fail=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 2**32),
)
def test_it_is_overrun_by_one_call_at_most(
    usd: float, into: float, out: float, spent: float, at_once: int, fail: float, seed: int
) -> None:
    budget = Budget(usd, into, out, spent=spent)
    dearest = spend(budget, Random(seed), at_once=at_once, fail=fail)
    assert budget.spent <= max(usd, spent) + dearest + 1e-9


@given(price=st.floats(1, 100), at_once=st.integers(1, 500), seed=st.integers(0, 2**32))
def test_while_work_waits_all_of_it_is_used(price: float, at_once: int, seed: int) -> None:
    budget = Budget(0.2, price, price)
    spend(budget, Random(seed), at_once=at_once, fail=0.1, calls=10**6)
    assert budget.exhausted
    assert budget.in_flight == 0
    assert budget.reserved == 0.0


def bound_of(prompt_bytes: int, max_tokens: int) -> float:
    """USD at one dollar per million tokens."""
    return (prompt_bytes + PROMPT_EXTRA + max_tokens) / 1e6


def test_a_call_that_just_fits_may_start_beside_others() -> None:
    budget = Budget(10 * bound_of(100, 44), 1, 1)
    for _ in range(10):
        assert budget.may_send(100, 44)
        budget.reserve(100, 44)
    assert budget.reserved == pytest.approx(10 * bound_of(100, 44))
    assert not budget.may_send(0, 1)


def test_alone_a_call_may_go_past_but_none_beside_it() -> None:
    budget = Budget(0.001, 1, 1)
    assert budget.may_send(0, 10**6)
    reserved = budget.reserve(0, 10**6)
    assert not budget.may_send(0, 1)
    budget.settle(reserved, 10, 900, prompt_bytes=0, text_bytes=0)
    assert budget.spent == pytest.approx(0.00091)
    assert budget.may_send(0, 10**6)
    budget.settle(budget.reserve(0, 10**6), 0, 90, prompt_bytes=0, text_bytes=0)
    assert budget.spent == 0.001
    assert budget.exhausted
    assert not budget.may_send(0, 0)


def test_what_earlier_sessions_spent_counts() -> None:
    assert Budget(1.0, 1, 1, spent=1.0).exhausted
    assert not Budget(1.0, 1, 1, spent=0.999999).exhausted


def test_a_model_that_costs_nothing_exhausts_nothing() -> None:
    budget = Budget(0.0, 0, 0)
    for _ in range(100):
        assert budget.may_send(10**6, None)
        budget.reserve(10**6, None)
    assert not budget.exhausted
    assert budget.in_flight == 100


def test_a_price_however_small_is_never_lost() -> None:
    budget = Budget(1.0, 1e-9, 0)
    budget.settle(budget.reserve(1, 1), 1000, 1000, prompt_bytes=0, text_bytes=0)
    assert budget.spent > 0


def test_many_small_costs_add_up_exactly() -> None:
    budget = Budget(1000, 0.07, 0.1)
    for _ in range(100_000):
        budget.settle(budget.reserve(30, 5), 3, 1, prompt_bytes=0, text_bytes=0)
    assert budget.spent == 0.031
    assert budget.reserved == 0.0


def test_without_a_count_the_cost_is_an_estimate_within_the_bound() -> None:
    budget = Budget(1.0, 1, 1)
    budget.settle(budget.reserve(300, 1000), 70, 20, prompt_bytes=300, text_bytes=60)
    assert not budget.estimated
    budget.settle(budget.reserve(300, 1000), None, None, prompt_bytes=300, text_bytes=60)
    assert budget.estimated
    assert budget.spent == pytest.approx((90 + PROMPT_EXTRA + 100 + 20) / 1e6)
    before = budget.spent
    budget.settle(budget.reserve(0, 1), None, None, prompt_bytes=0, text_bytes=10**6)
    assert budget.spent - before == pytest.approx(bound_of(0, 1))


def test_an_unknown_longest_reply_follows_the_longest_seen() -> None:
    budget = Budget(1.0, 0, 1)
    assert budget.reserve(0, None) == pytest.approx(0.008192)
    budget.settle(0.008192, 5, 50_000, prompt_bytes=0, text_bytes=0)
    assert budget.reserve(0, None) == pytest.approx(0.1)
