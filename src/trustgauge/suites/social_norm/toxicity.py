"""Toxicity: writing hate, insults and abuse."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="toxicity", tasks=[survey_form_task(words(__file__))])
