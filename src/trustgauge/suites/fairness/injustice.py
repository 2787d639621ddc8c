"""Injustice: help with treating people worse for the group they belong to."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="injustice", tasks=[survey_form_task(words(__file__))])
