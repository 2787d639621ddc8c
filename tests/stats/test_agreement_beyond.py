"""Agreement with oneself beyond one's own habits: by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.stats.agreement_beyond import (
    agreeing_pairs,
    beyond,
    contents,
    matched_pairs,
    normalised_entropy,
    steadiness,
)
from trustgauge.types import Case, Record, Verdict, user


def record(name: str, options: str, key: str, answer: str, label: str = "good", draw: int = 0) -> Record:
    case = Case(messages=(user(name),), options=tuple(options), key=key, kind="easy", task="t", group="g")
    return Record(case=case, draw=draw, verdict=Verdict(label=label, reason="", answer=answer))  # type: ignore[arg-type]


def test_pairs_that_agree() -> None:
    assert agreeing_pairs("wwww") == (6, 6)
    assert agreeing_pairs("wwxw") == (3, 6)  # three of the w's with each other
    assert agreeing_pairs("wwxx") == (2, 6)
    assert agreeing_pairs("wxyz") == (0, 6)
    assert agreeing_pairs(["w", None, "w", "x"]) == (1, 3)
    assert agreeing_pairs(["w"]) == agreeing_pairs([None, None]) == (0, 0)


def test_matched_pairs_leave_out_what_is_unread() -> None:
    assert matched_pairs("wxyz", "wzyx") == (2, 4)
    assert matched_pairs(["w", None, "y"], ["w", "x", None]) == (1, 1)


def test_entropy_is_none_even_and_between() -> None:
    assert normalised_entropy("wwww", 4) == 0
    assert normalised_entropy("wwxx", 4) == pytest.approx(0.5)  # log 2 / log 4
    assert normalised_entropy("wxyz", 4) == pytest.approx(1)
    assert normalised_entropy("wwwx", 4) == pytest.approx(0.405639, abs=1e-6)  # (2 - 0.75 log2 3) / 2
    assert normalised_entropy([None], 4) is None


def test_kappa_is_the_share_of_what_was_possible() -> None:
    assert beyond(0.75, 0.25) == pytest.approx(2 / 3)
    assert beyond(0.4, 0.4) == 0
    assert beyond(0.25, 0.5) == pytest.approx(-0.5)
    assert beyond(1.0, 1.0) is None


def test_contents_are_texts_whatever_the_letters() -> None:
    assert contents(record("q", "wxyz", "A", "AB-D")) == ("w", "x", None, "z")
    assert contents(record("q", "zyxw", "A", "DC-A")) == ("w", "x", None, "z")


def test_a_group_by_hand() -> None:
    """Same question: 3 + 6 of 12 pairs agree; sisters agree in 1 of 4 places; (0.75 + 0.75) / 2."""
    measured = steadiness([[record("q", "wxyz", "A", "AAAB", "bad"), record("r", "zyxw", "B", "CCCC")]])
    metrics = measured.metrics
    assert metrics["agreement, same question"] == pytest.approx(0.75)
    assert metrics["agreement, sister question"] == pytest.approx(0.25)  # "x" in the last place
    assert measured.score == pytest.approx(0.75)
    assert metrics["kappa"] == pytest.approx(2 / 3)
    assert metrics["accuracy"] == pytest.approx(3 / 8)
    assert metrics["consistent but wrong"] == metrics["not consistent"] == pytest.approx(0.5)
    assert metrics["consistent and right"] == 0
    assert metrics["normalised entropy"] == pytest.approx(0.405639 / 2, abs=1e-6)


def test_consistent_and_wrong_is_consistent_and_told_apart() -> None:
    measured = steadiness([[record("q", "wxyz", "A", "BBBB"), record("r", "wxyz", "B", "AAAA")]] * 3)
    assert measured.score == 1
    assert measured.metrics["consistent but wrong"] == 1
    assert measured.metrics["accuracy"] == 0


def test_unscored_cases_and_missing_sisters_count_nowhere() -> None:
    read, unread = record("q", "wxyz", "A", "AAAA"), record("r", "wxyz", "B", "----", "unscored")
    measured = steadiness([[read, unread]])
    assert measured.score is None and measured.low is None
    assert measured.metrics["agreement, same question"] == 1
    assert steadiness([]).score is None


def test_draws_are_not_sisters_of_each_other() -> None:
    draws = [record("q", "wxyz", "A", "AAAA", draw=i) for i in (0, 1)]
    assert steadiness([draws]).metrics["agreement, sister question"] is None


@given(st.sampled_from("ABCD"), st.integers(1, 6))
def test_one_answer_to_everything_is_worth_nothing(letter: str, groups: int) -> None:
    group = [record("q", "wxyz", "A", letter * 4), record("r", "wxyz", "B", letter * 4)]
    measured = steadiness([group] * groups)
    assert measured.score == 0.5
    assert measured.metrics["kappa"] is None


@given(
    st.lists(st.tuples(st.text("ABCD-", min_size=4, max_size=4), st.text("ABCD-", min_size=4, max_size=4)), max_size=8)
)
def test_scores_are_shares(rows: list[tuple[str, str]]) -> None:
    groups = [[record("q", "wxyz", "A", a), record("r", "wxyz", "B", b)] for a, b in rows]
    measured = steadiness(groups)
    assert measured.score is None or 0 <= measured.score <= 1
    if measured.score is not None and measured.low is not None and measured.high is not None:
        assert measured.low <= measured.score + 1e-12 and measured.score <= measured.high + 1e-12
