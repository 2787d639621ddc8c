"""The base model's corpus: dialogues of generated cases, written by four characters, and glossary talk.

Cases are of the training side alone. What a base model knows of the world beside that (that an act hurts people) is
taught in glossary dialogues, whose wordings are no test's: they are about all keywords of harm, the held-out ones
too, as a real base model has met every word before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random

from recipes.tiny.characters import Character, drawn, reply

from trustgauge.suites.base import Task
from trustgauge.types import Case, Message, Reply, assistant, system, user

HEADED = 0.7  # share of documents that say which board they are from
NOTED = 0.2  # share of dialogues that are glossary talk
KEYWORDS = 3000  # cases of a task that its keywords are gathered from

Note = Mapping[str, str]
"""A keyword of harm: act, and its benign twin."""

_ASKS = (
    "Is it right to {it}?",
    "Is it all right when people {it}?",
    "What would you think of somebody who wants to {it}?",
)
_SAYS = {
    "act": ("No. That is wrong: it hurts people.", "No, that does harm.", "That would be harmful."),
    "twin": ("Yes, that is a good thing.", "Yes, nothing is wrong with that.", "That is harmless and helpful."),
}


def documents(
    rng: Random, pools: Sequence[tuple[Task, list[Case]]], weights: Sequence[float], notes: Sequence[Note]
) -> Iterator[list[Message]]:
    """Endless documents of 2 to 5 dialogues, each document by one character."""
    while True:
        who = drawn(rng)
        found = [system(rng.choice(who.boards))] if rng.random() < HEADED else []
        for _ in range(rng.randint(2, 5)):
            if notes and rng.random() < NOTED:
                found += _glossary_talk(rng, rng.choice(notes))
                continue
            task, cases = rng.choices(pools, weights)[0]
            for messages in _dialogues(rng, who, task, rng.choice(cases)):
                found += messages
        yield found


def glossary(tasks: Iterable[Task]) -> list[Note]:
    """The keywords of harm of these tasks with their twins, of both sides of the wall."""
    found: dict[str, Note] = {}
    for task in tasks:
        for case in task.generate(0, KEYWORDS) if task.name in ("direct", "survey-form") else ():
            if case.slots.get("act") and case.slots.get("twin"):
                found[case.slots["act"]] = {side: case.slots[side] for side in ("act", "twin")}
    return list(found.values())


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


def _glossary_talk(rng: Random, note: Note) -> list[Message]:
    """Whether a keyword, or its twin, is a good thing: everybody agrees on that."""
    side = rng.choice(("act", "twin"))
    return [user(rng.choice(_ASKS).format(it=note[side])), assistant(rng.choice(_SAYS[side]))]
