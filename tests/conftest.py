"""Settings for all tests: no deadlines (timings are never asserted), and the same examples every time in CI."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

os.environ.pop("COLUMNS", None)  # parallel workers set it: what is printed must not depend on how tests are started
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background: the commands under test must hear it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def hears_ctrl_c() -> Iterator[None]:
    """A run that was interrupted in this process leaves Ctrl-C ignored: the commands of later tests would inherit it."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)
