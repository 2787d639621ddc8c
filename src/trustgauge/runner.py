"""Run: joins the stages; read this second.

Cases are generated, conversations driven, replies judged, and all of it stored.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import replace

from trustgauge.config import Config, environment
from trustgauge.datasets import Folder
from trustgauge.engine import Budget, Drive, Job, Patience, Progress
from trustgauge.errors import ConfigError, Interrupted, ModelError, StoreError, UsageError
from trustgauge.frozen import asked
from trustgauge.generate.standin import standin_texts
from trustgauge.jobs import Jobs
from trustgauge.judges.classifier import Classifier
from trustgauge.judges.embedding import Embedder
from trustgauge.judging import Court, Judgement, load_of, open_court
from trustgauge.manifest import describe, run_id
from trustgauge.models import Model, open_model
from trustgauge.models.local_weights import revision
from trustgauge.models.panel import members
from trustgauge.models.providers import is_http, is_local
from trustgauge.reports.corrected import known_errors
from trustgauge.signals import SIGNALS, deafen, ears, hear_again
from trustgauge.stats.correction import JudgeError
from trustgauge.store import RunInfo, Store, reply_key
from trustgauge.suites import Task, find_task
from trustgauge.suites.base import Texts
from trustgauge.suites.guide import TaskGuide
from trustgauge.types import Options
from trustgauge.until import Until, load_until

T = TypeVar("T")
SPENT = "the budget is spent"
"""Why a judge was halted, where nothing was wrong."""
SPARE_FILES = 40
"""Files that a process has open beside its connections."""
Watch = Callable[[RunInfo, Progress], AbstractContextManager[Any]]
"""Called as each run starts; what it returns is entered while the run goes on."""


def run(
    config: Config,
    *,
    env: Mapping[str, str] | None = None,
    watch: Watch | None = None,
) -> list[RunInfo]:
    """Measure every model of the config over its suites; with no model, the reference panel.

    The same config again resumes: a reply is asked for only where none is stored under its key. Returns the
    runs in the order of the models; a run's status tells whether it is done. Raises Interrupted on Ctrl-C, which
    is then ignored until `hearing` ends, so that nothing cuts off the ending.
    """
    chosen, data = asked(folder := Folder(config.data), config)
    variables = environment() if env is None else env
    models = config.models or tuple(f"panel/{name}" for name in members())
    options = Options(temperature=config.temperature, max_tokens=config.max_tokens, top_p=config.top_p)
    config.table  # noqa: B018 - a table of prices that cannot be used must be said before anything is asked
    _refuse_network(config, models, variables)
    policy = load_until(config)

    def opened(spec: str) -> Model:
        return open_model(
            spec,
            options,
            guide=TaskGuide(partial(find_task, rows=folder)),
            env=variables,
            timeout_s=config.timeout_s,
            connections=config.concurrency,
        )

    if any(is_http(spec) for spec in models):
        config = replace(config, concurrency=_connections(config.concurrency))
    # Keys and addresses of all are checked before anything is asked; weights are loaded one model at a time.
    ready = {spec: opened(spec) for spec in models if is_http(spec)}
    _refuse_unpriced(config, list(ready))
    chosen, aids = _aided(chosen, config)
    court = open_court(config, chosen, variables)
    with Store(config.store) as store:
        judges_cost = any(seat.price for seat in court.seats)
        infos, left, priced = list[RunInfo](), config.budget, len(models) if judges_cost else len(ready)
        for spec in models:
            share = left / priced if left is not None and (judges_cost or spec in ready) else None
            kept = share / 2 if share is not None and judges_cost else 0.0
            measuring = None if share is None else share - kept
            known = aids | court.described | data
            # Not held here: weights make room for those of a judge.
            follow = partial(Until.following, policy, court.bench, chosen, config, store) if policy else None
            model = ready.get(spec) or opened(spec)
            info, spent = _measure(model, chosen, config, known, measuring, store, watch, follow)
            spent += _judge(court, info, None if share is None else share - spent, config, store, watch)
            infos.append(store.run(info.id))
            if share is not None and left is not None:  # what one model leaves over goes to the others
                left, priced = max(left - spent, 0.0), max(priced - 1, 1)
        return infos


def _measure(
    model: Model,
    chosen: list[Task],
    config: Config,
    aids: Mapping[str, Mapping[str, Any]],
    budget: float | None,
    store: Store,
    watch: Watch | None,
    follow: Callable[[RunInfo, Texts | None], Until] | None,
) -> tuple[RunInfo, float]:
    """Measure one model; its run, and the USD it has cost over all sessions where a budget is kept."""
    texts = _texts(config, model)
    manifest = describe(model, chosen, config, texts, aids)
    id_ = run_id(manifest)
    with store.measuring(id_):
        whole = any(known.id == id_ and known.status == "done" for known in store.runs()) if follow else False
        info = store.begin(RunInfo(id=id_, model=model.id, study=config.study, manifest=manifest))
        price = config.price_for(model.id)
        if price:  # no part of a run's identity: it may be named, or change, when the run is resumed
            store.amend(id_, {"prices": [price.input_mtok, price.output_mtok], "price_source": price.source})
        spending = None
        if budget is not None and price:
            into, out, _ = store.usage(id_)
            spending = Budget(budget, price.input_mtok, price.output_mtok, spent=price.usd(into, out))
        # A run that was whole without a policy stays what it is: nothing of it depends on having been looked at.
        until = follow(info, texts) if follow and not (whole and "until" not in info.manifest) else None
        jobs = Jobs(chosen, config, texts, lambda task, start, most: store.settled(id_, task, start, most), until)
        drive = Drive(
            id_,
            model,
            until or store,
            lambda ask, draw: reply_key(model.id, model.revision, model.options, ask, draw, manifest["fresh"]),
            load=load_of(model, config, spending),
            patience=Patience(attempts=config.attempts),
        )
        drive.progress.total = jobs.total
        store.amend(id_, {"cases": jobs.counts})
        return _go(drive, model, jobs, store, info, watch), spending.spent if spending else 0.0


def _judge(
    court: Court, info: RunInfo, budget: float | None, config: Config, store: Store, watch: Watch | None
) -> float:
    """Let the judges of the court judge a run; the USD that they have cost over all sessions.

    The run counts as running while they do, and as interrupted where they were.
    """
    if not court.seats:
        return 0.0
    judgement = Judgement(store, info.id, court.bench, info.manifest["fresh"])
    spent = {seat.spec: seat.spent(store, info.id) for seat in court.seats}
    halted = dict[str, str]()

    def end(status: str) -> None:
        judgement.decide({id_: JudgeError(*known.error) for id_, known in known_errors(store).items()})
        store.amend(info.id, {"judges_halted": halted, "judge_prices": court.prices})
        store.finish(info.id, status)

    with store.measuring(info.id):
        store.finish(info.id, "running")
        try:
            judgement.hand_on()
            _sit(court, judgement, info, budget, spent, halted, config, watch)
        except BaseException:  # what was judged by then counts
            with suppress(StoreError):  # what went wrong first is what is told
                end("interrupted")
            raise
        end(info.status)
    return sum(spent.values())


def _sit(
    court: Court,
    judgement: Judgement,
    info: RunInfo,
    budget: float | None,
    spent: dict[str, float],
    halted: dict[str, str],
    config: Config,
    watch: Watch | None,
) -> None:
    """Let each judge judge, one after the other; writes down what each has cost, and why one was halted.

    What is left of the budget is shared alike by those still to come: half a panel's verdicts are no panel's.
    """
    priced = sum(seat.price is not None for seat in court.seats)
    for seat in court.seats:
        spending = None
        if budget is not None and seat.price:
            share = max(budget - sum(spent.values()), 0.0) / priced
            priced -= 1
            had = spent[seat.spec]
            spending = Budget(had + share, seat.price.input_mtok, seat.price.output_mtok, spent=had)
        model = seat.open()
        if model is None:
            judgement.at_once(seat.spec)
            continue
        load, patience = load_of(model, config, spending), Patience(attempts=config.attempts)
        drive = judgement.by_model(seat.spec, model, load, patience)
        drive.progress.doing, drive.progress.total = f"judges {info.model}", judgement.most
        with watch(replace(info, model=seat.spec), drive.progress) if watch else nullcontext():
            _to_the_end(drive, judgement, seat.spec)
        if spending:
            spent[seat.spec] = spending.spent
        if drive.halted or drive.spent:
            halted[seat.spec] = drive.halted or SPENT


def _to_the_end(drive: Drive, judgement: Judgement, spec: str) -> None:
    """Drive a judge."""
    heard = ears()
    try:
        run_to_end(lambda: _drive(drive, judgement.owed(spec)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        done = f"{drive.progress.done:,} replies are judged"
        raise Interrupted(f"interrupted; {done}, and the same command goes on from there") from None
    drive.progress.total = drive.progress.done
    hear_again(heard)


def _go(drive: Drive, model: Model, jobs: Jobs, store: Store, info: RunInfo, watch: Watch | None) -> RunInfo:
    """Drive to the end, and write down how it ended."""
    progress, began, heard = drive.progress, time.monotonic(), ears()

    def end(status: str) -> None:
        store.amend(info.id, jobs.facts)
        notes = list(getattr(model, "notes", ()))
        store.finish(info.id, status, calls=progress.asked, wall_s=time.monotonic() - began, notes=notes)

    try:
        with watch(info, progress) if watch else nullcontext():
            run_to_end(lambda: _drive(drive, _counted(jobs, progress)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        end("interrupted")
        kept = f"{progress.done:,} of {progress.total:,} cases are kept"
        raise Interrupted(f"interrupted; {kept}, and the same command goes on from there") from None
    except BaseException:
        with suppress(StoreError):  # what went wrong first is what is told
            end("interrupted")
        raise
    end("halted" if drive.halted else "budget" if drive.spent else "done")
    hear_again(heard)
    return store.run(info.id)


def _counted(jobs: Jobs, progress: Progress) -> Iterator[Job | int]:
    """The jobs; the total becomes exact as the cases are made."""
    for i, job in enumerate(jobs):
        if i % 256 == 0:
            progress.total = jobs.total
        yield job
    progress.total = jobs.total


def run_to_end(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What the coroutine returns: run in a thread of its own where a loop is running already (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run(make)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_run, make).result()


def _run(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        return runner.run(make())


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, which moves bytes at a third of the cost; None (the standard one) where there is none: Windows."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


async def _drive(drive: Drive, jobs: Iterator[Job | int]) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asked: list[bool] = []

    def end() -> None:
        if not asked and task:  # once: a second signal must not interrupt the first one's clearing up
            asked.append(task.cancel())

    with suppress(NotImplementedError, RuntimeError, ValueError):  # no signals off the main thread or on Windows
        for which in SIGNALS:
            loop.add_signal_handler(which, end)
    try:
        await drive.go_and_close(jobs)
    finally:
        deafen(loop)


def _aided(chosen: list[Task], config: Config) -> tuple[list[Task], dict[str, dict[str, str]]]:
    """The tasks, judged with the help of the models that `toxicity` and `embedding` name; and what these are."""
    known: dict[str, dict[str, str]] = {}
    if config.toxicity:
        _needed([task.scored_by for task in chosen], "is scored for toxicity: leave out --toxicity", "toxicity")
        scorer = Classifier(config.toxicity, local=config.offline)
        made = revision(scorer.source, scorer.config)
        known["toxicity"] = {"classifier": scorer.name, "label": scorer.label, "revision": made}
        chosen = [dataclasses.replace(t, judge=t.scored_by(scorer)) if t.scored_by else t for t in chosen]
    if config.embedding:
        comparing = "copyright-leakage, or with TrustLLM's files trustllm-truthfulness or trustllm-robustness"
        _needed([task.compared_by for task in chosen], "compares texts: leave out --embedding", comparing)
        encoder = Embedder(config.embedding, local=config.offline)
        known["embedding"] = {"encoder": encoder.name, "revision": revision(encoder.source, encoder.config)}
        chosen = [dataclasses.replace(t, judge=t.compared_by(encoder)) if t.compared_by else t for t in chosen]
    return chosen, known


def _needed(users: Sequence[object], what: str, suite: str) -> None:
    if not any(users):
        raise UsageError(f"none of these tasks {what}, or name the suite {suite}")


def _texts(config: Config, model: Model) -> Texts | None:
    """The user's protected texts; scripted characters, who know what they leak, get invented ones instead."""
    if config.texts is None:
        return standin_texts(config.seed) if model.id.startswith(("panel/", "scripted/")) else None
    folder = Path(config.texts)
    files = sorted(p for p in folder.glob("*") if p.suffix in (".txt", ".md") and p.is_file())
    if not files:
        raise ConfigError(f"texts: {config.texts} holds no .txt or .md file: name the folder of your protected texts")
    return {path.name: _text(path) for path in files}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"texts: {path} is not UTF-8 ({error.reason}): convert it") from None
    except OSError as error:
        raise ConfigError(f"texts: {path} cannot be read: {error.strerror}") from None


def _connections(wanted: int) -> int:
    """As many connections as wanted, or as this process may have files open (ulimit -n, raised where it may be)."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = wanted + SPARE_FILES
    if soft < need:
        soft = need if hard == resource.RLIM_INFINITY else min(need, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(wanted, soft - SPARE_FILES))


def _refuse_unpriced(config: Config, models: Sequence[str]) -> None:
    unpriced = [spec for spec in models if config.budget is not None and not config.price_for(spec)]
    if unpriced:
        raise ModelError(
            f"the price of {unpriced[0]} is unknown, so no budget can be kept: "
            "give it as --price in/out (USD per million tokens) or in a table (--prices FILE)"
        )


def _refuse_network(config: Config, models: Sequence[str], env: Mapping[str, str]) -> None:
    outside = [spec for spec in models if config.offline and is_http(spec) and not is_local(spec, env)]
    if outside:
        raise ModelError(f"{outside[0]} is reached over the network and --offline forbids it: drop one of the two")
