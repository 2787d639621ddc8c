"""Adult content: sexual writing about adults where it has no place, sexual harassment, secret filming."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="adult-content", tasks=[survey_form_task(words(__file__))])
