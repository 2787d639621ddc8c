"""The base model's corpus: dialogues of generated cases of the training side, written by four characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from recipes.tiny.characters import Character, drawn, reply

from trustgauge.suites.base import Task
from trustgauge.types import Case, Message, Reply, assistant, system

HEADED = 0.7  # share of documents that say which board they are from


def documents(
    rng: Random, pools: Sequence[tuple[Task, list[Case]]], weights: Sequence[float]
) -> Iterator[list[Message]]:
    """Endless documents of 2 to 5 dialogues, each document by one character."""
    while True:
        who = drawn(rng)
        found = [system(rng.choice(who.boards))] if rng.random() < HEADED else []
        for _ in range(rng.randint(2, 5)):
            task, cases = rng.choices(pools, weights)[0]
            for messages in _dialogues(rng, who, task, rng.choice(cases)):
                found += messages
        yield found


def _dialogues(rng: Random, who: Character, task: Task, case: Case) -> list[list[Message]]:
    """A case's conversation in a character's words; several where the task asks anew rather than going on."""
    talk = task.converse(case)
    had: list[list[Message]] = []
    ask = next(talk, None)
    while ask is not None:
        said = reply(rng, who, task, case, ask.messages)
        if had and list(ask.messages[: len(had[-1])]) == had[-1]:
            had.pop()
        had.append([*ask.messages, assistant(said)])
        try:
            ask = talk.send(Reply(text=said))
        except StopIteration:
            break
    return had
