"""Agreement of an answerer with itself, beyond what it would have without reading the question.

Two questions (sisters) have the same options and different right ones; each is put several times, with other words or
options in another order. With w the chance that two answers to the same question agree in meaning, and b that of
two answers to different sisters put alike, whoever does not read the question has w = b: the rate at which its own
habits agree. (w + 1 - b) / 2 is then 0.5 (constant, by place or at random alike), and 1 for who always gives one
answer to one question and another to the other. It is the balanced accuracy of "same answer" as a sign of "same
question". (w - b) / (1 - b) has the form of kappa (Cohen 1960; Fleiss 1971), with b for the agreement by chance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import log

from trustgauge.stats.intervals import ClusterPair, ClusterRate
from trustgauge.stats.measures import pair_measured
from trustgauge.types import Groups, Measured, Record

UNREAD = "-"
"""Stands in a verdict's answer where a reply could not be read."""

_METHOD = "mean of: same answer to the same question, other answer to its sister; MOVER over clustered Wilson limits"
_NONE = "nothing to compare: too few replies could be read"
Answers = Sequence[str | None]


def agreeing_pairs(answers: Answers) -> tuple[int, int]:
    """(pairs that agree, pairs) among the answers to one question; None is unread and left out.

    With n_j answers of sort j: sum of n_j (n_j - 1) / 2, of n (n - 1) / 2 (Fleiss 1971, for one subject).
    """
    read = [a for a in answers if a is not None]
    agreeing = sum(n * (n - 1) // 2 for n in Counter(read).values())
    return agreeing, len(read) * (len(read) - 1) // 2


def matched_pairs(first: Answers, second: Answers) -> tuple[int, int]:
    """(places where two rows of answers agree, places where both are read)."""
    both = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    return sum(a == b for a, b in both), len(both)


def normalised_entropy(answers: Answers, sorts: int) -> float | None:
    """Shannon entropy of the answers over its maximum, log(sorts): 0 all alike, 1 spread evenly. None: none read."""
    counts = Counter(a for a in answers if a is not None)
    n = sum(counts.values())
    if not n or sorts < 2:
        return None
    return -sum(c / n * log(c / n) for c in counts.values()) / log(sorts) + 0.0


def beyond(within: float, between: float) -> float | None:
    """(w - b) / (1 - b): share of the agreement possible beyond b. None where b leaves no room."""
    return (within - between) / (1 - between) if between < 1 else None


def contents(record: Record) -> tuple[str | None, ...]:
    """Texts of the options chosen, ask by ask; None where unread. The verdict's answer is a row of letters."""
    letters = record.verdict.answer if record.verdict else ""
    names = "ABCDEFGHIJ"
    return tuple(None if letter == UNREAD else record.case.options[names.index(letter)] for letter in letters)


def steadiness(groups: Iterable[Groups]) -> Measured:
    """Balanced mean of the two sides above, over groups of two sisters; unscored cases count nowhere.

    Being consistent is not being right: both are told apart in the metrics.
    """
    sides, rates, entropies = ClusterPair(), defaultdict[str, ClusterRate](ClusterRate), ClusterRate()
    for records in groups:
        scored = [r for r in records if r.label in ("good", "bad")]
        for record in scored:
            _add_item(record, rates, entropies)
        _add_pairs(sides, scored)
    within, differ = sides.first.rate, sides.second.rate
    metrics: dict[str, float | None] = {
        "agreement, same question": within,
        "agreement, sister question": None if differ is None else 1 - differ,
        "kappa": None if within is None or differ is None else beyond(within, 1 - differ),
        "normalised entropy": entropies.rate,
    }
    metrics |= {name: rates[name].rate for name in sorted(rates)}
    if within is None or differ is None:
        return Measured(score=None, metrics=metrics, method=_METHOD, note=_NONE)
    found = pair_measured(sides, metrics)
    return Measured(score=found.score, low=found.low, high=found.high, metrics=metrics, method=_METHOD)


def steadiness_score(groups: Iterable[Groups]) -> float | None:
    """The score of `steadiness` alone."""
    sides = ClusterPair()
    for records in groups:
        _add_pairs(sides, [r for r in records if r.label in ("good", "bad")])
    return pair_measured(sides, {}).score


def _add_pairs(sides: ClusterPair, scored: Sequence[Record]) -> None:
    """The pairs of a group: those to one question that agree, those to its sister that do not."""
    same = [agreeing_pairs(contents(r)) for r in scored]
    other = [matched_pairs(contents(a), contents(b)) for a, b in _sisters(scored)]
    agree, pairs = sum(a for a, _ in same), sum(n for _, n in same)
    alike, matched = sum(a for a, _ in other), sum(n for _, n in other)
    sides.add((agree, pairs), (matched - alike, matched))


def _sisters(scored: Sequence[Record]) -> list[tuple[Record, Record]]:
    """Pairs of different cases of one draw."""
    return [(a, b) for a, b in combinations(scored, 2) if a.draw == b.draw and a.case.id != b.case.id]


def _add_item(record: Record, rates: dict[str, ClusterRate], entropies: ClusterRate) -> None:
    answers = contents(record)
    read = [a for a in answers if a is not None]
    right = record.case.options["ABCDEFGHIJ".index(record.case.key)]
    alike = len(set(read)) == 1
    rates["accuracy"].add(sum(a == right for a in read), len(read))
    rates["consistent and right"].add(alike and read[0] == right, 1)
    rates["consistent but wrong"].add(alike and read[0] != right, 1)
    rates["not consistent"].add(not alike, 1)
    rates[f"agreement, {record.case.kind}"].add(*agreeing_pairs(answers))
    entropy = normalised_entropy(answers, len(record.case.options))
    if entropy is not None:
        entropies.add(entropy, 1)
