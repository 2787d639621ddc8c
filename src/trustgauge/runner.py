"""Run: joins the stages; read this second.

Cases are generated, conversations driven, replies judged, and all of it stored.
"""

from __future__ import annotations

import asyncio
import inspect
import platform
import re
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import trustgauge
from trustgauge import judges as judges_module
from trustgauge.config import Config, environment
from trustgauge.engine import Drive, Job, Patience, Progress
from trustgauge.errors import ConfigError, Interrupted, ModelError
from trustgauge.generate.standin import standin_texts
from trustgauge.models import Model, open_model
from trustgauge.models.panel import members
from trustgauge.models.providers import is_http, is_local
from trustgauge.store import RunInfo, Store, reply_key
from trustgauge.suites import Task, find_task, select
from trustgauge.suites.base import Texts
from trustgauge.types import Ask, Case, Gold, Message, Options, digest

T = TypeVar("T")
Watch = Callable[[RunInfo, Progress], AbstractContextManager[Any]]
"""Called as each run starts; what it returns is entered while the run goes on."""


class TaskGuide:
    """What scripted models may know: the gold replies of a case's own task."""

    def gold(self, case: Case, messages: Sequence[Message]) -> Gold:
        """The task's gold replies to these messages."""
        return find_task(case.task).gold(case, messages)

    def phrase(self, case: Case, answer: str) -> str:
        """The answer in the task's reply format."""
        return find_task(case.task).phrase(case, answer)


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
    chosen = select(list(config.suites))
    variables = environment() if env is None else env
    models = config.models or tuple(f"panel/{name}" for name in members())
    options = Options(temperature=config.temperature, max_tokens=config.max_tokens, top_p=config.top_p)
    _refuse_network(config, models, variables)

    def opened(spec: str) -> Model:
        return open_model(
            spec,
            options,
            guide=TaskGuide(),
            env=variables,
            timeout_s=config.timeout_s,
            connections=config.concurrency,
        )

    # Keys and addresses of all are checked before anything is asked; weights are loaded one model at a time.
    ready = {spec: opened(spec) for spec in models if is_http(spec)}
    with Store(config.store) as store:
        return [_measure(ready.get(spec) or opened(spec), chosen, config, store, watch) for spec in models]


def _measure(model: Model, chosen: list[Task], config: Config, store: Store, watch: Watch | None) -> RunInfo:
    texts = _texts(config, model)
    manifest = describe(model, chosen, config, texts)
    identity = digest({k: manifest[k] for k in manifest if k not in _NOT_IDENTITY}, 3)
    info = store.begin(
        RunInfo(id=f"{_slug(model.id)}-{identity}", model=model.id, study=config.study, manifest=manifest)
    )
    if config.prices:  # no part of a run's identity: it may be named, or change, when the run is resumed
        store.amend(info.id, {"prices": config.prices})

    def key(ask: Ask, draw: int) -> bytes:
        return reply_key(model.id, model.revision, model.options, ask, draw, manifest["fresh"])

    drive = Drive(
        info.id,
        model,
        store,
        key,
        concurrency=config.concurrency,
        patience=Patience(attempts=config.attempts),
    )
    drive.progress.total = sum(manifest["cases"].values()) * config.draws
    began, heard = time.monotonic(), signal.getsignal(signal.SIGINT)
    status = "interrupted"
    try:
        with watch(info, drive.progress) if watch else nullcontext():
            run_to_end(lambda: _drive(drive, model, _jobs(chosen, config, texts)))
        status = "halted" if drive.halted else "done"
    except (KeyboardInterrupt, asyncio.CancelledError):
        kept = f"{drive.progress.done:,} of {drive.progress.total:,} cases are kept"
        raise Interrupted(f"interrupted; {kept}, and the same command goes on from there") from None
    finally:
        notes = list(getattr(model, "notes", ()))
        store.finish(info.id, status, calls=drive.progress.asked, wall_s=time.monotonic() - began, notes=notes)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, heard)
    return store.run(info.id)


def run_to_end(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What the coroutine returns: run in a thread of its own where a loop is running already (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(make())).result()


def _deafen(loop: asyncio.AbstractEventLoop) -> None:
    """From here on Ctrl-C is ignored, without a gap: it must not cut off the writing down of what was answered."""
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def hearing() -> Generator[None]:
    """Ctrl-C is heard again afterwards as it was before: after an interruption `run` leaves it ignored."""
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)


async def _drive(drive: Drive, model: Model, jobs: Iterator[Job]) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asked: list[bool] = []

    def end() -> None:
        if not asked and task:  # once: a second signal must not interrupt the first one's clearing up
            asked.append(task.cancel())

    with suppress(NotImplementedError, RuntimeError, ValueError):  # no signals off the main thread or on Windows
        for which in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(which, end)
    try:
        await drive.go(jobs)
    finally:
        try:
            await model.close()
        finally:
            _deafen(loop)


def _jobs(chosen: list[Task], config: Config, texts: Texts | None) -> Iterator[Job]:
    for task in chosen:
        for case in task.generate(config.seed, config.n, texts):
            for draw in range(config.draws):
                yield Job(case, draw, task.converse, task.judge)


_NOT_IDENTITY = ("python", "trustgauge", "prices", "created", "cases", "concurrency", "suites", "patience", "address")


def describe(model: Model, chosen: list[Task], config: Config, texts: Texts | None) -> dict[str, Any]:
    """A run's manifest: every option, seed, version, and a hash of each task's cases and judge.

    The same manifest gives the same cases. Keys are never part of it.
    """
    made = {task.id: fingerprint(task.generate(config.seed, config.n, texts)) for task in chosen}
    return {
        "trustgauge": trustgauge.__version__,
        "python": platform.python_version(),
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "model": model.id,
        "revision": model.revision,
        "options": {k: v for k, v in _options(model.options).items() if v is not None},
        "suites": list(config.suites),
        "seed": config.seed,
        "n": config.n,
        "draws": config.draws,
        "concurrency": config.concurrency,
        "patience": {"timeout_s": config.timeout_s, "attempts": config.attempts},
        "address": getattr(model, "address", ""),
        "fresh": f"{time.time_ns():x}" if config.fresh else "",
        "texts": {name: digest(text) for name, text in (texts or {}).items()},
        "prices": config.prices,
        "cases": {id_: count for id_, (count, _) in made.items()},
        "tasks": {
            task.id: {
                "judge": task.judge.id,
                "judge_hash": judge_hash(task),
                "cases": made[task.id][1],
                "chance": task.chance,
            }
            for task in chosen
        },
    }


def fingerprint(cases: Iterable[Case]) -> tuple[int, str]:
    """How many cases there are, and a hash of their ids in order."""
    count, running = 0, blake2b(digest_size=8)
    for case in cases:
        count += 1
        running.update(case.id.encode())
    return count, running.hexdigest()


def judge_hash(task: Task) -> str:
    """A hash of all that decides a task's verdicts: the code and words of the judges, and of the judge's own module."""
    own = Path(inspect.getsourcefile(task.judge.rule) or judges_module.__file__)
    files = {own, own.with_suffix(".toml"), *Path(judges_module.__file__).parent.rglob("*.*")}
    return digest(
        [(p.name, p.read_bytes().hex()) for p in sorted(files) if p.suffix in (".py", ".toml") and p.is_file()]
    )


def _options(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in Options.__struct_fields__}


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


def _refuse_network(config: Config, models: Sequence[str], env: Mapping[str, str]) -> None:
    outside = [spec for spec in models if config.offline and is_http(spec) and not is_local(spec, env)]
    if outside:
        raise ModelError(f"{outside[0]} is reached over the network and --offline forbids it: drop one of the two")


def _slug(model: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", model.lower()).strip("-.")[-60:].strip("-.")
