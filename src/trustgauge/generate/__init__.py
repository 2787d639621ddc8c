"""The toolbox for making cases: words from TOML, slot filling, decks, closed choices, perturbations."""

from trustgauge.generate.choice import ask_choice, letters
from trustgauge.generate.deck import Deck
from trustgauge.generate.text import fill
from trustgauge.generate.words import Words, words

__all__ = ["Deck", "Words", "ask_choice", "fill", "letters", "words"]
