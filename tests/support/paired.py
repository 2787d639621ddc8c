"""Clusters of two runs on the same cases, half of them answered alike."""

from __future__ import annotations

import numpy as np

from trustgauge.stats.paired import Cluster


def made(
    seed: int, clusters: int, *, size: int = 1, arms: int = 1, rates: tuple[float, float] = (0.6, 0.7)
) -> list[Cluster]:
    rng = np.random.default_rng(seed)
    luck = rng.random((clusters, arms, size))
    other = np.where(rng.random(luck.shape) < 0.5, luck, rng.random(luck.shape))
    good = (luck < rates[0]).sum(axis=2), (other < rates[1]).sum(axis=2)
    return [tuple((int(a), size, int(b), size) for a, b in zip(*rows, strict=True)) for rows in zip(*good, strict=True)]
