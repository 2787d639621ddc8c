"""What a comparison says in sentences: the answer first, then what makes it doubtful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from trustgauge.comparison.result import ALPHA, SMALL, Compared, Comparison, RunPair
from trustgauge.reports.section import first_few, percent, run_names
from trustgauge.reports.stopped import stopped_early
from trustgauge.safe import plain
from trustgauge.taxonomy import SUB_CATEGORIES

NAMED = 3
WORDS = ("better", "worse", "equivalent", "not worse", "can't tell", "not compared")


def names(found: Comparison) -> tuple[str, list[str]]:
    """What the baseline and the runs are called; harmless, for charts too."""
    first, *others = (plain(name, 60) for name in run_names([found.baseline, *(pair.run for pair in found.pairs)]))
    return first, others


def lead(found: Comparison) -> tuple[str, ...]:
    """All sentences, run by run."""
    baseline, runs = names(found)
    named = list(zip(runs, found.pairs, strict=True))
    answers = [answer(baseline, name, pair) for name, pair in named]
    head = {name: f"{name}: " if len(named) > 1 else "" for name in runs}
    rest = [f"{head[name]}{sentence}" for name, pair in named for sentence in _of(baseline, name, pair)]
    runs_of = zip([baseline, *runs], [found.baseline, *(pair.run for pair in found.pairs)], strict=True)
    stopped = [said for name, run in runs_of if (said := stopped_early(name, run))]
    return (*answers, *stopped, *rest, *_resamples(found))


def _resamples(found: Comparison) -> Iterator[str]:
    if found.resamples < found.family / ALPHA:
        yield (
            f"{found.resamples:,} resamples cannot show a difference at 5 % over {found.family} tests: "
            f"use at least {int(found.family / ALPHA) + 1:,}."
        )


def _of(baseline: str, name: str, pair: RunPair) -> Iterator[str]:
    yield from pair.warnings
    yield from pair.differs
    yield from _shared(baseline, name, pair)
    yield from _lacking(baseline, name, pair)
    small = [sub.id for sub in pair.every if min(sub.n_first, sub.n_second) < SMALL]
    if small:
        yield f"SMALL: fewer than {SMALL} cases in {first_few(small)}; what is not seen there may still be."


def answer(baseline: str, name: str, pair: RunPair) -> str:
    """ "careful is better than base-like in 25 of 29 sub-categories, worse in none, can't tell in 4: ..."."""
    if not pair.subs:
        return f"{name} and {baseline} have none of the 29 sub-categories in common.{_beside(pair)}"
    by = {word: [sub.id for sub in pair.subs if sub.word == word] for word in WORDS}
    parts = [
        f"{name} is better than {baseline} in {_number(by['better'])} of {len(pair.subs)} sub-categories",
        f"worse in {_number(by['worse'])}" + (f" ({first_few(by['worse'])})" if by["worse"] else ""),
        *(f"{word} in {len(by[word])}" for word in ("equivalent", "not worse") if by[word]),
        *(f"{word} in {len(by[word])}{_few(by[word])}" for word in ("can't tell", "not compared") if by[word]),
    ]
    unseen = len(SUB_CATEGORIES) - sum(sub.id in SUB_CATEGORIES for sub in pair.subs)
    missing = f"; {unseen} of the 29 are not in both." if unseen else "."
    return ", ".join(parts) + missing + _beside(pair)


def _beside(pair: RunPair) -> str:
    """What is outside the taxonomy, in a sentence of its own."""
    said = [f"in {sub.id}: {sub.word}" for sub in pair.outside]
    return f" Outside the taxonomy, {', '.join(said)}." if said else ""


def _few(ids: Sequence[str]) -> str:
    """Names where they are few; the table has the rest."""
    return f" ({', '.join(ids)})" if len(ids) <= NAMED else ""


def _number(ids: Sequence[str]) -> str:
    return str(len(ids)) if ids else "none"


def _tasks(pair: RunPair) -> list[Compared]:
    return [task for sub in pair.every for task in sub.parts]


def _shared(baseline: str, name: str, pair: RunPair) -> Iterator[str]:
    tasks = _tasks(pair)
    apart = [task.id for task in tasks if not task.paired]
    if len(apart) == len(tasks):
        yield (
            f"NOT PAIRED: {baseline} and {name} share hardly any case, so all their cases are compared as two "
            "independent samples: intervals are wider than they need be. Run both with the same seed and suites."
        )
    elif apart:
        yield f"NOT PAIRED in {len(apart)} of {len(tasks)} tasks, which share too few cases: {first_few(apart)}."
    n = sum(task.n for task in tasks)
    first, second = (
        sum(getattr(task, side) for task in tasks if task.paired) for side in ("only_first", "only_second")
    )
    alone = (
        f"; left out are {first:,} that only {baseline} has and {second:,} that only {name} has"
        if first + second
        else ""
    )
    yield f"{n:,} shared cases in {len(tasks)} task{'s' if len(tasks) > 1 else ''}{alone}."
    for run, ids in pair.alone.items():
        who = name if run == pair.run.id else baseline
        are = "tasks are" if len(ids) > 1 else "task is"
        yield f"{len(ids)} {are} only in {who} and not compared: {first_few(ids)}."


def _lacking(baseline: str, name: str, pair: RunPair) -> Iterator[str]:
    sizes = [sum(getattr(sub, side) for sub in pair.every) for side in ("n_first", "n_second")]
    lacks = [sum(getattr(sub.missing, side) for sub in pair.every) for side in ("first", "second")]
    if any(lacks):
        said = (
            f"{who} {lack:,} of {n:,} ({percent(lack, n)})"
            for who, lack, n in zip((baseline, name), lacks, sizes, strict=True)
        )
        yield f"Not scored, or failed: {', '.join(said)}. They are in no score; the tables show what they could change."
    moved = [sub for sub in pair.every if sub.word in ("better", "worse") and turned(sub)]
    if moved:
        yield (
            f"UNCERTAIN BY WHAT IS MISSING: in {first_few([sub.id for sub in moved])} the difference could be gone, or "
            "turned, were what is unscored or failed bad on the better side and good on the other."
        )
    unsure = [sub.id for sub in pair.every if sub.tested.difference is not None and sub.tested.low is None]
    if unsure:
        yield f"NO INTERVAL, so nothing can be told, in {first_few(unsure)}: a task there has too few scored groups."
    left = [id_ for sub in pair.every for id_ in sub.left_out]
    if left:
        tasks = "tasks" if len(left) > 1 else "task"
        yield f"{len(left)} {tasks} could not be compared, as one of the runs has no score there: {first_few(left)}."


def turned(sub: Compared) -> bool:
    """True where the worst case of what is missing takes the sign of the difference away."""
    value, low, high = sub.tested.difference, sub.missing.low, sub.missing.high
    if value is None or low is None or high is None:
        return False
    return low <= 0 if value > 0 else high >= 0


def counted(pair: RunPair) -> dict[str, int]:
    """How many sub-categories each word is said of."""
    return dict(Counter(sub.word for sub in pair.subs))
