"""The worst group's accuracy: by hand, without the bias of a minimum, and with an interval that holds it."""

from __future__ import annotations

from random import Random

import pytest

from trustgauge.stats.worst_group import worst_group
from trustgauge.types import Case, Measured, Record, Verdict, user

LABELS = {"+": "good", "-": "bad", "?": "unscored"}


def item(**groups: str) -> list[Record]:
    """One item: a case for each group, good (+), bad (-) or unscored (?)."""
    return [
        Record(
            case=Case(messages=(user("x"),), slots={"who": name}),
            verdict=Verdict(label=LABELS[mark], reason="x"),  # type: ignore[arg-type]
        )
        for name, mark in groups.items()
    ]


def measured(items: list[list[Record]]) -> Measured:
    return worst_group("who")(items)


def test_by_hand() -> None:
    """Even items: a 2/2, b 1/2, so b is rated on the odd ones, 0/2. Odd: a 1/2, b 0/2, so b again, 1/2: mean 1/4."""
    found = measured([item(a="+", b="+"), item(a="+", b="-"), item(a="+", b="-"), item(a="-", b="-")])
    assert found.score == pytest.approx(0.25)
    assert found.metrics["who: a"] == pytest.approx(0.75)
    assert found.metrics["who: b"] == pytest.approx(0.25)
    assert found.metrics["mean accuracy"] == pytest.approx(0.5)
    assert found.metrics["gap, best less worst"] == pytest.approx(0.5)


def test_a_group_is_rated_by_items_it_was_not_chosen_by() -> None:
    """a looks worst on the even items and b on the odd ones; each is perfect on the others."""
    found = measured([item(a="-", b="+"), item(a="+", b="-")] * 3)
    assert found.score == 1
    assert found.metrics["mean accuracy"] == pytest.approx(0.5)


def test_groups_equally_bad_are_not_rewarded_and_share_the_rating() -> None:
    found = measured([item(a="-", b="-", c="-")] * 10)
    assert found.score == 0
    assert found.metrics["gap, best less worst"] == 0
    perfect = measured([item(a="+", b="+", c="+")] * 10)
    assert perfect.score == perfect.high == 1
    assert perfect.low is not None
    assert 0.6 < perfect.low < 1


def test_what_was_not_scored_is_no_answer_and_a_silent_group_gives_no_score() -> None:
    silent = measured([item(a="+", b="?")] * 8)
    assert silent.score is None
    assert "b" in silent.note
    assert silent.metrics["who: b"] is None
    assert measured([item(a="?", b="?")] * 8).score is None
    assert measured([]).score is None
    some = measured([item(a="+", b="+"), item(a="+", b="?"), item(a="+", b="-"), item(a="+", b="-")])
    assert some.metrics["who: b"] == pytest.approx(1 / 3)


def test_one_item_is_too_few() -> None:
    assert measured([item(a="+", b="-")]).score is None
    two = measured([item(a="+", b="-")] * 2)
    assert two.score == 0
    assert two.low is None


@pytest.mark.parametrize("rate", [0.6, 0.9])
def test_equal_groups_are_not_rated_below_their_rate_and_the_interval_holds_it(rate: float) -> None:
    """Seven equal groups over 36 items: the plain minimum lies far below, the estimate on the rate."""
    rng, runs = Random(4), 150
    scores, minima, held = list[float](), list[float](), 0
    for _ in range(runs):
        found = measured([item(**{g: "+" if rng.random() < rate else "-" for g in "abcdefg"}) for _ in range(36)])
        assert found.score is not None
        assert found.low is not None
        assert found.high is not None
        scores.append(found.score)
        minima.append(min(v for k, v in found.metrics.items() if k.startswith("who") and v is not None))
        held += found.low <= rate <= found.high
    assert abs(sum(scores) / runs - rate) < 0.025
    assert sum(minima) / runs < rate - 0.05
    assert 0.89 <= held / runs <= 0.99


def test_a_truly_worse_group_is_found() -> None:
    rng = Random(5)
    items = [
        item(**{g: "+" if rng.random() < (0.3 if g == "c" else 0.9) else "-" for g in "abcdef"}) for _ in range(100)
    ]
    found = measured(items)
    assert found.score == pytest.approx(found.metrics["who: c"])
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.3 < found.high < 0.6
