"""The models that the three rungs ask about, sorted by what seeing, doing and imagining otherwise say of them.

x is what is seen, done or imagined otherwise, y what is asked about; z and w stand around them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from typing import NamedTuple

from trustgauge.generate.scm import Scm, World, association, chance, counterfactual, intervention, worlds

Parents = dict[str, tuple[str, ...]]
Op = str
Literal = tuple[str, bool]
"""A variable and the value it has to have."""

MARGIN = Fraction(1, 10)
"""The least difference between two chances that are not the same."""

_EVEN = {(): 5}
_STRONG = ((9, 1), (8, 2), (1, 9), (2, 8))
_CLEAR = ((9, 1), (1, 9))
_TENTHS = (1, 4, 6, 9)
_BOTH = (True, False)


class Told(NamedTuple):
    """A model with told chances; given is a value of z that all cases looked at have."""

    structure: str
    model: Scm
    given: Mapping[str, bool]


class Happened(NamedTuple):
    """A model without chance beyond its roots, what was seen, the value of x to imagine, and what y would have been.

    rules are each variable's equation: an operation over some literals; a root has none.
    """

    structure: str
    rules: Mapping[str, tuple[Op, tuple[Literal, ...]]]
    seen: World
    done: bool
    would: bool


def sign(value: Fraction | None) -> int | None:
    """1, -1 or 0; None for what is too near to 0 to be asked about."""
    if value is None or 0 < abs(value) < MARGIN:
        return None
    return (value > 0) - (value < 0)


def _accident(structure: str, seen: int, done: int) -> bool:
    """True where no difference is a matter of the numbers, two ways that cancel out, and not of the structure."""
    joined = structure in ("chain", "confounder", "mediator")
    return (joined and done == 0) or (structure != "collider" and seen == 0)


def _one(pair: Sequence[int]) -> dict[tuple[bool, ...], int]:
    return {(True,): pair[0], (False,): pair[1]}


def _two(four: Sequence[int]) -> dict[tuple[bool, ...], int]:
    return dict(zip(product(_BOTH, repeat=2), four, strict=True))


def _matter(four: Sequence[int]) -> bool:
    """True where both causes make a difference somewhere."""
    return four[:2] != four[2:] and four[::2] != four[1::2]


def _told() -> Iterator[Told]:
    """Every model with told chances, over a grid of simple numbers."""
    for a, b in product(_STRONG, repeat=2):
        one, two = _one(a), _one(b)
        for name, path in (("chain", "xzy"), ("reversed chain", "yzx")):
            yield _model(name, {path[0]: "", path[1]: path[0], path[2]: path[1]}, {path[1]: one, path[2]: two})
        yield _model("fork", {"z": "", "x": "z", "y": "z"}, {"x": one, "y": two})
    for a, b, c in product(_STRONG, _STRONG, _CLEAR):
        tables = {"x": _one(a), "w": _one(b), "y": _one(c)}
        yield _model("fork", {"z": "", "x": "z", "w": "z", "y": "w"}, tables)
    for four in filter(_matter, product(_TENTHS, repeat=4)):
        effect = _two(four)
        for pair in _STRONG:
            yield _model("confounder", {"z": "", "x": "z", "y": "xz"}, {"x": _one(pair), "y": effect})
        for pair in _CLEAR:
            yield _model("mediator", {"x": "", "z": "x", "y": "xz"}, {"z": _one(pair), "y": effect})
            tables = {"x": _one(pair), "w": _one(_CLEAR[0]), "y": effect}
            yield _model("confounder", {"z": "", "x": "z", "w": "x", "y": "wz"}, tables)
        for given in ({}, {"z": True}, {"z": False}):
            yield _model("collider", {"x": "", "y": "", "z": "xy"}, {"z": effect}, given)


def _model(
    name: str, parents: dict[str, str], tables: dict[str, dict[tuple[bool, ...], int]], given: World | None = None
) -> Told:
    causes = {variable: tuple(of) for variable, of in parents.items()}
    found = {variable: _EVEN if not of else tables[variable] for variable, of in causes.items()}
    return Told(f"{name}, selected" if given else name, Scm(causes, found), given or {})


@cache
def told_by_signs() -> dict[tuple[int, int], dict[str, list[Told]]]:
    """The models by the signs of the association and of the intervention, then by structure."""
    found = defaultdict[tuple[int, int], dict[str, list[Told]]](lambda: defaultdict[str, list[Told]](list))
    for told in _told():
        seen, done = sign(association(told.model, "x", "y", told.given)), sign(intervention(told.model, "x", "y"))
        if seen is not None and done is not None and not _accident(told.structure, seen, done):
            found[seen, done][told.structure].append(told)
    return {signs: dict(sorted(those.items())) for signs, those in found.items()}


_SHAPES: dict[str, list[Parents]] = {
    "chain": [{"x": (), "z": ("x",), "y": ("z",)}, {"x": (), "w": (), "z": ("x", "w"), "y": ("z",)}],
    "reversed chain": [{"y": (), "z": ("y",), "x": ("z",)}, {"y": (), "w": (), "z": ("y", "w"), "x": ("z",)}],
    "fork": [{"z": (), "x": ("z",), "y": ("z",)}, {"z": (), "w": (), "x": ("z",), "y": ("z", "w")}],
    "confounder": [{"z": (), "x": ("z",), "y": ("x", "z")}],
    "mediator": [{"x": (), "w": (), "z": ("x", "w"), "y": ("x", "z")}],
    "collider": [{"x": (), "y": (), "z": ("x", "y")}],
    "two causes": [{"x": (), "w": (), "y": ("x", "w")}],
}
_OPS: dict[int, Sequence[Op]] = {0: ("chance",), 1: ("as",), 2: ("and", "or", "one")}


def holds(op: Op, values: Sequence[bool]) -> bool:
    """What an operation makes of its literals: all of them, any, or just one; "as" has a single one."""
    return all(values) if op in ("as", "and") else any(values) if op == "or" else sum(values) == 1


def _ruled(parents: Parents) -> Iterator[dict[str, tuple[Op, tuple[Literal, ...]]]]:
    """All ways to give each variable an equation. "Just one of them" needs no second way to say it."""
    choices: list[list[tuple[Op, tuple[Literal, ...]]]] = []
    for causes in parents.values():
        ways = product(_OPS[len(causes)], product(_BOTH, repeat=len(causes)))
        choices.append(
            [(op, tuple(zip(causes, values, strict=True))) for op, values in ways if op != "one" or all(values)]
        )
    for each in product(*choices):
        yield dict(zip(parents, each, strict=True))


def scm_of(rules: Mapping[str, tuple[Op, tuple[Literal, ...]]]) -> Scm:
    """The model of some equations, with even chances for the roots."""
    tables: dict[str, dict[tuple[bool, ...], int]] = {}
    for name, (op, literals) in rules.items():
        tables[name] = (
            _EVEN
            if op == "chance"
            else {
                values: 10 * holds(op, [v == wanted for v, (_, wanted) in zip(values, literals, strict=True)])
                for values in product(_BOTH, repeat=len(literals))
            }
        )
    return Scm({name: tuple(cause for cause, _ in literals) for name, (_, literals) in rules.items()}, tables)


Turn = tuple[bool, bool, bool]


@cache
def happened_by_turn() -> dict[Turn, dict[str, list[Happened]]]:
    """Stories by what y was, what it would have been, and whether seeing x otherwise tells as much; then by structure.

    The last is the guess of who takes what goes together for cause and effect.
    """
    found = defaultdict[Turn, dict[str, list[Happened]]](lambda: defaultdict[str, list[Happened]](list))
    for structure, shapes in _SHAPES.items():
        for rules in (rules for shape in shapes for rules in _ruled(shape)):
            model = scm_of(rules)
            for seen in _evidence(model):
                done = not seen["x"]
                would = counterfactual(model, "y", seen=seen, done={"x": done})
                told = chance(model, "y", seen={"x": done})
                if would in (0, 1) and told is not None:
                    guess = seen["y"] if told == Fraction(1, 2) else told > Fraction(1, 2)
                    turn = (seen["y"], would == 1, guess == (would == 1))
                    found[turn][structure].append(Happened(structure, rules, seen, done, would == 1))
    return {turn: dict(sorted(those.items())) for turn, those in found.items()}


def _evidence(model: Scm) -> list[World]:
    """What may be seen of each world: x and y, and all of the others or all but one."""
    found: list[World] = []
    for world, _ in worlds(model):
        others = [name for name in world if name not in "xy"]
        for size in (len(others), len(others) - 1):
            for some in combinations(others, size):
                seen = {name: value for name, value in world.items() if name in "xy" or name in some}
                if seen not in found:
                    found.append(seen)
    return found
