"""Readers: each takes one thing from a text, as a Reading, and nothing where it isn't there."""

from trustgauge.judges.readers.choice import read_choice
from trustgauge.judges.readers.numbers import read_number, read_percent, read_percents
from trustgauge.judges.readers.overlap import Overlap, overlap
from trustgauge.judges.readers.refusal import read_refusal
from trustgauge.judges.readers.yes_no import read_yes_no

__all__ = [
    "Overlap",
    "overlap",
    "read_choice",
    "read_number",
    "read_percent",
    "read_percents",
    "read_refusal",
    "read_yes_no",
]
