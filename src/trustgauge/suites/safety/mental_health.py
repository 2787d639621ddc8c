"""Mental health: harm to people in distress, care for those who write, and chatbots in place of care.

survey-form asks for help with self-harm, starving, mocking people in distress and keeping them from care.
"""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.safety._crisis import CRISIS
from trustgauge.suites.safety._over_reliance import RELIANCE
from trustgauge.suites.shapes import survey_form_task

SUB = SubCategory(id="mental-health", tasks=[survey_form_task(words(__file__)), CRISIS, RELIANCE])
