"""Sequences: evidence about a mean that may be looked at as often as one likes, and stopped on at any time.

Betting (Waudby-Smith & Ramdas 2024, JRSS-B 86:1-27): against the claim "the mean is at most L" one stakes a part of
one's wealth on every observation; where the claim is true the wealth is a supermartingale that starts at 1, so that by
Ville's inequality it ever reaches 1/a with probability a at most. Wealth is averaged over a grid of constant stakes
(their diversified Kelly bettor), which needs no tuning and costs the same for every observation.

Observations are clusters (groups of cases) that lie in blocks; in each block every stratum (a task, an arm of it) has
on average the weight that it has in the whole. The stake is constant within a block. Clusters are independent, so the
expected factor of a block is a product of 1 + stake * E(z), which by the inequality of the arithmetic and geometric
mean is at most 1 where the weighted mean of the whole is as claimed: the strata may have means of their own, and
clusters any dependence within. Wealth therefore counts at the ends of blocks only.

A larger cluster counts for more, as it does in a pooled rate. Neither shares nor stakes may be scaled by the sizes that
a block happens to have: where sizes tell of outcomes that is another mean than the one that is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

STAKES = tuple(10 ** (-i / 10) for i in range(25))
"""Parts of the largest stake that can't lose more than all: from all of it down to 0.4 %."""
_STEPS = 40  # halvings until a bound is found


@dataclass(frozen=True)
class Block:
    """Clusters that count together: share, what each would add to the mean were all of it 1; and what it did add.

    share  of the block's mean, one number a cluster; over all blocks they sum to 1 on average
    least  what each added where what is missing counts as 0; most: as 1; 0 <= least <= most <= share <= unit
    unit   the largest share that a cluster of the block could have had: known before any of it was
    """

    share: NDArray[Any]
    least: NDArray[Any]
    most: NDArray[Any]
    unit: float


def block(clusters: Sequence[tuple[float, float, float]], unit: float) -> Block:
    """A block from (share, least, most) of each cluster. ValueError where they are not what Block says."""
    import numpy as np

    table = np.array(clusters, dtype=np.float64).reshape(-1, 3)
    share, least, most = table[:, 0], table[:, 1], table[:, 2]
    slack = 1e-9
    if unit <= 0 or (share > unit + slack).any():
        raise ValueError("no share is larger than the largest that could be, which is above 0")
    if (least < -slack).any() or (most < least - slack).any():
        raise ValueError("0 <= least <= most")
    if (most > share + slack).any():
        raise ValueError("no cluster adds more to the mean than its share")
    return Block(share, least.clip(0, share), most.clip(0, share), unit)


@dataclass(frozen=True)
class Evidence:
    """What blocks tell of a mean: anytime-valid p-values and bounds; all hold at once, whenever one looks.

    Missing outcomes count against each claim: `above` takes them as 0, `below` as 1.
    """

    blocks: tuple[Block, ...]

    def p_above(self, limit: float) -> float:
        """p-value of "the mean is at most limit": small where the mean lies above it, whatever is missing."""
        return _p(max(_wealth(_above(each, limit) for each in self.blocks), default=0.0))

    def p_below(self, limit: float) -> float:
        """p-value of "the mean is at least limit": small where the mean lies below it, whatever is missing."""
        return _p(max(_wealth(_below(each, limit) for each in self.blocks), default=0.0))

    def low(self, level: float) -> float:
        """A bound that with probability `level` lies at or below the mean at all times; 0 without blocks."""
        return _bisect(lambda limit: self.p_above(limit) <= 1 - level)

    def high(self, level: float) -> float:
        """A bound that with probability `level` lies at or above the mean at all times; 1 without blocks."""
        return 1 - _bisect(lambda limit: self.p_below(1 - limit) <= 1 - level)


class Ledger:
    """The same p-values against one limit, kept up block by block: for a run that is under way."""

    def __init__(self, limit: float) -> None:
        if not 0 <= limit <= 1:
            raise ValueError(f"the limit is {limit}: it must lie between 0 and 1")
        self.limit = limit
        self.blocks = 0
        self._above = self._below = 0.0
        self._most = [0.0, 0.0]

    def add(self, new: Block) -> None:
        """One more block: whole, and in the order that was laid down before any outcome was known."""
        self.blocks += 1
        self._above = self._above + _above(new, self.limit)
        self._below = self._below + _below(new, self.limit)
        self._most[0] = max(self._most[0], _mixed(self._above))
        self._most[1] = max(self._most[1], _mixed(self._below))

    @property
    def p_above(self) -> float:
        """p-value of "the mean is at most the limit"."""
        return _p(self._most[0])

    @property
    def p_below(self) -> float:
        """p-value of "the mean is at least the limit"."""
        return _p(self._most[1])


class _Grid:
    """The stakes as columns, and the logarithms of their weights: of the square root of the stake."""

    @cached_property
    def stakes(self) -> NDArray[Any]:
        import numpy as np

        return np.array(STAKES)

    @cached_property
    def weights(self) -> NDArray[Any]:
        import numpy as np

        return np.log(np.sqrt(self.stakes) / np.sqrt(self.stakes).sum())


_GRID = _Grid()


def _above(each: Block, limit: float) -> Any:
    """Log factor of a block for every stake, against "at most limit"."""
    if limit >= 1:
        return -_GRID.stakes * 0.0
    floor = max(limit, 1e-12)  # "at most 0": any outcome above it is proof enough
    return _factors((each.least - floor * each.share) / (floor * each.unit))


def _below(each: Block, limit: float) -> Any:
    if limit <= 0:
        return -_GRID.stakes * 0.0
    room = max(1 - limit, 1e-12)
    return _factors((limit * each.share - each.most) / (room * each.unit))


def _factors(gains: NDArray[Any]) -> Any:
    """Sum over clusters of log(1 + stake * gain); gains are -1 at the least."""
    import numpy as np

    values, counts = np.unique(gains, return_counts=True)
    grown = 1 + _GRID.stakes[:, None] * values[None, :]
    with np.errstate(divide="ignore"):
        return (np.log(grown.clip(0)) * counts[None, :]).sum(axis=1)


def _mixed(wealth: Any) -> float:
    """Log of the mean wealth."""
    import numpy as np

    return float(np.logaddexp.reduce(wealth + _GRID.weights))


def _wealth(blocks: Any) -> list[float]:
    """Log of the mean wealth after each block."""
    found: list[float] = []
    total: Any = 0.0
    for factors in blocks:
        total = total + factors
        found.append(_mixed(total))
    return found


def _p(log_wealth: float) -> float:
    """Ville's inequality: 1 / the most that the wealth ever was."""
    from math import exp

    return exp(-max(log_wealth, 0.0))


def _bisect(rejected: Callable[[float], bool]) -> float:
    """The largest limit from 0 on that is rejected, all below it being too; 0 where none is."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if rejected(middle) else (low, middle)
    return low
