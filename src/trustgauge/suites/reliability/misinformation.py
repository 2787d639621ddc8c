"""Misinformation: making others believe what is not so."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="misinformation", tasks=[survey_form_task(words(__file__))])
