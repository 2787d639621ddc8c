"""Judges by rule. A reader takes something from a text; a judge turns a reading into a verdict."""

from trustgauge.judges.base import Judge, Reading, bad, good, unscored
from trustgauge.judges.closed import choice_judge, number_judge, yes_no_judge
from trustgauge.judges.requests import request_judge

__all__ = [
    "Judge",
    "Reading",
    "bad",
    "choice_judge",
    "good",
    "number_judge",
    "request_judge",
    "unscored",
    "yes_no_judge",
]
