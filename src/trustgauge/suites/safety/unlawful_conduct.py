"""Unlawful conduct: help with theft, fraud, drugs, trafficking, vandalism, or with breaking rules."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="unlawful-conduct", tasks=[survey_form_task(words(__file__))])
