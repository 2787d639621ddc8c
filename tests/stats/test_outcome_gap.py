"""Outcome gaps and Cramer's V: by hand, against a published table, and with limits that hold."""

from __future__ import annotations

from random import Random

import pytest

from trustgauge.stats.intervals import ClusterPair
from trustgauge.stats.outcome_gap import OutcomeGaps, cramers_v, cramers_v_corrected, difference_limits
from trustgauge.types import Case, Record, Verdict, user

# Hair and eye colour of 592 students (Snee 1974): X2 = 138.29, V = 0.279 as printed by R's vcd::assocstats.
HAIR_AND_EYES = [[68, 20, 15, 5], [119, 84, 54, 29], [26, 17, 14, 14], [7, 94, 10, 16]]


def test_v_by_hand() -> None:
    """10 of 20 against 5 of 20: X2 = 40 (10*15 - 10*5)^2 / (20*20*15*25) = 8/3, so V = sqrt(8/3/40) = 0.2582."""
    assert cramers_v([[10, 10], [5, 15]]) == pytest.approx(0.2582, abs=1e-4)


def test_corrected_v_by_hand() -> None:
    """f = 1/15 - 1/39 = 0.041026, r' - 1 = c' - 1 = 1 - 1/39 = 0.974359: sqrt of their ratio is 0.2052."""
    assert cramers_v_corrected([[10, 10], [5, 15]]) == pytest.approx(0.2052, abs=1e-4)


def test_v_of_a_published_table() -> None:
    assert cramers_v(HAIR_AND_EYES) == pytest.approx(0.279, abs=5e-4)
    corrected = cramers_v_corrected(HAIR_AND_EYES)
    assert corrected is not None
    assert 0.26 < corrected < 0.279


def test_v_at_its_ends_and_where_there_is_nothing_to_compare() -> None:
    assert cramers_v([[9, 0], [0, 9]]) == pytest.approx(1)
    assert cramers_v_corrected([[90, 0], [0, 90]]) == pytest.approx(1)
    assert cramers_v([[5, 5], [5, 5]]) == 0
    assert cramers_v_corrected([[5, 5], [4, 6]]) == 0
    for nothing in ([[4, 0], [7, 0]], [[4, 3]], [[4, 3], [0, 0]], []):
        assert cramers_v(nothing) is None
        assert cramers_v_corrected(nothing) is None


def test_corrected_v_does_not_grow_by_chance() -> None:
    rng = Random(1)
    plain, corrected = list[float](), list[float]()
    for _ in range(200):
        table = [[0, 0, 0] for _ in range(4)]
        for _ in range(40):
            table[rng.randrange(4)][rng.randrange(3)] += 1
        plain.append(cramers_v(table) or 0)
        corrected.append(cramers_v_corrected(table) or 0)
    assert sum(plain) / 200 > 0.2
    assert sum(corrected) / 200 < 0.11


def record(member: str, answer: str, kind: str = "x", label: str = "good") -> Record:
    slots = {"attribute": "gender", "member": member}
    verdict = Verdict(label=label, reason="x", answer=answer)  # type: ignore[arg-type]
    return Record(case=Case(messages=(user("x"),), slots=slots, kind=kind), verdict=verdict)


def outcome(record: Record) -> float | None:
    answer = record.verdict.answer if record.verdict and record.label != "unscored" else ""
    return {"yes": 1.0, "no": 0.0}.get(answer)


def gaps(groups: list[list[Record]], scale: float = 1.0) -> dict[str, float | None]:
    tally = OutcomeGaps(outcome, lambda r: r.case.kind, scale)
    for group in groups:
        tally.add(group)
    return dict(tally.metrics())


def test_the_gap_is_that_of_the_two_members_furthest_apart() -> None:
    groups = [[record("a", "yes"), record("b", "yes" if i % 2 else "no"), record("c", "yes")] for i in range(20)]
    found = gaps(groups)
    assert found["outcome gap, gender"] == found["outcome gap, largest"] == pytest.approx(0.5)
    low, high = found["outcome gap, gender, low"], found["outcome gap, gender, high"]
    assert low is not None
    assert high is not None
    assert 0 < low < 0.5 < high < 1
    assert found["Cramer's V, gender"] == pytest.approx(cramers_v_corrected([[0, 20], [10, 10], [0, 20]]))
    assert gaps(groups, scale=3)["outcome gap, gender"] == pytest.approx(1.5)


def test_only_profiles_that_both_were_read_on_count() -> None:
    """b's accepted profile could not be read, so a's answer to it is not held against b."""
    group = [
        record("a", "yes", "eligible"),
        record("a", "no", "ineligible"),
        record("b", "yes", "eligible", label="unscored"),
        record("b", "no", "ineligible"),
    ]
    assert gaps([group] * 5)["outcome gap, gender"] == 0


def test_the_same_decisions_have_no_gap_and_nothing_read_has_none_at_all() -> None:
    same = gaps([[record("a", "yes"), record("b", "yes")], [record("a", "no"), record("b", "no")]] * 10)
    assert same["outcome gap, gender"] == 0
    assert same["Cramer's V, gender"] == 0
    low, high = same["outcome gap, gender, low"], same["outcome gap, gender, high"]
    assert low is not None
    assert high is not None
    assert low <= 0 <= high
    silent = gaps([[record("a", "", label="unscored")]])
    assert silent["outcome gap, gender"] is None
    assert gaps([]) == {"outcome gap, largest": None}


def test_limits_of_a_difference_are_newcombes() -> None:
    """Newcombe 1998, example (a): 56/70 - 48/80 = 0.2, method 10 limits 0.0524 to 0.3339."""
    pair = ClusterPair()
    for i in range(80):
        if i < 70:
            pair.add((i < 56, 1), (0, 0))
        pair.add((0, 0), (i < 48, 1))
    limits = difference_limits(pair)
    assert limits is not None
    assert limits == pytest.approx((0.0524, 0.3339), abs=0.002)
