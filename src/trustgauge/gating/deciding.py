"""Deciding: evidence against a policy - GO, NO-GO or INSUFFICIENT EVIDENCE, for each rule and for the whole.

Errors are held as docs/gate.md says: the whole is GO only if every rule is (intersection-union test, Berger 1982), so
that a false GO of the whole has at most 1 - confidence; and p-values of NO-GO are Holm's over all rules, so that any
false NO-GO has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from trustgauge.errors import UsageError
from trustgauge.gating.bounds import Bounds
from trustgauge.gating.evidence import Collected, Evidence, event_of, is_about
from trustgauge.gating.needs import factor_needed
from trustgauge.gating.policy import Part, Policy
from trustgauge.gating.words import reason_of
from trustgauge.stats.multiplicity import holm
from trustgauge.store import RunInfo, Store
from trustgauge.types import Counts, Record

Word = Literal["GO", "NO-GO", "INSUFFICIENT EVIDENCE"]
EXAMPLES = 3
"""Replies shown behind a rule that is not GO."""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """One rule with its verdict.

    p, p_adjusted  of the verdict: of GO, or else of NO-GO; adjusted over the rules where the policy's family says so
    reason         the verdict's reason in a sentence
    needs          about how many more cases of this kind would settle it; None where none would, or none is needed
    n_per_task     the run's -n with which there would be as many
    examples       records behind it, with replies; none for GO
    """

    part: Part
    verdict: Word
    counts: Counts
    value: float | None
    bounds: Bounds
    p: float | None
    p_adjusted: float | None
    reason: str
    notes: tuple[str, ...] = ()
    needs: int | None = None
    n_per_task: int | None = None
    examples: tuple[Record, ...] = ()


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One run against one policy. place: the policy's file, "" where it was none; store: where the run is."""

    run: RunInfo
    policy: Policy
    verdict: Word
    rules: tuple[Decided, ...]
    owed: int = 0
    place: str = ""
    store: str = ""

    @property
    def go(self) -> bool:
        """True for GO, and nothing else."""
        return self.verdict == "GO"

    def count(self, word: Word) -> int:
        """Rules of that verdict."""
        return sum(rule.verdict == word for rule in self.rules)


def decide(
    store: Store, run: str | RunInfo, policy: Policy, *, baselines: Mapping[str, str] | None = None, place: str = ""
) -> Decision:
    """A run against a policy. baselines: RUN words by the names that `not_worse_than` uses.

    Raises UsageError for a run or a baseline that is not there, or that is the run itself.
    """
    info = store.run(run) if isinstance(run, str) else run
    collected = Collected(store, info, policy, _baselines(store, info, policy, baselines or {}))
    evidence = [collected.evidence(part) for part in policy.parts]
    words, adjusted = verdicts(policy, evidence)
    rules = tuple(
        _decided(store, collected, part, found, word, p)
        for part, found, word, p in zip(policy.parts, evidence, words, adjusted, strict=True)
    )
    owed = collected.owed_in_all
    whole = overall([rule.verdict for rule in rules], owes=owed > 0 and policy.incomplete != "allowed")
    at = collected.store
    return Decision(run=info, policy=policy, verdict=whole, rules=rules, owed=owed, place=place, store=at)


def _baselines(store: Store, info: RunInfo, policy: Policy, named: Mapping[str, str]) -> dict[str, RunInfo]:
    words = dict.fromkeys(rule.not_worse_than for rule in policy.rules if rule.not_worse_than)
    unused = [name for name in named if name not in words]
    if unused:
        raise UsageError(f"no rule compares with '{unused[0]}': --baseline takes a name that not_worse_than uses")
    found: dict[str, RunInfo] = {}
    for word in words:
        try:
            found[word] = store.run(named.get(word, word))
        except UsageError as error:
            hint = f" (a rule is not_worse_than: {word}; say which run that is with --baseline {word}=RUN)"
            raise UsageError(f"{error}{'' if word in named else hint}") from None
        if found[word].id == info.id:
            raise UsageError(f"not_worse_than: {word} is run {info.id} itself: name an earlier one")
    return found


def verdicts(
    policy: Policy, evidence: Sequence[Evidence]
) -> tuple[list[Word], list[tuple[float | None, float | None]]]:
    """The verdict of each rule, and its (p, adjusted p): the pure part of `decide`."""
    alpha, parts = 1 - policy.confidence, policy.parts
    open_ = [bool(found.missing) for found in evidence]
    go = [None if closed else found.bounds.p_go for found, closed in zip(evidence, open_, strict=True)]
    no_go = [None if closed else found.bounds.p_no_go for found, closed in zip(evidence, open_, strict=True)]
    # Every rule is a member of the family, whether or not there is evidence: what is missing cannot lessen its size.
    go_adjusted = _holm(go) if policy.family == "every-rule" else go
    no_go_adjusted = _holm(no_go)
    words: list[Word] = []
    told: list[tuple[float | None, float | None]] = []
    for i, (part, found) in enumerate(zip(parts, evidence, strict=True)):
        word = _verdict(policy, part, found, go_adjusted[i], no_go_adjusted[i], alpha)
        words.append(word)
        told.append((no_go[i], no_go_adjusted[i]) if word == "NO-GO" else (go[i], go_adjusted[i]))
    return words, told


def _holm(p: Sequence[float | None]) -> list[float | None]:
    adjusted = holm([1.0 if each is None else each for each in p])
    return [None if raw is None else each for raw, each in zip(p, adjusted, strict=True)]


def _verdict(policy: Policy, part: Part, found: Evidence, go: float | None, no_go: float | None, alpha: float) -> Word:
    if found.missing:
        return "INSUFFICIENT EVIDENCE"
    whole = not found.owed or policy.incomplete == "allowed"
    if part.rule.what == "scored":
        enough = found.value is not None and found.value >= part.rule.limit
        return "GO" if enough and whole else "INSUFFICIENT EVIDENCE"
    if no_go is not None and no_go <= alpha:
        return "NO-GO"
    return "GO" if go is not None and go <= alpha and whole else "INSUFFICIENT EVIDENCE"


def overall(words: Sequence[Word], *, owes: bool = False) -> Word:
    """NO-GO if a rule is; GO if all are, and the run is whole; else INSUFFICIENT EVIDENCE."""
    if "NO-GO" in words:
        return "NO-GO"
    return "GO" if words and all(word == "GO" for word in words) and not owes else "INSUFFICIENT EVIDENCE"


def _decided(
    store: Store, collected: Collected, part: Part, found: Evidence, word: Word, p: tuple[float | None, float | None]
) -> Decided:
    n = found.counts.n
    factor = factor_needed(part, found, collected.policy.confidence) if word == "INSUFFICIENT EVIDENCE" else None
    asked = collected.info.manifest.get("n")
    per_task = _rounded(asked * factor) if factor and isinstance(asked, int) else None
    needs = _rounded(n * (factor - 1)) if factor else None
    examples = () if word == "GO" else _examples(store, collected, part)
    return Decided(
        part=part,
        verdict=word,
        counts=found.counts,
        value=found.value,
        bounds=found.bounds,
        p=p[0],
        p_adjusted=p[1],
        reason=reason_of(part, found, word, collected, needs, per_task),
        notes=found.notes,
        needs=needs,
        n_per_task=per_task,
        examples=examples,
    )


def _rounded(value: float) -> int:
    """Up to two digits, for it is an estimate: 347.2 becomes 350."""
    whole = max(1, int(-(-value // 1)))
    step = 10 ** max(0, len(str(whole)) - 2)
    return -(-whole // step) * step


def _examples(store: Store, collected: Collected, part: Part) -> tuple[Record, ...]:
    """A few records that spoke against a rule, from its worst tasks first."""
    label = event_of(part)
    tasks = {task: counts for task, counts in collected.tasks.items() if part.covers(task)}
    bad = {task: getattr(c, label) / c.n for task, c in tasks.items() if getattr(c, label)}
    found: list[Record] = []
    for task in sorted(bad, key=lambda name: -bad[name]):
        mine = [r for r in store.examples(collected.info.id, task, label, 50) if is_about(part, r)]
        found += mine[: EXAMPLES - len(found)]
        if len(found) >= EXAMPLES:
            break
    return tuple(found)
