"""First-order formulas as FOLIO writes them, settled by our chaining (generate/logic.closure) where that can do it.

A problem is grounded over the names in it and brought into clauses. Chaining handles clauses with at most one positive
part; others, and premises with "there is", are left out, which can lose a proof but never make a false one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from trustgauge.generate.logic import Rule, closure

Formula = tuple[Any, ...]  # ("atom", name, args), ("¬", f), (operator, f, g), (quantifier, variable, f)
Clauses = list[frozenset[tuple[str, bool]]]
_TOKEN = re.compile(r"[∀∃¬∧∨→↔⊕(),]|[\w']+")
_OPERATORS = ("↔", "→", "⊕", "∨", "∧")  # the loosest first
_MOST_NAMES, _MOST_CLAUSES = 6, 3000


class UnmappedError(Exception):
    """A formula that is not well-formed, or beyond what is tried here."""


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens, self.at = _TOKEN.findall(text), 0
        if "".join(self.tokens) != re.sub(r"\s", "", text):
            raise UnmappedError("a sign")

    def whole(self) -> Formula:
        formula = self.binary(0)
        if self.at != len(self.tokens):
            raise UnmappedError("brackets")
        return formula

    def binary(self, level: int) -> Formula:
        if level == len(_OPERATORS):
            return self.unary()
        left, operator = self.binary(level + 1), _OPERATORS[level]
        while self._sees(operator):
            self.at += 1
            left = (operator, left, self.binary(level if operator == "→" else level + 1))
        return left

    def unary(self) -> Formula:
        token = self._take()
        if token == "¬":
            return ("¬", self.unary())
        if token in ("∀", "∃"):
            return (token, self._take(), self.unary())
        if token == "(":
            inner = self.binary(0)
            self._take(")")
            return inner
        if not token[0].isalnum():
            raise UnmappedError("a name")
        args: list[str] = []
        if self._sees("("):
            while self._sees("(") or self._sees(","):
                self.at += 1
                args.append(self._take())
            self._take(")")
        return ("atom", token, tuple(args))

    def _sees(self, token: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] == token

    def _take(self, token: str = "") -> str:
        if self.at == len(self.tokens) or (token and not self._sees(token)):
            raise UnmappedError("brackets")
        self.at += 1
        return self.tokens[self.at - 1]


def settle(premises: Sequence[str], conclusion: str) -> str:
    """True, False, or Uncertain where neither follows; "" where what can be chained leaves it open, or nothing can."""
    try:
        given, asked = [_Parser(text).whole() for text in premises], _Parser(conclusion).whole()
        names = sorted(set[str]().union(*(_names(formula) for formula in [*given, asked]))) or ["it"]
        holds, fails = (_clauses(_ground(asked, names, {}), side) for side in (True, False))
    except UnmappedError:
        return ""
    known: Clauses = []
    complete = True
    for formula in given:
        try:
            known += _clauses(_ground(formula, names, {}), True)
        except UnmappedError:
            complete = False
    if _impossible(known):
        return ""
    if _impossible(known + fails):
        return "True"
    if _impossible(known + holds):
        return "False"
    return "Uncertain" if complete and _all_chain(known + holds + fails) else ""


def _names(formula: Formula, bound: frozenset[str] = frozenset()) -> set[str]:
    if formula[0] in ("∀", "∃"):
        return _names(formula[2], bound | {formula[1]})
    if formula[0] == "atom":
        return set(formula[2]) - bound
    return set[str]().union(*(_names(part, bound) for part in formula[1:]))


def _ground(formula: Formula, names: Sequence[str], bound: Mapping[str, str]) -> Formula:
    """Without quantifiers: "all" as "and" over the names."""
    if formula[0] == "∃" or (formula[0] == "∀" and len(names) > _MOST_NAMES):
        raise UnmappedError("a quantifier")
    if formula[0] == "∀":
        first, *others = (_ground(formula[2], names, {**bound, formula[1]: name}) for name in names)
        for other in others:
            first = ("∧", first, other)
        return first
    if formula[0] == "atom":
        return ("atom", f"{formula[1]}({','.join(bound.get(arg, arg) for arg in formula[2])})")
    return (formula[0], *(_ground(part, names, bound) for part in formula[1:]))


def _clauses(formula: Formula, true: bool) -> Clauses:
    """Conjunctive normal form of the formula, or of its denial."""
    operator = formula[0]
    if operator == "atom":
        return [frozenset([(formula[1], true)])]
    if operator == "¬":
        return _clauses(formula[1], not true)
    a, b = formula[1:]
    if operator == "→":
        return _clauses(("∨", ("¬", a), b), true)
    if operator == "↔":
        return _clauses(("∧", ("∨", ("¬", a), b), ("∨", ("¬", b), a)), true)
    if operator == "⊕":
        return _clauses(("∧", ("∨", a, b), ("∨", ("¬", a), ("¬", b))), true)
    left, right = set(_clauses(a, true)), set(_clauses(b, true))
    if (operator == "∧") == true:
        return list(left | right)
    if len(left) * len(right) > _MOST_CLAUSES:
        raise UnmappedError("size")
    joined = {x | y for x, y in product(left, right)}
    return [clause for clause in joined if not any((name, not sign) in clause for name, sign in clause)]


def _impossible(clauses: Clauses) -> bool:
    """Whether chaining finds a contradiction."""
    return closure((), [_rule(clause) for clause in clauses if _chains(clause)]) is None


def _rule(clause: Iterable[tuple[str, bool]]) -> Rule:
    heads = [name for name, sign in clause if sign]
    body = sorted(name for name, sign in clause if not sign)
    return Rule(tuple(body), heads[0]) if heads else Rule(tuple(body[1:]), body[0], positive=False)


def _chains(clause: Iterable[tuple[str, bool]]) -> bool:
    return sum(sign for _, sign in clause) <= 1


def _all_chain(clauses: Clauses) -> bool:
    return all(map(_chains, clauses))
