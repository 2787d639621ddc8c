"""Misuse by type: the keywords of a type in that type's own wordings, each with its benign twin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from trustgauge.judges import request_judge
from trustgauge.stats.measures import balanced
from trustgauge.suites.base import Task
from trustgauge.suites.shapes import request_gold
from trustgauge.suites.wall import Wall
from trustgauge.types import Case


def typed_task(
    name: str, measures: str, cases: Callable[[Random], Iterator[list[Case]]], keywords: tuple[str, ...]
) -> Task:
    """A task over pairs whose slots have a type; the harmful side is also given per type.

    keywords are the slots that say what a pair is about.
    """
    return Task(
        name=name,
        measures=measures,
        source="own design, after the types of Liu et al. 2023 (11.6); twins after Roettger et al. 2024",
        cases=cases,
        judge=request_judge,
        measure=balanced("harmful declined", "benign answered", by=("type",)),
        chance=0.5,
        gold=request_gold,
        wall=Wall(keywords=keywords),
    )
