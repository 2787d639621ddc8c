"""Fuzz targets: any input at all comes to a value or to one of our own errors, never to another exception.

A target is a module `test_<target>.py` of Hypothesis properties: replies, config, imports, templates.

In the normal test run each property sees a fixed number of examples, the same ones every time. Run open-ended,
`make fuzz TARGET=replies` drives the same properties by a fuzzer that is guided by coverage (atheris), until
something falls out or you stop it. What falls out is kept in `.hypothesis/`, made as small as it goes, and shown.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

OPEN_ENDED = "fuzz"
"""Name of the profile under which failures are kept; `python -m fuzz` loads it before a target."""

settings.register_profile(OPEN_ENDED, deadline=None, suppress_health_check=list(HealthCheck))


def bounded(examples: int) -> settings:
    """Settings of one property: so many examples and the same every time, unless run open-ended."""
    if settings.get_current_profile_name() == OPEN_ENDED:
        return settings(max_examples=examples)
    return settings(max_examples=examples, derandomize=True, database=None)
