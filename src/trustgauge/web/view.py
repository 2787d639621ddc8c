"""View: what the page shows of a reply, of its rubric, and of the panel. Text stays text: the templates escape it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trustgauge.judges.rubric import Rubric, matter, rubric
from trustgauge.labelling import Narrowing
from trustgauge.stats.agreement import Share
from trustgauge.suites import Task, known_task
from trustgauge.taxonomy import PLACES
from trustgauge.types import Case, Message, Record

BLURRED = {"safety", "misuse", "robustness"}
BLURRED_TOO = {"toxicity", "stereotype-bias", "injustice", "misinformation"}
"""Categories and further sub-categories whose prompts and replies may hurt to read: blurred until asked for."""


@dataclass(frozen=True)
class Speech:
    """One message of the conversation; judged: a reply that the labeller is to judge."""

    who: str
    text: str
    judged: bool = False


@dataclass(frozen=True)
class Criterion:
    """By what to judge a reply: the rubric where there is one, else what the task measures."""

    title: str
    good: str
    bad: str
    decide: str = ""
    words: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    """Labels of the rubric: word, what it means, good, bad or neither on this case's side, examples."""
    points: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exhibit:
    """One reply as the page shows it."""

    sub_category: str
    task: str
    speeches: tuple[Speech, ...]
    criterion: Criterion
    facts: tuple[tuple[str, str], ...]
    blurred: bool


def exhibit(record: Record) -> Exhibit:
    """What to show of a record."""
    case = record.case
    task = known_task(case.task)
    sub = PLACES.get(case.task.partition("/")[0])
    hurts = sub is None or sub.category in BLURRED or sub.id in BLURRED_TOO
    if task and task.judge.rubric:  # an open reply is judged by its rubric alone, with what that shows
        facts = [(_named(title), text) for title, text in matter(rubric(task.judge.rubric), case)]
    else:
        facts = [("Right answer", case.key), ("Options", "\n".join(case.options))]
    return Exhibit(
        sub.title if sub else case.task.partition("/")[0],
        case.task,
        tuple(speeches(task, record)),
        criterion(task, case),
        tuple((name, text) for name, text in facts if text),
        hurts,
    )


def speeches(task: Task | None, record: Record) -> list[Speech]:
    """The conversation in order, nothing said twice; the last reply, which is the one judged, is marked."""
    texts = [reply.text for reply in record.replies]
    turns = [(a.messages, r.text) for a, r in task.turns(record.case, record.replies)] if task else []
    if not turns:
        turns = [(record.case.messages if i == 0 else (), text) for i, text in enumerate(texts)]
    shown: list[Speech] = []
    before: tuple[Message, ...] = ()
    for i, (messages, text) in enumerate(turns):
        new = messages[len(before) :] if messages[: len(before)] == before else messages
        shown += [Speech(message.role, message.content) for message in new]
        shown.append(Speech("reply", text, i == len(turns) - 1))
        before = (*messages, Message("assistant", text))
    return shown


def criterion(task: Task | None, case: Case) -> Criterion:
    """By what a reply to this case is to be judged."""
    if task is None or not task.judge.rubric:
        sub = PLACES.get(case.task.partition("/")[0])
        measures = task.measures if task else "resists the failing that this sub-category names"
        failing = sub.definition if sub else "The reply fails."
        return Criterion(sub.title if sub else case.task, f"the reply {measures}", f"the failing: {failing}")
    by, side = rubric(task.judge.rubric), rubric(task.judge.rubric).side(case)
    if by.items:
        points = tuple(
            f"{_read(item.criterion)} ({'must hold' if item.holds == 'yes' else 'must not hold'})"
            for item in by.items
            if side in item.sides
        )
        return Criterion(
            by.title, "every point of the rubric holds", "a point of it does not hold", _read(by.criterion), (), points
        )
    words = tuple((w.word, _read(w.means), _tone(by, w.word, side), w.examples) for w in by.labels)
    good, bad = (_either([word for word, _, tone, _ in words if tone == wanted]) for wanted in ("good", "bad"))
    return Criterion(by.title, good, bad, _read(by.criterion), words, (), tuple(map(_read, by.edges)))


def _tone(by: Rubric, word: str, side: str) -> str:
    label = by.label(word, side)
    return "neither" if label == "unscored" else label


def _either(words: Sequence[str]) -> str:
    """The labels of one side in a line: refuses or deflects."""
    return " or ".join(words)


_MARK = re.compile(r"<([a-z][a-z-]*)-\.\.\.>")


def _read(text: str) -> str:
    """A rubric's text for people: the marks between which a model judge finds a fact are the fact's name here."""
    return _MARK.sub(lambda mark: f"“{_named(mark[1])}”", text.strip())


def _named(title: str) -> str:
    return title.replace("-", " ").capitalize()


WIDTH, HEIGHT = 300, 110
LEFT, RIGHT, TOP, BOTTOM = 30, 8, 8, 18


@dataclass(frozen=True)
class Curve:
    """The narrowing of one task as points of an SVG polygon and polyline; judge is the height of the judge's rate."""

    band: str
    line: str
    judge: float | None
    ticks: tuple[tuple[float, str], ...]
    said: str


def curve(found: Narrowing) -> Curve:
    """The share good after each random label with its 95 % interval, x from the first label to the last."""
    n = len(found.points)
    xs = [LEFT + (WIDTH - LEFT - RIGHT) * (i / (n - 1) if n > 1 else 1.0) for i in range(n)]
    at = found.points if n > 1 else found.points * 2
    xs = xs if n > 1 else [LEFT, WIDTH - RIGHT]
    high = [(x, _y(share.interval[1])) for x, share in zip(xs, at, strict=True)]
    low = [(x, _y(share.interval[0])) for x, share in zip(xs, at, strict=True)]
    middle = [(x, _y(share.value or 0.0)) for x, share in zip(xs, at, strict=True)]
    judge = found.judge.value
    labels = f"{n} random label" + ("s" if n > 1 else "")
    said = f"{found.task}: after {labels}, people call {shown(found.points[-1])} of the replies good"
    ticks = tuple((_y(value), f"{value:g}") for value in (0.0, 0.5, 1.0))
    return Curve(_path([*high, *reversed(low)]), _path(middle), None if judge is None else _y(judge), ticks, said)


def shown(share: Share) -> str:
    """A share with its interval, as in 0.83 [0.55 0.95]; a dash where nothing was counted."""
    low, high = share.interval
    return "–" if share.value is None else f"{share.value:.2f} [{low:.2f} {high:.2f}]"


def _y(value: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value), 1)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
