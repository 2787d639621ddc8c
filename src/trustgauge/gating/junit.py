"""JUnit XML: a test case a rule, for whatever shows test results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from trustgauge.gating.deciding import Decided, Decision, Word
from trustgauge.gating.words import limit_of, of
from trustgauge.reports.junit_xml import Case, suites

OUTCOMES: dict[Word, Literal["pass", "failure", "error"]] = {
    "GO": "pass",
    "NO-GO": "failure",
    "INSUFFICIENT EVIDENCE": "error",  # never skipped: what is missing is not safe
}


def junit(decisions: Sequence[Decision]) -> str:
    """A suite for each run: a case a rule, and one for the whole, which a run that owes cases does not pass."""
    return suites([(f"trustgauge.gate.{decision.run.id}", _cases(decision)) for decision in decisions])


def _cases(decision: Decision) -> list[Case]:
    reason = whole_reason(decision)
    whole = Case(name="the whole policy", verdict=OUTCOMES[decision.verdict], message=f"{decision.verdict}: {reason}")
    return [*map(_case, decision.rules), whole]


def _case(rule: Decided) -> Case:
    lines = [f"{rule.verdict}: {rule.reason}", *rule.notes]
    lines += [f"why: {rule.part.rule.why}"] if rule.part.rule.why else []
    lines += [f"case {record.case.id}" for record in rule.examples]
    return Case(
        name=f"{of(rule.part)}: {limit_of(rule.part.rule)}",
        verdict=OUTCOMES[rule.verdict],
        message=lines[0],
        body="\n".join(lines),
    )


def whole_reason(decision: Decision) -> str:
    """What the verdict over all rules rests on."""
    lines = [f"{rule.verdict} on {of(rule.part)}: {rule.reason}" for rule in decision.rules if rule.verdict != "GO"]
    if decision.owed:
        lines.append(f"the run still owes {decision.owed:,} cases: the same `trustgauge run` goes on")
    return "; ".join(lines) or f"all {len(decision.rules)} rules hold"
