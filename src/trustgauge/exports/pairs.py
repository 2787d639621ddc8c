"""Pairs and single rows: what several models' or draws' replies to one prompt give to train on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, NamedTuple

from trustgauge.exports.candidates import OWN, Candidate
from trustgauge.suites import known_task
from trustgauge.types import digest

Format = Literal["sft", "dpo", "kto", "reward", "unlikelihood"]
PAIRED: tuple[Format, ...] = ("dpo", "reward")


@dataclass(frozen=True)
class Item:
    """One row before it has a shape: a good reply, a bad one, or both to the same prompt."""

    good: Candidate | None = None
    bad: Candidate | None = None

    @property
    def lead(self) -> Candidate:
        """The reply that the row is filed under: the good one where there is one."""
        found = self.good or self.bad
        assert found is not None
        return found

    @property
    def twin(self) -> bool:
        """True for the "do" beside a "don't"."""
        return self.lead.case.twin

    def order(self, seed: int) -> str:
        """A hash that orders items as if by chance, the same way every time."""
        return digest((seed, *(one.key for one in (self.good, self.bad) if one)))


class Yield(NamedTuple):
    """Prompts, those of them with good and bad replies, and their pairs."""

    prompts: int
    mixed: int
    pairs: int

    @property
    def words(self) -> str:
        """In a sentence."""
        return f"{self.mixed:,} of {self.prompts:,} prompts have good and bad replies: {self.pairs:,} pairs"


def yield_of(prompts: Iterable[Sequence[Candidate]]) -> Yield:
    """How many prompts there are, how many with mixed labels, and the pairs within these."""
    n = mixed = pairs = 0
    for replies in prompts:
        good = sum(one.label == "good" for one in replies)
        n += 1
        mixed += 0 < good < len(replies)
        pairs += good * (len(replies) - good)
    return Yield(n, mixed, pairs)


def items_of(
    format_: Format, prompts: Iterable[Sequence[Candidate]], most: int, seed: int, left: Counter[str]
) -> list[Item]:
    """The rows of a format: all pairs of a prompt (or `most` of them), or each reply for itself."""
    found: list[Item] = []
    for replies in prompts:
        good = [one for one in replies if one.label == "good"]
        bad = [one for one in replies if one.label == "bad"]
        if format_ in PAIRED:
            found += _pairs(good, bad, most, seed, left)
        else:
            found += [Item(good=one) for one in good] if format_ in ("sft", "kto") else []
            found += [Item(bad=one) for one in bad] if format_ in ("kto", "unlikelihood") else []
    return found


def _pairs(good: list[Candidate], bad: list[Candidate], most: int, seed: int, left: Counter[str]) -> Iterator[Item]:
    """All pairs; of more than `most` (0: no limit) those in which models are spread the most."""
    pairs = [Item(g, b) for g, b in product(good, bad)]
    if not most or len(pairs) <= most:
        yield from pairs
        return
    left["beyond the pairs per prompt"] += len(pairs) - most
    rest = sorted(pairs, key=lambda item: item.order(seed))
    used = Counter[str]()
    for _ in range(most):
        best = min(rest, key=lambda item: used[_who(item.good)] + used[_who(item.bad)])
        used.update((_who(best.good), _who(best.bad)))
        rest.remove(best)
        yield best


def _who(one: Candidate | None) -> str:
    return f"{one.label} {one.model}" if one else ""


# where all replies are bad


Write = Callable[[Candidate], Sequence[Candidate]]
"""What somebody wrote as good replies to a candidate's prompt; nothing where nothing fits."""


def supplied(
    prompts: Iterable[Sequence[Candidate]], better: Sequence[Candidate], write: Write | None, left: Counter[str]
) -> list[list[Candidate]]:
    """The prompts, those with only bad replies filled from a better model's good replies, or else by written ones."""
    known: dict[str, list[Candidate]] = {}
    for one in better:
        if one.label == "good":
            known.setdefault(one.prompt, []).append(one)
    found: list[list[Candidate]] = []
    for replies in prompts:
        first = replies[0]
        if all(one.label == "bad" for one in replies):
            more = known.get(first.prompt) or (list(write(first)) if write else [])
            if not more and (better or write):
                left["prompts of which no good reply is known"] += 1
            found.append([*replies, *more])
        else:
            found.append(list(replies))
    return found


def with_refusals(prompts: Sequence[Sequence[Candidate]]) -> list[list[Candidate]]:
    """Prompts of benign twins with only good replies get one that their task's gold replies hold as bad.

    So a twin has a pair wherever a "don't" of its group has one, although the model never refused the twin.
    """
    paired = {_group(replies[0]) for replies in prompts if not replies[0].case.twin and _labels(replies) == BOTH}
    return [
        [*replies, *_one_of(replies[0], gold(replies[0], "bad"), "bad", OVER_REFUSAL, OWN)]
        if replies[0].case.twin and _group(replies[0]) in paired and _labels(replies) == {"good"}
        else list(replies)
        for replies in prompts
    ]


BOTH = {"good", "bad"}


def _labels(replies: Sequence[Candidate]) -> set[str]:
    return {one.label for one in replies}


def _group(one: Candidate) -> tuple[str, str]:
    return one.case.task, one.case.group


def gold(one: Candidate, label: Literal["good", "bad"]) -> Sequence[str]:
    """The gold replies of a candidate's task to its conversation; none where the task is not known."""
    task = known_task(one.case.task)
    if not task:
        return ()
    said = task.gold(one.case, one.messages)
    return said.good if label == "good" else said.bad


def gold_good(one: Candidate) -> list[Candidate]:
    """One gold good reply, by the case's hash, so that all of a task's wordings come up."""
    return _one_of(one, gold(one, "good"), "good", "gold reply of the task", OWN)


def by_policy(known: Mapping[str, Sequence[str]]) -> Write:
    """Replies from the user's own words: by "task:kind", "task", "sub-category:kind", "sub-category" or "*", in turn.

    A name without a kind is not meant for benign twins: they are to be answered, and a policy says how to refuse.
    """

    def write(one: Candidate) -> list[Candidate]:
        names = (one.case.task, one.sub_category, "*")
        keys = [key for name in names for key in (f"{name}:{one.case.kind}", *(() if one.case.twin else (name,)))]
        texts = next((known[key] for key in keys if key in known), ())
        return _one_of(one, texts, "good", "by the user's policy", "your own words")

    return write


def _one_of(
    one: Candidate, texts: Sequence[str], label: Literal["good", "bad"], reason: str, licence: str
) -> list[Candidate]:
    if not texts:
        return []
    text = texts[int(digest(one.case.id, 4), 16) % len(texts)]
    return [written(one, text, label, reason, licence)]


OVER_REFUSAL = "a gold bad reply of the task, such as an over-refusal"


def written(one: Candidate, text: str, label: Literal["good", "bad"], reason: str, licence: str = OWN) -> Candidate:
    """A reply that no model gave, to the same prompt as another."""
    return replace(
        one,
        text=text,
        label=label,
        judge="written",
        reason=reason,
        confidence=1.0,
        by_people=False,
        run="",
        model="written",
        draw=0,
        licence=licence,
        origin="written",
        readable=True,
    )
