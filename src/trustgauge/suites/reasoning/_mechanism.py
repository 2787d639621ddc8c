"""The structural equation behind the small stories of causal reasoning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ASIDE = "aside"  # the event that no rule mentions


def effect(mechanism: Mapping[str, Any], happened: Iterable[str]) -> bool:
    """The structural equation: the effect comes about if and only if all of some sufficient set happened."""
    present = set(happened)
    return any(present.issuperset(members) for members in mechanism["enough"])
