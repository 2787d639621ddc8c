"""JUnit XML, which every CI server reads: a suite of cases that pass, fail or could not be decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from trustgauge.safe import plain


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One check: message is its outcome in a line, body the numbers behind it."""

    name: str
    verdict: Literal["pass", "failure", "error"]
    message: str = ""
    body: str = ""


def suite(name: str, cases: Sequence[Case]) -> str:
    """One <testsuite> as a whole document."""
    return suites([(name, cases)])


def suites(groups: Sequence[tuple[str, Sequence[Case]]]) -> str:
    """A <testsuite> for each name with its cases, as a whole document.

    Text that models or policies brought in is escaped, and characters that XML 1.0 forbids are replaced.
    """
    from xml.etree import ElementTree as Xml

    root = Xml.Element("testsuites", {"name": "trustgauge"} | _totals([case for _, cases in groups for case in cases]))
    for name, cases in groups:
        group = Xml.SubElement(root, "testsuite", {"name": plain(name)} | _totals(cases))
        for case in cases:
            made = Xml.SubElement(group, "testcase", {"classname": plain(name), "name": plain(case.name)})
            if case.verdict != "pass":
                Xml.SubElement(made, case.verdict, {"message": plain(case.message)}).text = plain(case.message)
            if case.body:
                Xml.SubElement(made, "system-out").text = plain(case.body)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _totals(cases: Sequence[Case]) -> dict[str, str]:
    count = {verdict: str(sum(c.verdict == verdict for c in cases)) for verdict in ("failure", "error")}
    return {"tests": str(len(cases)), "failures": count["failure"], "errors": count["error"], "skipped": "0"}
