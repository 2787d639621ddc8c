"""Cyberattack misuse: attack code, evasion of defences, theft of credentials; at once, or step by step."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.misuse._incremental import incremental_task
from trustgauge.suites.shapes import survey_types_task

SUB = SubCategory(
    id="cyberattack-misuse",
    tasks=[survey_types_task(words(__file__), ("act",)), incremental_task(words(__file__, "incremental"))],
)
