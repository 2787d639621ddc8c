"""JUnit XML: a test case a rule, for whatever shows test results."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from trustgauge.gate.deciding import Decided, Decision
from trustgauge.gate.words import limit_of, of
from trustgauge.safe import plain


def junit(decisions: Sequence[Decision]) -> str:
    """A suite for each run. NO-GO is a failure, INSUFFICIENT EVIDENCE an error: never skipped, for missing is not safe.

    The whole is a test case too: a run that owes cases is no GO even where each of its rules is.
    """
    root = Element("testsuites", name="trustgauge gate")
    totals = {"tests": 0, "failures": 0, "errors": 0}
    for decision in decisions:
        suite = SubElement(root, "testsuite", name=plain(f"{decision.policy.name or 'policy'} on {decision.run.id}"))
        counts = _counts(decision)
        suite.attrib.update({name: str(value) for name, value in counts.items()} | {"skipped": "0", "time": "0"})
        totals = {name: totals[name] + value for name, value in counts.items()}
        facts = SubElement(suite, "properties")
        for name, value in (
            ("run", decision.run.id),
            ("model", decision.run.model),
            ("policy_hash", decision.policy.hash),
        ):
            SubElement(facts, "property", name=name, value=plain(value))
        group = f"trustgauge.gate.{plain(decision.run.id)}"
        for rule in decision.rules:
            _case(suite, group, rule)
        whole = SubElement(suite, "testcase", classname=group, name="the whole policy", time="0")
        _outcome(whole, decision.verdict, whole_reason(decision))
    root.attrib.update({name: str(value) for name, value in totals.items()})
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def whole_reason(decision: Decision) -> str:
    """What the verdict over all rules rests on."""
    lines = [f"{rule.verdict} on {of(rule.part)}: {rule.reason}" for rule in decision.rules if rule.verdict != "GO"]
    if decision.owed:
        lines.append(f"the run still owes {decision.owed:,} cases: the same `trustgauge run` goes on")
    return "; ".join(lines) or f"all {len(decision.rules)} rules hold"


def _counts(decision: Decision) -> dict[str, int]:
    words = [*(rule.verdict for rule in decision.rules), decision.verdict]
    return {
        "tests": len(words),
        "failures": words.count("NO-GO"),
        "errors": words.count("INSUFFICIENT EVIDENCE"),
    }


def _case(suite: Element, group: str, rule: Decided) -> None:
    name = plain(f"{of(rule.part)}: {limit_of(rule.part.rule)}")
    case = SubElement(suite, "testcase", classname=group, name=name, time="0")
    _outcome(case, rule.verdict, rule.reason)
    lines = [rule.reason, *rule.notes, *([f"why: {rule.part.rule.why}"] if rule.part.rule.why else [])]
    lines += [f"case {record.case.id}" for record in rule.examples]
    SubElement(case, "system-out").text = plain("\n".join(lines))


def _outcome(case: Element, verdict: str, reason: str) -> None:
    if verdict != "GO":
        kind = "failure" if verdict == "NO-GO" else "error"
        SubElement(case, kind, type=verdict, message=plain(reason)).text = plain(reason)
