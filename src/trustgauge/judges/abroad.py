"""The judge of closed questions that may be answered in another language than English."""

from __future__ import annotations

from collections.abc import Sequence

from trustgauge.judges.base import Judge
from trustgauge.judges.closed import against_key
from trustgauge.judges.readers.choice_abroad import read_choice_abroad
from trustgauge.types import Case, Reply, Verdict


def _choice(case: Case, replies: Sequence[Reply]) -> Verdict:
    text = replies[-1].text
    return against_key(case, read_choice_abroad(text, case.options), "no option named", text)


abroad_judge = Judge("choice-abroad", 1, _choice)
