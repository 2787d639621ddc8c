"""Patience: bounded in number and time, honouring Retry-After."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from trustgauge.engine.retry import Patience
from trustgauge.types import Failure

BUSY = Failure(kind="rate_limit", message="429", transient=True)


@given(attempt=st.integers(1, 50), first=st.floats(0.01, 5), longest=st.floats(5, 60))
def test_pauses_grow_but_stay_bounded(attempt: int, first: float, longest: float) -> None:
    pause = Patience(first_s=first, longest_s=longest).pause(attempt, BUSY, Random(0))
    assert 0 < pause <= longest * 1.25


def test_retry_after_is_the_least_pause() -> None:
    asked = Failure(kind="rate_limit", message="429", transient=True, retry_after_s=7.0)
    assert Patience().pause(1, asked, Random(0)) >= 7.0


def test_another_call_is_bounded_in_number_and_time() -> None:
    patience = Patience(attempts=3, total_s=60)
    assert patience.lasts(2, 59.9, BUSY)
    assert not patience.lasts(3, 1.0, BUSY)
    assert not patience.lasts(1, 60.1, BUSY)


def test_what_cannot_pass_is_not_tried_again() -> None:
    assert not Patience().lasts(1, 0.0, Failure(kind="auth", message="401"))
