"""The Python API's verbs; the command line is a thin layer over the same functions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from msgspec import to_builtins

from trustgauge import config as configuration
from trustgauge.errors import TrustgaugeError
from trustgauge.judges.base import Reading
from trustgauge.models import Model, open_model
from trustgauge.proof import Proof, prove
from trustgauge.reports import Profile, profile
from trustgauge.runner import hearing, run_to_end
from trustgauge.runner import run as _run
from trustgauge.store import Store
from trustgauge.suites import select
from trustgauge.types import Ask, Case, Failure, Options, Outcome, user


def run(study_file: str | None = None, **options: Any) -> list[Profile]:
    """Measure models and return one Profile each; with no `models`, the reference panel.

    options are those of config.Config (models, suites, n, seed, draws, temperature, store, ...), with the
    same precedence as on the command line. Running the same again resumes.
    """
    settings = configuration.load(options, study_file)
    with hearing():
        infos = _run(settings)
    with Store(settings.store) as store:
        return [profile(store, info.id) for info in infos]


def report(name: str = "last", *, store: str = "trustgauge.db") -> list[Profile]:
    """The profiles of a RUN word: a run's id, the beginning of one, `last`, or a study (all its runs)."""
    with Store(store, create=False) as opened:
        return [profile(opened, info.id) for info in opened.resolve(name)]


def validate(*suites: str, seed: int = 0, n: int = 400) -> list[Proof]:
    """Scripted responders against every task of the suites; each Proof tells whether all landed right."""
    return [prove(task, seed=seed, n=n) for task in select(list(suites))]


def judge(name: str, response: str, *, prompt: str = "", options: Sequence[str] = ()) -> Reading:
    """What a reader (refusal, choice, yes-no, number, percent) finds in one response."""
    from trustgauge.judges.named import reader

    return reader(name)(response, prompt, options)


def doctor(
    model: str, *, timeout_s: float = 30.0, price: str | None = None, prices_file: str | None = None
) -> dict[str, Any]:
    """What one tiny call to a model tells: `answers`, and its `problem` or latency, log-probabilities, usage.

    `price` is what the model costs and who says so, None where unknown; price ("in/out" in USD per million
    tokens) and prices_file (your own table) go before the known ones. Raises ConfigError where these are wrong.
    """
    known = configuration.load({"price": price, "prices_file": prices_file}).price_for(model)
    found: dict[str, Any] = {"model": model, "answers": False, "problem": "", "log_probabilities": False}
    found["price"] = None if known is None else to_builtins(known)
    options = Options(max_tokens=16)
    try:
        opened = open_model(model, options, env=configuration.environment(), timeout_s=timeout_s, connections=1)
    except TrustgaugeError as error:
        return found | {"problem": str(error)}
    began = time.monotonic()
    outcome = run_to_end(lambda: _ask_once(opened))
    if isinstance(outcome, Failure):
        return found | {"problem": f"{outcome.kind}: {outcome.message}"}
    return found | {
        "answers": True,
        "latency_s": round(time.monotonic() - began, 3),
        "reported_model": outcome.model,
        "status": outcome.status,
        "log_probabilities": outcome.logprobs is not None,
        "usage_counted": outcome.usage is not None,
        "notes": list(getattr(opened, "notes", ())),
        "text": outcome.text[:80],
    }


async def _ask_once(model: Model) -> Outcome:
    case = Case(messages=(user("Reply with the word ready."),))
    try:
        return await model.reply(Ask(messages=case.messages, logprobs=2), case, 0)
    finally:
        await model.close()
