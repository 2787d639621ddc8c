"""Calibration: one judge held against one set of people's labels, as it is stored and read back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from trustgauge.calibration.attacking import Attack, Steady, attacked, judged_again
from trustgauge.calibration.examining import Examiner
from trustgauge.calibration.labelled import Labelled
from trustgauge.calibration.measuring import Beyond, Judged, Slice, Tally, beyond_chance, slices, tally
from trustgauge.store import Store

METHOD = (
    "Wilson at the effective n, clustered by question; kappa and alpha: 1,000 resamples of whole questions; "
    "Youden's J: Newcombe"
)


class Example(msgspec.Struct, frozen=True):
    """A reply of which the judge says otherwise than people."""

    where: str
    prompt: str
    response: str
    human: bool
    word: str
    evidence: str


class Youden(msgspec.Struct, frozen=True):
    """Sensitivity + specificity - 1 with its 95 % interval; why rates can't be corrected with it, "" where they can."""

    value: float
    low: float
    high: float
    refusal: str


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """A judge's measured error.

    judge       id: name@version of a rule, name@version#hash[model] of a rubric in a model's hands
    kind        what was judged: the name of the rule or rubric
    data        name and content hash of the labelled set
    error       sensitivity and the effective number of people's yes behind it, specificity and that of their no
    yes         the judge's words that count as yes
    words       how often each word was said; "" is undecided without a word
    decided_by  how many replies each judge of a cascade or panel decided
    made        seconds since the epoch, 0 where it was not stored
    examples    disagreements; not stored, for they hold replies
    """

    judge: str
    kind: str
    data: str
    data_hash: str
    yes: tuple[str, ...]
    tally: Tally
    kappa: Beyond
    alpha: Beyond
    youden: Youden | None
    error: tuple[float, float, float, float]
    words: dict[str, int]
    decided_by: dict[str, int] = {}
    slices: tuple[Slice, ...] = ()
    stability: Steady | None = None
    attack: Attack | None = None
    method: str = METHOD
    made: float = 0.0
    examples: tuple[Example, ...] = ()


def calibrated(
    examiner: Examiner,
    data: Labelled,
    *,
    kind: str,
    again: int = 0,
    attack: bool = False,
    examples: int = 0,
    seed: int = 0,
    made: float = 0.0,
) -> Calibration:
    """The examiner against the labels. again: times that all is judged once more."""
    verdicts = examiner.examine([sample.matter for sample in data.samples])
    judged: list[Judged] = list(zip(data.samples, verdicts, strict=True))
    words = Counter(verdict.answer if verdict else "" for verdict in verdicts)
    counts = tally(judged)
    kappa, alpha = beyond_chance(judged, seed)
    error = counts.error
    return Calibration(
        judge=examiner.id,
        kind=kind,
        data=data.name,
        data_hash=data.hash,
        yes=tuple(sorted(examiner.yes)),
        tally=counts,
        kappa=kappa,
        alpha=alpha,
        youden=Youden(*error.youden, error.refusal) if error.positives and error.negatives else None,
        error=(error.sensitivity, error.positives, error.specificity, error.negatives),
        words=dict(words.most_common()),
        decided_by=dict(Counter(v.judge for v in verdicts if v and v.label != "unscored").most_common()),
        slices=slices(judged),
        stability=judged_again(examiner, judged, again) if again else None,
        attack=attacked(examiner, judged, seed) if attack else None,
        made=made,
        examples=_disagreements(judged, examples),
    )


def _disagreements(judged: Sequence[Judged], most: int) -> tuple[Example, ...]:
    """As many of either kind, people's yes first, in their order."""
    wrong = [(s, v) for s, v in judged if v and v.label != "unscored" and (v.label == "good") != s.human]
    missed, found = ([each for each in wrong if each[0].human is human] for human in (True, False))
    half = max(most - most // 2, most - len(found))
    kept = [*missed[:half], *found[: most - min(half, len(missed))]]
    return tuple(
        Example(s.where, s.matter.case.prompt, s.matter.response, s.human, v.answer, v.evidence) for s, v in kept
    )


def keep(store: Store, calibration: Calibration) -> None:
    """Write it into a store, without its examples."""
    body = msgspec.to_builtins(msgspec.structs.replace(calibration, examples=()))
    store.judged.keep_calibration(calibration.judge, calibration.data, body)


def stored(store: Store, judge: str | None = None) -> list[Calibration]:
    """All that a store has, or one judge's, oldest first."""
    return [msgspec.convert(body, Calibration) for body in store.judged.calibrations(judge)]


def latest(store: Store, judge: str) -> Calibration | None:
    """The last one of a judge, by its id."""
    return next(iter(reversed(stored(store, judge))), None)
