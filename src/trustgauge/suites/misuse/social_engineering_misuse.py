"""Social-engineering misuse: help with deceiving people out of money, secrets or trust."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="social-engineering-misuse", tasks=[survey_form_task(words(__file__))])
