"""Making a plan: needs and costs of every sub-category, every model and every rule, and the command to type."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from math import ceil, floor, inf, log10
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from trustgauge.datasets import Folder
from trustgauge.errors import UsageError
from trustgauge.models import check_word
from trustgauge.planning.costs import (
    LATENCY_S,
    MOST,
    TaskCost,
    known_of,
    makes,
    measured_cost,
    measured_known,
    task_cost,
    whole,
)
from trustgauge.planning.needs import Gives, Goal, Known, Need, Side, gives, independent, needed, rule_need
from trustgauge.stats.power import CLEAR, Blur
from trustgauge.suites import Task, find_task, select
from trustgauge.suites.guide import TaskGuide
from trustgauge.suites.readable import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trustgauge.config import Config
    from trustgauge.gating.policy import Part, Policy
    from trustgauge.store import RunInfo, Store

ROOM = 1.5
"""The budget in the command, over the estimate: an estimate is none's promise."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One sub-category: what the goal takes of it, what the command's n gives of it, and its calls then."""

    sub_category: str
    tasks: tuple[str, ...]
    known: Known
    need: Need
    gives: Gives
    calls: int
    judge_calls: int
    tokens_in: int
    tokens_out: int


class RuleNeed(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a policy: what it asks for, and what its GO takes."""

    rule: str
    wants: str
    known: Known
    need: Need


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """One model, the one measured or a judge: calls, tokens, USD (None: price unknown) and seconds."""

    model: str
    judges: bool
    calls: int
    tokens_in: int
    tokens_out: int
    usd: float | None
    price: str
    seconds: float


class Short(msgspec.Struct, frozen=True):
    """A task whose words give fewer cases than wanted."""

    task: str
    makes: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The whole plan. n: of each task in the command; None where no number of cases is enough for anything asked for.

    source  the run whose figures were taken, "" where all is assumed        odd  tasks whose score is no plain rate
    left_out  tasks that a run leaves out too: a file of their public set is not there
    """

    goal: Goal
    n: int | None
    places: tuple[Place, ...]
    rules: tuple[RuleNeed, ...]
    bills: tuple[Bill, ...]
    short: tuple[Short, ...]
    odd: tuple[str, ...]
    command: str
    left_out: tuple[str, ...] = ()
    source: str = ""
    policy: str = ""
    draws: int = 1
    deff: float | None = None
    sensitivity: float = 1.0
    specificity: float = 1.0

    @property
    def usd(self) -> float | None:
        """Of all models together; None where a price is unknown, or nothing is bought."""
        costs = [bill.usd for bill in self.bills]
        return sum(cost for cost in costs if cost is not None) if costs and None not in costs else None

    @property
    def seconds(self) -> float:
        """Of all models, one after the other."""
        return sum(bill.seconds for bill in self.bills)


@dataclass(frozen=True)
class _Desk:
    """What a plan is made from."""

    goal: Goal
    config: Config
    deff: float | None
    blur: Blur
    store: Store | None
    run: RunInfo | None

    def known(self, costs: Sequence[TaskCost], side: Side, what: str = "") -> Known:
        """Of these tasks: as the run shows, else as assumed."""
        if self.store and self.run:
            found = measured_known(self.store, self.run, [c.task for c in costs], side, self.deff, what)
            if found:
                return found
        return known_of(costs, side, self.deff)

    def cost(self, task: Task) -> TaskCost:
        """Of one task."""
        found = task_cost(task, self.config.seed, self.config.max_tokens)
        return measured_cost(found, self.store, self.run) if self.store and self.run else found


def make_plan(
    goal: Goal,
    config: Config,
    *,
    deff: float | None = None,
    blur: Blur = CLEAR,
    policy: Policy | None = None,
    policy_path: str = "",
    store: Store | None = None,
    run: RunInfo | None = None,
) -> Plan:
    """The plan for a goal, or for the rules of a policy, over a config's suites and models. Sends nothing.

    deff       design effect of the groups, where it is known otherwise than from the run
    blur       the judge's sensitivity and specificity for bad replies
    store, run where design effects, unscored shares, tokens and times are taken from
    Raises UsageError for goals out of range, and for a policy that no task of the suites counts for; ModelError for a
    MODEL word that is none.
    """
    for word in (*config.models, *config.judges):
        check_word(word, TaskGuide(find_task) if word in config.models else None)
    if deff is not None and not 1 <= deff < inf:
        raise UsageError(f"--deff is {deff:g}: a design effect is at least 1, and a number")
    desk = _Desk(goal, config, deff, blur, store, run)
    chosen = select(list(config.suites), config.perturb, Folder(config.data), config.split)
    parts = policy.parts if policy else ()
    if policy:
        chosen = [task for task in chosen if any(part.covers(task.id) for part in parts)]
        if not chosen:
            raise UsageError("no task of these suites counts for any rule of the policy: name others with -s")
    named = [task.id for task in chosen]
    chosen, missing = readable(
        chosen, config.suites, config.seed
    )  # tasks whose file is not in the copy are left out, as a run does
    costs = [desk.cost(task) for task in chosen]
    rules = tuple(_rule(part, costs, desk, policy.confidence) for part in parts) if policy else ()
    n = goal.n or _whole(max((rule.need.n or 0 for rule in rules), default=0), chosen, config)
    places = _places(costs, desk, n if policy else goal.n)
    n = n or _whole(max((need.n or 0 for *_, need in places), default=0), chosen, config) or None
    made = {c.task: makes(t, config.seed, n) for t, c in zip(chosen, costs, strict=True)} if n else {}
    bills = _bills(costs, made, config)
    return Plan(
        goal=goal,
        n=n,
        places=tuple(_place(*place, made, desk) for place in places),
        rules=rules,
        bills=bills,
        short=tuple(Short(c.task, made[c.task]) for c in costs if n and made[c.task] <= n - max(2 * c.group, 2)),
        odd=tuple(cost.task for cost in costs if not cost.plain),
        command=_command(config, _suites(config, named), n, bills) if n else "",
        left_out=tuple(missing),
        source=run.id if run else "",
        policy=(policy.name or policy_path) if policy else "",
        draws=config.draws,
        deff=deff,
        sensitivity=blur.sensitivity,
        specificity=blur.specificity,
    )


def _whole(n: int, chosen: Sequence[Task], config: Config) -> int:
    """n, raised until no task falls short of it for want of the last whole group."""
    return max(whole(task, config.seed, n) for task in chosen) if 0 < n <= MOST else n


_Found = tuple[str, list[TaskCost], Known, Need]


def _places(costs: Sequence[TaskCost], desk: _Desk, n: int | None) -> list[_Found]:
    """Every sub-category with what the goal takes of it; n where that is settled."""
    subs: dict[str, list[TaskCost]] = {}
    for cost in costs:
        subs.setdefault(cost.task.partition("/")[0], []).append(cost)
    side = desk.goal.side
    found: list[_Found] = []
    for sub, mine in subs.items():
        known = desk.known(mine, side)
        if n is not None:
            need = Need(cases=n * len(mine), n=n)
        else:
            need = needed(independent(desk.goal, known, desk.blur), known, [cost.share(side) for cost in mine])
        found.append((sub, mine, known, need))
    return found


def _place(sub: str, mine: list[TaskCost], known: Known, need: Need, cases: dict[str, int], desk: _Desk) -> Place:
    made = [cases.get(cost.task, 0) for cost in mine]
    counts, judges = [each * desk.config.draws for each in made], len(desk.config.judges)
    known_all = known if not desk.goal.side else desk.known(mine, "")
    return Place(
        sub_category=sub,
        tasks=tuple(cost.task for cost in mine),
        known=known,
        need=need,
        gives=gives(made, [cost.dont for cost in mine], desk.goal, known_all, desk.blur),
        calls=_sum(counts, [cost.calls for cost in mine]),
        judge_calls=_sum(counts, [cost.judged * judges for cost in mine]),
        tokens_in=_sum(counts, [cost.tokens_in for cost in mine]),
        tokens_out=_sum(counts, [cost.tokens_out for cost in mine]),
    )


def _rule(part: Part, costs: Sequence[TaskCost], desk: _Desk, confidence: float) -> RuleNeed:
    """What a rule takes, at the policy's confidence."""
    mine = [cost for cost in costs if part.covers(cost.task)]
    what = part.rule.what
    side: Side = {"harmful": "dont", "over-refusal": "do"}.get(what, "")  # pyright: ignore[reportAssignmentType]
    known = desk.known(mine, side, what)
    goal = replace(desk.goal, confidence=confidence)
    need = rule_need(part, goal, known, [cost.share(side) for cost in mine], desk.blur)
    rule = part.rule
    if rule.by is not None:
        wants = f"not worse than {rule.not_worse_than} by {rule.by:g}"
    else:
        wants = f"at most {rule.at_most:g}" if rule.at_most is not None else f"at least {rule.at_least or 0:g}"
    return RuleNeed(rule=part.id, wants=wants, known=known, need=need)


def _bills(costs: Sequence[TaskCost], cases: dict[str, int], config: Config) -> tuple[Bill, ...]:
    """One for every model, one for every judge."""
    counts = [cases.get(cost.task, 0) * config.draws for cost in costs]
    models = config.models or ()
    each = [_sum(counts, [getattr(cost, name) for cost in costs]) for name in ("calls", "tokens_in", "tokens_out")]
    heard = [_sum(counts, [getattr(cost, name) for cost in costs]) for name in ("judged", "judge_in", "judge_out")]
    waits = [cost.latency_s for cost in costs if cost.latency_s is not None]
    latency = sum(waits) / len(waits) if waits else LATENCY_S
    return (
        *(_bill(model, False, each, latency, config) for model in models),
        *(_bill(judge, True, [x * max(len(models), 1) for x in heard], LATENCY_S, config) for judge in config.judges),
    )


def _bill(model: str, judges: bool, sums: Sequence[int], latency: float, config: Config) -> Bill:
    calls, into, out = sums
    here = model.startswith(("panel/", "scripted/", "replay/"))
    price = None if here else config.judge_price(model) if judges else config.price_for(model)
    usd = 0.0 if here else price.usd(into, out) if price else None
    source = "answers on this machine" if here else price.source if price else "unknown: give --price in/out"
    rates = [config.concurrency / latency]
    rates += [config.rpm / 60] if config.rpm else []
    rates += [config.tpm / 60 / max((into + out) / calls, 1)] if config.tpm and calls else []
    seconds = 0.0 if here else calls / min(rates)
    return Bill(
        model=model, judges=judges, calls=calls, tokens_in=into, tokens_out=out, usd=usd, price=source, seconds=seconds
    )


def _suites(config: Config, chosen: Sequence[str]) -> list[str]:
    """What to name with -s, so that the chosen tasks are run and no others: nothing where that is all."""
    every = [task.id for task in select(list(config.suites), config.perturb)]
    if len(chosen) == len(every):
        return [] if config.suites == ("all",) else list(config.suites)
    named = dict[str, None]()
    for task in chosen:
        data = find_task(task).data
        word = data.id if data else task.partition("/")[0]
        whole = all(known.id in chosen for known in select([word], config.perturb))
        named[word if whole else task] = None
    return list(named)


def _command(config: Config, suites: Sequence[str], n: int, bills: Sequence[Bill]) -> str:
    """What to type to run it."""
    words = ["trustgauge", "run"]
    words += [w for model in config.models or ("PROVIDER/MODEL",) for w in ("-m", model)]
    words += [w for suite in suites for w in ("-s", suite)]
    words += [w for judge in config.judges for w in ("--judge", judge)]
    words += [w for each in config.perturb for w in ("--perturb", each)]
    words += ["-n", str(n)]
    flags = {"--seed": config.seed or None, "--draws": config.draws if config.draws > 1 else None}
    flags |= {"--max-tokens": config.max_tokens, "--rpm": config.rpm, "--tpm": config.tpm}
    flags |= {"--concurrency": config.concurrency if config.concurrency != type(config)().concurrency else None}
    flags |= {"--price": config.price, "--prices": config.prices_file}
    words += [w for flag, value in flags.items() if value is not None for w in (flag, str(value))]
    costs = [bill.usd for bill in bills]
    known = [cost for cost in costs if cost is not None]
    if known and len(known) == len(costs) and sum(known) > 0:
        words += ["--budget", f"{_round_up(ROOM * sum(known)):g}"]
    return shlex.join(words)


def _round_up(usd: float) -> float:
    """To two figures, upwards."""
    unit = 10.0 ** (floor(log10(usd)) - 1)
    return round(ceil(usd / unit - 1e-9) * unit, 10)


def _sum(counts: Sequence[int], each: Sequence[float]) -> int:
    return ceil(sum(count * one for count, one in zip(counts, each, strict=True)) - 1e-6)
