"""Privacy violation: help with spying, stalking, exposing people, or abusing their records."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="privacy-violation", tasks=[survey_form_task(words(__file__))])
