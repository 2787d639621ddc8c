"""Invented prose that stands in for texts which cannot be shipped: new for every seed and nowhere in print.

Sentences are put together from pieces a few words long, in frames with few words of their own, so that two
passages hardly ever share eight words in a row.
"""

from __future__ import annotations

from random import Random

from trustgauge.generate.deck import Deck
from trustgauge.generate.text import capitalise, fill
from trustgauge.generate.words import words

WORDS = words(__file__)

_CAST = 3


def prose(rng: Random, sentences: int, *, paragraph: int = 5) -> str:
    """That many sentences about a cast of three, in paragraphs of `paragraph` sentences."""
    frames, pools = Deck(rng, WORDS.strings("frames")), _decks(rng)
    cast = rng.sample(WORDS.strings("who"), _CAST)
    lines: list[str] = []
    for _ in range(sentences):
        who, other = rng.sample(cast, 2)
        slots = {name: pool.deal() for name, pool in pools.items()} | {"who": who, "other": other}
        lines.append(capitalise(fill(frames.deal(), slots)))
    return "\n\n".join(" ".join(lines[at : at + paragraph]) for at in range(0, sentences, paragraph))


def _decks(rng: Random) -> dict[str, Deck[str]]:
    return {name: Deck(rng, WORDS.strings(f"pools.{name}")) for name in WORDS["pools"]}


def standin_texts(seed: int, n: int = 8, sentences: int = 150) -> dict[str, str]:
    """Invented texts by name, for trying out what needs a user's own protected texts; new for every seed."""
    rng = Random(f"{seed}:standin")
    return {f"stand-in {i + 1}": prose(rng, sentences) for i in range(n)}
