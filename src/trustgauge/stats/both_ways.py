"""Agreement of two ways to an answer (at once, and with the working shown) beyond the answerer's own habits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import permutations

from msgspec.structs import replace

from trustgauge.stats.agreement_beyond import beyond
from trustgauge.stats.intervals import ClusterPair, ClusterRate
from trustgauge.stats.measures import pair_measured
from trustgauge.types import Groups, Measured, Record

_METHOD = "mean of: same result both ways, other result for the sister; MOVER over clustered Wilson limits"


def ways_agree(groups: Iterable[Groups]) -> Measured:
    """(w + 1 - b) / 2, with w the share of questions whose two ways end on the same result, and b that of pairs of
    one question's first way and its sister's second that do.

    0.5 is who says the same to everything, or anything; the form is that of agreement_beyond. kappa is
    (w - b) / (1 - b), after Cohen 1960. "gain by working" is accuracy with the working less accuracy without, over
    questions with both. A verdict's values are read: direct, steps and key.
    """
    sides, rates = ClusterPair(), defaultdict[str, ClusterRate](ClusterRate)
    for records in groups:
        scored = [r for r in records if r.label in ("good", "bad")]
        for record in scored:
            _add_question(rates, _values(record))
        crossed = _crossed(scored)
        same = sum(r.label == "good" for r in scored)
        sides.add((same, len(scored)), (len(crossed) - sum(crossed), len(crossed)))
    within, differ = sides.first.rate, sides.second.rate
    direct, steps = (rates[f"accuracy, {way}"].rate for way in ("direct", "steps"))
    metrics: dict[str, float | None] = {
        "agreement, same question": within,
        "agreement, sister question": None if differ is None else 1 - differ,
        "kappa": None if within is None or differ is None else beyond(within, 1 - differ),
        "gain by working": None if direct is None or steps is None else steps - direct,
    }
    return replace(pair_measured(sides, metrics | {name: rates[name].rate for name in sorted(rates)}), method=_METHOD)


def _crossed(scored: Sequence[Record]) -> list[bool]:
    """Whether one question's direct result is its sister's with the working; both ways round, within a draw."""
    return [
        _values(a)["direct"] == _values(b)["steps"]
        for a, b in permutations(scored, 2)
        if a.draw == b.draw and a.case.id != b.case.id
    ]


def _add_question(rates: dict[str, ClusterRate], values: dict[str, float]) -> None:
    direct, steps, key = values["direct"], values["steps"], values["key"]
    rates["accuracy, direct"].add(direct == key, 1)
    rates["accuracy, steps"].add(steps == key, 1)
    rates["consistent and right"].add(direct == steps == key, 1)
    rates["consistent but wrong"].add(direct == steps != key, 1)
    rates["not consistent, direct right"].add(direct == key != steps, 1)
    rates["not consistent, steps right"].add(steps == key != direct, 1)
    rates["not consistent, neither right"].add(direct != steps and key not in (direct, steps), 1)


def _values(record: Record) -> dict[str, float]:
    return record.verdict.values if record.verdict else {}
