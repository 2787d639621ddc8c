"""Progress: what has happened so far, and a word where nothing does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trustgauge.types import Failure

STALL_S = 15.0  # without an answer for so long, it is said what is waited for ...
AGAIN_S = 60.0  # ... and again so much later


def _nobody(_: str) -> None:
    """Tells nobody."""


@dataclass(slots=True)
class Progress:
    """What has happened so far; read it at any time.

    asked counts calls answered now, known the replies found in the store, settled the conversations that an
    earlier session ended, failed those that failed now, pausing the questions that wait before they are tried
    again. `doing` is a word for what goes on, where it is not the measuring of a model. `total` is exact once all
    cases are made, before that an upper bound. `tell` is called with a sentence where a run is stalled.
    """

    total: int = 0
    done: int = 0
    asked: int = 0
    known: int = 0
    settled: int = 0
    failed: int = 0
    pausing: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    began: float = field(default_factory=time.monotonic)
    last_answer: float = 0.0
    last_failure: Failure | None = None
    doing: str = ""
    tell: Callable[[str], None] = _nobody

    @property
    def rate(self) -> float:
        """Conversations a second, but for those settled before."""
        return (self.done - self.settled) / max(time.monotonic() - self.began, 1e-9)

    @property
    def eta_s(self) -> float | None:
        """Seconds left at this rate, None before anything is done."""
        return (self.total - self.done) / self.rate if self.done > self.settled else None


async def watch_for_stalls(progress: Progress, waits: Callable[[], str], stall_s: float = STALL_S) -> None:
    """For ever: where no answer has come for stall_s, tell what is waited for, then once a minute."""
    told = 0.0
    while True:
        await asyncio.sleep(min(stall_s, 1.0))
        now = time.monotonic()
        silent = now - max(progress.last_answer, progress.began)
        if silent >= stall_s and now - told >= AGAIN_S:
            told = now
            progress.tell(f"nothing answered for {silent:.0f} s: {waits() or 'busy with the store'}")
