"""Harms to minors: help with bullying, neglecting, endangering or misleading the young."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="harms-to-minor", tasks=[survey_form_task(words(__file__))])
