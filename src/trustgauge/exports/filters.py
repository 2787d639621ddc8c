"""Filters: replies that are readable, sure enough, said by people, not said before; rows unlike each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from trustgauge.exports.candidates import Candidate
from trustgauge.exports.pairs import Item
from trustgauge.stats.likeness import distinct, normal
from trustgauge.types import digest


def kept(
    candidates: Sequence[Candidate],
    left: Counter[str],
    *,
    min_confidence: float = 0.0,
    human_only: bool = False,
    raw: bool = False,
) -> list[Candidate]:
    """The replies that pass, each of the others counted by its first reason; raw lets unreadable ones and copies pass.

    Which of several models that say the same is kept is left to a hash: none of them shall be favoured.
    """
    found: list[Candidate] = []
    said = set[tuple[str, str, str]]()
    for one in sorted(candidates, key=lambda each: (each.prompt, digest(each.key))):
        reason = "" if raw else _unusable(one)
        reason = reason or _unsure(one, min_confidence, human_only)
        if not reason and not raw:
            words = (one.prompt, one.label, normal(one.text))
            reason = "the same reply to the same prompt, again" if words in said else ""
            said.add(words)
        if reason:
            left[reason] += 1
        else:
            found.append(one)
    return found


def _unusable(one: Candidate) -> str:
    if not one.text.strip():
        return "empty reply"
    return "" if one.readable else "labelled by the release, but no readable answer"


def _unsure(one: Candidate, least: float, human_only: bool) -> str:
    if human_only and not one.by_people:
        return "not labelled by people"
    if least and one.confidence is None:
        return "judge's confidence not known"
    if least and one.confidence is not None and one.confidence < least:
        return f"judge's confidence below {least:g}"
    return ""


def not_contradictory(items: Sequence[Item], left: Counter[str]) -> list[Item]:
    """Pairs whose two replies differ in their words; others teach nothing, and one of the two judges was wrong."""
    found = [item for item in items if not (item.good and item.bad) or normal(item.good.text) != normal(item.bad.text)]
    if len(found) < len(items):
        left["the same words judged good and bad"] += len(items) - len(found)
    return found


def unlike(items: Sequence[Item], threshold: float, left: Counter[str]) -> list[Item]:
    """Rows without those whose conversation and replies are nearly those of an earlier one; 0 keeps all.

    Compared are rows of one task, kind, twin and key only: the two halves of a minimal pair share most of their words
    and are there for what they don't share.
    """
    if not threshold:
        return list(items)
    alike = defaultdict[tuple[str, ...], list[Item]](list)
    for item in items:
        case = item.lead.case
        alike[case.task, case.kind, str(case.twin), case.key].append(item)
    found = {id(mine[i]) for mine in alike.values() for i in distinct([_words(item) for item in mine], threshold)}
    if len(found) < len(items):
        left["nearly the same as another row"] += len(items) - len(found)
    return [item for item in items if id(item) in found]


def _words(item: Item) -> str:
    replies = [one.text for one in (item.good, item.bad) if one]
    return "\n".join([*(message.content for message in item.lead.messages), *replies])
