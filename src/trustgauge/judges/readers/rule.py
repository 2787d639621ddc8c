"""A rule as a reply states it: conditions on named numbers, joined by "and" or by "or"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice, pairwise

import msgspec

from trustgauge.judges.readers.clean import first_answer
from trustgauge.judges.readers.decisions import names_pattern, spelled


class Condition(msgspec.Struct, frozen=True):
    """One comparison: name, one of >= <= > <, limit."""

    name: str
    sign: str
    limit: float

    def holds(self, value: float) -> bool:
        """True where the value meets it."""
        return {
            ">=": value >= self.limit,
            "<=": value <= self.limit,
            ">": value > self.limit,
            "<": value < self.limit,
        }[self.sign]


class Rule(msgspec.Struct, frozen=True):
    """Conditions of which all must hold, or with `every` False at least one."""

    conditions: tuple[Condition, ...]
    every: bool = True
    text: str = ""

    def holds(self, profile: Mapping[str, float]) -> bool:
        """What the rule says of a profile."""
        met = (condition.holds(profile[condition.name]) for condition in self.conditions)
        return all(met) if self.every else any(met)

    def reversed(self) -> Rule:
        """The rule that holds just where this one doesn't (De Morgan)."""
        opposite = {">=": "<", "<": ">=", "<=": ">", ">": "<="}
        turned = tuple(Condition(c.name, opposite[c.sign], c.limit) for c in self.conditions)
        return Rule(turned, not self.every, self.text)


# Signs as they are written, longest first.
_SIGNS = {
    "is greater than or equal to": ">=", "greater than or equal to": ">=", "is less than or equal to": "<=",
    "less than or equal to": "<=", "no more than": "<=", "not more than": "<=", "no less than": ">=",
    "not less than": ">=", "no fewer than": ">=", "at least": ">=", "at most": "<=", "greater than": ">",
    "more than": ">", "less than": "<", "fewer than": "<", "\\geq": ">=", "\\leq": "<=", "\\ge": ">=",
    "\\le": "<=", "\u2265": ">=", "\u2264": "<=", "=>": ">=", "=<": "<=", "above": ">", "below": "<",
    "&gt;": ">", "&lt;": "<",
}  # fmt: skip
_WORDED = re.compile("|".join(map(re.escape, _SIGNS)))
_IF = re.compile(r"\b(?:only )?if\b[\s:]{0,4}")
_END = re.compile(r"\n\s*\n|\.(?:\s|$)|\b(?:otherwise|else|explanation|reason)\b|;\s*(?!and\b|or\b)")
_SIGN = re.compile(r"[<>]=?|(?<![<>])=+|!=")
_LENGTH, _TRIES = 600, 30  # characters of a rule, and places where one may begin
_BEFORE = 40  # characters before "if" in which the decision word stands


def read_rule(text: str, names: Sequence[str], yes: str, no: str) -> Rule | None:
    """The rule for the decision `yes`, None where none can be read for sure.

    Every comparison must be on one of the names and with a number, and all must be joined alike. A rule for
    the decision `no` ("decline if ...") is turned round.
    """
    body = first_answer(text).lower()
    if "if" not in body:
        return None
    body = _WORDED.sub(lambda m: _SIGNS[m[0]], body)
    for start in islice(_IF.finditer(body), _TRIES):
        end = _END.search(body, start.end(), start.end() + _LENGTH)
        said = body[start.end() : end.start() if end else start.end() + _LENGTH]
        before = body[max(0, start.start() - _BEFORE) : start.start()]
        if rule := _parsed(said, tuple(names)):
            turned = rule.reversed() if before.rfind(no) > before.rfind(yes) else rule
            return Rule(turned.conditions, turned.every, f"{before[-20:]}{start[0]}{said}".strip())
    return None


def _parsed(said: str, names: tuple[str, ...]) -> Rule | None:
    found = list(_condition(names).finditer(said))
    if not found or len(found) != len(_SIGN.findall(said)) or re.search(r"\b(?:not|unless|except)\b", said):
        return None
    gaps = [said[a.end() : b.start()] for a, b in pairwise(found)]
    joined = {bool(re.search(r"\bor\b|\|\|", gap)) for gap in gaps}
    if len(joined) > 1:
        return None
    known = {spelled(name): name for name in names}
    conditions = tuple(
        Condition(known[spelled(m["name"])], m["sign"], float(m["limit"].replace(",", ""))) for m in found
    )
    return Rule(conditions, True not in joined)


@lru_cache(maxsize=256)
def _condition(names: tuple[str, ...]) -> re.Pattern[str]:
    listed = names_pattern(names).pattern
    return re.compile(
        rf"(?P<name>{listed})\"?\s{{0,3}}(?:(?:is|are|of|must be|should be)\s{{1,3}})?"
        r"(?P<sign>[<>]=?)\s{0,3}[$\u20ac]?\s?(?P<limit>-?\d{1,9}(?:,\d{3})*(?:\.\d{1,4})?)"
        rf"(?!,?\d|\.\d|[km]\b|\s?[*/+x\u00d7]| {{0,3}}{listed})"  # no sums and no products: "0.5 * income"
    )
