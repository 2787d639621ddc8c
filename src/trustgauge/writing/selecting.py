"""Selecting: near-duplicates out, then the wanted number of items, balanced over topics, difficulty and options."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from trustgauge.generate.choice import LAYOUTS, option_lines
from trustgauge.proof import respond
from trustgauge.stats.likeness import near_duplicates
from trustgauge.types import Case
from trustgauge.writing.drafts import Draft, cases_of
from trustgauge.writing.shapes import Shape

ALIKE = 0.5
"""Share of two texts' pairs of words in both, from which they count as the same question: two or three words differ."""

TOO_LIKE = "near-duplicate of another written one"
TOO_LIKE_OWN = "near-duplicate of one of the task's own"
LONGEST = "balance: the right option is the longest too often"
SHORTEST = "balance: the right option is the shortest too often"
MISJUDGED = "a good reply to it, or a bad one, is judged otherwise"
NAMED = "balance: the right option is the first that the question names too often"
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
        there = [i for i in alive if getattr(items[i].draft, side)]
        if not there:
            continue
        own = [bare_question(case) for case in shape.own if side in (case.kind, "question")]
        texts = [_whole(items[i].draft, side) for i in there]
        for pair in near_duplicates(texts, own, ALIKE):
            found[there[pair.first]] = found[there[pair.first]].through("", TOO_LIKE_OWN)
        for pair in near_duplicates(texts, None, ALIKE):
            found[there[pair.first]] = found[there[pair.first]].through("", TOO_LIKE)
    return [item.through("unlike") for item in found]


def misjudged(shape: Shape, item: Item) -> str:
    """Why a draft cannot be measured: the task's judge does not call a good reply good, and a bad one bad."""
    for case in cases_of(item.draft, shape, item.position):
        for name, label in (("oracle", "good"), ("anti-oracle", "bad")):
            (record,) = respond(shape.task, name, [case.of(shape.task.id)])
            if record.label != label:
                return MISJUDGED
    return ""


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
    Each pick is the one whose topic and difficulty are rarest among those picked. Of closed questions no more of those
    kept have the longest option right, the shortest, or the first that the question names than chance has it, however
    few are then left; then the right option's places are dealt evenly.
    """
    low, high = levels
    off = f"difficulty: not between {low:g} and {high:g}"
    found = [
        item.through("difficulty", "" if item.fails is None or low <= item.fails <= high else off) for item in items
    ]
    left = [i for i, item in enumerate(found) if not item.dropped]
    cues = {i: _cues(found[i].draft) for i in left}
    picked, full = _picked(found, cues, shape, wanted)
    aim = wanted
    while shape.options and 0 < len(picked) < aim:  # fewer are left than the shares were reckoned for
        aim = len(picked)
        picked, full = _picked(found, cues, shape, aim)
    for i in left:
        why = "" if i in picked else next((cue for cue in cues[i] if cue in full), ENOUGH)
        found[i] = found[i].through("balance", why)
    return placed(found, shape)


def _picked(
    items: Sequence[Item], cues: Mapping[int, Sequence[str]], shape: Shape, wanted: int
) -> tuple[set[int], set[str]]:
    """The places picked, and the cues that as many of these have as chance allows; cues gives those of each place."""
    most = max(wanted // shape.options, 1) if shape.options else wanted
    topics, levels, counts = Counter[str](), Counter[str](), Counter[str]()
    rest, picked = list(cues), set[int]()
    while rest and len(picked) < wanted:
        best = min(rest, key=lambda i: (topics[items[i].draft.topic], levels[items[i].level], i))
        rest.remove(best)
        if any(counts[cue] >= most for cue in cues[best]):
            continue
        topics[items[best].draft.topic] += 1
        levels[items[best].level] += 1
        counts.update(cues[best])
        picked.add(best)
    return picked, {cue for cue, count in counts.items() if count >= most}


def _cues(draft: Draft) -> list[str]:
    """What gives a question's right option away to who does not understand it; none for requests."""
    if not draft.wrong:
        return []
    sizes = [len(option) for option in draft.wrong]
    shortest, longest = len(draft.right) < min(sizes), len(draft.right) > max(sizes)
    right, *wrong = (_named_at(option, draft.question) for option in (draft.right, *draft.wrong))
    named = right < min(wrong)
    return [cue for cue, found in ((LONGEST, longest), (SHORTEST, shortest), (NAMED, named)) if found]


def _named_at(option: str, text: str) -> int:
    """Where a text names an option first; its end where it does not."""
    found = re.search(rf"(?<!\w){re.escape(option)}(?!\w)", text, re.I)
    return found.start() if found else len(text)


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
