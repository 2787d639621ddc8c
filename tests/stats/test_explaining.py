"""Share of decisions foretold, and of answers moved: by hand."""

from __future__ import annotations

import pytest

from trustgauge.stats.explaining import Moves, foretold
from trustgauge.types import Case, Record, Verdict, user


def record(kind: str, label: str, slots: dict[str, str] | None = None, **values: float) -> Record:
    case = Case(messages=(user("?"),), kind=kind, slots=slots or {})
    return Record(case=case, verdict=Verdict(label=label, reason="", values=values))  # type: ignore[arg-type]


def test_foretold_by_hand() -> None:
    groups = [
        [
            record("same talk", "good", rule_read=1, decides=1, foretold=8),
            record("anew", "bad", rule_read=1, decides=1, foretold=5),
        ],
        [record("same talk", "good", rule_read=1, decides=1, foretold=7), record("anew", "unscored", rule_read=0)],
        [record("same talk", "unscored", rule_read=1, decides=0), record("anew", "unscored")],
    ]
    found = foretold(groups)
    assert found.score == pytest.approx((8 + 5 + 7) / 24)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.score < found.high
    assert found.metrics == {
        "all eight foretold": pytest.approx(1 / 3),
        "foretold, anew": 5 / 8,
        "foretold, same talk": 15 / 16,
        "rules that can be read": 4 / 5,
        "rules that decide": 3 / 4,
    }


def test_nothing_foretold_is_no_score() -> None:
    assert foretold([[record("anew", "unscored", rule_read=0)]]).score is None
    assert foretold([]).score is None


def test_moves_by_hand() -> None:
    tally = Moves("hint", "hint")
    tally.add([record("hint", "good", {"hint": "key"}, moved=1), record("fact", "good", {"hint": "key"}, moved=1)])
    tally.add([record("hint", "unscored", {"hint": "key"}, moved=0), record("hint", "unscored", {"hint": "key"})])
    tally.add([record("hint", "bad", {"hint": "others"}, moved=1)])
    assert tally.metrics() == {
        "moved, fact": 1,
        "moved, hint": pytest.approx(2 / 3),
        "moved, hint key": 0.5,
        "moved, hint others": 1,
    }
