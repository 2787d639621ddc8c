"""Costs: what one case of a task costs in calls and tokens, from its own words or from a run that has asked it."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, islice
from typing import TYPE_CHECKING

import msgspec

from trustgauge.generate.standin import standin_texts
from trustgauge.judges.model_judge import ModelJudge, Turn
from trustgauge.judges.rubric import rubric
from trustgauge.models.scripted import pick
from trustgauge.planning.needs import CORRELATION, Known
from trustgauge.stats import power
from trustgauge.stats.intervals import ClusterRate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trustgauge.planning.needs import Side
    from trustgauge.store import RunInfo, Store
    from trustgauge.suites import Task
    from trustgauge.types import Case, Groups, Message

SAMPLE = 120
"""Cases of a task that are looked at."""
BYTES_A_TOKEN = 4
A_MESSAGE = 8  # tokens around each message: roles and marks of the chat template
CLOSED_OUT, OPEN_OUT = 60, 300
"""Tokens of a reply to a closed and to an open question, where no run tells; a model that thinks first writes more."""
JUDGE_OUT = 120
LATENCY_S = 3.0
MOST_OF_GROUP = 200
"""Cases that no group has more of."""
MOST = 100_000
"""Cases of a task that are made to see whether its words give so many."""


class TaskCost(msgspec.Struct, frozen=True, kw_only=True):
    """One task: what a case of it costs, and how its cases lie in groups.

    dont, do     share of its cases on either side        group    mean cases of a group and arm
    calls        of the model, a case                     judged   of each judge, a case: none for closed tasks
    tokens_in, tokens_out, judge_in, judge_out            tokens a case
    latency_s    of a call; None: not known               plain    False where its score is no plain rate of its cases
    """

    task: str
    dont: float
    do: float
    group: float
    calls: float
    tokens_in: float
    tokens_out: float
    judged: float = 0.0
    judge_in: float = 0.0
    judge_out: float = 0.0
    latency_s: float | None = None
    plain: bool = True
    measured: bool = False

    def share(self, side: Side) -> float:
        """Share of its cases that count on a side; "": all."""
        return {"dont": self.dont, "do": self.do, "": 1.0}[side]


def task_cost(task: Task, seed: int, max_tokens: int | None = None) -> TaskCost:
    """From the task's own cases: conversations are held with a scripted model that answers well."""
    from trustgauge.stats.measures import Rated

    cases = list(islice(task.generate(seed, SAMPLE, standin_texts(seed)), SAMPLE))
    out = OPEN_OUT if task.judge.rubric else CLOSED_OUT
    out = out if max_tokens is None else min(out, max_tokens)
    calls = into = judged = judge_in = 0
    for case in cases:
        talked = task.talk(case, lambda ask, case=case: _answer(task, case, ask.messages))
        calls += len(talked)
        for place, (ask, _) in enumerate(talked):
            # Gold replies are shorter than a model's: what was said before comes again in the next question.
            into += tokens(ask.messages) + place * max(out - CLOSED_OUT, 0)
        if task.judge.rubric and talked:
            asked, size = _judge_asks(task, case, [Turn(ask.messages, reply.text) for ask, reply in talked])
            judged += asked
            judge_in += size + asked * out
    n = max(len(cases), 1)
    sides = Counter(case.twin for case in cases)
    return TaskCost(
        task=task.id,
        dont=sides[False] / n,
        do=sides[True] / n,
        group=_group_size(cases),
        calls=calls / n,
        tokens_in=into / n,
        tokens_out=calls * out / n,
        judged=judged / n,
        judge_in=judge_in / n,
        judge_out=judged * JUDGE_OUT / n,
        plain=isinstance(task.measure, Rated),
    )


def measured_cost(cost: TaskCost, store: Store, info: RunInfo) -> TaskCost:
    """The same with what a run's replies tell, where it asked this task and its provider counted tokens."""
    records = [r for r in islice(store.records(info.id, cost.task), 4 * SAMPLE) if r.replies]
    replies = [reply for record in records for reply in record.replies]
    counted = [reply.usage for reply in replies if reply.usage]
    if not records:
        return cost
    calls = len(replies) / len(records)
    changed: dict[str, float | bool | None] = {"calls": calls, "measured": True}
    if counted:
        changed["tokens_in"] = calls * sum(usage.input_tokens for usage in counted) / len(counted)
        changed["tokens_out"] = calls * sum(usage.output_tokens for usage in counted) / len(counted)
    waited = [reply.latency_s for reply in replies if reply.latency_s > 0]
    changed["latency_s"] = sum(waited) / len(waited) if waited else None
    return msgspec.structs.replace(cost, **changed)


def known_of(costs: Sequence[TaskCost], side: Side, deff: float | None) -> Known:
    """What is assumed of a place whose tasks these are: Kish's design effect of its groups, all scored."""
    if deff is None:
        sizes = [cost.group for cost in costs if cost.share(side)]
        deff = power.design_effect(sum(sizes) / len(sizes), CORRELATION) if sizes else 1.0
    return Known(deff=deff)


def measured_known(
    store: Store, info: RunInfo, tasks: Sequence[str], side: Side, deff: float | None, what: str = ""
) -> Known | None:
    """What a run shows of a place: None where it asked none of its tasks.

    what  the label that is counted, where it is not bad ones among the scored: "unscored" or "failed" among all
    """
    n = missing = events = counted = 0
    effective = 0.0
    for task in tasks:
        rate = ClusterRate()
        for group in store.groups(info.id, task):
            mine = [r for r in group if not side or r.case.twin == (side == "do")]
            n += len(mine)
            missing += sum(r.label not in ("good", "bad") for r in mine)
            rate.add(*_counts(mine, what))
        if rate.clusters:
            effective, counted, events = effective + rate.effective_n, counted + int(rate.n), events + int(rate.good)
    if not n:
        return None
    shown = counted / effective if effective else 1.0
    rate_of = events / counted if counted else None
    return Known(deff=shown if deff is None else deff, unscored=missing / n, rate=rate_of, measured=True)


def makes(task: Task, seed: int, n: int) -> int:
    """How many cases the task can make, n at most."""
    return sum(1 for _ in islice(task.generate(seed, min(n, MOST), standin_texts(seed)), n))


def whole(task: Task, seed: int, n: int) -> int:
    """The fewest cases, n at least, that are whole groups of the task; n where its words give fewer."""
    count = 0
    for _, group in groupby(task.generate(seed, n + MOST_OF_GROUP, standin_texts(seed)), key=lambda case: case.group):
        count += sum(1 for _ in group)
        if count >= n:
            return count
    return n


def tokens(messages: Sequence[Message]) -> int:
    """Tokens of messages by their bytes: an estimate, within some 20 % for English."""
    return sum(len(m.content.encode()) // BYTES_A_TOKEN + A_MESSAGE for m in messages)


def _counts(records: Groups, what: str) -> tuple[int, int]:
    if what in ("unscored", "failed"):
        return sum(r.label == what for r in records), len(records)
    scored = [r for r in records if r.label in ("good", "bad")]
    return sum(r.label == "bad" for r in scored), len(scored)


def _answer(task: Task, case: Case, messages: Sequence[Message]) -> str:
    return pick(task.gold(case, messages).good or ("Yes.",), "oracle", case.id)


def _judge_asks(task: Task, case: Case, turns: Sequence[Turn]) -> tuple[int, int]:
    """Questions to a judge about one reply, and their tokens; it answers each at once."""
    words = rubric(task.judge.rubric)
    judging = ModelJudge(words, "").judging(case, turns)
    asked = size = 0
    asks = len([item for item in words.items if words.side(case) in item.sides]) or 1
    first = next(judging, None)
    if first is not None:
        asked, size = asks, asks * tokens(first.messages)
    return asked, size


def _group_size(cases: Sequence[Case]) -> float:
    """Mean number of cases that a group has on a side that it has any on."""
    groups = [list(part) for _, part in groupby(cases, key=lambda case: case.group)]
    sizes = [len(part) for group in groups for part in _sides(group) if part]
    return sum(sizes) / len(sizes) if sizes else 1.0


def _sides(group: Sequence[Case]) -> tuple[list[Case], list[Case]]:
    return [c for c in group if not c.twin], [c for c in group if c.twin]
