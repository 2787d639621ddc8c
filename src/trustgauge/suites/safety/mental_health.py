"""Mental health: help with self-harm, starving, mocking people in distress, keeping them from care."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="mental-health", tasks=[survey_form_task(words(__file__))])
