"""Training exports: from runs to the rows of each format, every step counted; nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import fmean
from typing import Any

from trustgauge.errors import DataError, UsageError
from trustgauge.exports import balance
from trustgauge.exports.candidates import BEYOND, Candidate, Gathered, by_prompt, gather
from trustgauge.exports.filters import kept, not_contradictory, unlike
from trustgauge.exports.pairs import (
    PAIRED,
    Format,
    Item,
    Write,
    Yield,
    by_policy,
    gold_good,
    items_of,
    supplied,
    with_refusals,
    yield_of,
)
from trustgauge.exports.settings import Settings, policy_words
from trustgauge.exports.style import balanced, tells
from trustgauge.exports.wall import refuse_held_out, side_in, sides
from trustgauge.generate.canary import canary_of
from trustgauge.reports.profile import mix_of, profile
from trustgauge.reports.weighing import load_weights
from trustgauge.store import RunInfo, Store
from trustgauge.types import digest

Tells = dict[str, float | None]


@dataclass(frozen=True)
class Made:
    """The rows of one format, what was left out of it by reason, and how well style tells good from bad, before and
    after balancing.
    """

    format: Format
    items: list[Item]
    left: dict[str, int]
    before: Tells
    after: Tells


@dataclass(frozen=True)
class Prepared:
    """All formats of an export, and what they come from.

    found   prompts, prompts with good and bad replies, and pairs, before any filter
    read    replies read; left: those of them left out, by reason, before any row was made; usable: the rest
    """

    settings: Settings
    runs: tuple[RunInfo, ...]
    better: tuple[RunInfo, ...]
    found: Yield
    read: int
    usable: int
    left: dict[str, int]
    weights: Mapping[str, float]
    made: tuple[Made, ...]
    warnings: tuple[str, ...]
    canary: str


@dataclass
class _Told:
    """Warnings as they come up."""

    lines: list[str] = field(default_factory=list[str])


def prepare(store: Store, words: Sequence[str], settings: Settings) -> Prepared:
    """The rows of every format that the runs give. Nothing is written.

    Raises UsageError (no such run, held-out cases), ConfigError (files), DataError where no format has a row.
    """
    runs = _runs(store, words)
    better = tuple(info for info in _runs(store, settings.better) if info not in runs) if settings.better else ()
    if settings.better and not better:
        raise UsageError("--better names only runs that are exported already: name the run of a better model")
    write = _writer(settings.written, {name for info in runs for name in store.tasks(info.id)})
    weights = _weights(store, runs, settings)
    own, extra = _gathered(store, runs, better, settings)
    left = own.left
    sift = partial(kept, min_confidence=settings.min_confidence, human_only=settings.human_only, raw=settings.raw)
    replies = sift(own.candidates, left)
    if not settings.twins:
        left["benign twins, left out as asked"] += sum(one.case.twin for one in replies)
        replies = [one for one in replies if not one.case.twin]
    good = sift(extra.candidates, Counter())
    told = _Told()
    made = [_make(format_, replies, good, write, own.twinned, weights, settings, told) for format_ in settings.formats]
    if not any(each.items for each in made):
        raise DataError(_nothing(left, made, settings))
    if not settings.twins:
        told.lines.insert(0, "benign twins are left out: what is trained on this will refuse too much")
    return Prepared(
        settings=settings,
        runs=runs,
        better=better,
        found=yield_of(by_prompt(own.candidates, settings.within)),
        read=own.read.total(),
        usable=len(replies),
        left=_counts(left),
        weights=weights,
        made=tuple(made),
        warnings=tuple(told.lines),
        canary=_canary(runs, settings),
    )


def _runs(store: Store, words: Sequence[str]) -> tuple[RunInfo, ...]:
    return tuple({info.id: info for word in words for info in store.resolve(word)}.values())


def _canary(runs: Sequence[RunInfo], settings: Settings) -> str:
    """A string that stands in every row of this export and nowhere else: who finds it elsewhere has found a leak."""
    return canary_of(digest([[info.id for info in runs], settings], 16))


def _writer(word: str, tasks: Collection[str]) -> Write | None:
    if not word:
        return None
    return gold_good if word == "gold" else by_policy(policy_words(word, tasks))


def _weights(store: Store, runs: Sequence[RunInfo], settings: Settings) -> dict[str, float]:
    """Weights of sub-categories; none where the mix stays as it is."""
    if settings.weights:
        known = load_weights(settings.weights)
        subs = {sub for info in runs for sub in _subs(store, info)}
        return {sub: known.of_sub(sub) for sub in sorted(subs)}
    if settings.mix == "even":
        return {sub: 1.0 for info in runs for sub in _subs(store, info)}
    if settings.mix != "gaps":
        return {}
    shares: dict[str, list[float]] = {}
    for info in runs:
        for sub, share in mix_of(profile(store, info.id)).items():
            shares.setdefault(sub, []).append(share)
    return {sub: round(fmean(each), 6) for sub, each in sorted(shares.items())}


def _subs(store: Store, info: RunInfo) -> set[str]:
    return {name.partition("/")[0] for name in store.tasks(info.id)}


def _gathered(
    store: Store, runs: Sequence[RunInfo], better: Sequence[RunInfo], settings: Settings
) -> tuple[Gathered, Gathered]:
    """The candidates of the runs and of the better ones, none held out."""
    places = {info.id: sides(store, info) for info in (*runs, *better)}
    look: Callable[..., Gathered] = partial(
        gather, store, suites=settings.suites, side=lambda info, case: side_in(places, info.id, case)
    )
    own = look(runs, labels=settings.labels)
    extra = look(better, origin="better") if better else Gathered()
    if not settings.train_only:
        refuse_held_out({**own.held, **extra.held})
    return own, extra


def _make(
    format_: Format,
    replies: Sequence[Candidate],
    better: Sequence[Candidate],
    write: Write | None,
    twinned: set[tuple[str, str]],
    weights: Mapping[str, float],
    settings: Settings,
    told: _Told,
) -> Made:
    """The rows of one format, through every filter and balance that is on."""
    left, seed = Counter[str](), settings.seed
    prompts = list(by_prompt(replies, settings.within))
    if format_ != "unlikelihood":
        prompts = supplied(prompts, better, write, left)
    if format_ in PAIRED and settings.twins and not settings.raw:
        prompts = with_refusals(prompts)
    items = items_of(format_, prompts, settings.pairs_per_prompt, seed, left)
    before = tells(items)
    if not settings.raw:
        items = unlike(not_contradictory(items, left), settings.near, left)
        contrast = format_ not in ("sft", "unlikelihood")
        twins = twinned if settings.twins and format_ != "unlikelihood" else set[tuple[str, str]]()
        items = balance.with_twins(items, twins, left)
        if contrast and settings.source_share < 1:
            items = balance.with_twins(balance.by_source(items, settings.source_share, seed, left), twins, left)
        if contrast and settings.style_share < 1:
            items = _in_style(items, twins, settings, left)
    items = balance.mixed(items, weights, settings.limit, seed, left)
    if settings.refusals < 1:
        items = balance.capped(items, settings.refusals, seed, left)
    made = Made(format_, _in_order(items), _counts(left), before, tells(items))
    told.lines += _warnings(made, settings)
    return made


def _in_style(items: list[Item], twins: set[tuple[str, str]], settings: Settings, left: Counter[str]) -> list[Item]:
    """Balanced in style, with every twin in place: each undoes some of the other, so by turns."""
    for _ in range(5):
        before = len(items)
        items = balance.with_twins(balanced(items, settings.style_share, settings.seed, left), twins, left)
        if len(items) == before:
            break
    return items


def _in_order(items: Sequence[Item]) -> list[Item]:
    """By task, group and case; but first a row with each confidence that is known somewhere.

    `datasets` tells a column's type from the first rows of a file, and fails on a number where those were all empty.
    """
    rows = sorted(items, key=_key)
    firsts = [
        next((item for item in rows if (one := pick(item)) and one.confidence is not None), None)
        for pick in (_lead, _bad)
    ]
    ahead = {id(item) for item in firsts}
    return sorted(rows, key=lambda item: id(item) not in ahead)


def _lead(item: Item) -> Candidate:
    return item.lead


def _bad(item: Item) -> Candidate | None:
    return item.bad


def _key(item: Item) -> tuple[Any, ...]:
    one = item.lead
    return (
        one.case.task,
        one.case.group,
        one.case.id,
        item.good.key if item.good else (),
        item.bad.key if item.bad else (),
    )


def _warnings(made: Made, settings: Settings) -> list[str]:
    """What a trainer should know before anything is trained."""
    if not made.items:
        return [f"{made.format}: no row is left, so no file is written"]
    found: list[str] = []
    balanced_away = sum(n for reason, n in made.left.items() if reason.startswith("to balance"))
    if balanced_away > 2 * len(made.items):
        found.append(
            f"{made.format}: balance took {balanced_away:,} rows and left {len(made.items):,}: several draws of each "
            "model (run --draws 4) need less of it, and --source-share 1 --style-share 1 none, but then a model may "
            "learn who writes, or how, instead of what is good"
        )
    for name, auc in made.after.items():
        if auc is not None and abs(auc - 0.5) > max(settings.style_share - 0.5, 0.15) + 0.05:
            more = "good" if auc > 0.5 else "bad"
            found.append(
                f"{made.format}: {name} alone still tells good from bad (AUC {auc:.2f}, the {more} replies have more "
                "of it): a model may learn that instead"
            )
    for model, n in balance.sources(filter(_by_models, made.items)).items() if made.format in PAIRED else ():
        if max(n.values()) > max(settings.source_share, 0.9) * sum(n.values()) >= 20:
            side = "chosen" if n["good"] > n["bad"] else "rejected"
            found.append(f"{made.format}: {model} is nearly always {side}: a model may learn its style instead")
    return found


def _by_models(item: Item) -> bool:
    return all(one.origin == "model" for one in (item.good, item.bad) if one)


def _counts(left: Counter[str]) -> dict[str, int]:
    return {reason: n for reason, n in sorted(left.items(), key=lambda entry: (-entry[1], entry[0])) if n}


def _nothing(left: Counter[str], made: Sequence[Made], settings: Settings) -> str:
    """That there is no row, the reasons of most replies and rows, and what to do about the first of them."""
    reasons = Counter(left)
    for each in made:
        reasons.update(each.left)
    counts = _counts(reasons)
    listed = "; ".join(f"{n:,} {reason}" for reason, n in list(counts.items())[:4])
    formats = ", ".join(each.format for each in made)
    does = f"these runs give no row for {formats}: {listed or 'they hold no reply that was judged'}."
    if next(iter(counts), "") in BEYOND.values():
        return f"{does} Measure with --split train to make training data"
    if settings.human_only:
        return f"{does} Let people label replies (`trustgauge label`), or leave out --human-only"
    if settings.min_confidence:
        return f"{does} Calibrate the judge (`trustgauge calibrate`), or lower --min-confidence"
    if not any(each.format in PAIRED for each in made):
        return does
    return (
        f"{does} Pairs need good and bad replies to the same prompt: export several models' runs together, or give "
        "--better RUN or --written gold"
    )
