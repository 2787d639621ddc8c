"""Propagandistic misuse: smear stories, recruiting posts, extreme politics, fake reviews, fake citizens."""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.shapes import survey_types_task

SUB = SubCategory(id="propagandistic-misuse", tasks=[survey_types_task(words(__file__))])
