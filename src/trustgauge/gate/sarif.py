"""SARIF 2.1.0: a result for each rule that is not GO, at its line of the policy, for code scanning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import trustgauge
from trustgauge.gate.deciding import Decided, Decision
from trustgauge.gate.junit import whole_reason
from trustgauge.gate.policy import rule_lines
from trustgauge.gate.words import limit_of, of
from trustgauge.safe import plain
from trustgauge.types import digest

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"NO-GO": "error", "INSUFFICIENT EVIDENCE": "warning"}
WHOLE = "whole-policy"


def sarif(decisions: Sequence[Decision]) -> dict[str, Any]:
    """One SARIF run for each run. A run that owes cases while each rule is GO has a result of its own."""
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(decision) for decision in decisions]}


def _run(decision: Decision) -> dict[str, Any]:
    lines = _lines(decision.place)
    results = [
        _result(decision, rule, index, lines) for index, rule in enumerate(decision.rules) if rule.verdict != "GO"
    ]
    if decision.verdict != "GO" and not results:
        results = [_whole(decision)]
    rules = [_rule(rule) for rule in decision.rules]
    driver = {
        "name": "trustgauge",
        "version": trustgauge.__version__,
        "rules": [*rules, {"id": WHOLE, "shortDescription": {"text": "All rules hold, and the run is complete."}}],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": plain(f"trustgauge/{decision.run.id}/")},
        "columnKind": "unicodeCodePoints",
        "properties": {
            "run": plain(decision.run.id),
            "model": plain(decision.run.model),
            "verdict": decision.verdict,
            "policyHash": decision.policy.hash,
        },
        "results": results,
    }


def _rule(rule: Decided) -> dict[str, Any]:
    spec = rule.part.rule
    found: dict[str, Any] = {
        "id": plain(rule.part.id),
        "shortDescription": {"text": plain(f"{of(rule.part)}: {limit_of(spec)}")},
        "defaultConfiguration": {"level": "error"},
    }
    return found | ({"fullDescription": {"text": plain(spec.why)}} if spec.why else {})


def _result(decision: Decision, rule: Decided, index: int, lines: list[int]) -> dict[str, Any]:
    number = rule.part.number
    line = lines[number] if number < len(lines) else 1
    text = f"{rule.verdict}: {of(rule.part)}, {limit_of(rule.part.rule)}. {rule.reason}"
    return _told(decision, plain(rule.part.id), index, rule.verdict, text, line) | {
        "properties": {
            "verdict": rule.verdict,
            "value": rule.value,
            "low": rule.bounds.low,
            "high": rule.bounds.high,
            "n": rule.counts.n,
            "cases": [record.case.id for record in rule.examples],
        }
    }


def _whole(decision: Decision) -> dict[str, Any]:
    text = f"{decision.verdict}: {whole_reason(decision)}"
    return _told(decision, WHOLE, len(decision.rules), decision.verdict, text, 1)


def _told(decision: Decision, id_: str, index: int, verdict: str, text: str, line: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": id_,
        "ruleIndex": index,
        "level": LEVELS[verdict],
        "message": {"text": plain(text)},
        "partialFingerprints": {"trustgaugeRule/v1": digest((decision.run.model, id_))},
    }
    place = {"artifactLocation": {"uri": _uri(decision.place or "policy.yaml")}, "region": {"startLine": line}}
    return found | {"locations": [{"physicalLocation": place}]}


def _uri(place: str) -> str:
    """A relative reference where the file lies at or below the current folder, as code scanning wants it."""
    path = Path(place)
    if not path.is_absolute():
        from urllib.parse import quote

        return quote(path.as_posix())
    try:
        return _uri(str(path.relative_to(Path.cwd())))
    except ValueError:
        return path.as_uri()


def _lines(place: str) -> list[int]:
    try:
        return rule_lines(Path(place).read_text(encoding="utf-8-sig")) if place else []
    except (OSError, ValueError):
        return []
