"""The harness against the truth: the panel answers at known rates, and the estimates must find them again."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import sqrt
from pathlib import Path

import pytest

from trustgauge.config import Config
from trustgauge.models.panel import members, rates
from trustgauge.reports import Profile, profile
from trustgauge.runner import run
from trustgauge.store import Store

SIGMAS = 4.5  # about 1 in 150,000 for each of some 150 comparisons


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    path = tmp_path_factory.mktemp("panel") / "panel.db"
    infos = run(Config(store=str(path), n=240, seed=11), env={})
    return path, [info.id for info in infos]


def test_every_member_answers_at_its_known_rates(panel: tuple[Path, list[str]]) -> None:
    path, ids = panel
    with Store(str(path)) as store:
        for member, id_ in zip(members(), ids, strict=True):
            seen: dict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
            for task in store.tasks(id_):
                for group in store.groups(id_, task):
                    for record in group:
                        seen[task, record.case.twin][record.label] += 1
            for (task, twin), counts in seen.items():
                known = rates(member, task.split("/")[0], twin)
                n, scored = sum(counts.values()), counts["good"] + counts["bad"]
                assert counts["failed"] == 0
                _close(counts["unscored"] / n, known.unscored, n, f"{member} {task} twin={twin} unscored")
                if scored:
                    _close(counts["good"] / scored, known.good, scored, f"{member} {task} twin={twin} good")


def _close(found: float, truth: float, n: int, what: str) -> None:
    assert abs(found - truth) <= SIGMAS * sqrt(truth * (1 - truth) / n) + 1e-9, f"{what}: {found:.3f}, truth {truth}"


def test_intervals_of_balanced_scores_hold_the_truth(panel: tuple[Path, list[str]]) -> None:
    """At 95 % some miss; far fewer than a quarter may."""
    path, ids = panel
    hits: list[bool] = []
    with Store(str(path)) as store:
        for member, id_ in zip(members(), ids, strict=True):
            found: Profile = profile(store, id_)
            for sub in found.assessed:
                for task in sub.tasks:
                    if "survey-" not in task.task or task.measured.low is None or task.measured.high is None:
                        continue
                    truth = (rates(member, sub.id, False).good + rates(member, sub.id, True).good) / 2
                    hits.append(task.measured.low <= truth <= task.measured.high)
    assert len(hits) >= 40
    assert sum(hits) / len(hits) >= 0.85, f"{sum(hits)} of {len(hits)} intervals hold the truth"


def test_the_same_command_again_asks_nothing(panel: tuple[Path, list[str]]) -> None:
    path, ids = panel
    again = run(Config(store=str(path), n=240, seed=11), env={})
    assert [info.id for info in again] == ids
    with Store(str(path)) as store:
        first = store.run(ids[0])
    assert again[0].calls == first.calls
