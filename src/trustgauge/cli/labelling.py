"""`trustgauge label` and `trustgauge labels`: people judge replies of a run."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from trustgauge.cli.say import note
from trustgauge.config import load
from trustgauge.errors import DataError, TrustgaugeError, UsageError, missing_extra
from trustgauge.labelling import candidates, exported, queue, read_labels, records_at, tasks_to_label
from trustgauge.safe import json_text
from trustgauge.stats.prediction_powered import LEAST
from trustgauge.store import Store


def label_run(
    name: str, store_url: str | None, suites: Sequence[str], *, n: int, seed: int, limit: float | None,
    labeller: str, host: str, port: int, browser: bool,
) -> None:  # fmt: skip
    """Serve the label page of a run until Ctrl-C."""
    try:
        from trustgauge.web.desk import Desk
        from trustgauge.web.page import is_loopback
        from trustgauge.web.serve import serve
    except ModuleNotFoundError:
        raise missing_extra("the label page", "label") from None
    with Store(load({"store": store_url}).store, create=False) as store:
        run = store.run(name).id
        found = candidates(store, run, tasks_to_label(store, run, suites))
        asked = queue(run, found, n, seed, limit)
        if not asked:
            raise UsageError(f"the run {run} holds no readable replies to label: all were blocked, empty or failed")
        store.judged.drop_label(run, "", (0, 0), "")  # takes nothing away, but tells now whether labels can be kept
        desk = Desk(store, run, found, asked, records_at(store, run, (wanted.at for wanted in asked)))

        by_chance = Counter(wanted.at.task for wanted in asked if wanted.chosen == "random")

        def ready(address: str) -> None:
            if not is_loopback(host):
                note(f"warning: the page listens on {host}: whoever reaches this machine and has the address can label")
            if max(by_chance.values(), default=0) < LEAST:
                note(
                    f"note: of no task are {LEAST} random replies among these, from which on a score can be corrected: "
                    "name fewer tasks with --suite, or ask for more with -n"
                )
            tasks = len({wanted.at.task for wanted in asked})
            which = f"of {tasks} task{'s' if tasks > 1 else ''}"
            note(f"{len(asked):,} replies of the run {run} to label, {which}; Ctrl-C ends it\n  {address}")
            if browser and _has_display():
                webbrowser.open(address)

        serve(desk, host, port, labeller, ready)
        note(f"{desk.count():,} labels are kept")


def _has_display() -> bool:
    """Whether a browser can show itself; on a bare terminal Python would start one that takes the terminal over."""
    return sys.platform in ("win32", "darwin") or any(os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY"))


def export_labels(name: str, out: Path | None, store_url: str | None) -> None:
    """The labels of a run as JSON lines, to stdout or a file."""
    with Store(load({"store": store_url}).store, create=False) as store:
        lines = [json_text(line) + "\n" for line in exported(store, store.run(name).id)]
    if out is None or str(out) == "-":
        sys.stdout.writelines(lines)
        return
    try:
        out.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise TrustgaugeError(f"the labels cannot be written to {out}: {error.strerror}") from None
    note(f"{len(lines):,} labels written to {out}")


def import_labels(name: str, file: Path, store_url: str | None) -> None:
    """Keep the labels of a file of JSON lines; none of them where one can't be used."""
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}") from None
    with Store(load({"store": store_url}).store, create=False) as store:
        run = store.run(name).id
        read = read_labels(store, run, data.splitlines(), str(file))
        store.judged.keep_labels(run, read)
    note(f"{len(read):,} labels of the run {run} are kept")
