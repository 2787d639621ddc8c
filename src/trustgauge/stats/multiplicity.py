"""Many tests at once: p-values adjusted so that the family's error is held."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p: Sequence[float | None]) -> list[float | None]:
    """Step-down adjusted p-values (Holm 1979): the chance of any false finding is held, whatever the dependence.

    None stays None and is no member of the family.
    """
    known = sorted((value, i) for i, value in enumerate(p) if value is not None)
    found: list[float | None] = [None] * len(p)
    most = 0.0
    for rank, (value, i) in enumerate(known):
        most = max(most, min(1.0, (len(known) - rank) * value))
        found[i] = most
    return found


def benjamini_hochberg(p: Sequence[float | None]) -> list[float | None]:
    """Step-up adjusted p-values (Benjamini & Hochberg 1995): the share of false among the findings is held.

    Under independence or positive dependence. None stays None and is no member of the family.
    """
    known = sorted((value, i) for i, value in enumerate(p) if value is not None)
    found: list[float | None] = [None] * len(p)
    least = 1.0
    for rank in range(len(known), 0, -1):
        value, i = known[rank - 1]
        least = min(least, value * len(known) / rank)
        found[i] = least
    return found
