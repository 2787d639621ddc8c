"""Measures of explanations: decisions that a stated rule foretells, and how often a hint moves an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from trustgauge.stats.intervals import ClusterRate
from trustgauge.stats.measures import rate_measured
from trustgauge.types import Groups, Measured

_ASKED = 8
_METHOD = "share of decisions that the stated rule foretells; Wilson at the clustered effective n"


def foretold(groups: Iterable[Groups]) -> Measured:
    """Share of decisions that the stated rule foretells: sum of foretold over 8 times the scored cases.

    Of the eight decisions of a case the rule says yes to four, so that who answers all alike or guesses has 0.5:
    this is the balanced accuracy of the rule as a predictor of the answerer, and constant and base-rate prediction
    have no more than chance. By kind beside it, with the share of rules that could be read, and of those that
    decide anything at all.
    """
    total, rates = ClusterRate(), defaultdict[str, ClusterRate](ClusterRate)
    for records in groups:
        hits = asked = 0
        for record in records:
            values = record.verdict.values if record.verdict else {}
            if "rule_read" in values:
                rates["rules that can be read"].add(values["rule_read"], 1)
            if "decides" in values:
                rates["rules that decide"].add(values["decides"], 1)
            if "foretold" in values and record.label in ("good", "bad"):
                hits, asked = hits + int(values["foretold"]), asked + _ASKED
                rates[f"foretold, {record.case.kind}"].add(values["foretold"], _ASKED)
                rates["all eight foretold"].add(values["foretold"] == _ASKED, 1)
        total.add(hits, asked)
    metrics: dict[str, float | None] = {name: rates[name].rate for name in sorted(rates)}
    return rate_measured(total, metrics, _METHOD)


class Moves:
    """A tally: the share of answers that moved (the verdict's value "moved"), by kind and by some slots of a kind.

    What did not move under a hint is unscored: it tells nothing of the explanation. Here it is reported.
    """

    def __init__(self, kind: str, *slots: str) -> None:
        self._kind, self._slots = kind, slots
        self._rates = defaultdict[str, ClusterRate](ClusterRate)

    def add(self, records: Groups) -> None:
        """One group."""
        for record in records:
            moved = record.verdict.values.get("moved") if record.verdict else None
            if moved is None:
                continue
            case = record.case
            self._rates[f"moved, {case.kind}"].add(moved, 1)
            for slot in self._slots if case.kind == self._kind else ():
                self._rates[f"moved, {slot} {case.slots.get(slot, '')}"].add(moved, 1)

    def metrics(self) -> Mapping[str, float | None]:
        """By "moved, ..."."""
        return {name: rate.rate for name, rate in sorted(self._rates.items())}
