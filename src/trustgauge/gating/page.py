"""The gate board: what was decided and why, as a page for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trustgauge.gating.deciding import Decided, Decision, Word
from trustgauge.gating.policy import Rule
from trustgauge.gating.words import limit_of, more_command, of, shown
from trustgauge.reports.page import Figure, Page
from trustgauge.reports.section import Section
from trustgauge.types import Record

ORDER: tuple[Word, ...] = ("NO-GO", "INSUFFICIENT EVIDENCE", "GO")
SHOWN = 400
"""Characters of a prompt or a reply that are shown."""


def page_of(decisions: Sequence[Decision], *, figures: bool = True) -> Page:
    """One board for each run. figures: with charts, and with the replies behind each rule that is not GO."""
    one = decisions[0] if len(decisions) == 1 else None
    name = decisions[0].policy.name or "the policy"
    title = f"{one.verdict}: {one.run.model} for {name}" if one else f"{name}: {len(decisions)} runs decided"
    blocks: list[Section | Figure] = []
    for decision in decisions:
        blocks += _blocks(decision, figures=figures, named=not one)
    lead = [sentence for decision in decisions for sentence in _lead(decision, named=not one)]
    return Page(title=title, lead=tuple(lead), blocks=tuple(blocks), foot=_foot(decisions[0]))


def _lead(decision: Decision, *, named: bool) -> list[str]:
    head = f"{decision.run.model}, run {decision.run.id}: {decision.verdict}. " if named else ""
    found = [f"{head}{_answer(decision)}"]
    stopped = [rule for rule in decision.rules if rule.verdict == "NO-GO"][:3]
    found += [f"NO-GO on {of(rule.part)}: {rule.reason}." for rule in stopped]
    found += _next(decision)
    if decision.owed:
        allowed = decision.policy.incomplete == "allowed"
        told = "the policy allows that" if allowed else "so it cannot be GO; the same `trustgauge run` goes on"
        found.append(f"The run is not complete: it still owes {decision.owed:,} cases, {told}.")
    if decision.run.model.startswith("panel/"):
        found.append("This is a scripted character of the reference panel, not a model.")
    return found


def _answer(decision: Decision) -> str:
    """ "4 of 15 rules cannot be decided yet; 11 hold for sure, none is broken for sure."."""
    broken, open_, held = (decision.count(word) for word in ORDER)
    of_all = f"of {len(decision.rules)} rules"
    holds = f"{held} {'holds' if held == 1 else 'hold'} for sure"
    if decision.verdict == "NO-GO":
        return f"{broken} {of_all} {_are(broken)} broken for sure; {holds}, {open_} cannot be decided yet."
    if decision.verdict == "GO":
        return f"All {held} rules hold for sure." if not open_ else f"{holds} {of_all}."
    if not open_:
        return f"{holds} {of_all}, but the run is not complete."
    return f"{open_} {of_all} cannot be decided yet; {holds}, none is broken for sure."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _next(decision: Decision) -> list[str]:
    """The one command that would settle all open rules that more cases can settle."""
    sizes = [rule.n_per_task for rule in decision.rules if rule.verdict == "INSUFFICIENT EVIDENCE" and rule.n_per_task]
    if not sizes or decision.owed or decision.verdict == "NO-GO":
        return []
    settled = f"{len(sizes)} open rule{'s' if len(sizes) > 1 else ''}"
    command = more_command(decision.run, max(sizes), decision.store)
    return [f"More cases would settle {settled}, if what was seen holds: {command}"]


def _foot(decision: Decision) -> str:
    policy, sure = decision.policy, f"{100 * decision.policy.confidence:g} %"
    error = f"{100 * (1 - policy.confidence):.3g} %"
    go = "any single GO" if policy.family == "every-rule" else "a GO of the whole"
    return (
        f"Bounds are one-sided, with {sure} confidence each, and clustered by group. GO: the rule holds for sure, even "
        "if every reply without a verdict was bad. NO-GO: it is broken for sure, even if each was good. In between: "
        f"INSUFFICIENT EVIDENCE, which is no pass. {go[0].upper()}{go[1:]} is wrong with at most {error}, and so is "
        f"any NO-GO among the {len(decision.rules)} rules (Holm's correction for asking many at once). What no "
        f"rule names was not decided. Policy {decision.place or policy.name or 'given'}, hash {policy.hash}; "
        "docs/gate.md has the formulas."
    )


def _blocks(decision: Decision, *, figures: bool, named: bool) -> list[Section | Figure]:
    ordered = sorted(decision.rules, key=lambda rule: ORDER.index(rule.verdict))
    suffix = f": {decision.run.model}" if named else ""
    blocks: list[Section | Figure] = [_board(decision, ordered)] if figures else []
    blocks.append(
        Section(
            title=f"Rules{suffix}",
            columns=("verdict", "rule", "limit", "value", "bounds", "n"),
            rows=tuple(_row(rule) for rule in ordered),
            note="value: what was seen among the scored. bounds: one-sided on either side, with all replies without a "
            "verdict counted for the model in one and against it in the other.",
        )
    )
    if figures:
        blocks += _forests(ordered, suffix)
    blocks += _remarks(ordered, suffix)
    behind = [rule for rule in ordered if rule.examples] if figures else []
    return blocks + [_behind(rule) for rule in behind]


def _row(rule: Decided) -> tuple[str, ...]:
    spec, bounds = rule.part.rule, rule.bounds
    ends = "–" if bounds.low is None else f"{shown(spec, bounds.low)} to {shown(spec, bounds.high)}"
    return (
        rule.verdict,
        of(rule.part),
        limit_of(spec),
        shown(spec, rule.value),
        ends,
        f"{rule.counts.n:,}",
    )


def _remarks(rules: Sequence[Decided], suffix: str) -> list[Section | Figure]:
    """What each verdict rests on, why the rule is there by the policy, and what a reader must know of its evidence."""
    rows = tuple((of(r.part), r.reason, "; ".join([r.part.rule.why, *r.notes]).strip("; ")) for r in rules)
    return [Section(title=f"Reasons{suffix}", columns=("rule", "reason", "why the rule, and notes"), rows=rows)]


def _board(decision: Decision, rules: Sequence[Decided]) -> Figure:
    from trustgauge.reports.kit import Decision as Line
    from trustgauge.reports.kit import board

    lines = [Line(f"{of(rule.part)}, {limit_of(rule.part.rule)}", rule.verdict, rule.reason) for rule in rules]
    told = "; ".join(f"{rule.verdict}: {of(rule.part)}, {limit_of(rule.part.rule)}" for rule in rules)
    counted = ", ".join(f"{decision.count(word)} {word}" for word in ORDER if decision.count(word))
    return Figure(
        title=f"{decision.verdict}: {decision.run.model} ({counted})",
        chart=board(lines),
        alt=f"Gate board of {len(rules)} rules. {told}.",
    )


def _forests(rules: Sequence[Decided], suffix: str) -> list[Section | Figure]:
    """Each rule's bounds against its limit: rates, scores and differences, each kind on a scale of its own."""
    from trustgauge.reports.kit import Row, forest

    kinds: dict[str, Callable[[Rule], bool]] = {
        "share of cases: the bounds must end left of the limit": lambda r: not r.higher_is_better and r.by is None,
        "score: the bounds must begin right of the limit": lambda r: r.what == "score" and r.by is None,
        "difference to the other run": lambda r: r.by is not None,
    }
    found: list[Section | Figure] = []
    for x_title, mine in kinds.items():
        chosen = [r for r in rules if mine(r.part.rule) and r.bounds.low is not None and r.part.rule.what != "scored"]
        if not chosen:
            continue
        rows = [
            Row(
                label=of(r.part),
                value=r.value,
                low=r.bounds.low,
                high=r.bounds.high,
                series=r.verdict,
                n=r.counts.n,
                reference=r.part.rule.limit,
            )
            for r in chosen
        ]
        holds = sum(r.verdict == "GO" for r in chosen)
        told = "; ".join(
            f"{of(r.part)}: {shown(r.part.rule, r.bounds.low)} to {shown(r.part.rule, r.bounds.high)}, "
            f"{limit_of(r.part.rule)}, n {r.counts.n:,}"
            for r in chosen
        )
        title = f"{holds} of {len(chosen)} lie wholly within their limit{suffix}"
        found.append(Figure(title=title, chart=forest(rows, x_title), alt=f"{told}.", note="The mark is the limit."))
    return found


def _behind(rule: Decided) -> Section:
    rows = tuple((record.case.id, _asked(record), _said(record), _judged(record)) for record in rule.examples)
    return Section(
        title=f"Behind {rule.verdict} on {of(rule.part)}",
        columns=("case", "prompt", "reply", "verdict"),
        rows=rows,
        note=f"{len(rows)} of the {rule.counts.bad or len(rows):,} replies that count against it.",
    )


def _asked(record: Record) -> str:
    return _cut(record.case.prompt)


def _said(record: Record) -> str:
    return _cut(record.replies[-1].text) if record.replies else "no reply"


def _judged(record: Record) -> str:
    if record.verdict:
        return f"{record.verdict.label}: {record.verdict.reason}"
    return f"failed: {record.failure.kind}" if record.failure else "failed"


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else f"{flat[:SHOWN]} … [{len(flat) - SHOWN:,} more characters]"
