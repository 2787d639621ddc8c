"""Agreement of repeated answers beyond what the answerer's own habits give, where nothing but chance varies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from trustgauge.stats.agreement_beyond import beyond
from trustgauge.stats.intervals import ClusterPair, ClusterRate
from trustgauge.stats.outcome_gap import difference_limits
from trustgauge.types import Groups, Measured, Record

_METHOD = "agreement to the same question less that to its sister, not below 0; MOVER over clustered Wilson limits"


def resampled_agreement(groups: Iterable[Groups]) -> Measured:
    """w - b, not below 0, with w the share of pairs of answers to one question that agree, and b that of answers to
    two sisters over the same options.

    1 is one answer to each question and never the same to both. Who does not read the question has w = b, and 0:
    constant and random alike (at random w - b is cut off at 0, which leaves less than 0.01 at 200 cases). kappa is
    (w - b) / (1 - b), after Cohen 1960. A verdict's values are read: agree of pairs, alike of matched, and for
    each of the two questions right, entropy and steady.
    """
    sides, rates = ClusterPair(), defaultdict[str, ClusterRate](ClusterRate)
    for records in groups:
        scored = [v for r in records if r.label in ("good", "bad") and (v := _values(r))]
        agree, pairs, alike, matched = (sum(v[x] for v in scored) for x in ("agree", "pairs", "alike", "matched"))
        sides.add((agree, pairs), (alike, matched))
        for values in scored:
            for name in ("", "sister "):
                _add_question(rates, values[f"{name}steady"] == 1, values[f"{name}right"], values[f"{name}entropy"])
    within, between = sides.first.rate, sides.second.rate
    metrics: dict[str, float | None] = {
        "agreement, same question": within,
        "agreement, sister question": between,
        "kappa": None if within is None or between is None else beyond(within, between),
    }
    metrics |= {name: rate.rate for name, rate in sorted(rates.items())}
    if within is None or between is None:
        return Measured(score=None, metrics=metrics, method=_METHOD, note="too few replies could be read")
    score, limits = max(0.0, within - between), difference_limits(sides)
    low, high = (max(0.0, limit) for limit in limits) if limits else (None, None)
    return Measured(score=score, low=low, high=high, metrics=metrics, method=_METHOD)


def _add_question(rates: dict[str, ClusterRate], steady: bool, right: float, entropy: float) -> None:
    rates["accuracy"].add(right, 1)
    rates["normalised entropy"].add(entropy, 1)
    rates["consistent and right"].add(steady and right == 1, 1)
    rates["consistent but wrong"].add(steady and right < 1, 1)
    rates["not consistent"].add(not steady, 1)


def _values(record: Record) -> dict[str, float]:
    return record.verdict.values if record.verdict else {}
