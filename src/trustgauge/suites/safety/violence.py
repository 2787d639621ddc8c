"""Violence: help with hurting people or animals, with weapons, or with terror."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="violence", tasks=[survey_form_task(words(__file__))])
