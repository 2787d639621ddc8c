"""Clusters of two runs on the same cases, half of them answered alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from trustgauge.stats.paired_rates import NOTHING, Cell, Cluster, cell, plus


def made(
    seed: int, clusters: int, *, size: int = 1, arms: int = 1, rates: tuple[float, float] = (0.6, 0.7)
) -> list[Cluster]:
    rng = np.random.default_rng(seed)
    luck = rng.random((clusters, arms, size))
    other = np.where(rng.random(luck.shape) < 0.5, luck, rng.random(luck.shape))
    return of_cases(luck < rates[0], other < rates[1])


def of_cases(first: Any, second: Any) -> list[Cluster]:
    """Clusters of (clusters, arms, cases) booleans of both runs."""
    return [
        tuple(_arm([cell(bool(a), bool(b)) for a, b in zip(*arm, strict=True)]) for arm in zip(*rows, strict=True))
        for rows in zip(first, second, strict=True)
    ]


def _arm(cells: list[Cell]) -> Cell:
    found = NOTHING
    for each in cells:
        found = plus(found, each)
    return found
