"""`trustgauge report` and `trustgauge runs`."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from trustgauge.cli.delivering import deliver
from trustgauge.cli.say import console, print_json, width
from trustgauge.config import load
from trustgauge.reports import Profile, profile
from trustgauge.reports.estimating import How
from trustgauge.store import RunInfo, Store


def report_runs(names: list[str], format_: str, out: Path | None, store_url: str | None, chosen: How) -> None:
    """The report of the named runs, estimated as chosen, to stdout or a file."""
    with Store(load({"store": store_url}).store, create=False) as store:
        infos: dict[str, RunInfo] = {info.id: info for name in names for info in store.resolve(name)}
        profiles = [profile(store, id_, chosen) for id_ in infos]
        if format_ == "text" and out is None:
            from trustgauge.reports.text import show_profiles

            show_profiles(profiles, console(), store=store)
            return
        from trustgauge.reports.formats import BINARY, render

        default = Path(f"trustgauge-report.{format_}" if format_ in ("html", *BINARY) else "-")
        deliver(render(profiles, store, format_, width()), out or default)


def show_runs(store_url: str | None, *, as_json: bool) -> None:
    """All runs of the store, oldest first."""
    with Store(load({"store": store_url}).store, create=False) as store:
        found = store.runs()
    if as_json:
        print_json([msgspec.to_builtins(info) for info in found])
        return
    if not found:
        console().print("The store holds no runs yet: start with `trustgauge run`.")
        return
    from trustgauge.reports.text import print_table

    columns = ("run", "model", "study", "status", "calls", "made")
    print_table(columns, [_row(info) for info in found], console())


def _row(info: RunInfo) -> tuple[str, ...]:
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(info.created))
    return info.id, info.model, info.study, info.status, f"{info.calls:,}", made


def failure_message(found: Profile, store: Store) -> str:
    """Why calls of a run failed: one real message, "" where none did."""
    for sub in found.places:
        for task in sub.tasks:
            for record in store.examples(found.run.id, task.task, "failed", 1):
                if record.failure:
                    return f"{record.failure.kind}: {record.failure.message}"
    return ""
