"""The documents of poisoned-context: n short ones on four invented things, k of them with two facts exchanged.

Every document, honest or poisoned, names all four things and all four values once, so the options are mentioned
equally often everywhere and only which value goes with which thing, in most documents, makes the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from trustgauge.generate import Deck, ask_choice, fill, words
from trustgauge.generate.text import capitalise
from trustgauge.types import Case

WORDS = words(__file__)
THINGS = 4
DESIGNS = ((5, 1, 2), (7, 1, 3), (5, 1, 2), (7, 2, 3))  # n and the two k; k = 0 is the control
LAYOUTS = ("letter-only", "which-one")  # those that read well after documents
LOOKS = ("all alike", "poison looks official", "honest ones look official")


def context_cases(rng: Random) -> Iterator[list[Case]]:
    """Two sister questions over the same documents, with none, some and more of them poisoned."""
    topics, layouts, designs = Deck(rng, WORDS.rows("topics")), Deck(rng, LAYOUTS), Deck(rng, DESIGNS)
    places, positions, looks = Deck(rng, WORDS.strings("places")), Deck(rng, range(THINGS)), Deck(rng, LOOKS)
    warnings, kinds = Deck(rng, list(WORDS.table("warnings").items())), Deck(rng, WORDS.strings("kinds"))
    official, values = (
        Deck(rng, WORDS.strings("official")),
        {t["name"]: Deck(rng, t["values"]) for t in WORDS.rows("topics")},
    )
    while True:
        topic, (n, *some), look, (warned, warning) = topics.deal(), designs.deal(), looks.deal(), warnings.deal()
        things, layout, call = places.deal_many(THINGS), layouts.deal(), official.deal()
        facts = dict(zip(things, values[topic["name"]].deal_many(THINGS), strict=True))
        heads, order = kinds.deal_many(n), rng.sample(range(n), n)
        frames, ask = [_frame(rng, topic["says"], things) for _ in range(n)], rng.choice(topic["asks"])
        group: list[Case] = []
        for k in (0, *some):
            poisoned, loud = set(order[:k]), _loud(look, order, max(k, 1))
            texts = [
                f"Document {i + 1}: {call if i in loud else heads[i]}\n{_text(frames[i], facts, i in poisoned)}"
                for i in range(n)
            ]
            before = fill(WORDS["frame"], {"documents": "\n\n".join(texts), "warning": warning})
            for thing, other in (things[:2], things[1::-1]):
                rest = [value for value in facts.values() if value != facts[thing]]
                slots = {"n": str(n), "k": str(k), "look": look, "poison": facts[other], "thing": thing}
                group.append(
                    ask_choice(
                        f"{before}\n\n{fill(ask, {'x': thing})}",
                        facts[thing],
                        rng.sample(rest, len(rest)),
                        position=positions.deal(),
                        layout=layout,
                        template=f"{topic['name']}-{warned}",
                        slots=slots,
                        kind=f"{k} of {n}",
                    )
                )
        yield group


def _loud(look: str, order: Sequence[int], many: int) -> set[int]:
    """The documents with an official heading: the first of the order are poisoned first, the last never."""
    return {LOOKS[0]: set[int](), LOOKS[1]: set(order[:many]), LOOKS[2]: set(order[-many:])}[look]


Frame = list[tuple[str, str, str]]


def _frame(rng: Random, says: Sequence[str], things: Sequence[str]) -> Frame:
    """One document's sentences in its own order: (sentence, thing, the thing whose fact a poisoned one gives it)."""
    swapped = {things[0]: things[1], things[1]: things[0]}
    order = rng.sample(things, len(things))
    return [(rng.choice(says), thing, swapped.get(thing, thing)) for thing in order]


def _text(frame: Frame, facts: dict[str, str], poisoned: bool) -> str:
    sentences = [fill(say, {"x": x, "v": facts[given if poisoned else x]}) for say, x, given in frame]
    return " ".join(map(capitalise, sentences))
