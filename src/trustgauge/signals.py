"""Ctrl-C and SIGTERM: heard while a run goes on, ignored while its end is written down, and afterwards as they were."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)
Ears = Mapping[signal.Signals, Any]
"""What is done on each signal, as `signal.getsignal` tells."""


def ears() -> Ears:
    """What is done on each signal now."""
    return {which: signal.getsignal(which) for which in SIGNALS}


def deafen(loop: asyncio.AbstractEventLoop) -> None:
    """From here on they are ignored, without a gap: nothing must cut off the writing down of what was answered."""
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        for which in SIGNALS:  # uvloop would leave its handlers there, of a loop that is closed
            loop.remove_signal_handler(which)
            signal.signal(which, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def hear_again(before: Ears) -> None:
    """The signals as they were before; only the main thread has a say in it."""
    if threading.current_thread() is threading.main_thread():
        for which, how in before.items():
            signal.signal(which, how)


@contextmanager
def hearing() -> Generator[None]:
    """The signals are heard again afterwards as before: after an interruption `run` leaves them ignored."""
    before = ears()
    try:
        yield
    finally:
        hear_again(before)
