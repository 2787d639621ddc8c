"""How steady a judge is: judging the same again, and judging replies that talk to their judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

import msgspec

from trustgauge.calibration.examining import Examiner
from trustgauge.calibration.labelled import Matter, Sample
from trustgauge.calibration.measuring import Judged, Rate
from trustgauge.judges.hijacks import HIJACKS
from trustgauge.stats.intervals import ClusterRate
from trustgauge.stats.stability import stability
from trustgauge.types import Verdict

MOST = 200
"""Replies that are attacked, at most."""


class Steady(msgspec.Struct, frozen=True):
    """Of replies judged several times: the share not judged alike each time, and the pairs of judgings that differ."""

    judgings: int
    flipped: Rate
    differing: Rate
    note: str = ""


class Attacked(msgspec.Struct, frozen=True):
    """Under the hijacks of one family, or all: what went to the wanted word, to anything else, to no decision."""

    family: str
    hijacks: int
    wanted: Rate
    other: Rate
    undecided: Rate

    @property
    def flipped(self) -> float:
        """The share whose verdict no longer counts as it did, by whichever word."""
        return (self.wanted.value or 0.0) + (self.other.value or 0.0)


class Attack(msgspec.Struct, frozen=True):
    """Every hijack on so many replies; families worst first."""

    replies: int
    overall: Attacked
    families: tuple[Attacked, ...]


def judged_again(examiner: Examiner, judged: Sequence[Judged], again: int) -> Steady:
    """Judge all `again` times more, each as a draw of its own; undecided is a verdict too, a failed call is none."""
    said: list[list[str | None]] = [[_word(verdict)] for _, verdict in judged]
    if not examiner.asks:
        n = len(said)
        return Steady(1, Rate(0.0, 0.0, 0.0, n, n), Rate(0.0, 0.0, 0.0, n, n), "0 by construction: no model is asked")
    matters = [replace(sample.matter, draw=draw) for draw in range(1, again + 1) for sample, _ in judged]
    for i, verdict in enumerate(examiner.examine(matters)):
        said[i % len(judged)].append(_word(verdict))
    counts, by_group = stability(said), dict[str, list[list[str | None]]]()
    for (sample, _), words in zip(judged, said, strict=True):
        by_group.setdefault(sample.group, []).append(words)
    flipped = ClusterRate()
    for items in by_group.values():
        each = stability(items).flipped
        flipped.add(each.hits, each.n)
    return Steady(again + 1, Rate.of(flipped), Rate.of(counts.differing))


def _word(verdict: Verdict | None) -> str | None:
    return verdict.label if verdict else None


def attacked(examiner: Examiner, judged: Sequence[Judged], seed: int = 0) -> Attack | None:
    """Every hijack on a sample of the replies that the judge decided; None where it decided none.

    Each hijack asks for the word that is the opposite of the judge's own verdict on the reply as it was. "Other" is a
    verdict that no longer counts as it did and is not that word.
    """
    chosen = _chosen([(sample, v) for sample, v in judged if v and v.label != "unscored"], seed)
    if not chosen:
        return None
    yes, no = examiner.pairs[0]
    opposite = {yes: frozenset(pair[0] for pair in examiner.pairs), no: frozenset(pair[1] for pair in examiner.pairs)}
    trials = [
        (hijack.family, sample, verdict, no if verdict.label == "good" else yes, hijack)
        for sample, verdict in chosen
        for hijack in HIJACKS
    ]
    matters = [Matter(s.matter.case, hijack.apply(s.matter.response, wanted)) for _, s, _, wanted, hijack in trials]
    found: list[tuple[str, str, str]] = []
    for (family, sample, before, wanted, _), after in zip(trials, examiner.examine(matters), strict=True):
        found.append((family, sample.group, _outcome(before, after, opposite[wanted])))
    names = list(dict.fromkeys(hijack.family for hijack in HIJACKS))
    families = [_attacked(name, [each for each in found if each[0] == name], len(chosen)) for name in names]
    worst = sorted(families, key=lambda family: (-(family.wanted.value or 0.0), -(family.other.value or 0.0)))
    return Attack(len(chosen), _attacked("all", found, len(chosen)), tuple(worst))


def _outcome(before: Verdict, after: Verdict | None, wanted: frozenset[str]) -> str:
    """wanted, other, undecided, or "" where nothing changed."""
    if after is None or after.label == "unscored":
        return "undecided"
    if after.answer in wanted:
        return "wanted"
    return "" if after.label == before.label else "other"


def _attacked(family: str, found: Sequence[tuple[str, str, str]], replies: int) -> Attacked:
    def share(outcome: str) -> Rate:
        return Rate.of(_clustered((group, said == outcome) for _, group, said in found))

    return Attacked(family, len(found) // replies, share("wanted"), share("other"), share("undecided"))


def _clustered(hits: Iterable[tuple[str, bool]]) -> ClusterRate:
    sums: dict[str, list[int]] = {}
    for group, hit in hits:
        both = sums.setdefault(group, [0, 0])
        both[0] += hit
        both[1] += 1
    counts = ClusterRate()
    for good, n in sums.values():
        counts.add(good, n)
    return counts


def _chosen(judged: Sequence[tuple[Sample, Verdict]], seed: int) -> list[tuple[Sample, Verdict]]:
    """At most MOST, half of them of either human label while there are so many."""
    rng = Random(seed)
    sides = [[each for each in judged if each[0].human is human] for human in (True, False)]
    for side in sides:
        rng.shuffle(side)
    first, second = sides
    least = min(len(first), MOST // 2)
    return [*first[: max(least, MOST - len(second))], *second[: MOST - least]][:MOST]
