"""The Python API's verbs: run, report, validate, judge; the command line is a thin layer over the same functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trustgauge import config as configuration
from trustgauge.judges.base import Reading
from trustgauge.proof import Proof, prove
from trustgauge.reports import Profile, profile
from trustgauge.runner import run as _run
from trustgauge.store import Store
from trustgauge.suites import select


def run(study_file: str | None = None, **options: Any) -> list[Profile]:
    """Measure models and return one Profile each; with no `models`, the reference panel.

    options are those of config.Config (models, suites, n, seed, draws, temperature, store, ...), with the
    same precedence as on the command line. Running the same again resumes.
    """
    settings = configuration.load(options, study_file)
    infos = _run(settings)
    with Store(settings.store) as store:
        return [profile(store, info.id) for info in infos]


def report(name: str = "last", *, store: str = "trustgauge.db") -> list[Profile]:
    """The profiles of a RUN word: a run's id, the beginning of one, `last`, or a study (all its runs)."""
    with Store(store) as opened:
        return [profile(opened, info.id) for info in opened.resolve(name)]


def validate(*suites: str, seed: int = 0, n: int = 400) -> list[Proof]:
    """Scripted responders against every task of the suites; each Proof tells whether all landed right."""
    return [prove(task, seed=seed, n=n) for task in select(list(suites))]


def judge(name: str, response: str, *, prompt: str = "", options: Sequence[str] = ()) -> Reading:
    """What a reader (refusal, choice, yes-no, number, percent) finds in one response."""
    from trustgauge.judges.named import reader

    return reader(name)(response, prompt, options)
