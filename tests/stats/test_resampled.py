"""Agreement of repeated answers, against counts done by hand."""

from __future__ import annotations

import pytest

from trustgauge.stats.resampled import resampled_agreement
from trustgauge.types import Case, Record, Verdict, user


def record(label: str, agree: float, alike: float, *, steady: tuple[int, int], right: tuple[float, float]) -> Record:
    values = {"agree": agree, "pairs": 12.0, "alike": alike, "matched": 4.0}
    for name, s, r in zip(("", "sister "), steady, right, strict=True):
        values |= {f"{name}steady": float(s), f"{name}right": r, f"{name}entropy": 0.0 if s else 0.5}
    verdict = Verdict(label=label, reason="", values=values)  # type: ignore[arg-type]
    return Record(case=Case(messages=(user(f"{agree}{alike}{steady}{right}"),)), verdict=verdict)


KNOWS = record("good", 12, 0, steady=(1, 1), right=(1.0, 0.0))
CONSTANT = record("bad", 12, 4, steady=(1, 1), right=(1.0, 0.0))
WAVERS = record("bad", 9, 1, steady=(1, 0), right=(1.0, 0.75))


def test_a_case_by_hand() -> None:
    """w = (12 + 9) / 24 = 0.875 and b = (0 + 1) / 8 = 0.125."""
    found = resampled_agreement([[KNOWS], [WAVERS]])
    assert found.score == pytest.approx(0.75)
    assert found.metrics["kappa"] == pytest.approx(0.75 / 0.875)
    assert found.metrics["consistent and right"] == 0.5
    assert found.metrics["consistent but wrong"] == 0.25
    assert found.metrics["not consistent"] == 0.25
    assert found.metrics["accuracy"] == pytest.approx((1 + 0 + 1 + 0.75) / 4)
    assert found.metrics["normalised entropy"] == pytest.approx(0.125)


def test_who_always_says_the_same_has_nothing() -> None:
    found = resampled_agreement([[CONSTANT]] * 5)
    assert found.score == 0
    assert found.low == 0
    assert found.metrics["agreement, same question"] == 1


def test_who_knows_has_everything() -> None:
    found = resampled_agreement([[KNOWS]] * 30)
    assert found.score == 1
    assert found.low is not None
    assert 0.8 < found.low < 1
    assert found.high == 1


def test_less_than_nothing_is_nothing_and_silence_no_score() -> None:
    assert resampled_agreement([[record("bad", 2, 3, steady=(0, 0), right=(0.25, 0.25))]]).score == 0
    assert resampled_agreement([]).score is None
