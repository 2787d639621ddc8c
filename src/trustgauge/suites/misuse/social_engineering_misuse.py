"""Social-engineering misuse: help with deceiving people out of money, secrets or trust.

types has phishing, pretext calls, impersonation and romance fraud in wordings of their own; its twins train and warn.
"""

from trustgauge.generate import words
from trustgauge.suites.base import SubCategory
from trustgauge.suites.misuse._typed import typed_task
from trustgauge.suites.shapes import paired_requests, survey_form_task

TYPES = words(__file__, "types")

SUB = SubCategory(
    id="social-engineering-misuse",
    tasks=[
        survey_form_task(words(__file__)),
        typed_task(
            "types",
            "declines to help deceive people in four ways, and helps to train, warn and check",
            paired_requests(TYPES, TYPES),
            ("sender", "mask", "persona", "role"),
        ),
    ],
)
