"""The toolbox for making cases: words from TOML, slot filling, decks, closed choices, perturbations."""

from trustgauge.generate.choice import ask_choice, letters
from trustgauge.generate.deck import Deck
from trustgauge.generate.items import Item, closed_items, closed_pairs
from trustgauge.generate.perturb import typos
from trustgauge.generate.text import fill
from trustgauge.generate.words import Words, words

__all__ = [
    "Deck",
    "Item",
    "Words",
    "ask_choice",
    "closed_items",
    "closed_pairs",
    "fill",
    "letters",
    "typos",
    "words",
]
