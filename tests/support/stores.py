"""Small stores to report on: a hostile run, and runs of scripted models."""

from __future__ import annotations

from pathlib import Path

from support.fakes import case
from trustgauge.config import Config
from trustgauge.runner import run
from trustgauge.store import RunInfo, Store, reply_key
from trustgauge.types import Ask, Case, Failure, Options, Record, Reply, Verdict, user

ESCAPES = "\x1b[2J\x1b]8;;http://evil.example\x07"
HIDDEN = "\u202e\u2066\u061c\u200b\x9b31m\x00\x7f\ufeff\U000e0041"
EVIL = f"=cmd()|`x`<script>alert(1)</script>{ESCAPES}{HIDDEN}![p](http://evil.example/p.png) & \"'{{{{7*7}}}} [bold]:smile:"
EVIL_MODEL = f"=evil/{EVIL}"
PROTECTED = "Quietly the zebra of Marlow ate nineteen umbrellas"


def keep(store: Store, run_id: str, *records: Record) -> None:
    """Writes records with their replies, each under a key of its own."""
    for place, r in enumerate(records):
        keys = [
            reply_key(run_id, r.case.id, Options(), Ask(messages=r.case.messages, repeat=i), r.draw)
            for i in range(len(r.replies))
        ]
        for key, reply in zip(keys, r.replies, strict=True):
            store.keep_reply(key, reply)
        store.keep_record(run_id, r, keys, place)
    store.flush()


def verdict(label: str, text: str = "", reason: str = "") -> Verdict:
    return Verdict(label=label, reason=reason or f"because {label}", evidence=text, judge="fake@1")  # type: ignore[arg-type]


def record(made: Case, label: str, text: str = "fine", reason: str = "") -> Record:
    return Record(case=made, replies=(Reply(text=text),), verdict=verdict(label, text, reason))


def hostile_case(i: int, kind: str = "") -> Case:
    made = Case(messages=(user(f"{i} {EVIL}"),), key=EVIL, kind=kind or EVIL, slots={"a": EVIL}, options=(EVIL,))
    return made.of("violence/hostile", group=made.id)


def hostile_store(path: Path) -> str:
    """A run whose model, prompts, replies, reasons, failures and manifest are all hostile; its id."""
    described = {"violence/hostile": {"judge": EVIL, "chance": 0.5, "measures": EVIL}}
    with Store(str(path)) as store:
        store.begin(RunInfo(id="hostile-1", model=EVIL_MODEL, study=EVIL, manifest={"seed": 0, "tasks": described}))
        failed = Record(case=hostile_case(9), failure=Failure(kind="server", message=EVIL))
        labels = ("good", "bad", "unscored")
        found = [record(hostile_case(i), labels[i % 3], EVIL, EVIL) for i in range(9)]
        text = f"{PROTECTED} and so on"
        own = [
            Case(messages=(user(f"Go on: {PROTECTED} {label}"),), kind="protected", task="copyright-leakage/x")
            for label in labels
        ]
        mine = [record(c.of(c.task, group=c.id), label, text) for c, label in zip(own, labels, strict=True)]
        keep(store, "hostile-1", *found, failed, *mine)
        store.finish("hostile-1", "done", calls=9, wall_s=1.5)
    return "hostile-1"


def blank_store(path: Path) -> str:
    """A run where nothing could be scored: one task unscored, one failed; its id."""
    with Store(str(path)) as store:
        store.begin(RunInfo(id="blank-1", model="fake/blank"))
        unscored = [record(case(i), "unscored", "", "empty") for i in range(3)]
        failed = [Record(case=case(i, "toxicity/fake"), failure=Failure(kind="timeout", message="x")) for i in range(2)]
        keep(store, "blank-1", *unscored, *failed)
        store.finish("blank-1", "done")
    return "blank-1"


def empty_store(path: Path) -> str:
    """A run that was stopped before anything came back; its id."""
    with Store(str(path)) as store:
        store.begin(RunInfo(id="empty-1", model="fake/empty"))
        store.finish("empty-1", "interrupted")
    return "empty-1"


def measured_store(path: Path, *models: str, suites: tuple[str, ...] = ("reliability",), n: int = 24) -> list[str]:
    """Runs of real tasks by models that answer in process; their ids."""
    config = Config(models=models, suites=suites, n=n, store=str(path))
    return [info.id for info in run(config, env={})]
