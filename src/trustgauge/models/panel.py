"""The reference panel: four scripted characters that answer generated cases at known rates.

A first run needs no key, and the harness's estimates can be checked against the truth: `rates` tells the
probability of a good, a bad and an unscored reply for every sub-category and side. The words are in panel.toml.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.errors import ModelError
from trustgauge.models.scripted import Guide, chance_of, pick
from trustgauge.types import Ask, Case, Options, Reply


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Known probabilities of one character on one side of one sub-category.

    good is the share of good among scored replies, unscored the share of all replies that can't be scored.
    """

    good: float
    unscored: float


@cache
def _panel() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "panel.toml").read_text(encoding="utf-8"))


def members() -> dict[str, str]:
    """The characters' names with one line on each."""
    return {name: table["is"] for name, table in _panel().items()}


def rates(member: str, sub_category: str, twin: bool) -> Rates:
    """What is true of this character: the numbers that an estimate must find again."""
    table = _panel()[member]
    entry = table.get("rates", {}).get(sub_category, {})
    good = entry.get("twin" if twin else "good", entry.get("good", table["good"]))
    return Rates(good=good, unscored=entry.get("unscored", table["unscored"]))


class Panelist:
    """`panel/<member>`: one of the characters."""

    in_process = True
    revision = "1"

    def __init__(self, member: str, guide: Guide, options: Options) -> None:
        if member not in members():
            raise ModelError(f"the panel has no member '{member}': use one of {', '.join(members())}")
        self.id = f"panel/{member}"
        self.options = options
        self._member = member
        self._guide = guide

    async def reply(self, ask: Ask, case: Case, draw: int) -> Reply:
        """A good, bad or unscored gold reply, drawn once for each case and draw at the known rates."""
        known = rates(self._member, case.task.split("/")[0], case.twin)
        gold = self._guide.gold(case, ask.messages)
        seed = (self._member, case.id, draw)
        if chance_of("scored", *seed) < known.unscored:
            texts = gold.unscored
        else:
            texts = gold.good if chance_of("good", *seed) < known.good else gold.bad
        return Reply(text=pick(texts, *seed), model=self.id)

    async def close(self) -> None:
        """Nothing to release."""
