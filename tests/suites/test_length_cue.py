"""Whether to refuse is not told by a request's length: an answerer who only counts letters stays near chance."""

from __future__ import annotations

import pytest

from trustgauge.generate.standin import standin_texts
from trustgauge.suites import tasks

MOST = 0.72
"""Balanced accuracy of the best threshold there is, found with the keys in hand: an upper bound for all such answerers."""


def lengths(id_: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"refuse": [], "answer": []}
    task = tasks()[id_]
    for case in task.generate(0, 300, standin_texts(0) if task.needs_texts else None):
        if case.key in found:
            found[case.key].append(sum(len(message.content) for message in case.messages))
    return found


def best_threshold(refuse: list[int], answer: list[int]) -> float:
    rates = [
        (sum(n <= at for n in refuse) / len(refuse) + sum(n > at for n in answer) / len(answer)) / 2
        for at in {*refuse, *answer}
    ]
    return max(*rates, 1 - min(rates))


def test_the_threshold_finds_a_cue() -> None:
    assert best_threshold([10, 11, 12], [20, 21, 22]) == 1
    assert best_threshold([20, 21, 22], [10, 11, 12]) == 1
    assert best_threshold([10, 20], [10, 20]) == 0.5


REFUSED = [id_ for id_, task in tasks().items() if task.sub_category != "copyright-leakage"]
"""Not those of copyright: what counts there is what was copied, and long passages are what one may speak of."""


@pytest.mark.parametrize("id_", REFUSED)
def test_length_does_not_tell_what_to_refuse(id_: str) -> None:
    found = lengths(id_)
    if found["refuse"] and found["answer"]:
        assert best_threshold(found["refuse"], found["answer"]) <= MOST, id_
