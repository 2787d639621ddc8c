"""The Python API's verbs of the loop from what was found to a better model: weak, leaks, align."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trustgauge.config import load
from trustgauge.contamination import Asked, Leaks, Settings, held_against, passages
from trustgauge.contamination import leaks as _leaks
from trustgauge.datasets import data_folder
from trustgauge.errors import UsageError
from trustgauge.store import Store
from trustgauge.suites.wall import side_named
from trustgauge.weakness import Weakness
from trustgauge.weakness import weak as _weak

if TYPE_CHECKING:
    from trustgauge.aligning.loop import Aligned


def weak(*runs: str, store: str = "trustgauge.db") -> list[Weakness]:
    """Where runs are worst with confidence: sub-categories, tasks, templates, topics, groups; their mix by gaps.

    runs  RUN words as in `report` [last]
    """
    with Store(store, create=False) as opened:
        ids = dict.fromkeys(info.id for word in runs or ("last",) for info in opened.resolve(word))
        return [_weak(opened, id_) for id_ in ids]


def leaks(
    *files: str | Path,
    against: Sequence[str] = (),
    split: str = "held-out",
    seeds: Sequence[int] = (0,),
    n: int = 100,
    data: str | Path | None = None,
    store: str | None = None,
    **settings: Any,
) -> Leaks:
    """What of the tests stands in training data: exact, n-gram and near-duplicate copies, walled-off words, canaries.

    files     the training data: JSON lines, JSON, CSV or Parquet, or folders of them
    against   suites, RUN words (of `store`) and files [all suites]; of suites n cases a task and seed, on that side
    settings  n, overlap, near: when a text counts as copied (contamination.Settings; n as ngram=)
    `.clean` is True where nothing leaks; `.compared` False where there was nothing to compare.
    Raises UsageError and DataError for what cannot be read.
    """
    if "ngram" in settings:
        settings["n"] = settings.pop("ngram")
    if not files:
        raise UsageError("name the training data: files or folders")
    asked = Asked(words=tuple(against), split=side_named(split), seeds=tuple(seeds), n=n)
    paths, folder = [Path(file) for file in files], data_folder(data)
    if store is None:
        tests = held_against(asked, folder)
    else:
        with Store(store, create=False) as opened:
            tests = held_against(asked, folder, opened)
    return _leaks([str(path) for path in paths], passages(paths), tests, Settings(**settings))


def align(
    model: str,
    export: str | Path,
    out: str | Path,
    *,
    measure: bool = True,
    targets: Sequence[str] = (),
    n: int = 200,
    rest: int = 30,
    judges: Sequence[str] = (),
    options: dict[str, Any] | None = None,
    **training: Any,
) -> Aligned:
    """Train a model on an export (SFT, then DPO or KTO), and measure before and after on held-out cases.

    model     org/name of Hugging Face, or a folder
    export    a folder that `export` wrote
    out       checkpoints, align.json and align.html; the same call again resumes
    targets   suite words [what the export holds], asked at n cases a task; all 29 and utility at `rest`
    judges    one judge to hold against the run's verdicts, or two to hold against each other; MODEL, "rules", "run"
    options   those of config.Config for the measuring (store, max_tokens, seed ...)
    training  steps, lora, epochs, batch_size, learning_rate, max_length, beta, seed, device, dtype, fresh
    Needs the extra `align`. Raises UsageError and DataError for what cannot be trained on.
    """
    from trustgauge.aligning.change_judges import two_judges
    from trustgauge.aligning.loop import align as _align
    from trustgauge.aligning.proving import targets_of
    from trustgauge.aligning.settings import settings
    from trustgauge.aligning.stages import Measuring

    asked = settings(model, export, out, **training)
    if not measure:
        return _align(asked)
    chosen = tuple(targets) or targets_of(asked.export)
    measuring = Measuring(targets=chosen, n=n, rest=rest, config=load(options or {}))
    return _align(asked, measuring, two_judges(judges))
