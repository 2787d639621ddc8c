"""What a Rated measure says of itself is true: its score is the plain mean of its arms' shares of good."""

from __future__ import annotations

from collections import defaultdict

import pytest

from trustgauge import run
from trustgauge.stats.measures import Rated
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
