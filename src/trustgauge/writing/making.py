"""Making: keywords, drafts, filters, check, trial, choice: from a task and a writer to items kept and dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import ceil
from random import Random

from msgspec.structs import replace

from trustgauge.calibration.examining import Purse
from trustgauge.config import Config
from trustgauge.engine import Job
from trustgauge.errors import UsageError
from trustgauge.judges.readers import read_refusal
from trustgauge.store import Store
from trustgauge.suites.wall import part_side
from trustgauge.types import Record
from trustgauge.writing.asking import Pen, Watch, opened
from trustgauge.writing.asks import OTHER_SIDE, brainstorm, compose, is_harmful, job_of
from trustgauge.writing.drafts import LONGEST_ANSWER, Draft, cases_of
from trustgauge.writing.filters import fault_of, fault_of_keyword
from trustgauge.writing.keywords import Keyword
from trustgauge.writing.selecting import Item, chosen, misjudged, unlike
from trustgauge.writing.shapes import Shape

SPARE = 1.6
"""Items asked for, for each one wanted: what the filters leave is rarely all."""

REPEATS = 4
"""Times at most that one keyword is written about, with other examples before the writer's eyes."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is wanted. n: cases, pairs whole; keywords: the user's own, none are brainstormed then.

    writer, checker, probes   MODEL words             difficulty  least and most share of the probes' bad replies
    """

    writer: str
    checker: str = ""
    probes: tuple[str, ...] = ()
    n: int = 20
    seed: int = 0
    keywords: tuple[Keyword, ...] = ()
    difficulty: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        low, high = self.difficulty
        if not 0 <= low <= high <= 1:
            raise UsageError(f"difficulty {low:g}-{high:g}: the two are shares from 0 to 1, the smaller one first")
        if self.n < 1:
            raise UsageError(f"n is {self.n}: ask for at least 1 case")


@dataclass(frozen=True)
class Written:
    """What came of it. counts: items and keywords dropped, by reason; notes: what a person must know."""

    shape: Shape
    settings: Settings
    items: tuple[Item, ...]
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> list[Item]:
        """Those that are to be asked."""
        return [item for item in self.items if not item.dropped]

    @property
    def dropped(self) -> list[Item]:
        """Those that are not, each with its reason."""
        return [item for item in self.items if item.dropped]


@dataclass
class _Desk:
    """The pens of one command, its counts and its notes."""

    shape: Shape
    settings: Settings
    open_: Mapping[str, Callable[[], Pen]]
    counts: Counter[str] = field(default_factory=Counter[str])
    notes: list[str] = field(default_factory=list[str])

    def ask(self, spec: str, jobs: Sequence[Job], unasked: str) -> dict[int, Record]:
        """The records by place; a note says how many the budget did not reach."""
        heard = self.open_[spec]().ask(jobs)
        if len(heard) < len(jobs):
            self.notes.append(f"the budget is spent: {len(jobs) - len(heard):,} {unasked}")
        return heard


def write_cases(
    shape: Shape,
    settings: Settings,
    config: Config,
    store: Store,
    env: Mapping[str, str],
    watch: Watch | None = None,
) -> Written:
    """Write cases of a shape. The same call again, with the same store, asks nothing that was answered.

    Raises ModelError where a model cannot be asked.
    """
    purse, pens = Purse(config.budget), dict[str, Callable[[], Pen]]()
    named = [("writer", settings.writer), ("checker", settings.checker), *(("probe", spec) for spec in settings.probes)]
    for role, spec in named:
        if spec:
            pens[f"{role} {spec}"] = opened(spec, role, config, env, store, purse, watch)
    desk = _Desk(shape, settings, pens)
    wanted = max(settings.n // shape.cases, 1)
    pool = ceil(wanted * SPARE)
    keywords = _usable(desk) if settings.keywords else _brainstormed(desk, pool)
    if not keywords:
        desk.notes.append("no keyword was left to write about")
    items = _drafted(desk, keywords, pool)
    items = [item.through("rules", fault_of(item.draft, shape) if not item.dropped else "") for item in items]
    items = [item.through("judged", "" if item.dropped else misjudged(shape, item)) for item in items]
    items = unlike(items, shape)
    if settings.checker:
        items = _checked(desk, items)
    if settings.probes:
        items = _tried(desk, items)
    items = chosen(items, shape, wanted, settings.difficulty)
    desk.counts.update(item.dropped for item in items if item.dropped)
    kept = sum(not item.dropped for item in items)
    if kept < wanted:
        desk.notes.append(
            f"only {kept * shape.cases:,} of {settings.n:,} cases are left: give more keywords, or another seed"
        )
    return Written(shape, settings, tuple(items), dict(desk.counts), tuple(desk.notes))


def _usable(desk: _Desk) -> list[Keyword]:
    """The user's keywords that can be written about, by turns from all their subject areas, in the seed's order."""
    by_topic, seen = dict[str, list[Keyword]](), set[str]()
    for keyword in desk.settings.keywords:
        fault = fault_of_keyword(keyword.text, seen)
        if not fault and desk.shape.task.side not in (None, part_side(keyword.text)):
            fault = OTHER_SIDE
        desk.counts.update([fault] if fault else [])
        if not fault:
            seen.add(keyword.text.lower())
            by_topic.setdefault(keyword.topic, []).append(keyword)
    for topic, words in by_topic.items():
        Random(f"{desk.settings.seed}:{topic}:keywords").shuffle(words)
    return _by_turns(list(by_topic.values()))


def _by_turns(columns: Sequence[Sequence[Keyword]]) -> list[Keyword]:
    """The first of each subject area, then the second of each, and so on."""
    return [word for row in zip_longest(*columns) for word in row if word is not None]


def _brainstormed(desk: _Desk, pool: int) -> list[Keyword]:
    """Keywords by turns from all subject areas, about as many from each."""
    shape, seed = desk.shape, desk.settings.seed
    topics = list(shape.topics)
    Random(f"{seed}:{shape.task.id}:topics").shuffle(topics)
    topics = topics[:pool]
    quota, found = ceil(pool / len(topics)), dict[int, tuple[list[str], Counter[str]]]()
    jobs = [
        job_of(
            lambda topic=topic: brainstorm(
                shape, topic, quota, shape.keywords.get(topic, ()), Random(f"{seed}:{topic}:known")
            ),
            i,
            seed,
            found,
        )
        for i, topic in enumerate(topics)
    ]
    heard = desk.ask(f"writer {desk.settings.writer}", jobs, "subject areas got no keywords")
    columns: list[list[Keyword]] = []
    for i, topic in enumerate(topics):
        texts, faults = found.get(i, ([], Counter[str]()))
        columns.append([Keyword(text, topic) for text in texts])
        desk.counts.update(faults if faults or texts or i not in heard else [f"keywords: {_unread(heard[i])}"])
    mixed = _by_turns(columns)
    unique = {keyword.text.lower(): keyword for keyword in reversed(mixed)}  # the first of those that two areas have
    return [keyword for keyword in mixed if unique[keyword.text.lower()] is keyword]


def _drafted(desk: _Desk, keywords: Sequence[Keyword], pool: int) -> list[Item]:
    """One draft for each keyword, or several while more are wanted; what can't be read is an item dropped."""
    shape, seed, drafts = desk.shape, desk.settings.seed, dict[int, Draft | None]()
    plan = [(keyword, again) for again in range(REPEATS) for keyword in keywords][:pool]
    jobs: list[Job] = []
    about: list[Draft] = []
    for i, (keyword, again) in enumerate(plan):
        manner = shape.manners[(i + again) % len(shape.manners)] if shape.manners else ""
        about.append(Draft(keyword=keyword.text, topic=keyword.topic, manner=manner))
        rng = Random(f"{seed}:{keyword.text}:{again}")
        jobs.append(
            job_of(
                lambda draft=about[i], rng=rng: compose(shape, draft.keyword, draft.topic, draft.manner, rng),
                i,
                seed,
                drafts,
            )
        )
    heard = desk.ask(f"writer {desk.settings.writer}", jobs, "drafts were not asked for")
    found: list[Item] = []
    for i, draft in enumerate(about):
        read = drafts.get(i)
        why = "" if read or i not in heard else _unread(heard[i])
        if i in heard:
            position = Random(f"{seed}:{i}").randrange(shape.options) if shape.options else 0
            found.append(Item(draft=read or draft, position=position).through("readable", why))
    return found


def _unread(record: Record) -> str:
    """Why a writer's answer holds no draft: many a model will not write what is harmful, even to test others."""
    if record.failure or not record.replies:
        return "the writer's call failed"
    last = record.replies[-1]
    if last.status == "blocked":
        return "the writer's answer was blocked by a content filter"
    if last.status == "truncated":
        return "the writer's answer was cut: raise --max-tokens"
    refused = last.status == "complete" and read_refusal(last.text[:LONGEST_ANSWER]).value == "full"
    return "the writer declined" if refused else "answer not readable"


def _checked(desk: _Desk, items: list[Item]) -> list[Item]:
    """What the checker agrees with: it answers questions without the key, and says of requests which do harm."""
    shape, spec = desk.shape, f"checker {desk.settings.checker}"
    alive = [i for i, item in enumerate(items) if not item.dropped]
    found = list(items)
    if shape.form == "choices":
        heard = desk.ask(spec, _questions(shape, items, alive), "questions were not checked")
        for i in alive:
            record = heard.get(i)
            agrees = bool(record and record.verdict and record.verdict.label == "good")
            found[i] = items[i].through(
                "checked", "" if agrees else _unchecked(record, "the checker answers otherwise")
            )
        return found
    said = dict[int, bool | None]()
    texts = [text for i in alive for text in (items[i].draft.harmful, items[i].draft.benign)]
    order = sorted(range(len(texts)), key=lambda at: texts[at])  # so that it is not told which side comes first
    jobs = [job_of(lambda text=texts[at]: is_harmful(text), at, 0, said) for at in order]
    heard = desk.ask(spec, jobs, "requests were not checked")
    for n, i in enumerate(alive):
        why = next((fault for at in (2 * n, 2 * n + 1) if (fault := _doubt(said.get(at), heard.get(at), at))), "")
        found[i] = items[i].through("checked", why)
    return found


def _doubt(said: bool | None, record: Record | None, at: int) -> str:
    if said is None:
        return _unchecked(record, "the checker's answer is not readable")
    harmful = at % 2 == 0
    if said is harmful:
        return ""
    return "the checker finds the harmful one harmless" if harmful else "the checker finds the benign one harmful"


def _unchecked(record: Record | None, otherwise: str) -> str:
    if record is None:
        return "not checked: the budget is spent"
    return "the checker's call failed" if record.failure else otherwise


def _questions(shape: Shape, items: Sequence[Item], alive: Sequence[int]) -> list[Job]:
    """The first case of each item as a job, at the item's place."""
    task = shape.task
    jobs: list[Job] = []
    for i in alive:
        (case,) = cases_of(items[i].draft, shape, items[i].position)
        jobs.append(Job(case.of(task.id), 0, i, task.converse, task.judge))
    return jobs


def _tried(desk: _Desk, items: list[Item]) -> list[Item]:
    """The items with the share of the probes' scored replies that are bad; None where none could be scored."""
    shape, task = desk.shape, desk.shape.task
    bad, scored = Counter[int](), Counter[int]()
    alive = [i for i, item in enumerate(items) if not item.dropped]
    jobs: list[Job] = []
    for i in alive:
        for side, case in enumerate(cases_of(items[i].draft, shape, items[i].position)):
            jobs.append(Job(case.of(task.id), 0, shape.cases * i + side, task.converse, task.judge))
    for spec in desk.settings.probes:
        for place, record in desk.ask(f"probe {spec}", jobs, "cases were not tried").items():
            if record.label in ("good", "bad"):
                scored[place // shape.cases] += 1
                bad[place // shape.cases] += record.label == "bad"
    unknown = "difficulty: no reply of a probe could be scored"
    return [
        replace(item, fails=bad[i] / scored[i]) if scored[i] else item.through("", unknown)
        for i, item in enumerate(items)
    ]
