"""Adjusted p-values: published examples, scipy, and the definitions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from trustgauge.stats.multiplicity import benjamini_hochberg, holm

PS = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_holm_by_hand() -> None:
    """Four tests of 1, 4, 3 and 0.5 %: 4 x 0.005, 3 x 0.01, 2 x 0.03, and not below the last."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_the_fifteen_of_benjamini_and_hochberg() -> None:
    """Their example of 1995: at 5 % four of fifteen are found, and by Holm (as by Hochberg) three."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1,
    ]
    assert sum(value is not None and value <= 0.05 for value in benjamini_hochberg(p)) == 4
    assert sum(value is not None and value <= 0.05 for value in holm(p)) == 3


@given(PS)
def test_shares_of_false_findings_are_scipy_s(p: list[float]) -> None:
    assert benjamini_hochberg(p) == pytest.approx(list(stats.false_discovery_control(p)))


@given(PS, st.floats(0.001, 0.2))
def test_holm_steps_down(p: list[float], level: float) -> None:
    rejected = set[int]()
    for rank, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if p[i] * (len(p) - rank) > level:
            break
        rejected.add(i)
    adjusted = holm(p)
    assert {i for i, value in enumerate(adjusted) if value is not None and value <= level} == rejected


def test_the_unknown_is_no_member() -> None:
    assert holm([None, 0.02, None]) == [None, 0.02, None]
    assert benjamini_hochberg([0.02, None, 0.03]) == [pytest.approx(0.03), None, pytest.approx(0.03)]
    assert holm([]) == [] and benjamini_hochberg([]) == []
