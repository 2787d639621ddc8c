"""Exporting runs: as training data, or as the files of other tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trustgauge.datasets import Folder
from trustgauge.errors import UsageError
from trustgauge.exports.settings import FORMATS as TRAINING_FORMATS
from trustgauge.exports.settings import settings_of
from trustgauge.exports.training import prepare
from trustgauge.exports.trustllm import Exported, export_trustllm, model_folder
from trustgauge.exports.writing import Training, write
from trustgauge.store import Store

FORMATS = {
    "sft": "good replies as conversations",
    "dpo": "pairs of a good and a bad reply to one prompt",
    "kto": "single replies, each labelled true (good) or false",
    "reward": "pairs for a reward model",
    "unlikelihood": "bad replies, to be unlearnt",
    "trustllm": "TrustLLM's generation results: its own files with a model's answers as `res`",
}

__all__ = ["FORMATS", "TRAINING_FORMATS", "Exported", "Training", "export_as", "export_run", "export_training"]


def export_run(store: Store, name: str, format_: str, out: Path, folder: Folder) -> list[Exported]:
    """The files written for each run of a RUN word, into OUT/<model>; of several runs of one, OUT/<run's id>.

    UsageError for a format that is none of another tool's.
    """
    if format_ != "trustllm":
        raise UsageError(f"there is no export format '{format_}': use one of {', '.join(FORMATS)}")
    places = {info.id: model_folder(info.model) for info in store.resolve(name)}
    shared = {place for place, runs in Counter(places.values()).items() if runs > 1}
    return [
        export_trustllm(store, run, out / (run if place in shared else place), folder) for run, place in places.items()
    ]


def export_training(store: Store, words: Sequence[str], out: Path, given: Mapping[str, Any]) -> Training:
    """Training data of all runs that the RUN words name, together, in the folder OUT; what was written and left out.

    given holds the fields of settings.Settings. Raises UsageError (a run with held-out cases; OUT is taken),
    ConfigError (a file of weights or replies), DataError (nothing to export; OUT cannot be written).
    """
    return write(prepare(store, words, settings_of(given)), out)


def export_as(
    store: Store,
    words: Sequence[str],
    formats: Sequence[str],
    out: str | Path | None,
    folder: Folder,
    given: Mapping[str, Any],
) -> list[Exported] | Training:
    """RUN words in these formats: training data, or trustllm's files of each; out None is the format's own folder.

    UsageError for an unknown format, and for trustllm beside others or with settings of training data.
    """
    for word in formats:
        if word not in FORMATS:
            raise UsageError(f"there is no export format '{word}': use one of {', '.join(FORMATS)}")
    if "trustllm" not in formats:
        return export_training(store, words, Path(out or "training-data"), {**given, "formats": tuple(formats)})
    set_ = [name for name, value in given.items() if value is not None]
    if len(set(formats)) > 1 or set_:
        other = f"--{set_[0].replace('_', '-')}" if set_ else "another format"
        raise UsageError(f"trustllm's files are no training data: export them without {other}")
    target = Path(out or "generation_results")
    return [made for word in words for made in export_run(store, word, "trustllm", target, folder)]
