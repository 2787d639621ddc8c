"""What training data is held against: a suite's cases, a run's, or the rows of a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec.structs import replace

from trustgauge.contamination.reading import data_files, rows_of, texts_in
from trustgauge.contamination.result import Held
from trustgauge.datasets import Folder
from trustgauge.errors import UsageError
from trustgauge.generate.canary import guids_in
from trustgauge.generate.standin import standin_texts
from trustgauge.store import Store
from trustgauge.suites import Task, known_task, select
from trustgauge.suites.readable import readable
from trustgauge.suites.wall import Side, part_side
from trustgauge.types import Case

_LETTER = re.compile(r"^[A-J][).:]\s+")
_MORE = 5  # times as many cases of the training side, so that its own boilerplate is seen
_FEW = 3  # cases in which a template's own words stand, so that they are none that chance dealt
FIXED = 6
"""Words that a template's fixed text has at least, so that it tells the template."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is held against the training data.

    words   suites, RUN words and files; none: all suites
    split   of a suite: its held-out side, its training side, or "" for both
    n       cases of each task and seed
    """

    words: tuple[str, ...] = ()
    split: Side | str = "held-out"
    seeds: tuple[int, ...] = (0,)
    n: int = 100


@dataclass(frozen=True)
class Against:
    """Texts of a test by name; other gives what the training side of some of its tasks says, made where it is asked.

    tasks  those that were asked for cases, which may have had none
    """

    name: str
    held: tuple[Held, ...]
    tasks: tuple[str, ...] = ()
    other: Callable[[Iterable[str]], list[str]] = lambda tasks: []


def held_against(asked: Asked, folder: Folder, store: Store | None = None) -> list[Against]:
    """The tests that the words name, in their order. Raises UsageError for a word that is none of them."""
    found: list[Against] = []
    for word in asked.words or ("all",):
        if Path(word).exists():
            found.append(Against(word, tuple(_of_files(Path(word)))))
            continue
        try:
            chosen = select([word], rows=folder)
        except UsageError as error:
            found += _of_runs(word, store, str(error))
            continue
        found.append(_of_suite(word, chosen, asked, folder))
    return found


def _of_suite(word: str, chosen: list[Task], asked: Asked, folder: Folder) -> Against:
    side: Side | None = asked.split if asked.split in ("train", "held-out") else None  # type: ignore[assignment]
    chosen, _ = readable([task.on(side) for task in chosen], [word], asked.seeds[0])
    held = [each for task in chosen for each in held_of(task, list(_cases(task, asked)))]
    sided = {task.id: task.on("train") for task in chosen if side == "held-out" and not task.data}

    def other(tasks: Iterable[str]) -> list[str]:
        mine = [sided[id_] for id_ in dict.fromkeys(tasks) if id_ in sided]
        more = replace(asked, n=_MORE * asked.n)
        return [m.content for task in mine for case in _cases(task, more) for m in case.messages]

    return Against(word, tuple(held), tuple(task.id for task in chosen), other)


def _cases(task: Task, asked: Asked) -> Iterator[Case]:
    for seed in asked.seeds:
        yield from task.generate(seed, task.most(None) if task.data else asked.n, standin_texts(seed))


def _of_runs(word: str, store: Store | None, why: str) -> list[Against]:
    if store is None:
        raise UsageError(f"'{word}' is no file, and {why}")
    try:
        infos = store.resolve(word)
    except UsageError as error:
        raise UsageError(f"'{word}' is no file and no suite, and {error}") from None
    found: list[Against] = []
    for info in infos:
        held: list[Held] = []
        for name in store.tasks(info.id):
            cases = {record.case.id: record.case for records in store.groups(info.id, name) for record in records}
            held += held_of(known_task(name), list(cases.values()), name)
        found.append(Against(info.id, tuple(held)))
    return found


def _of_files(path: Path) -> Iterator[Held]:
    for file in data_files([path]):
        for where, row in rows_of(file):
            for text in (text for value in row.values() for text in texts_in(value)):
                yield Held(id=where, of=str(path), text=text)
                for guid in guids_in(text):
                    yield Held(id=where, of=str(path), text=guid, kind="canary")


def held_of(task: Task | None, cases: Sequence[Case], name: str = "") -> Iterator[Held]:
    """The prompts of cases, and of those of a task with a wall the keywords and fixed words on its held-out side."""
    name = task.id if task else name
    for case in cases:
        for message in case.messages:
            if message.role == "user":
                yield Held(id=case.id, of=name, text=message.content)
    if task and not task.data:
        yield from _walled(task, cases)
    else:
        yield from _lines(cases, name)


def _lines(cases: Sequence[Case], name: str) -> Iterator[Held]:
    """The lines of other people's prompts by themselves, without an option's letter: a question in another dress.

    What stands in more than three cases and one in a hundred is the dress, and is left out.
    """
    told = [
        (
            case,
            [
                _LETTER.sub("", line.strip())
                for m in case.messages
                if m.role == "user"
                for line in m.content.split("\n")
            ],
        )
        for case in cases
    ]
    often = Counter(line for _, lines in told for line in set(lines))
    for case, lines in told:
        for line in lines if len(lines) > 1 else ():
            if often[line] <= max(3, len(cases) / 100):
                yield Held(id=case.id, of=name, text=line)


def _walled(task: Task, cases: Sequence[Case]) -> Iterator[Held]:
    """Keywords on the held-out side, and what the templates there say around what was filled in; each once.

    What stands in fewer than half of the cases of every part of a template's name was dealt by chance, as a tone or a
    number is, and is none of the template's words.
    """
    seen: set[str] = set()
    cases_of, holds = Counter[str](), Counter[tuple[str, str]]()
    told: list[tuple[Case, set[str], list[str]]] = []
    for case in cases:
        out = {part for part in task.wall.parts(case) if part_side(part) == "held-out"}
        for text in case.slots.values():
            if text in out and text not in seen:
                seen.add(text)
                yield Held(id=case.id, of=task.id, text=text, kind="keyword")
        named = {part for part in case.template.split("/") if part and part not in task.wall.arms}
        if named and named <= out:
            told.append((case, named, list(dict.fromkeys(_fixed(case)))))
            cases_of.update(named)
            holds.update((part, text) for part in named for text in told[-1][2])
    for case, named, fixed in told:
        for text in fixed:
            if text not in seen and any(holds[part, text] >= max(_FEW, cases_of[part] / 2) for part in named):
                seen.add(text)
                yield Held(id=case.id, of=task.id, text=text, kind="template")


def _fixed(case: Case) -> list[str]:
    """The stretches of the user's turns that no slot and no option filled."""
    filled = sorted({v for v in (*case.slots.values(), *case.options) if len(v) > 2}, key=len, reverse=True)
    turns = (message.content for message in case.messages if message.role == "user")
    if not filled:
        return []
    holes = re.compile("|".join(map(re.escape, filled)), re.IGNORECASE)
    return [part for turn in turns for line in turn.splitlines() for part in _long(holes.split(line))]


def _long(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if len(part.split()) >= FIXED]
