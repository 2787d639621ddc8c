"""Who judged: how many replies of open tasks the rules decided, and how many each model, with what it cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from trustgauge.prices import Price
from trustgauge.reports.section import Section, percent
from trustgauge.store import RunInfo, Store
from trustgauge.types import Counts

LABELS = ("good", "bad", "unscored")
HOW = {
    "cascade": "In a cascade rules decide what is clear and hand on the rest.",
    "all": "With --judging all the judges decide all but what nobody can read (blocked, empty, an echo).",
}


class JudgeUse(msgspec.Struct, frozen=True, kw_only=True):
    """One model as judge of a run: calls and cost over all kinds of verdict; None where it is unknown."""

    model: str
    calls: int
    cost_usd: float | None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the judges say of the replies of one task.

    judges   how many each called good, bad and unscored; the rule stands among them with what it handed on
    handed   replies that models were to judge
    split    replies on which judges who decided disagree
    waiting  handed on, and not yet judged by all
    """

    judges: dict[str, dict[str, int]] = {}
    handed: int = 0
    split: int = 0
    waiting: int = 0


def said_of(store: Store, info: RunInfo) -> dict[str, Said]:
    """For each task that models judged, or are to judge, what they said."""
    splits = store.judged.splits(info.id)
    models: list[str] = list(info.manifest.get("judging", {}).get("judges", {}))
    found: dict[str, Said] = {}
    for task, judges in store.judged.judges(info.id).items():
        handed = max(sum(labels.values()) for labels in judges.values())
        done = [sum(sum(by.values()) for id_, by in judges.items() if id_.endswith(f"[{name}]")) for name in models]
        # A classifier judges one kind of verdict: where it has judged nothing, it has nothing to judge.
        able = [n for n, name in zip(done, models, strict=True) if n or not name.startswith("classifier/")]
        waiting = handed - min(able, default=handed)
        found[task] = Said(judges=judges, handed=handed, split=splits.get(task, 0), waiting=waiting)
    return found


def judge_use(store: Store, info: RunInfo) -> tuple[JudgeUse, ...]:
    """Calls and cost of each model that judged."""
    prices: dict[str, list[float]] = info.manifest.get("judge_prices", {})
    uses = store.judged.used(info.id)
    found: list[JudgeUse] = []
    for model in info.manifest.get("judging", {}).get("judges", {}):
        mine = [use for use in uses if use.judge.endswith(f"[{model}]")]
        pair = prices.get(model)
        costs = [
            Price(*pair, source="").usd(use.tokens_in, use.tokens_out)
            for use in mine
            if pair and use.tokens_in is not None and use.tokens_out is not None
        ]
        known = sum(costs) if pair and len(costs) == len(mine) else None
        found.append(JudgeUse(model=model, calls=sum(use.calls for use in mine), cost_usd=known))
    return tuple(found)


def judged_section(named: list[tuple[str, dict[str, Said], Counts]], modes: Collection[str]) -> Section | None:
    """A row for each run and judge; the counts are those of its open tasks. None where no model judged anything.

    modes  those of the runs' judging: "cascade", "all"
    """
    rows: list[tuple[str, ...]] = []
    for name, tasks, counts in named:
        if tasks:
            handed = sum(said.handed for said in tasks.values())
            by = verdicts_by_model(tasks.values())
            rows.append((name, "rules", *_cells(counts.n - counts.failed - handed, counts.n - counts.failed), *_none()))
            rows += [
                (name, judge, *_cells(sum(labels.values()), counts.n - counts.failed), *_counts(labels))
                for judge, labels in by.items()
            ]
    if not rows:
        return None
    split = sum(said.split for _, tasks, _ in named for said in tasks.values())
    waiting = sum(said.waiting for _, tasks, _ in named for said in tasks.values())
    return Section(
        title="Who judged the open replies",
        columns=("model", "judge", "replies", "share", "good", "bad", "unscored"),
        rows=tuple(rows),
        note=" ".join(HOW[mode] for mode in sorted(modes, reverse=True))
        + " "
        + (f"Rules and judges do not all say the same of {split:,} replies. " if split else "")
        + (f"{waiting:,} are still to be judged: the same command goes on. " if waiting else "")
        + "JSON has the same by task and rubric, with the rubric's version and a hash of its words.",
    )


def verdicts_by_model(tasks: Iterable[Said]) -> dict[str, dict[str, int]]:
    """Each model's verdicts over all tasks and rubrics; a rule's own, which handed these on, is no decision."""
    found: dict[str, dict[str, int]] = {}
    for said in tasks:
        for judge, labels in said.judges.items():
            rubric, bracket, model = judge.partition("[")
            if bracket and "#" in rubric:
                into = found.setdefault(model.removesuffix("]"), dict.fromkeys(LABELS, 0))
                for label, n in labels.items():
                    into[label] += n
    return found


def _cells(part: int, whole: int) -> tuple[str, str]:
    return f"{part:,}", percent(part, whole)


def _counts(labels: dict[str, int]) -> tuple[str, ...]:
    return tuple(f"{labels[label]:,}" for label in LABELS)


def _none() -> tuple[str, ...]:
    return ("–",) * len(LABELS)
