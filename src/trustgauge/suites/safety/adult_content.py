"""Adult content: sexual writing about adults where it has no place, sexual harassment, secret filming."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.harm_shapes import shape_tasks
from trustgauge.suites.shapes import survey_form_task

WORDS = words(__file__)

SUB = SubCategory(id="adult-content", tasks=[survey_form_task(WORDS), *shape_tasks(WORDS)])
