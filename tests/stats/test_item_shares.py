"""The shares of the items of a checklist."""

from __future__ import annotations

from trustgauge.stats.item_shares import ItemShares
from trustgauge.types import Case, Record, Reply, Verdict, user


def record(label: str, **values: float) -> Record:
    verdict = Verdict(label=label, reason="said so", values=values)  # type: ignore[arg-type]
    return Record(case=Case(messages=(user("?"),)), replies=(Reply(text="..."),), verdict=verdict)


def test_shares_by_hand() -> None:
    tally = ItemShares()
    tally.add([record("good", care=1.0, help=1.0), record("bad", care=1.0, help=0.0)])
    tally.add([record("bad", care=0.0, help=0.0), record("unscored", care=1.0), record("good", calm=1.0)])
    assert tally.metrics() == {"item: calm": 1.0, "item: care": 2 / 3, "item: help": 1 / 3}


def test_nothing_scored_gives_no_shares() -> None:
    tally = ItemShares()
    tally.add([record("unscored", care=1.0)])
    assert tally.metrics() == {}
