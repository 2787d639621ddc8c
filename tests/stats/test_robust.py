"""Cluster-robust variances against statsmodels, and a jackknife of any measure."""

from __future__ import annotations

import pytest
from scipy import stats

from trustgauge.stats.clusters import Cells, first_templates
from trustgauge.stats.measures import accuracy
from trustgauge.stats.robust import Spread, block_jackknife, one_way, t_limits, two_way
from trustgauge.types import Case, Record, Verdict, user

GOOD = [1, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1]
GROUP = [0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5]
TEMPLATE = [0, 1, 2, 0, 1, 0, 1, 2, 0, 1, 0, 1, 2, 3, 2, 3]


def record(i: int, good: int, template: int, *, twin: bool = False) -> Record:
    case = Case(messages=(user(str(i)),), task="t/t", template=f"t{template}", twin=twin)
    return Record(case=case, verdict=Verdict(label="good" if good else "bad", reason="r"))


def groups() -> list[list[Record]]:
    found: list[list[Record]] = [[] for _ in range(6)]
    for i, (good, group, template) in enumerate(zip(GOOD, GROUP, TEMPLATE, strict=True)):
        found[group].append(record(i, good, template))
    return found


def cells(of: list[list[Record]]) -> Cells:
    made = Cells(lambda r: "do" if r.case.twin else "dont")
    for each in of:
        made.add(each)
    return made


def test_variances_are_those_of_statsmodels() -> None:
    """statsmodels 0.15.0, OLS of GOOD on a constant, cov_type="cluster" by group, by template, and by both."""
    made = cells(groups())
    by_group, by_template, by_both = one_way(made.by("group")), one_way(made.by("template")), two_way(made)
    assert by_group and by_template and by_both
    assert by_group.variance == pytest.approx(0.015087890625) and by_group.df == 5
    assert by_template.variance == pytest.approx(0.014811197916666703) and by_template.df == 3
    # Both: 0.014274088541666693, which is less than by group alone; the largest is taken.
    both = by_group.variance + by_template.variance - one_way(made.by("both")).variance  # type: ignore[union-attr]
    assert both == pytest.approx(0.014274088541666693)
    assert by_both == Spread(by_group.variance, 3)


def test_two_ways_are_wider_where_both_kinds_go_together() -> None:
    rows = [[record(10 * g + t, int((g < 3) == (t < 3) or g == t), t) for t in range(6)] for g in range(6)]
    rows = [[record(10 * g + t, int(g + t > 5), t) for t in range(6)] for g in range(len(rows))]
    made = cells(rows)
    both, group, template = two_way(made), one_way(made.by("group")), one_way(made.by("template"))
    assert both and group and template
    assert both.variance > max(group.variance, template.variance)


def test_arms_are_linearised_by_hand() -> None:
    """Two groups with one case in either arm: rates 1/2 and 1/2; influences (1/4 + 1/4) / 2 and its negative."""
    rows = [[record(0, 1, 0), record(1, 1, 0, twin=True)], [record(2, 0, 0), record(3, 0, 0, twin=True)]]
    found = one_way(cells(rows).by("group"))
    assert found == Spread(pytest.approx(2 * 2 * 0.25**2), 1)
    opposed = [[record(0, 1, 0), record(1, 0, 0, twin=True)], [record(2, 0, 0), record(3, 1, 0, twin=True)]]
    assert one_way(cells(opposed).by("group")) == Spread(0.0, 1)


def test_no_variance_with_fewer_than_two_clusters_or_an_empty_arm() -> None:
    assert one_way(cells(groups()[:1]).by("group")) is None
    assert one_way(cells([]).by("group")) is None
    assert two_way(cells([[record(0, 1, 0)], [record(1, 0, 0)]])) is None  # two groups of one template


def test_limits_are_students_and_stay_between_0_and_1() -> None:
    spread = Spread(0.01, 4)
    half = stats.t.ppf(0.975, 4) * 0.1
    assert t_limits(0.5, spread) == pytest.approx((0.5 - half, 0.5 + half))
    assert t_limits(0.9, spread)[1] == 1 and t_limits(0.1, spread)[0] == 0


def test_a_jackknife_of_single_clusters_is_near_the_linearised_variance() -> None:
    by_group = one_way(cells(groups() * 5).by("group"))
    found = block_jackknife(accuracy(), [[each] for each in groups() * 5])
    assert by_group and found and found.df == 29
    assert found.variance == pytest.approx(by_group.variance, rel=0.1)


def test_a_jackknife_of_equal_clusters_is_the_variance_of_a_mean() -> None:
    rows = [[[record(i, good, 0)]] for i, good in enumerate(GOOD)]
    found = block_jackknife(accuracy(), rows)
    mean = sum(GOOD) / 16
    assert found == Spread(pytest.approx(mean * (1 - mean) / 15), 15)


def test_a_jackknife_makes_few_blocks_and_none_of_one_cluster() -> None:
    rows = [[[record(i, i % 3 > 0, 0)]] for i in range(400)]
    found = block_jackknife(accuracy(), rows, blocks=20)
    assert found is not None and found.df == 19
    assert block_jackknife(accuracy(), rows[:1]) is None and block_jackknife(accuracy(), []) is None
    empty = [[[Record(case=Case(messages=(user("x"),)), verdict=Verdict(label="unscored", reason="r"))]]]
    assert block_jackknife(accuracy(), [*rows[:1], *empty]) is None  # without the first there is no score


def test_groups_go_by_the_template_of_their_first_record() -> None:
    assert [len(each) for each in first_templates(groups())] == [5, 1]
