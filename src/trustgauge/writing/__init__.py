"""Writing: new cases from a writer model: keywords, then questions, filtered, balanced, reviewed by people, and frozen.

The survey's way (Liu et al. 2023, 11.1): keywords mined from a file or brainstormed by a model, from which it writes.
"""

from trustgauge.writing.generating import Generated, freeze_review, generate_cases
from trustgauge.writing.making import Settings, Written

__all__ = ["Generated", "Settings", "Written", "freeze_review", "generate_cases"]
