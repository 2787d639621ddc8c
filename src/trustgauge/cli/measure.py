"""`trustgauge run`: measure, show progress, write the report, say what to do next."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from trustgauge.cli.reporting import failure_message
from trustgauge.cli.say import complain, console, note, print_json
from trustgauge.config import Config, environment, load
from trustgauge.engine import Progress
from trustgauge.prices import Price
from trustgauge.reports import Profile, profile
from trustgauge.reports.stopped import by_policy, spared
from trustgauge.runner import SPENT, run
from trustgauge.store import RunInfo, Store, shown


def measure(flags: Mapping[str, Any], study_file: str | None, *, as_json: bool) -> int:
    """Run and report; the exit code: 0 done, 1 where a model could not be measured."""
    env = environment()
    config = load(flags, study_file, env)
    if not config.models:
        note(
            "No model named: measuring the built-in reference panel "
            "(scripted characters with known behaviour; nothing leaves this machine)."
        )
    began = time.monotonic()
    infos = run(config, env=env, watch=lambda info, progress: watched(info, progress, config))
    with Store(config.store) as store:
        profiles = [profile(store, info.id) for info in infos]
        shown = _show(profiles, store, config, time.monotonic() - began, as_json=as_json)
        return max(_verdict(profiles, store), 0 if shown else 1)


def _show(profiles: list[Profile], store: Store, config: Config, wall_s: float, *, as_json: bool) -> bool:
    """True where everything asked for could be written."""
    if as_json:
        from trustgauge.reports.document import whole

        print_json(whole(profiles))
        if config.out is None:
            return True  # a script that reads JSON needs no page; --out asks for one all the same
    else:
        from trustgauge.reports.text import show_profiles

        show_profiles(profiles, console(), wall_s=wall_s)
    path = Path(config.out or ".") / "trustgauge-report.html"
    from trustgauge.reports.html import html_report

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html_report(profiles, store), encoding="utf-8")
    except OSError as error:
        complain(f"the report {path} cannot be written ({error.strerror}): name a folder with --out")
        return False
    note(f"\n report  {path}          store  {shown(config.store)}")
    if not config.models:
        note(" next    trustgauge doctor openai/gpt-5-mini   then   trustgauge run -m openai/gpt-5-mini -n 50")
    return True


def _verdict(profiles: list[Profile], store: Store) -> int:
    """1 where a model gave no reply at all or sending was halted, with the reason."""
    code = 0
    left_out = {id_: why for p in profiles for id_, why in p.run.manifest.get("data", {}).get("missing", {}).items()}
    for id_, why in left_out.items():
        note(f"{id_} was left out: {why}")
    for found in profiles:
        code = max(code, _judges_verdict(found))
        counts = found.counts
        if tasks := spared(found.run):
            left = sum(task["of"] - task["asked"] for task in tasks.values())
            cases = f"{left:,} cases of {len(tasks)} tasks were not asked"
            note(f"{found.run.model}: stopped early by {by_policy(found.run)}: {cases}")
        if found.run.status == "budget":
            note(
                f"{found.run.model}: the budget is spent after {counts.n:,} of {counts.n + found.owed:,} cases; "
                "each task has had about the same share of its own, so the result stands, with wider intervals"
            )
        why = failure_message(found, store) if counts.failed else ""
        if found.run.status == "halted" or (counts.n and counts.failed == counts.n):
            code = 1
            complain(f"{found.run.model} could not be measured: {why}")
        elif counts.failed:
            note(f"{found.run.model}: {counts.failed:,} of {counts.n:,} cases failed ({why}); run again to ask them")
    return code


def _judges_verdict(found: Profile) -> int:
    """1 where a judge could not be asked; what it left is said, and stands as the rules left it."""
    left = sum(task.said.waiting for sub in found.assessed for task in sub.tasks)
    halted: dict[str, str] = found.run.manifest.get("judges_halted", {})
    for judge, why in halted.items():
        note(f"{judge} has not judged {left:,} replies of {found.run.model}: {why}; the same command goes on")
    if left and not halted:
        note(f"{left:,} replies of {found.run.model} are not judged, for calls failed; run again to ask them")
    return int(any(why != SPENT for why in halted.values()))


def watched(info: RunInfo, progress: Progress, config: Config) -> AbstractContextManager[Any]:
    """A run while it goes on: a line that redraws itself on a terminal, elsewhere one when it is done."""
    quiet = os.environ.get("CI") or not sys.stderr.isatty()
    progress.tell = lambda sentence: note(f" {info.model}: {sentence}")
    price = config.judge_price(info.model) if progress.doing else config.price_for(info.model)
    return _say_when_done(info, progress, price) if quiet else _live(info, progress, price)


@contextmanager
def _say_when_done(info: RunInfo, progress: Progress, price: Price | None) -> Generator[None, None, None]:
    yield
    seconds = time.monotonic() - progress.began
    name = f"{info.model} {progress.doing}".strip()
    said = f" {name}: {progress.done:,} of {progress.total:,} cases, {progress.failed:,} failed, {seconds:.1f} s"
    note(", ".join([said, *_cost(progress, price)]))


@contextmanager
def _live(info: RunInfo, progress: Progress, price: Price | None) -> Generator[None, None, None]:
    """One line that redraws itself four times a second from a thread of its own."""
    from rich.live import Live
    from rich.text import Text

    name = f"{info.model} {progress.doing}".strip()

    def line() -> Text:
        return Text(status_line(name, progress, price), no_wrap=True, overflow="ellipsis")

    with Live(get_renderable=line, console=console(stderr=True), refresh_per_second=4, transient=True):
        yield
    note(" " + status_line(name, progress, price))


def status_line(model: str, progress: Progress, price: Price | None) -> str:
    """done/total, rate, time left, failures, tokens, and cost where the price is known."""
    parts = [f"{model}  {progress.done:,}/{progress.total:,}", f"{progress.rate:,.0f}/s"]
    if progress.eta_s is not None and progress.done < progress.total:
        parts.append(f"{progress.eta_s:,.0f} s left")
    if progress.known + progress.settled:
        parts.append(f"{progress.known + progress.settled:,} already answered")
    parts.append(f"{progress.failed:,} failed")
    tokens = progress.tokens_in + progress.tokens_out
    if tokens:
        parts.append(f"{tokens:,} tokens")
    parts += _cost(progress, price)
    if progress.failed and progress.last_failure:
        parts.append(f"last: {progress.last_failure.kind}")
    return " · ".join(parts)


def _cost(progress: Progress, price: Price | None) -> list[str]:
    """What the tokens counted so far come to; nothing where the price or the count is unknown."""
    tokens = progress.tokens_in, progress.tokens_out
    return [f"${price.usd(*tokens):.4f}"] if price and any(tokens) else []
