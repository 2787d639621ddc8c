"""Comparing: pairs of replies judged by a model in both orders, with nothing asked twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from trustgauge.engine import Drive, Job, Load, Patience
from trustgauge.errors import UsageError
from trustgauge.judges.base import unscored
from trustgauge.judges.pairwise import Pair, PairwiseJudge, Preference
from trustgauge.judging import Hearing
from trustgauge.models import Model
from trustgauge.runner import run_to_end
from trustgauge.stats.pairwise import WORDS
from trustgauge.store import Store, reply_key
from trustgauge.types import Ask, Case, Failure, Reply, Verdict


@dataclass(frozen=True)
class Compared:
    """What came of a list of pairs.

    preferences  one for each pair, in their order; None where a call failed or was never made
    asked        answers got from the judge now
    known        answers that the store had
    halted       why sending stopped early, "" where it didn't
    failure      the last call that failed, if one did
    """

    preferences: tuple[Preference | None, ...]
    asked: int = 0
    known: int = 0
    halted: str = ""
    failure: Failure | None = None


def compare_pairs(
    store: Store,
    model: Model,
    judge: PairwiseJudge,
    pairs: Sequence[Pair],
    *,
    load: Load | None = None,
    patience: Patience | None = None,
    salt: str = "",
) -> Compared:
    """Compare all pairs with an opened model, which is closed at the end.

    Every answer is committed to the store by the content of what was asked before the next question is sent: the
    same call again asks only what is missing, and a finished one asks nothing. A pair that comes again, turned or
    not, is compared once. salt: of a call in which everything is asked again; load: who may send when (concurrency,
    limits, budget). Raises UsageError where the rubric is none for pairs, StoreError.
    """
    if judge.rubric.words != WORDS:
        raise UsageError(f"the rubric '{judge.rubric.name}' is none for pairs: its words must be {', '.join(WORDS)}")
    found = dict[int, Preference]()
    places = dict[Hashable, int]()
    for place, pair in enumerate(pairs):
        places.setdefault(pair.content, place)

    def jobs() -> Iterator[Job]:
        for place in places.values():
            yield _job(judge, pairs[place], place, found)

    def preference(pair: Pair) -> Preference | None:
        place = places[pair.content]
        same = found.get(place)
        return same.turned if same and pairs[place].first != pair.first else same

    def key(ask: Ask, draw: int) -> bytes:
        return reply_key(model.id, model.revision, model.options, ask, 0, salt)

    # Of a comparison only the judge's answers are kept: they make the preference anew.
    drive = Drive("", model, Hearing(store, lambda record, place: None), key, load=load, patience=patience)
    run_to_end(lambda: drive.go_and_close(jobs()))
    progress = drive.progress
    halted = drive.halted or ("the budget is spent" if drive.spent else "")
    return Compared(tuple(map(preference, pairs)), progress.asked, progress.known, halted, progress.last_failure)


def _job(judge: PairwiseJudge, pair: Pair, place: int, found: dict[int, Preference]) -> Job:
    """One pair's conversation, whose preference goes into `found` at its place."""

    def kept(case: Case, answers: Sequence[Reply]) -> Verdict:
        found[place] = judge.preference(pair, answers)
        return unscored(found[place].value)  # of two replies none is good or bad by itself

    return Job(Case(messages=pair.talk), 0, place, lambda case: judge.comparing(pair), kept)
