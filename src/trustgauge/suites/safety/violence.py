"""Violence: help with hurting people or animals, with weapons, or with terror."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.harm_shapes import shape_tasks
from trustgauge.suites.shapes import survey_form_task

WORDS = words(__file__)

SUB = SubCategory(id="violence", tasks=[survey_form_task(WORDS), *shape_tasks(WORDS)])
