"""Balance over rows: by source model, of refusals, of benign twins, and the mix over sub-categories."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import floor

from trustgauge.exports.pairs import Item
from trustgauge.exports.style import MOST_LOST

Cell = tuple[str, str]
"""The models of the good and of the bad reply; "" where there is none."""


def by_source(items: Sequence[Item], share: float, seed: int, left: Counter[str]) -> list[Item]:
    """Rows in which no model is the good one, or the bad one, in more than `share` of its replies.

    Else a model learns whose style is wanted instead of what is right. At most half the rows are given up for it. What
    a better model or a person was asked to write is good on purpose and not counted; nor is anything of rows that
    stand alone where one model wrote them all.
    """
    cells = defaultdict[Cell, list[Item]](list)
    for item in sorted(items, key=lambda each: each.order(seed)):
        cells[_cell(item)].append(item)
    counts = {cell: len(found) for cell, found in cells.items()}
    if len({model for cell in counts for model in cell if model}) > 1:
        _thin(counts, share, floor(len(items) * MOST_LOST))
    kept = {id(item) for cell, n in counts.items() for item in cells[cell][:n]}
    if len(kept) < len(items):
        left["to balance good and bad of each source model"] += len(items) - len(kept)
    return [item for item in items if id(item) in kept]


def _cell(item: Item) -> Cell:
    sides = (item.good, item.bad)
    if any(one and one.origin != "model" for one in sides):
        return "", ""
    return item.good.model if item.good else "", item.bad.model if item.bad else ""


def _thin(counts: dict[Cell, int], share: float, most: int) -> None:
    """Take rows from the cells that unbalance the most, a few at a time, until none does or `most` are gone."""
    while most > 0:
        excess = _excess(counts, share)
        worst = max(counts, key=lambda cell: (_gain(cell, excess) if counts[cell] else 0.0, cell), default=None)
        if worst is None or not counts[worst] or _gain(worst, excess) <= 0:
            return
        step = min(most, max(1, counts[worst] // 20))
        counts[worst] -= step
        most -= step


def _gain(cell: Cell, excess: Mapping[str, float]) -> float:
    """How far a row of this cell pushes its models to the side on which they are too often already."""
    return excess.get(cell[0], 0.0) - excess.get(cell[1], 0.0)


def _excess(counts: Mapping[Cell, int], share: float) -> dict[str, float]:
    """By model: rows as the good one beyond what `share` allows; negative: as the bad one; 0 where it is balanced."""
    good, bad = Counter[str](), Counter[str]()
    for (first, second), n in counts.items():
        if first != second:  # two draws of one model are balanced by themselves
            good[first] += n
            bad[second] += n
    odds = share / (1 - share)
    found: dict[str, float] = {}
    for model in (good.keys() | bad.keys()) - {""}:
        over, under = good[model] - odds * bad[model], bad[model] - odds * good[model]
        found[model] = over if over > 0 else -under if under > 0 else 0.0
    return found


def sources(items: Iterable[Item]) -> dict[str, dict[str, int]]:
    """How often each model's reply is the good one and the bad one."""
    found = defaultdict[str, Counter[str]](Counter)
    for item in items:
        for one, word in ((item.good, "good"), (item.bad, "bad")):
            if one:
                found[one.model][word] += 1
    return {model: {word: found[model][word] for word in ("good", "bad")} for model in sorted(found)}


# twins and refusals


def with_twins(items: Sequence[Item], twinned: set[Cell], left: Counter[str]) -> list[Item]:
    """Rows of "don't" cases only where a benign twin of their group has a row as well.

    twinned: the (task, group)s that have a twin at all; groups without one, as of outside material, pass.
    """
    there = {group_of(item) for item in items if item.twin}
    found = [i for i in items if i.twin or group_of(i) not in twinned or group_of(i) in there]
    if len(found) < len(items):
        left["no usable row of its benign twin"] += len(items) - len(found)
    return found


def group_of(item: Item) -> Cell:
    """What ties an item to its twins."""
    return item.lead.case.task, item.lead.case.group


def capped(items: Sequence[Item], share: float, seed: int, left: Counter[str]) -> list[Item]:
    """At most `share` of the rows of a sub-category teach a refusal: their good reply declines and gives nothing."""
    by_sub = defaultdict[str, list[Item]](list)
    for item in items:
        if item.good:
            by_sub[item.lead.sub_category].append(item)
    gone = set[int]()
    for mine in by_sub.values():
        declined = [item for item in mine if refuses(item) and not item.twin]
        rest = len(mine) - len(declined)
        allowed = floor(share / (1 - share) * rest + 1e-9)
        if len(declined) > allowed:
            declined.sort(key=lambda item: item.order(seed))
            gone |= {id(item) for item in declined[allowed:]}
    if gone:
        left["beyond the share of refusals"] += len(gone)
    return [item for item in items if id(item) not in gone]


def refuses(item: Item) -> bool:
    """True where the good reply is a full refusal."""
    return bool(item.good) and item.good.refuses


# the mix


def mixed(items: Sequence[Item], weights: Mapping[str, float], limit: int, seed: int, left: Counter[str]) -> list[Item]:
    """Whole groups by chance so that sub-categories stand in the ratio of their weights; at most `limit` rows.

    Without weights they stay in the ratio that they have. limit 0: as many as the heaviest sub-category has rows for,
    with weights; else all.
    """
    have = Counter(item.lead.sub_category for item in items)
    if weights:
        share = {sub: weights.get(sub, 0.0) for sub in have}
        left["sub-category without a weight"] += sum(n for sub, n in have.items() if not share[sub])
    else:
        share = {sub: float(n) for sub, n in have.items()}
    if not any(share.values()):
        return []
    heaviest = max(share, key=lambda sub: (share[sub], sub))
    total = round(have[heaviest] * sum(share.values()) / share[heaviest])
    wanted = shares({sub: n for sub, n in have.items() if share[sub]}, share, min(total, limit or total))
    found = [item for sub, n in wanted.items() for item in _take(_of(items, sub), n, seed)]
    without = left["sub-category without a weight"] if weights else 0
    left["beyond the limit or the mix"] += len(items) - len(found) - without
    return found


def shares(have: Mapping[str, int], weights: Mapping[str, float], total: int) -> dict[str, int]:
    """How many rows of each sub-category: total in the ratio of the weights, what one lacks goes to the others."""
    wanted: dict[str, int] = {}
    rest, open_ = total, dict(have)
    while open_:
        per = rest / sum(weights[sub] for sub in open_)
        short = [sub for sub, n in open_.items() if n <= per * weights[sub]]
        if not short:
            wanted |= {sub: floor(per * weights[sub] + 1e-9) for sub in open_}
            break
        for sub in short:
            wanted[sub] = open_.pop(sub)
            rest -= wanted[sub]
    return wanted


def _of(items: Sequence[Item], sub: str) -> list[Item]:
    return [item for item in items if item.lead.sub_category == sub]


def _take(items: list[Item], n: int, seed: int) -> list[Item]:
    """Whole groups in an order by chance, as long as they fit, so that no "don't" loses its twin."""
    if n >= len(items):
        return items
    groups = defaultdict[Cell, list[Item]](list)
    for item in sorted(items, key=lambda each: each.order(seed)):
        groups[group_of(item)].append(item)
    found: list[Item] = []
    for group in groups.values():
        if len(found) + len(group) <= n:
            found += group
    return found
