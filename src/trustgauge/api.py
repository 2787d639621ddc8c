"""The Python API's verbs; the command line is a thin layer over the same functions."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins
from msgspec.structs import replace

from trustgauge import config as configuration
from trustgauge.calibration import Calibration, Matter, calibrated, examiner, keep, labelled
from trustgauge.calibration.examining import Watch, usual_yes
from trustgauge.calibration.labelled import Half
from trustgauge.comparison import Comparison, Settings, against
from trustgauge.comparison import compare as compared
from trustgauge.datasets import data_folder
from trustgauge.errors import TrustgaugeError, UsageError
from trustgauge.exports import Exported, Training, export_as
from trustgauge.gating.deciding import Decision, decide
from trustgauge.gating.policy import load_policy, policy_of
from trustgauge.judges.base import Reading
from trustgauge.models import Model, open_model
from trustgauge.planning import Goal, Plan, make_plan
from trustgauge.proof import Proof, prove
from trustgauge.reports import Profile, profile
from trustgauge.reports.estimating import how
from trustgauge.reports.weighing import load_weights, weights_of
from trustgauge.runner import run as _run
from trustgauge.runner import run_to_end
from trustgauge.signals import hearing
from trustgauge.stats.power import Blur
from trustgauge.store import Store
from trustgauge.suites import select
from trustgauge.suites.readable import readable
from trustgauge.suites.wall import side_named
from trustgauge.types import Ask, Case, Failure, Options, Outcome, Verdict, user

if TYPE_CHECKING:
    from trustgauge.standings import Board
    from trustgauge.studying.whole import Study


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


def report(
    name: str = "last",
    *,
    store: str = "trustgauge.db",
    interval: str = "",
    cluster: str = "",
    weights: str | Path | Mapping[str, float] | None = None,
    view: str = "",
) -> list[Profile]:
    """The profiles of a RUN word: a run's id, the beginning of one, `last`, or a study (all its runs).

    interval  wilson, exact, bootstrap, robust or bayes; each measure's own without
    cluster   group or template: what goes together
    weights   a file, or a mapping, of sub-categories and tasks to their weight in means; what is left out has none
    view      trustllm: the means of TrustLLM's dimensions beside the profile
    """
    read = weights_of(weights) if isinstance(weights, Mapping) else load_weights(weights) if weights else None
    chosen = how(interval, cluster, read, view)
    with Store(store, create=False) as opened:
        return [profile(opened, info.id, chosen) for info in opened.resolve(name)]


def gate(
    run: str = "last",
    policy: str | Path | Mapping[str, Any] = "policy.yaml",
    *,
    baselines: Mapping[str, str] | None = None,
    store: str = "trustgauge.db",
) -> Decision:
    """One run decided by a policy: `.verdict` is GO, NO-GO or INSUFFICIENT EVIDENCE, `.go` True for GO alone.

    policy     a YAML file, or what one would hold as a mapping
    baselines  RUN words by the names that the policy's `not_worse_than` uses
    Raises ConfigError for a policy that cannot be used, UsageError for a run that is not there.
    """
    loaded = policy_of(dict(policy)) if isinstance(policy, Mapping) else load_policy(policy)
    place = "" if isinstance(policy, Mapping) else str(policy)
    with Store(store, create=False) as opened:
        return decide(opened, run, loaded, baselines=baselines, place=place)


def compare(*runs: str, baseline: str | None = None, store: str = "trustgauge.db", **settings: Any) -> Comparison:
    """Two or more runs on the cases they share: paired differences with intervals and tests, slices, and what flipped.

    runs      RUN words as in `report`; a study stands for all its runs. The first is the baseline unless one is named
    settings  margin (0.05), resamples (10000), seed (0), slices (names of slots), flips (6): of comparison.Settings
    """
    with Store(store, create=False) as opened:
        return compared(opened, *against(opened, runs, baseline), Settings(**settings))


def leaderboard(
    *runs: str,
    view: str = "categories",
    mixed: bool = False,
    answers: Mapping[str, str | Path] | None = None,
    store: str = "trustgauge.db",
) -> Board:
    """Runs ranked beside each other, with rank intervals; runs on other cases or judges are refused unless mixed.

    runs     RUN words as in `report`
    view     categories, or trustllm for its eight dimensions
    answers  answers files of `disclose` by the models' names
    Raises UsageError, naming what differs.
    """
    from trustgauge.disclosure import disclose
    from trustgauge.standings import leaderboard as ranked

    disclosed = {name: disclose(Path(file)) for name, file in (answers or {}).items()}
    with Store(store, create=False) as opened:
        ids = dict.fromkeys(info.id for word in runs for info in opened.resolve(word))
        return ranked([profile(opened, id_) for id_ in ids], view=view, mixed=mixed, disclosed=disclosed)


def study(
    *names: str,
    tables: Sequence[str | Path] = (),
    facts: str | Path | None = None,
    seed: int = 0,
    store: str = "trustgauge.db",
) -> Study:
    """A study across models: trends over alignment, trade-offs, rankings, correlations, each with its n.

    names   RUN words, one run a model; or tables, CSV files and folders of published scores, but not both
    facts   a YAML or JSON file: family, size, stage, open, utility of each model, over the built-in ones
    Raises UsageError with fewer than two models.
    """
    from trustgauge.studying.facts import load_facts
    from trustgauge.studying.whole import study_runs, study_tables

    if bool(names) == bool(tables):
        raise UsageError("name the runs to study, or published tables, one of the two")
    known = load_facts(Path(facts) if facts is not None else None)
    if tables:
        return study_tables([Path(table) for table in tables], known, seed=seed)
    with Store(store, create=False) as opened:
        infos = {info.id: info for name in names for info in opened.resolve(name)}
        return study_runs([profile(opened, id_) for id_ in infos], opened, known, seed=seed)


def plan(
    *,
    half_width: float | None = None,
    bound: float | None = None,
    true: float | None = None,
    difference: float | None = None,
    n: int | None = None,
    policy: str | Path | None = None,
    power: float = 0.8,
    confidence: float = 0.95,
    rate: float | None = None,
    run: str | None = None,
    deff: float | None = None,
    judge_sens: float = 1.0,
    judge_spec: float = 1.0,
    **options: Any,
) -> Plan:
    """What a wanted precision takes, in cases, calls, tokens, USD and time; sends nothing.

    half_width, bound (with true), difference or n say what is wanted of each sub-category (planning.Goal); policy names
    a policy.yaml instead, for what each of its rules takes. run: a RUN whose design effects, unscored shares, tokens
    and times are taken. options are those of config.Config. Raises UsageError, ConfigError.
    """
    config = configuration.load(options)
    goal = Goal(
        half_width=half_width,
        bound=bound,
        true=true,
        difference=difference,
        n=n,
        power=power,
        confidence=confidence,
        rate=rate,
    )
    blur = Blur(judge_sens, judge_spec)
    known: dict[str, Any] = {"deff": deff, "blur": blur}
    if policy is not None:
        known |= {"policy": load_policy(policy), "policy_path": str(policy)}
    if run is None:
        return make_plan(goal, config, **known)
    with Store(config.store, create=False) as store:
        return make_plan(goal, config, **known, store=store, run=store.run(run))


def export(
    runs: str | Sequence[str] = "last",
    format: str | Sequence[str] = "trustllm",  # noqa: A002 - the flag's own word
    *,
    out: str | Path | None = None,
    data: str | Path | None = None,
    store: str = "trustgauge.db",
    **settings: Any,
) -> list[Exported] | Training:
    """Training data of RUN words under `out`, or (trustllm) their answers as that tool's files; what was written.

    format    sft, dpo, kto, reward, unlikelihood, one or several; or trustllm
    settings  of training data, by the names of exports.settings.Settings: written="gold", limit=1000, ...
    data      for trustllm, the folder of public data sets that the files are made of
    Raises UsageError for a run with held-out cases or a folder that is taken, DataError where nothing is left.
    """
    words = [runs] if isinstance(runs, str) else list(runs)
    formats = [format] if isinstance(format, str) else list(format)
    with Store(store, create=False) as opened:
        return export_as(opened, words, formats, out, data_folder(data), settings)


def validate(*suites: str, seed: int = 0, n: int = 400, data: str | Path | None = None, split: str = "") -> list[Proof]:
    """Scripted responders against every task of the suites; each Proof tells whether all landed right.

    data is the folder of public data sets, for suites made of them. A task whose file is not in it is left out with a
    UserWarning that says why; MissingDataError where it was named itself, or no task of its set is left. With a split,
    "train" or "held-out", only the cases on that side of the wall between training and test.
    """
    chosen, missing = readable(select(list(suites), rows=data_folder(data), split=side_named(split)), suites, seed)
    for id_, why in missing.items():
        warnings.warn(f"{id_} is left out: {why}", stacklevel=2)
    return [prove(task, seed=seed, n=n) for task in chosen]


def judge(name: str, response: str, *, prompt: str = "", options: Sequence[str] = ()) -> Reading:
    """What a reader (refusal, choice, yes-no, number, percent) finds in one response."""
    from trustgauge.judges.named import reader

    return reader(name)(response, prompt, options)


def calibrate(
    name: str,
    *files: str | Path,
    judges: Sequence[str] = (),
    cascade: bool = False,
    columns: Sequence[str] = (),
    labels: Sequence[str] = (),
    yes: Sequence[str] = (),
    split: Half = "",
    again: int = 0,
    attack: bool = False,
    examples: int = 0,
    seed: int = 0,
    watch: Watch | None = None,
    **options: Any,
) -> Calibration:
    """Hold a judge against people's labels, and store how it did.

    name     a reader (refusal, toxicity, ...), or with `judges`, MODEL words, the rubric of that name in their hands;
             with `cascade` the reader first, and they for what it leaves open
    files    JSON lines, JSON arrays, CSV, or folders of them; columns ("field=column") and labels ("positive=VALUES")
             say how they are read, split ("odd" or "even") takes every second question only
    yes      the judge's words that count as yes, where not the usual ones; stored under a name of its own, for it
             is not the error that corrects a run
    again    times that all is judged once more; attack: judge replies that talk to their judge
    options  those of config.Config that say where to store, what to spend and how fast to ask
    """
    config = _for_judges(judges, options)
    if again < 0 or examples < 0:
        raise UsageError("again and examples must be at least 0")
    data = labelled([Path(file) for file in files], columns=columns, labels=labels, split=split)
    with Store(config.store) as store, hearing():
        who = examiner(
            name,
            judges,
            config,
            store,
            run_to_end,
            cascade=cascade,
            yes=yes,
            env=configuration.environment(),
            watch=watch,
        )
        settings: dict[str, Any] = {"again": again, "attack": attack, "examples": examples, "seed": seed}
        found = calibrated(who, data, kind=name, made=time.time(), **settings)
        by_rule = cascade or not judges  # whose words are not known beforehand, as a rubric's are
        if yes and by_rule and not set(yes) & set(found.words):
            said = ", ".join(word for word in found.words if word)
            raise UsageError(f"the judge never says {', '.join(yes)}, only {said or 'nothing'}: mend --yes")
        if yes and frozenset(yes) != usual_yes(name, rule=by_rule, judged=bool(judges)):
            # Another question than the one that runs are judged by, and so not the error of who judges them.
            found = replace(found, judge=f"{found.judge} (yes: {', '.join(found.yes)})")
        keep(store, found)
    return found


def judge_all(
    name: str,
    matters: Sequence[Matter],
    judges: Sequence[str],
    *,
    cascade: bool = False,
    watch: Watch | None = None,
    **options: Any,
) -> list[Verdict | None]:
    """The verdicts of models on replies, by the rubric of that name; None where the call failed.

    A verdict's answer is the judge's word; with `cascade` the reader of that name judges first. Answers are stored.
    """
    config = _for_judges(judges, options)
    with Store(config.store) as store, hearing():
        env = configuration.environment()
        who = examiner(name, judges, config, store, run_to_end, cascade=cascade, env=env, watch=watch)
        return who.examine(matters)


def _for_judges(judges: Sequence[str], options: Mapping[str, Any]) -> configuration.Config:
    """Who judges is said in the call alone: a variable set for runs must not bring a model in here."""
    return replace(configuration.load(options), judges=tuple(judges))


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
