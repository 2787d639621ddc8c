"""Contamination: whether training data holds what a model is to be tested with."""

from __future__ import annotations

from trustgauge.contamination.against import Asked, held_against
from trustgauge.contamination.finding import Settings, leaks
from trustgauge.contamination.reading import Passage, passages
from trustgauge.contamination.result import Held, Leak, Leaks

__all__ = ["Asked", "Held", "Leak", "Leaks", "Passage", "Settings", "held_against", "leaks", "passages"]
