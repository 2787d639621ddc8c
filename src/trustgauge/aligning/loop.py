"""The loop closed: a model trained from an export, then measured before and after on cases that training never saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from trustgauge.aligning.change import ChangeSettings
from trustgauge.aligning.change_judges import check_independent
from trustgauge.aligning.change_result import Change
from trustgauge.aligning.proving import prove
from trustgauge.aligning.settings import Settings
from trustgauge.aligning.stages import Measuring, target_places
from trustgauge.aligning.training import Say, Stage, WatchTraining, document, no_one, train, unwatched
from trustgauge.models.local import PREFIX
from trustgauge.runner import Watch

BASE = "base"


class Aligned(msgspec.Struct, frozen=True):
    """What came of it: the stages as trained, and what they changed (None where nothing was measured)."""

    stages: list[Stage]
    change: Change | None = None


def align(
    asked: Settings,
    measuring: Measuring | None = None,
    judges: Sequence[str] = (),
    *,
    say: Say = no_one,
    watch: WatchTraining = unwatched,
    env: Mapping[str, str] | None = None,
    watch_runs: Watch | None = None,
) -> Aligned:
    """Train, then (with measuring) run base and stages on held-out cases and write align.json, align.html, facts.yaml.

    judges: two to hold against each other, as in `ChangeSettings`. What can't be measured is said before anything
    trains. The same call again trains and asks nothing twice. Raises what `train` and `prove` raise.
    """
    if measuring is not None:
        ChangeSettings(targets=measuring.targets, judges=tuple(judges)).check()
        check_independent(judges, judged=bool(measuring.config.judges))
        target_places(measuring.targets)
    stages = train(asked, say, watch)
    if measuring is None:
        return Aligned(stages)
    found = prove(
        model_words(asked, stages), measuring, judges,
        folder=asked.out, training=document(asked, stages), env=env, watch=watch_runs,
    )  # fmt: skip
    return Aligned(stages, found)


def model_words(asked: Settings, stages: Sequence[Stage]) -> dict[str, str]:
    """The MODEL word of the base and of each stage, by name."""
    return {BASE: _word(asked.model)} | {stage.step: _word(stage.folder) for stage in stages}


def _word(model: str) -> str:
    return model if model.startswith(PREFIX) else PREFIX + model
