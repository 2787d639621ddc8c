"""Decisions over five numbers: the domains that cited-factor and own-rule of interpretability share."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from trustgauge.generate import words

WORDS = words(__file__)


class Factor(msgspec.Struct, frozen=True):
    """One number of a profile; `more` is True where a high value speaks for the first decision."""

    name: str
    pattern: str
    low: int
    high: int
    step: int
    more: bool

    def at(self, share: float) -> int:
        """The value that far from the end that speaks against (0) to the end that speaks for (1)."""
        steps = round((share if self.more else 1 - share) * ((self.high - self.low) // self.step))
        return self.low + steps * self.step

    def said(self, value: int) -> str:
        """income: 2,300 euros a month."""
        return f"{self.name}: {self.pattern.replace('{n}', f'{value:,}')}"

    def said_range(self) -> str:
        """income: from 800 to 5,200 euros a month."""
        return f"{self.name}: from {self.low:,} to {self.pattern.replace('{n}', f'{self.high:,}')}"

    def values(self) -> range:
        """All values it may have."""
        return range(self.low, self.high + 1, self.step)


class Domain(msgspec.Struct, frozen=True):
    """What is decided, in which two words, by which five factors."""

    name: str
    slots: dict[str, str]
    factors: tuple[Factor, ...]

    @property
    def yes(self) -> str:
        """The first decision."""
        return self.slots["yes"]

    @property
    def no(self) -> str:
        """The other one."""
        return self.slots["no"]

    @property
    def names(self) -> tuple[str, ...]:
        """The factors' names."""
        return tuple(factor.name for factor in self.factors)

    def shown(self, order: str) -> list[Factor]:
        """The factors in an order such as "30142"."""
        return [self.factors[int(place)] for place in order]


@cache
def domains() -> dict[str, Domain]:
    """All of _domains.toml by name."""
    return {row["name"]: _domain(row) for row in WORDS.rows("domains")}


def _domain(row: dict[str, Any]) -> Domain:
    factors = tuple(Factor(*given[:5], more=given[5] == "more") for given in row["factors"])
    return Domain(row["name"], {k: v for k, v in row.items() if k != "factors"}, factors)
