"""What a Rated measure says of itself is true: its score is the plain mean of its arms' shares of good."""

from __future__ import annotations

from collections import defaultdict

import pytest

from trustgauge import run
from trustgauge.stats.measures import Rated, Scored, score_only
from trustgauge.store import Store
from trustgauge.suites import tasks


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    url = str(tmp_path_factory.mktemp("rated") / "t.db")
    run(models=["panel/base-like"], n=40, store=url)
    return Store(url)


def test_the_score_is_the_mean_of_the_arms(store: Store) -> None:
    rated = [task for task in tasks().values() if isinstance(task.measure, Rated)]
    assert len(rated) > 60
    for task in rated:
        arms = defaultdict[str, list[bool]](list)
        for group in store.groups(store.run("last").id, task.id):
            for record in group:
                if record.label in ("good", "bad"):
                    assert isinstance(task.measure, Rated)
                    arms[task.measure.arm(record)].append(record.label == "good")
        score = task.measure(store.groups(store.run("last").id, task.id)).score
        if score is not None:
            assert score == pytest.approx(sum(sum(x) / len(x) for x in arms.values()) / len(arms)), task.id


def test_a_quick_score_is_the_score(store: Store) -> None:
    """Over all records of a task and over parts of them, as a jackknife takes: equal to the last bit."""
    quick = [task for task in tasks().values() if isinstance(task.measure, Scored)]
    assert len(quick) > 5
    known = 0
    for task in quick:
        groups = list(store.groups(store.run("last").id, task.id))
        for part in (groups, groups[1:], groups[: len(groups) // 2], groups[:1], []):
            score = task.measure(part).score
            assert score_only(task.measure)(part) == score, task.id
            known += score is not None
    assert known > len(quick)
    assert score_only(lambda groups: next(iter(tasks().values())).measure(groups))([]) is None
