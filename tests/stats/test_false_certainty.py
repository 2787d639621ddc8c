"""No interval is certain at small n: whatever the measure, ten perfect cases leave something open."""

from __future__ import annotations

from itertools import groupby

import pytest

from trustgauge.generate.standin import standin_texts
from trustgauge.proof import ORACLES, respond
from trustgauge.stats.exact import exact_limits, left_open
from trustgauge.stats.limits import CLUSTERS, METHODS, limited, take
from trustgauge.stats.stability import alpha_interval
from trustgauge.suites import Task, tasks
from trustgauge.types import Measured, Record


def perfect(task: Task, responder: str, n: int = 10) -> list[list[Record]]:
    cases = list(task.generate(0, n, standin_texts(0)))
    return [list(part) for _, part in groupby(respond(task, responder, cases), key=lambda r: r.case.group)]


@pytest.mark.parametrize("responder", ORACLES)
def test_ten_perfect_cases_of_any_task_are_not_certain(responder: str) -> None:
    seen = 0
    for name, task in tasks().items():
        groups = perfect(task, responder)
        for method in METHODS:
            for cluster in CLUSTERS:
                found = limited(take(task.measure, groups, method, cluster), method, cluster, name=name)
                if found.low is not None and found.high is not None:
                    seen += 1
                    assert found.high - found.low >= 0.1, f"{name}, {method} by {cluster}: {found}"
    assert seen > 500


@pytest.mark.parametrize("task", ["miscalibration/stated-confidence", "miscalibration/stated-vs-behaviour"])
@pytest.mark.parametrize("method", ["wilson", "bootstrap", "robust"])
def test_a_perfect_skill_has_clopper_and_pearson_s_limits(task: str, method: str) -> None:
    def of(n: int) -> Measured:
        groups = perfect(tasks()[task], "oracle", n)
        return limited(take(tasks()[task].measure, groups, method), method, name=task)  # type: ignore[arg-type]

    for n in (10, 60):
        found = of(n)
        assert found.score == pytest.approx(1)
        assert (found.low, found.high) == pytest.approx(exact_limits(n, n), abs=1e-3)


def test_what_few_clusters_leave_open_is_worked_out_by_hand() -> None:
    unseen = 1 - 0.025 ** (1 / 10)
    assert left_open(1.0, 1.0, 1.0, 10) == pytest.approx((1 - unseen, 1.0))
    assert left_open(0.0, 0.0, 0.0, 10) == pytest.approx((0.0, unseen))
    assert left_open(0.8, 0.79, 0.81, 10) == pytest.approx((0.8 * (1 - unseen), 0.8 + 0.2 * unseen))
    assert left_open(0.8, 0.1, 0.99, 10) == (0.1, 0.99), "what is wider stays"
    assert left_open(0.7, 0.7, 0.7, 0) == (0.0, 1.0), "no cluster leaves all open"


def test_full_agreement_of_few_units_is_not_certain() -> None:
    found = alpha_interval([["a", "a"], ["b", "b"]] * 5)
    assert found == pytest.approx((1.0, exact_limits(10, 10)[0], 1.0))
