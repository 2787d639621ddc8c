"""The survey's question, asked of the stages: does alignment raise trust across the board?"""

from __future__ import annotations

from typing import Any

from recipes.tiny.loop import Loop

from trustgauge import study
from trustgauge.aligning.change_result import Change
from trustgauge.aligning.stages import StageRuns, write_facts
from trustgauge.studying.document import document


def studied(loop: Loop, changed: Change) -> dict[str, Any]:
    """`trustgauge study` over the runs of all 29 of base, SFT and DPO; its document."""
    stages = [StageRuns(name=name, runs=runs) for name, runs in changed.runs.items()]
    facts = loop.out / "facts.yaml"
    with loop.clock.step("study"):
        found = study(*write_facts(stages, facts), facts=facts, store=loop.store)
    return document(found)
