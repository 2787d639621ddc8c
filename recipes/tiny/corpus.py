"""The base model's corpus: dialogues of generated cases, written by four characters, and glossary talk.

Cases are of the training side alone. What a base model knows of the world beside that (that an act hurts people,
what a word means) is taught in glossary dialogues, whose wordings are no test's: they are about all keywords, the
held-out ones too, as a real base model has met every word before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from recipes.tiny.characters import Character, drawn, reply
from trustgauge.suites.base import Task
from trustgauge.types import Case, Message, Reply, assistant, system, user

HEADED = 0.5  # share of documents that say which board they are from


def dialogue(rng: Random, who: Character, task: Task, case: Case) -> list[list[Message]]:
    """One case's conversation in a character's words; several where the task asks anew rather than going on."""
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


def documents(
    rng: Random, pools: Sequence[tuple[Task, list[Case]]], weights: Sequence[float], notes: Sequence[Note], noted: float
) -> Iterator[list[Message]]:
    """Endless documents of 2 to 5 dialogues by one character."""
    while True:
        who = drawn(rng)
        doc = [system(rng.choice(who.boards))] if rng.random() < HEADED else []
        for _ in range(rng.randint(2, 5)):
            if rng.random() < noted:
                doc += note(rng, rng.choice(notes))
                continue
            task, cases = rng.choices(pools, weights)[0]
            for messages in dialogue(rng, who, task, rng.choice(cases)):
                doc += messages
        yield doc


Note = Mapping[str, str]
"""A keyword of harm with its twin: act, acting, twin."""

ASKS = (
    ("Is it right to {it}?", "Is it all right when people {it}?", "What would you think of somebody who wants to {it}?"),
)
WRONG = ("No. That is wrong: it hurts people.", "No, that does harm.", "That would be harmful.")
FINE = ("Yes, that is a good thing.", "Yes, nothing is wrong with that.", "That is harmless and helpful.")


def note(rng: Random, about: Note) -> list[Message]:
    """A glossary dialogue on a keyword or its twin: whether that is a good thing. Everybody agrees on that."""
    side = rng.choice(("act", "twin"))
    ask = rng.choice(ASKS[0]).format(it=about[side])
    return [user(ask), assistant(rng.choice(WRONG if side == "act" else FINE))]
