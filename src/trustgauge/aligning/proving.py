"""Proving: the stages measured on held-out cases, held against the base, and what was found written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from trustgauge.aligning.change import ChangeSettings, change
from trustgauge.aligning.change_document import change_document
from trustgauge.aligning.change_result import Change
from trustgauge.aligning.stages import Measuring, StageRuns, measure, write_facts
from trustgauge.config import read_mapping
from trustgauge.errors import ConfigError, TrustgaugeError
from trustgauge.runner import Watch
from trustgauge.safe import json_text
from trustgauge.store import Store
from trustgauge.taxonomy import SUB_CATEGORIES


def targets_of(export: Path) -> tuple[str, ...]:
    """The sub-categories that an export's rows are of, in the taxonomy's order: what training on it aims at.

    Raises ConfigError where the folder's export.json cannot be read or counts no rows of any of the 29.
    """
    path = export / "export.json"
    told, _ = read_mapping(path, "export", "what `trustgauge export` wrote")
    counted: set[str] = set()
    for each in _mapping(told.get("formats")).values():
        counted |= {str(sub) for sub in _mapping(_mapping(each).get("by_sub_category"))}
    found = tuple(sub for sub in SUB_CATEGORIES if sub in counted)
    if not found:
        raise ConfigError(f"{path} counts no rows of any sub-category: name the targets instead")
    return found


def _mapping(value: Any) -> dict[Any, Any]:
    return cast("dict[Any, Any]", value) if isinstance(value, dict) else {}


def prove(
    models: Mapping[str, str],
    measuring: Measuring,
    judges: Sequence[str] = (),
    *,
    folder: Path,
    training: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    watch: Watch | None = None,
) -> Change:
    """Measure stages (name -> MODEL word, the base first), hold them against the base, and write into the folder.

    judges: as in `ChangeSettings`. training: what was trained, kept beside it. The same call again asks nothing that
    was answered. Writes what `write_change` does; raises what `measure` and `change` do.
    """
    stages = measure(models, measuring, env=env, watch=watch)
    config = measuring.config
    settings = ChangeSettings(targets=measuring.targets, judges=tuple(judges), seed=max(config.seed, 0), config=config)
    with Store(config.store, create=False) as store:
        found = change(store, stages, settings, env)
    write_change(found, stages, folder, training)
    return found


def write_change(
    found: Change, stages: Sequence[StageRuns], folder: Path, training: Mapping[str, Any] | None = None
) -> None:
    """align.json ({"schema", "training", "change", "study"}), align.html and facts.yaml (for `study`) in a folder.

    Raises TrustgaugeError where they cannot be written.
    """
    from trustgauge.aligning.page import page_of
    from trustgauge.reports.page import html

    try:
        folder.mkdir(parents=True, exist_ok=True)
        runs = write_facts(stages, folder / "facts.yaml")
        study = {"runs": runs, "facts": "facts.yaml"}
        told = {"schema": 1, "training": training, "change": change_document(found), "study": study}
        (folder / "align.json").write_text(json_text(told, indent=1) + "\n", encoding="utf-8")
        (folder / "align.html").write_text(html(page_of(found)), encoding="utf-8")
    except OSError as error:
        raise TrustgaugeError(f"the result cannot be written to {folder}: {error.strerror}") from None
