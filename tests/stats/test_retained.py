"""What survives another form, on groups counted by hand."""

from __future__ import annotations

import pytest

from trustgauge.stats.retained import KNOWN, retained
from trustgauge.types import Case, Record, Verdict, user

measure = retained("other", by="how")


def group(name: str, plain: str, other: str, how: str = "x") -> list[Record]:
    """Labels of the two sisters, g(ood), b(ad) or u(nscored), plain and in the other form."""
    labels = {"g": "good", "b": "bad", "u": "unscored"}
    return [
        Record(
            case=Case(
                messages=(user(f"{name} {kind} {side}"),),
                kind=kind,
                slots={"sister": side, "how": how},
                group=name,
            ),
            verdict=Verdict(label=labels[said[int(side) - 1]], reason=""),  # type: ignore[arg-type]
        )
        for kind, said in (("plain", plain), ("other", other))
        for side in "12"
    ]


def test_only_groups_known_plainly_count() -> None:
    groups = [
        group("1", "gg", "gg"),
        group("2", "gg", "gb"),
        group("3", "gg", "bb", how="y"),
        group("4", "gg", "gu"),
        group("5", "gg", "gg", how="y"),
        group("6", "gb", "gg"),
        group("7", "ug", "gg"),
    ]
    found = measure(groups)
    assert found.score == pytest.approx(6 / 9)  # 2 of 2, 1 of 2, 0 of 2, 1 of 1, 2 of 2
    assert found.low is not None
    assert found.high is not None
    assert found.low < 6 / 9 < found.high
    assert found.metrics[KNOWN] == pytest.approx(5 / 6)
    assert found.metrics["kept, how: x"] == pytest.approx(4 / 5)
    assert found.metrics["kept, how: y"] == pytest.approx(2 / 4)
    # Read both ways: two each of 1, 2, 3, 5, 6, one of 4 and one of 7.
    assert found.metrics["accuracy, plain"] == pytest.approx(11 / 12)
    assert found.metrics["accuracy, other"] == pytest.approx(9 / 12)
    assert found.metrics["gap to plain"] == pytest.approx(2 / 12)


def test_who_knows_nothing_keeps_nothing() -> None:
    found = measure([group(str(i), "gb", "gb") for i in range(6)])
    assert found.score == 0
    assert found.note


def test_too_few_known_groups_are_no_score() -> None:
    assert measure([group(str(i), "gg", "gg") for i in range(4)]).score is None
    assert measure([]).score is None
