"""A tiny evaluator of a small part of Python, so that a generated program's output is computed and never executed.

It walks the syntax tree of programs and formulas that are this project's own words: numbers, texts, lists, dicts,
loops, conditions and functions. What it doesn't know is a SuiteError, and so is a program that goes on too long.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

from trustgauge.errors import SuiteError

MOST_STEPS = 20_000
"""Statements and expressions after which a program is taken not to end."""

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda x, y: x in y,
    ast.NotIn: lambda x, y: x not in y,
}
_BUILTINS: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (abs, enumerate, int, len, list, max, min, range, reversed, round, set, sorted, str, sum, zip)
}
_METHODS: dict[str, frozenset[str]] = {
    "list": frozenset({"append", "pop", "insert", "remove", "sort", "reverse", "index", "count", "extend"}),
    "dict": frozenset({"get", "keys", "values", "items", "pop"}),
    "str": frozenset(
        {"upper", "lower", "join", "split", "replace", "count", "index", "startswith", "endswith", "strip"}
    ),
    "set": frozenset({"add"}),
}


class _Flow(Enum):
    """Why a block was left before its end."""

    BREAK = "break"
    CONTINUE = "continue"
    RETURN = "return"


def printed(program: str) -> str:
    """What the program prints, line by line; SuiteError for what this evaluator doesn't know."""
    run = _Run()
    run.block(_parsed(program).body, run.top)
    return "\n".join(run.out)


def worth(formula: str, values: Mapping[str, Any]) -> Any:
    """What a formula ("x*y - z") is worth with these values, of any kind that calculates: int, Fraction."""
    (statement,) = _parsed(formula).body
    if not isinstance(statement, ast.Expr):
        raise SuiteError(f"not a formula: {formula!r}")
    return _Run().value(statement.value, dict(values))


@lru_cache(maxsize=512)
def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise SuiteError(f"not Python: {text!r}: {error}") from None


class _Run:
    """One run: what was printed, and how many steps it took. Names live in dicts, one for each call."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.top: dict[str, Any] = {}
        self._steps = 0
        self._ways: dict[type[ast.AST], Callable[[Any, dict[str, Any]], Any]] = {}
        self._returned: Any = None

    def block(self, body: Sequence[ast.stmt], names: dict[str, Any]) -> _Flow | None:
        for statement in body:
            self._step()
            if flow := self._known("_do_", statement)(statement, names):
                return flow
        return None

    def value(self, node: ast.expr, names: dict[str, Any]) -> Any:
        if isinstance(node, ast.Constant):  # the most frequent two, without a call: no loop is made of them alone
            return node.value
        if isinstance(node, ast.Name) and node.id in names:
            return names[node.id]
        self._step()
        return self._known("_of_", node)(node, names)

    def _known(self, what: str, node: ast.AST) -> Callable[[Any, dict[str, Any]], Any]:
        """The method for that kind of node."""
        kind = type(node)
        if kind not in self._ways:
            of = getattr(self, f"{what}{kind.__name__.lower()}", None)
            if of is None:
                raise SuiteError(f"the evaluator knows no {kind.__name__}")
            self._ways[kind] = of
        return self._ways[kind]

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise SuiteError(f"a program takes more than {MOST_STEPS} steps")

    def _do_assign(self, node: ast.Assign, names: dict[str, Any]) -> None:
        value = self.value(node.value, names)
        for target in node.targets:
            self._assign(target, value, names)

    def _assign(self, target: ast.expr, value: Any, names: dict[str, Any]) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = value
        elif isinstance(target, ast.Subscript):
            self.value(target.value, names)[self.value(target.slice, names)] = value
        elif isinstance(target, ast.Tuple):
            for each, part in zip(target.elts, value, strict=True):
                self._assign(each, part, names)
        else:
            raise SuiteError(f"the evaluator cannot assign to a {type(target).__name__}")

    def _do_augassign(self, node: ast.AugAssign, names: dict[str, Any]) -> None:
        before = self.value(node.target, names)
        self._assign(node.target, _BINARY[type(node.op)](before, self.value(node.value, names)), names)

    def _do_expr(self, node: ast.Expr, names: dict[str, Any]) -> None:
        self.value(node.value, names)

    def _do_if(self, node: ast.If, names: dict[str, Any]) -> _Flow | None:
        return self.block(node.body if self.value(node.test, names) else node.orelse, names)

    def _do_for(self, node: ast.For, names: dict[str, Any]) -> _Flow | None:
        for each in self.value(node.iter, names):
            self._assign(node.target, each, names)
            flow = self.block(node.body, names)
            if flow in (_Flow.BREAK, _Flow.RETURN):
                return flow if flow is _Flow.RETURN else None
        return None

    def _do_while(self, node: ast.While, names: dict[str, Any]) -> _Flow | None:
        while self.value(node.test, names):
            flow = self.block(node.body, names)
            if flow in (_Flow.BREAK, _Flow.RETURN):
                return flow if flow is _Flow.RETURN else None
        return None

    def _do_break(self, _: ast.Break, __: dict[str, Any]) -> _Flow:
        return _Flow.BREAK

    def _do_continue(self, _: ast.Continue, __: dict[str, Any]) -> _Flow:
        return _Flow.CONTINUE

    def _do_return(self, node: ast.Return, names: dict[str, Any]) -> _Flow:
        self._returned = self.value(node.value, names) if node.value else None
        return _Flow.RETURN

    def _do_functiondef(self, node: ast.FunctionDef, names: dict[str, Any]) -> None:
        def call(*given: Any) -> Any:
            own = dict(zip((arg.arg for arg in node.args.args), given, strict=True))
            return self._returned if self.block(node.body, own) is _Flow.RETURN else None

        names[node.name] = call

    def _of_constant(self, node: ast.Constant, _: dict[str, Any]) -> Any:
        return node.value

    def _of_name(self, node: ast.Name, names: dict[str, Any]) -> Any:
        for known in (names, self.top, _BUILTINS):
            if node.id in known:
                return known[node.id]
        raise SuiteError(f"a program uses '{node.id}' before it is set")

    def _of_binop(self, node: ast.BinOp, names: dict[str, Any]) -> Any:
        return _BINARY[type(node.op)](self.value(node.left, names), self.value(node.right, names))

    def _of_unaryop(self, node: ast.UnaryOp, names: dict[str, Any]) -> Any:
        value = self.value(node.operand, names)
        return (not value) if isinstance(node.op, ast.Not) else -value

    def _of_boolop(self, node: ast.BoolOp, names: dict[str, Any]) -> Any:
        every, value = isinstance(node.op, ast.And), None
        for each in node.values:
            value = self.value(each, names)
            if bool(value) != every:
                break
        return value

    def _of_compare(self, node: ast.Compare, names: dict[str, Any]) -> bool:
        left = self.value(node.left, names)
        for op, each in zip(node.ops, node.comparators, strict=True):
            right = self.value(each, names)
            if not _COMPARED[type(op)](left, right):
                return False
            left = right
        return True

    def _of_ifexp(self, node: ast.IfExp, names: dict[str, Any]) -> Any:
        return self.value(node.body if self.value(node.test, names) else node.orelse, names)

    def _of_list(self, node: ast.List, names: dict[str, Any]) -> list[Any]:
        return [self.value(each, names) for each in node.elts]

    def _of_tuple(self, node: ast.Tuple, names: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(self.value(each, names) for each in node.elts)

    def _of_dict(self, node: ast.Dict, names: dict[str, Any]) -> dict[Any, Any]:
        pairs = zip(node.keys, node.values, strict=True)
        return {self.value(key, names): self.value(each, names) for key, each in pairs if key}

    def _of_listcomp(self, node: ast.ListComp, names: dict[str, Any]) -> list[Any]:
        (part,) = node.generators
        found: list[Any] = []
        for each in self.value(part.iter, names):
            inner = dict(names)
            self._assign(part.target, each, inner)
            if all(self.value(test, inner) for test in part.ifs):
                found.append(self.value(node.elt, inner))
        return found

    def _of_subscript(self, node: ast.Subscript, names: dict[str, Any]) -> Any:
        return self.value(node.value, names)[self.value(node.slice, names)]

    def _of_slice(self, node: ast.Slice, names: dict[str, Any]) -> slice:
        return slice(*(self.value(at, names) if at else None for at in (node.lower, node.upper, node.step)))

    def _of_call(self, node: ast.Call, names: dict[str, Any]) -> Any:
        given = [self.value(each, names) for each in node.args]
        if isinstance(node.func, ast.Attribute):
            holder = self.value(node.func.value, names)
            if node.func.attr not in _METHODS.get(type(holder).__name__, ()):
                raise SuiteError(f"the evaluator knows no .{node.func.attr} of a {type(holder).__name__}")
            return getattr(holder, node.func.attr)(*given)
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            self.out.append(" ".join(map(str, given)))
            return None
        return self.value(node.func, names)(*given)
