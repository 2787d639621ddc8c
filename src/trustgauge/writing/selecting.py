"""Selecting: near-duplicates out, then the wanted number of items, balanced over topics, difficulty and options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil

import msgspec
from msgspec.structs import replace

from trustgauge.generate.choice import LAYOUTS, option_lines
from trustgauge.stats.likeness import near_duplicates
from trustgauge.types import Case
from trustgauge.writing.drafts import Draft
from trustgauge.writing.shapes import Shape

ALIKE = 0.5
"""Share of two texts' pairs of words in both, from which they count as the same question: two or three words differ."""

TOO_LIKE = "near-duplicate of another written one"
TOO_LIKE_OWN = "near-duplicate of one of the task's own"
LONGEST = "balance: the right option is the longest too often"
SHORTEST = "balance: the right option is the shortest too often"
ENOUGH = "not needed: there are enough"


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A draft on its way: the filters it has passed, or why it was dropped.

    position  of the right option, from 0            fails  share of the probes' replies to it that were bad
    """

    draft: Draft
    position: int = 0
    passed: tuple[str, ...] = ()
    dropped: str = ""
    fails: float | None = None

    def through(self, name: str, fault: str = "") -> Item:
        """The item after a filter: past it, or dropped; one that was dropped before stays so."""
        if self.dropped:
            return self
        return replace(self, dropped=fault) if fault else replace(self, passed=(*self.passed, name))

    @property
    def level(self) -> str:
        """How hard it is for the probes: none of their replies bad, some, or all; "" where none was asked."""
        if self.fails is None:
            return ""
        return "easy" if self.fails == 0 else "hard" if self.fails == 1 else "middle"


def unlike(items: Sequence[Item], shape: Shape) -> list[Item]:
    """The items without those that are like one of the task's own, or like one before them."""
    alive = [i for i, item in enumerate(items) if not item.dropped]
    found = list(items)
    for side in ("harmful", "benign", "question"):
        own = [bare_question(case) for case in shape.own if side in (case.kind, "question")]
        there = [i for i in alive if getattr(items[i].draft, side)]
        texts = [_whole(items[i].draft, side) for i in there]
        for pair in near_duplicates(texts, own, ALIKE):
            found[there[pair.first]] = found[there[pair.first]].through("", TOO_LIKE_OWN)
        for pair in near_duplicates(texts, None, ALIKE):
            found[there[pair.first]] = found[there[pair.first]].through("", TOO_LIKE)
    return [item.through("unlike") for item in found]


def _whole(draft: Draft, side: str) -> str:
    return str(getattr(draft, side))


def bare_question(case: Case) -> str:
    """A case's prompt without its layout and options."""
    if not case.options:
        return case.prompt
    layout = LAYOUTS.get(case.template.rpartition("/")[2], "{question}")
    opening = layout.partition("{question}")[0]
    return (
        case.prompt.partition(option_lines(case.options))[0].removeprefix(opening).removesuffix("Choose one:\n").strip()
    )


def chosen(items: Sequence[Item], shape: Shape, wanted: int, levels: tuple[float, float]) -> list[Item]:
    """At most `wanted` items kept, the rest dropped with a reason; in the order given.

    levels  least and most share of bad replies of the probes, where there are any
    Each pick is the one whose topic and difficulty are rarest among those picked. Of closed questions no more have
    the longest, or the shortest, option right than chance has it; then the right option's places are dealt evenly.
    """
    low, high = levels
    off = f"difficulty: not between {low:g} and {high:g}"
    found = [
        item.through("difficulty", "" if item.fails is None or low <= item.fails <= high else off) for item in items
    ]
    left = [i for i, item in enumerate(found) if not item.dropped]
    most = ceil(min(wanted, len(left)) / shape.options) if shape.options else wanted
    topics, levels_, cues = Counter[str](), Counter[str](), Counter[str]()
    picked: list[int] = []
    while left and len(picked) < wanted:
        best = min(left, key=lambda i: (topics[found[i].draft.topic], levels_[found[i].level], i))
        left.remove(best)
        draft = found[best].draft
        cue = _cue(draft) if shape.options else ""
        if cue and cues[cue] >= most:
            found[best] = found[best].through("", cue)
            continue
        topics[draft.topic] += 1
        levels_[found[best].level] += 1
        cues[cue] += 1
        picked.append(best)
    for i in left:
        found[i] = found[i].through("", ENOUGH)
    for i in picked:
        found[i] = found[i].through("balance")
    return placed(found, shape)


def _cue(draft: Draft) -> str:
    """Why a question is dropped where there are too many of its sort; "" where its length tells nothing."""
    sizes = [len(option) for option in draft.wrong]
    if len(draft.right) > max(sizes):
        return LONGEST
    return SHORTEST if len(draft.right) < min(sizes) else ""


def placed(items: Iterable[Item], shape: Shape) -> list[Item]:
    """The kept items with the right option's places dealt evenly: each stays where it is while there is room for it."""
    found = list(items)
    if not shape.options:
        return found
    kept = [i for i, item in enumerate(found) if not item.dropped]
    least, rest = divmod(len(kept), shape.options)
    counts = Counter[int]()
    homeless: list[int] = []
    for i in kept:
        at = found[i].position
        full = counts[at] >= least + (1 if sum(n > least for n in counts.values()) < rest else 0)
        if full:
            homeless.append(i)
        else:
            counts[at] += 1
    for i in homeless:
        at = min(range(shape.options), key=lambda place: (counts[place], place))
        counts[at] += 1
        found[i] = replace(found[i], position=at)
    return found
