"""Agreement of two ways to a result, against counts done by hand."""

from __future__ import annotations

import pytest

from trustgauge.stats.both_ways import ways_agree
from trustgauge.types import Case, Record, Verdict, user


def record(name: str, direct: float, steps: float, key: float) -> Record:
    values = {"direct": direct, "steps": steps, "key": key}
    verdict = Verdict(label="good" if direct == steps else "bad", reason="", values=values)
    case = Case(messages=(user(name),), task="inconsistency/direct-vs-steps")
    return Record(case=case, verdict=verdict)


def test_groups_by_hand() -> None:
    """Same: 3 of 4. Crossed: the last two share a result both ways round, the first two none: 2 of 4."""
    groups = [
        [record("a", 10, 10, 10), record("b", 11, 12, 12)],
        [record("c", 7, 7, 20), record("d", 7, 7, 7)],
    ]
    found = ways_agree(groups)
    assert found.metrics["agreement, same question"] == 0.75
    assert found.metrics["agreement, sister question"] == 0.5
    assert found.score == pytest.approx((0.75 + 0.5) / 2)
    assert found.metrics["kappa"] == pytest.approx(0.5)
    assert found.metrics["consistent and right"] == 0.5
    assert found.metrics["consistent but wrong"] == 0.25
    assert found.metrics["not consistent, steps right"] == 0.25
    assert found.metrics["not consistent, direct right"] == 0
    assert found.metrics["gain by working"] == 0.25


def test_the_ends_of_the_scale() -> None:
    knows = [[record("a", 1, 1, 1), record("b", 2, 2, 2)]] * 3
    constant = [[record("a", 1, 1, 1), record("b", 1, 1, 2)]] * 3
    crossed = [[record("a", 1, 2, 1), record("b", 2, 1, 2)]] * 3
    assert [ways_agree(groups).score for groups in (knows, constant, crossed)] == [1, 0.5, 0]


def test_a_lone_sister_compares_with_nothing() -> None:
    assert ways_agree([[record("a", 1, 1, 1)]]).score is None
