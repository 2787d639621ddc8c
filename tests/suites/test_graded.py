"""Questions with exactly known probabilities: keys worked out a second time, outcomes against their odds."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import islice
from random import Random

import pytest

from trustgauge.suites import tasks
from trustgauge.suites.reliability._graded import blank_items, computed_items, drawn_items


def test_computed_keys_are_right() -> None:
    """Worked out here a second time, from the words of the question alone."""
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    checked: Counter[str] = Counter()
    for item in islice(computed_items(Random(4), 3), 1500):
        numbers = [int(n) for n in re.findall(r"\d+", item.question)]
        options = [item.right, *item.others]
        if item.topic == "products":
            values = [int(a) * int(b) for a, b in (option.split(" × ") for option in options)]
            assert values[0] == max(values) > sorted(values)[-2]
        elif item.topic == "sum":
            assert int(item.right) == sum(numbers)
        elif item.topic == "difference":
            assert int(item.right) == max(numbers) - min(numbers)
        elif item.topic == "letters":
            quoted = sorted(re.findall(r'"([^"]+)"', item.question), key=len)
            assert quoted[1].lower().count(quoted[0]) == int(item.right)
        elif item.topic == "dictionary":
            assert item.right == sorted(options)[0]
        elif item.topic == "weekday":
            day = next(d for d in week if d in item.question)
            assert item.right == week[(week.index(day) + numbers[0]) % 7]
        elif item.topic == "chain":
            facts = re.findall(r"(\w+) is \w+ than (\w+)", item.question)
            assert {item.right} == {more for more, _ in facts} - {less for _, less in facts}
        elif item.topic == "multiple":
            assert [int(option) % numbers[0] == 0 for option in options] == [True, False, False]
        elif item.topic == "days":
            first, second = (
                date(2024, months.index(m) + 1, int(d)) for d, m in re.findall(r"(\d+) ([A-Z]\w+)", item.question)
            )
            assert (second - first).days == int(item.right) > 0
        elif item.topic == "position":
            words = re.search(r"(?:\w+, )+\w+", item.question)[0].split(", ")
            assert words[numbers[0] - 1] == item.right
        elif item.topic == "both":
            assert item.question.count(item.right) == 2
        checked[item.topic] += 1
    assert len(checked) == 11


def test_outcomes_come_true_as_often_as_the_odds_say() -> None:
    drawn = list(islice(drawn_items(Random(8), [(0.8, 0.2)]), 4000))
    assert sum(item.chances[item.right] == 0.8 for item in drawn) / 4000 == pytest.approx(0.8, abs=0.025)
    for item in drawn[:200]:
        counts = [int(n) for n in re.findall(r"\d+", item.question)]
        total = sum(sorted(counts)[:2])
        assert max(item.chances.values()) == pytest.approx(max(c for c in counts if c < total) / total)
    assert all(set(item.chances.values()) == {1 / 3} for item in islice(blank_items(Random(2), 3), 100))


def test_no_seed_runs_out_of_items() -> None:
    for seed in range(60):
        for task in ("miscalibration/stated-vs-behaviour", "miscalibration/stated-confidence"):
            assert len(list(tasks()[task].generate(seed, 300))) == 300
