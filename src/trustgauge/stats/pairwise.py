"""Pairwise verdicts (first, second, tie) beside those of people: agreement, bias by place, people among themselves.

Pure functions over words. A verdict that is none of the three ("unscored", "") counts apart and never as agreement.
Intervals are two-sided 95 %.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from trustgauge.stats.agreement import Kappa, Share, cohen_kappa, confusion, krippendorff_alpha
from trustgauge.stats.intervals import Z95, ClusterRate, wilson

WORDS = ("first", "second", "tie")
TURNED = {"first": "second", "second": "first", "tie": "tie"}
"""A word about two replies, as it is about the same two in the other order."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of values between 0 and 1 with its interval; value is None where there are none."""

    value: float | None
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often one's verdicts on pairs are another's, ties being treated in three ways.

    n         pairs on which both say one of the three words
    unread    further pairs on which one of them does not
    as_class  same word of three, of n (setup S1 of Zheng et al. 2023, with ties)
    left_out  same word, of the pairs on which both name a reply (their setup S2, without ties)
    as_half   mean over n of 1 for the same word, 1/2 where just one says tie, 0 where they name different replies; its
              interval is Wilson's, which is rather too wide, for halves vary less than zeros and ones
    kappa     Cohen's over the three words; None where it is 0 / 0
    """

    n: int
    unread: int
    as_class: Share
    left_out: Share
    as_half: Mean
    kappa: Kappa | None


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """From pairs of (reference, verdict)."""
    all_ = list(pairs)
    both = [(a, b) for a, b in all_ if a in WORDS and b in WORDS]
    same = sum(a == b for a, b in both)
    named = [(a, b) for a, b in both if "tie" not in (a, b)]
    halves = sum(half_credit(a, b) for a, b in both)
    return Agreement(
        n=len(both),
        unread=len(all_) - len(both),
        as_class=Share(same, len(both)),
        left_out=Share(sum(a == b for a, b in named), len(named)),
        as_half=Mean(halves / len(both) if both else None, *wilson(halves, len(both)), len(both)),
        kappa=cohen_kappa(confusion(both)),
    )


def half_credit(reference: str, verdict: str) -> float:
    """1 for the same word, 1/2 where just one of the two is a tie, 0 where they name different replies."""
    return 1.0 if reference == verdict else 0.5 if "tie" in (reference, verdict) else 0.0


def accuracy(pairs: Iterable[tuple[str, str]]) -> Share:
    """Share of pairs of (label, verdict) whose verdict is the label; a tie and the unscored are wrong.

    For objective labels, of which none is a tie: a judge that doesn't decide has not found the better reply.
    """
    all_ = list(pairs)
    return Share(sum(label == verdict for label, verdict in all_), len(all_))


def accuracy_by_order(pairs: Iterable[tuple[str, tuple[str, str]]]) -> Mean:
    """Mean over both orders of whether the judge is right in that order; a tie counts 1/2, unread 0.

    From pairs of (label, (word as it is, word turned)), both words as the judge saw the replies. The accuracy of
    Zeng et al. 2024 (LLMBar), who average over both orders. Interval: Wilson's at the effective size, the two orders of
    a pair being a cluster; (0, 1) where there are fewer than two.
    """
    rate = ClusterRate()
    for label, (plain, other) in pairs:
        words = (plain, TURNED.get(other, ""))
        rate.add(sum(half_credit(label, word) for word in words if word in WORDS), 2)
    return Mean(rate.rate, *(rate.interval() or (0.0, 1.0)), rate.clusters)


@dataclass(frozen=True, slots=True)
class Places:
    """What the place of a reply does to a judge that sees each pair in both orders.

    n           pairs with a readable verdict in both orders
    unread      further pairs
    consistent  same verdict in both orders, of n (Zheng et al. 2023: consistency)
    opposed     pairs of n in which each order names another reply: the judge names a place, not a reply
    to_first    the place is the first one, of those that are not consistent (opposed, or a tie in one order only): 1/2
                is a judge that wavers, 1 or 0 one that leans (Zheng et al.: biased toward first)
    """

    n: int
    unread: int
    consistent: Share
    opposed: int
    to_first: Share


def places(orders: Iterable[tuple[str, str]]) -> Places:
    """From the words in both orders, each as the judge saw the replies: ("first", "second") is consistent."""
    all_ = Counter(orders)
    read = {pair: count for pair, count in all_.items() if set(pair) <= set(WORDS)}
    n = sum(read.values())
    first, second = read.get(("first", "first"), 0), read.get(("second", "second"), 0)
    half_first = read.get(("first", "tie"), 0) + read.get(("tie", "first"), 0)
    half_second = read.get(("second", "tie"), 0) + read.get(("tie", "second"), 0)
    bent = first + second + half_first + half_second
    return Places(n, all_.total() - n, Share(n - bent, n), first + second, Share(first + half_first, bent))


def majority(votes: Sequence[str]) -> str:
    """The word that more than half of the votes name, "" where there is none."""
    word, count = Counter(votes).most_common(1)[0] if votes else ("", 0)
    return word if 2 * count > len(votes) else ""


@dataclass(frozen=True, slots=True)
class Raters:
    """Several people over the same pairs.

    alpha        Krippendorff's, nominal, over the three words
    pairwise     same word, of all pairs of raters on all units that both rated
    no_majority  units on which no word has more than half of the votes
    """

    units: int
    alpha: float | None
    pairwise: Share
    no_majority: int


def raters(units: Iterable[Sequence[str]]) -> Raters:
    """From the votes on each pair; what is none of the three words is no vote.

    The share's interval takes pairs of raters as independent, which they are not within a unit: it is rather narrow.
    """
    votes = [[word for word in unit if word in WORDS] for unit in units]
    both = [a == b for unit in votes for a, b in combinations(unit, 2)]
    empty = sum(not majority(unit) for unit in votes)
    return Raters(len(votes), krippendorff_alpha(votes), Share(sum(both), len(both)), empty)


@dataclass(frozen=True, slots=True)
class Beside:
    """A judge's agreement with one person, beside that of two people, over the same units.

    judge, people  mean over units of the share of votes that the verdict equals, and of pairs of votes that are equal
    difference     judge - people, with the interval of a mean of n paired differences: value +- z s / sqrt(n)
    """

    n: int
    judge: float
    people: float
    difference: float
    low: float
    high: float


def beside_people(units: Iterable[tuple[Sequence[str], str]]) -> Beside | None:
    """From (votes of people, verdict) for each pair; all three words are classes.

    Zheng et al. 2023 set agreement of a judge with a random person beside that of two random people. Units with fewer
    than two votes or an unread verdict are left out; None where fewer than two units are left.
    """
    with_judge, among = list[float](), list[float]()
    for all_votes, verdict in units:
        votes = [word for word in all_votes if word in WORDS]
        if len(votes) > 1 and verdict in WORDS:
            pairs = [a == b for a, b in combinations(votes, 2)]
            with_judge.append(sum(vote == verdict for vote in votes) / len(votes))
            among.append(sum(pairs) / len(pairs))
    n = len(among)
    if n < 2:
        return None
    differences = [a - b for a, b in zip(with_judge, among, strict=True)]
    mean = sum(differences) / n
    half = Z95 * sqrt(sum((d - mean) ** 2 for d in differences) / (n - 1) / n)
    return Beside(n, sum(with_judge) / n, sum(among) / n, mean, mean - half, mean + half)
