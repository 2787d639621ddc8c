"""Length and style of good against bad replies: how well each alone tells the label, and rows dropped for it.

Three features: length in words, marks of markdown, and an opening that refuses. How well a feature tells is its AUC:
the share of good-bad comparisons (within each pair; over all rows where they stand alone) in which the good one has
more of it, ties counting half; 0.5 tells nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from math import floor
from statistics import median

from trustgauge.exports.candidates import Candidate
from trustgauge.exports.pairs import Item

Feature = Callable[[Candidate], float]
_MARKDOWN = re.compile(r"\*\*|`|^\s{0,3}(#{1,6} |[-*+] |\d+[.)] |> )", re.MULTILINE)
_REFUSES = re.compile(
    r"\W*(i['’]?m (really |very |so )?(sorry|afraid|unable|not able)|i am (sorry|afraid|unable|not able)|sorry\b|"
    r"i (can(no|['’]?)t|can not|won['’]?t|will not|must decline)|as an ai\b|unfortunately\b|no[,.] i)",
    re.IGNORECASE,
)
ALIKE = 1.1
"""Lengths that differ by less than this factor count as equal."""
MOST_LOST = 0.5
"""Share of the rows that a balance may cost at most; what is left of the imbalance then is told."""


def length(one: Candidate) -> float:
    """Words."""
    return float(len(one.text.split()))


def markdown(one: Candidate) -> float:
    """1 with any mark of markdown."""
    return float(bool(_MARKDOWN.search(one.text)))


def opening(one: Candidate) -> float:
    """1 with an opening that refuses."""
    return float(bool(_REFUSES.match(one.text)))


FEATURES: dict[str, Feature] = {"length": length, "markdown": markdown, "refusing opening": opening}


def tells(items: Sequence[Item]) -> dict[str, float | None]:
    """The AUC of each feature; None where there is nothing to compare."""
    return {name: _auc(items, feature) for name, feature in FEATURES.items()}


def _auc(items: Sequence[Item], feature: Feature) -> float | None:
    pairs = [(item.good, item.bad) for item in items if item.good and item.bad]
    if pairs:
        return sum(_beats(feature(good), feature(bad)) for good, bad in pairs) / len(pairs)
    good = Counter(feature(item.good) for item in items if item.good)
    bad = Counter(feature(item.bad) for item in items if item.bad)
    if not good or not bad:
        return None
    wins, below = 0.0, 0
    for value in sorted(good.keys() | bad.keys()):
        wins += good[value] * (below + bad[value] / 2)
        below += bad[value]
    return wins / (good.total() * bad.total())


def _beats(first: float, second: float) -> float:
    return 0.5 if first == second else float(first > second)


def balanced(items: Sequence[Item], share: float, seed: int, left: Counter[str]) -> list[Item]:
    """Rows of which no feature says more than `share` where it differs at all; at most half are given up for it.

    Of pairs in which the two replies differ in a feature, at most `share` (and at least 1 - share) may have more of it
    on the good side. Of rows that stand alone, the odds of good with the feature against without are held to
    share / (1 - share); a long one is one above the median. Dropped are those that differ most, then by a hash.
    """
    rest, least = list(items), len(items) - floor(len(items) * MOST_LOST)
    for _ in range(10):
        before = len(rest)
        for name, feature in FEATURES.items():
            dropped = _too_many(rest, feature, share, seed)[: max(len(rest) - least, 0)]
            if dropped:
                gone = {id(item) for item in dropped}
                rest = [item for item in rest if id(item) not in gone]
                left[f"to balance {name} between good and bad"] += len(dropped)
        if len(rest) == before:
            break
    return rest


def _too_many(items: list[Item], feature: Feature, share: float, seed: int) -> list[Item]:
    """What to drop, first those that should go first."""
    odds = share / (1 - share) if share < 1 else float("inf")
    if any(item.good and item.bad for item in items):
        more, less = _sides(items, feature)
        over, allowed = (more, odds * len(less)) if len(more) >= len(less) else (less, odds * len(more))
    else:
        over, allowed = _over_alone(items, feature, odds)
    if allowed >= len(over):
        return []
    over.sort(key=lambda entry: (-entry[0], entry[1].order(seed)))
    return [item for _, item in over[: len(over) - floor(allowed)]]


Entry = tuple[float, Item]


def _sides(items: list[Item], feature: Feature) -> tuple[list[Entry], list[Entry]]:
    """Pairs in which the good reply has more of the feature, and in which it has less, with by what factor."""
    more: list[Entry] = []
    less: list[Entry] = []
    for item in items:
        if item.good and item.bad:
            first, second = feature(item.good) + 1, feature(item.bad) + 1
            if max(first, second) / min(first, second) > ALIKE:
                (more if first > second else less).append((max(first, second) / min(first, second), item))
    return more, less


def _over_alone(items: list[Item], feature: Feature, odds: float) -> tuple[list[Entry], float]:
    """The rows of the label that the feature gives away, and how many of them may stay."""
    values = [feature(item.lead) for item in items]
    middle = median(values) if max(values, default=0.0) > 1 else 0.5
    cells: dict[tuple[bool, bool], list[Entry]] = {(a, b): [] for a in (True, False) for b in (True, False)}
    for item, value in zip(items, values, strict=True):
        cells[bool(item.good), value > middle].append((value, item))
    good_has, bad_has, good_not, bad_not = (len(cells[a, b]) for b in (True, False) for a in (True, False))
    if not (good_not and bad_not and good_has + bad_has):
        return [], 0
    base = good_not / bad_not
    if good_has >= base * bad_has:
        return cells[True, True], odds * base * bad_has
    return cells[False, True], odds * good_has / base
