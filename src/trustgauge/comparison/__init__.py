"""Comparing runs: paired differences on the cases they share, with their uncertainty, and the cases that flipped."""

from trustgauge.comparison.compare import Settings, against, compare
from trustgauge.comparison.result import Compared, Comparison, Flip, RunPair, Slice

__all__ = ["Compared", "Comparison", "Flip", "RunPair", "Settings", "Slice", "against", "compare"]
