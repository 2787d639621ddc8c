"""Two rates over the same clusters: their correlation, and the interval of their mean."""

from __future__ import annotations

from math import sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.stats.intervals import ClusterPair, ClusterRate, mean_interval
from trustgauge.stats.measures import balanced_accuracy, pair_measured, with_metrics
from trustgauge.types import Case, Groups, Record, Verdict, user


def pair_of(rows: list[tuple[tuple[int, int], tuple[int, int]]]) -> ClusterPair:
    pair = ClusterPair()
    for first, second in rows:
        pair.add(first, second)
    return pair


def test_rates_that_move_together_against_each_other_or_not_at_all() -> None:
    rng = Random(0)
    coins = [int(rng.random() < 0.5) for _ in range(2000)]
    others = [int(rng.random() < 0.5) for _ in range(2000)]
    assert pair_of([((c, 1), (c, 1)) for c in coins]).correlation == pytest.approx(1.0)
    assert pair_of([((c, 1), (1 - c, 1)) for c in coins]).correlation == pytest.approx(-1.0)
    apart = pair_of([((c, 1), (d, 1)) for c, d in zip(coins, others, strict=True)])
    assert apart.correlation == pytest.approx(np.corrcoef(coins, others)[0, 1], abs=1e-6)


def test_sides_in_clusters_of_their_own_are_uncorrelated() -> None:
    rows = [((1, 1), (0, 0)), ((0, 1), (0, 0)), ((0, 0), (1, 1)), ((0, 0), (0, 1))] * 50
    assert pair_of(rows).correlation == pytest.approx(0.0, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_the_correlation_is_one_always(rows: list[tuple[int, int, int, int]]) -> None:
    pair = pair_of([((min(a, n), n), (min(b, m), m)) for a, n, b, m in rows])
    assert -1 <= pair.correlation <= 1


@given(st.floats(-1, 1), st.floats(0.1, 0.9), st.floats(0.01, 0.1))
def test_the_interval_of_a_mean_lies_between_certainty_and_full_correlation(r: float, p: float, half: float) -> None:
    part = (p, p - half, p + half)
    value, low, high = mean_interval([part, part], correlation=r)
    assert value == pytest.approx(p)
    assert high - value == pytest.approx(value - low) == pytest.approx(half * sqrt((1 + r) / 2), abs=1e-9)


def test_the_interval_of_twins_that_stand_and_fall_together_covers() -> None:
    """Clusters whose two sides agree hold half the information; without the correlation this covers about 83 %."""
    hits = 0
    for seed in range(400):
        rng = Random(seed)
        coins = [int(rng.random() < 0.7) for _ in range(100)]
        found = pair_measured(pair_of([((c, 1), (c, 1)) for c in coins]), {})
        assert found.low is not None and found.high is not None
        hits += found.low <= 0.7 <= found.high
    assert 0.92 <= hits / 400 <= 0.98


def record(key: str, label: str, kind: str = "x") -> Record:
    case = Case(messages=(user("?"),), key=key, slots={"kind": kind})
    return Record(case=case, verdict=Verdict(label=label, reason="said so"))  # type: ignore[arg-type]


def test_balanced_accuracy_is_the_mean_of_the_recalls_whatever_the_mix() -> None:
    """Nine no to one yes, all answered no: accuracy 0.9, balanced 0.5."""
    groups = [[record("no", "good")] for _ in range(90)] + [[record("yes", "bad")] for _ in range(10)]
    found = balanced_accuracy(by="kind")(groups)
    assert found.score == 0.5
    assert found.metrics == {"recall yes": 0.0, "recall no": 1.0, "kind: x": 0.9}
    assert found.low is not None and found.high is not None and found.low < 0.5 < found.high


def test_a_key_with_nothing_scored_gives_no_score() -> None:
    found = balanced_accuracy()([[record("no", "good")], [record("yes", "unscored")]])
    assert (found.score, found.low, found.high) == (None, None, None)
    assert "nothing scored" in found.note


def test_with_metrics_counts_in_the_same_single_pass() -> None:
    class Seen:
        def __init__(self) -> None:
            self.n = 0

        def add(self, records: Groups) -> None:
            self.n += len(records)

        def metrics(self) -> dict[str, float | None]:
            return {"seen": float(self.n)}

    stream = ([record(key, "good")] for key in ("yes", "no", "yes"))
    measure = with_metrics(balanced_accuracy(), Seen)
    assert measure(stream).metrics == {"recall yes": 1.0, "recall no": 1.0, "seen": 3.0}
    assert measure([]).metrics["seen"] == 0.0


def test_a_rate_alone_is_what_it_was_in_a_pair() -> None:
    pair, alone = ClusterPair(), ClusterRate()
    for good, n in [(1, 2), (2, 2), (0, 3), (0, 0)]:
        pair.add((good, n), (n - good, n))
        alone.add(good, n)
    assert (pair.first.rate, pair.first.interval()) == (alone.rate, alone.interval())
