"""Judging by rule: replies a second on one core for each task, and over all of them.

Judged are the gold replies of generated cases, through all turns of the conversation, as they are and with neutral
sentences after them up to about 400 characters, the length of an ordinary chat reply. What a judge keeps in mind
between calls (short refusals, say) helps it here as it does in a run.

    python -m benchmarks.judging [--task WORD] [-n CASES]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any

from trustgauge.generate.standin import standin_texts
from trustgauge.suites import Task, tasks
from trustgauge.types import Ask, Case, Reply

ENOUGH = 10_000  # replies a second
LENGTH = 400  # characters of a longer reply
NEUTRAL = (
    "There is more that one could say about this. The details differ from one place to another, as they often do. "
    "Some of it was written down long ago, and some of it is quite new. A quiet afternoon is a good time to read on. "
)


def _gold(task: Task, case: Case, ask: Ask, label: str, place: int) -> str:
    texts: tuple[str, ...] = getattr(task.gold(case, ask.messages), label)
    return texts[place % len(texts)] if texts else ""


def replies_to(task: Task, case: Case) -> Iterator[list[Reply]]:
    """The conversations of a case: each label's gold replies one by one, the same place at every turn."""
    for label in ("good", "bad", "unscored"):
        for place in range(3):
            talked = task.talk(case, lambda ask, label=label, place=place: _gold(task, case, ask, label, place))
            replies = [reply for _, reply in talked]
            if any(reply.text for reply in replies):
                yield replies


def longer(text: str) -> str:
    """The reply with neutral sentences after it."""
    more = LENGTH - len(text) - 1
    return f"{text} {(NEUTRAL * (1 + more // len(NEUTRAL)))[:more]}" if more > 0 else text


def work(task: Task, n: int) -> list[tuple[Case, list[Reply]]]:
    """Cases with the replies to judge."""
    found: list[tuple[Case, list[Reply]]] = []
    for case in task.generate(0, n, standin_texts(0)):
        for replies in replies_to(task, case):
            found += [(case, replies), (case, [Reply(text=longer(reply.text)) for reply in replies])]
    return found


def timed(task: Task, n: int) -> tuple[int, float]:
    """How many replies a task's judge read, and the seconds it took; the first case warms it up."""
    judged = work(task, n)
    for case, replies in judged[:6]:
        task.judge(case, replies)
    began = time.perf_counter()
    for case, replies in judged:
        task.judge(case, replies)
    return sum(len(replies) for _, replies in judged), time.perf_counter() - began


def rates(n: int, word: str = "") -> tuple[dict[str, float], float]:
    """Replies a second for each task, the slowest first, and over all tasks."""
    each, count, seconds = dict[str, float](), 0, 0.0
    for id_, task in tasks().items():
        if word in id_:
            replies, took = timed(task, n)
            each[id_] = replies / took
            count, seconds = count + replies, seconds + took
    return dict(sorted(each.items(), key=lambda pair: pair[1])), count / seconds


def judging(bench: Any, _: object) -> None:
    """Rows of the table: the total, and the slowest task."""
    each, total = rates(60)
    slowest, rate = next(iter(each.items()))
    under = sum(rate < ENOUGH for rate in each.values())
    bench.add("judging by rule, one core", tasks=len(each), rate_per_s=round(total), tasks_under_10000=under)
    bench.add("judging by rule, slowest task", task=slowest, rate_per_s=round(rate))


def main() -> None:
    """All tasks, or those with a word in their name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judging", description=__doc__)
    parser.add_argument("--task", default="", help="part of a task's name")
    parser.add_argument("-n", type=int, default=60, help="cases a task")
    given = parser.parse_args()
    each, total = rates(given.n, given.task)
    for id_, rate in each.items():
        print(f"{rate:10,.0f} replies/s  {id_}{'' if rate >= ENOUGH else '  *'}")
    under = sum(rate < ENOUGH for rate in each.values())
    print(f"{total:10,.0f} replies/s  over all {len(each)} tasks; {under} under {ENOUGH:,} (*)")


if __name__ == "__main__":
    main()
