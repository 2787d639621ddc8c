"""Variance split: a published worked example, simulated truth, and the edges."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from trustgauge.stats.components import Components, Seen, components, components_of, mean_of_components
from trustgauge.types import Case, Record, Verdict, user

# Sokal & Rohlf, Biometry, box 10.1: wing lengths of mosquitoes, 3 cages, 4 females in each, measured twice.
WINGS = {
    1: [(58.5, 59.5), (77.8, 80.9), (84.0, 83.6), (70.1, 68.3)],
    2: [(69.8, 69.8), (56.0, 54.5), (50.7, 49.3), (63.8, 65.8)],
    3: [(56.6, 57.5), (77.8, 79.2), (69.9, 69.2), (62.1, 64.5)],
}


def test_the_mosquitoes_of_sokal_and_rohlf() -> None:
    """Published mean squares: 332.84 among cages, 1.30 within females; the mean of 24 has their 24th part."""
    found = components([Seen(c, i, v) for c, all_ in WINGS.items() for i, pair in enumerate(all_) for v in pair])
    assert found is not None and found.judges is None and found.n == 24
    assert found.whole * 24 == pytest.approx(332.84, abs=0.005)
    assert found.draws * 24 == pytest.approx(1.30, abs=0.005)


def test_nothing_is_split_where_nothing_is_repeated() -> None:
    assert components([Seen(0, 0, 1.0), Seen(1, 1, 0.0)]) is None  # one draw of each
    assert components([Seen(0, 0, 1.0), Seen(0, 0, 0.0)]) is None  # one cluster
    assert components([]) is None


def test_a_surplus_below_zero_is_no_share() -> None:
    opposed = [Seen(c, i, v) for c in range(4) for i in range(2) for v in (0.0, 1.0)]
    found = components(opposed)
    assert found is not None
    assert found.cases < 0 < found.draws and found.whole == 0 and found.shares == (0, 1, None)


def test_the_mean_of_many_scores_of_luck_alone_has_no_part_of_cases() -> None:
    """Cut at zero one by one, what cases of 200 tasks add by chance would be shown as a share of their own."""
    rng = Random(8)
    tasks = [[[record(c, d, rng.random() < 0.5) for d in range(3)] for c in range(10)] for _ in range(200)]
    parts = [found for task in tasks if (found := components_of(task, side))]
    mean = mean_of_components(parts)
    assert mean is not None and mean.shares is not None and len(parts) == 200
    assert mean.shares[0] < 0.08
    assert mean.whole == pytest.approx(0.25 / 30 / 200, rel=0.15)


def test_all_alike_has_no_variance() -> None:
    found = components([Seen(c, 0, 1.0) for c in range(3) for _ in range(2)])
    assert found == Components(cases=0, draws=0, n=6) and found.whole == 0 and found.error_with(draws=2) == 1


def simulated(rng: np.random.Generator, clusters: int, cases: int, draws: int) -> list[Seen]:
    """Spreads 2 between clusters, 1 between cases, 3 between draws."""
    return [
        Seen(c, i, g + m + float(rng.normal(0, 3**0.5)))
        for c in range(clusters)
        for g in [float(rng.normal(0, 2**0.5))]
        for i in range(cases)
        for m in [float(rng.normal(0, 1))]
        for _ in range(draws)
    ]


def test_known_components_are_found_and_give_the_variance_of_the_mean() -> None:
    rng = np.random.default_rng(5)
    runs = [simulated(rng, 20, 3, 2) for _ in range(300)]
    means = [np.mean([s.value for s in run]) for run in runs]
    split = [each for run in runs if (each := components(run))]
    assert np.mean([s.whole for s in split]) == pytest.approx(np.var(means), rel=0.25)
    assert np.mean([s.cases for s in split]) == pytest.approx(2 / 20 + 1 / 60, rel=0.1)
    assert np.mean([s.draws for s in split]) == pytest.approx(3 / 120, rel=0.05)


def record(case: int, draw: int, good: bool, *, twin: bool = False) -> Record:
    verdict = Verdict(label="good" if good else "bad", reason="r")
    made = Case(messages=(user(f"{case}{twin}"),), task="t/t", twin=twin)
    return Record(case=made, draw=draw, verdict=verdict)


def side(record: Record) -> str:
    return "do" if record.case.twin else "dont"


def test_of_a_run_where_only_draws_differ_and_where_only_cases_do() -> None:
    rng = Random(3)
    luck = [[record(c, d, rng.random() < 0.5) for d in range(4)] for c in range(200)]
    found = components_of(luck, side)
    assert found is not None and found.draws > 4 * found.cases
    assert found.whole == pytest.approx(0.25 / 800, rel=0.25)
    fixed = [[record(c, d, c % 2 == 0) for d in range(4)] for c in range(200)]
    found = components_of(fixed, side)
    assert found is not None and found.draws == 0
    assert found.cases == pytest.approx(0.25 / 200, rel=0.02)  # four draws of a case say no more than one
    assert found.error_with(draws=4) == 1 and found.error_with(cases=4) == 0.5


def test_arms_count_alike_whatever_their_size() -> None:
    """The mean of a share of 1,200 answers at 1/2 and of one of 240."""
    rng = Random(4)
    groups = [
        [record(c, d, rng.random() < 0.5, twin=t) for t in (False, True) if not t or c % 5 == 0 for d in range(2)]
        for c in range(600)
    ]
    found = components_of(groups, side)
    assert found is not None
    assert found.whole == pytest.approx((0.25 / 1200 + 0.25 / 240) / 4, rel=0.25)


def test_judges_who_differ_are_taken_from_the_draws() -> None:
    rng = Random(6)
    groups = [[record(c, d, rng.random() < 0.5) for d in range(2)] for c in range(100)]
    told = components_of(groups, side, lambda r: (1.0, 0.0) if r.draw else (1.0, 1.0))
    plain = components_of(groups, side)
    assert told is not None and plain is not None and told.judges
    # half of the records have a judges' variance of 1/2 in one value, 1/4 in the mean of two
    assert told.judges == pytest.approx(0.125 / 200, rel=0.01)
    assert told.whole == pytest.approx(plain.whole) and told.draws < plain.draws
    alone = components_of(groups, side, lambda r: (1.0,))
    assert alone is not None and alone.judges is None


def test_the_mean_of_scores_has_their_variances_over_their_number_squared() -> None:
    parts = [Components(cases=0.04, draws=0.02, n=10), Components(cases=0.02, draws=0.02, judges=0.04, n=20)]
    assert mean_of_components(parts) == Components(cases=0.015, draws=0.01, judges=0.01, n=30)
    weighed = mean_of_components(parts, [3, 1])
    assert weighed is not None and weighed.cases == pytest.approx(0.04 * 9 / 16 + 0.02 / 16)
    assert mean_of_components([]) is None
