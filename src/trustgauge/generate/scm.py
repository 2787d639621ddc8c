"""Small structural causal models over yes/no variables: what seeing, doing and imagining otherwise tell, exactly.

Pure computation by enumerating all worlds; chances are whole tenths, so that nothing is rounded. The words come
from the suites. The three questions are the rungs of Pearl's ladder (Pearl & Mackenzie 2018, chapter 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

World = dict[str, bool]
Table = Mapping[tuple[bool, ...], int]
"""For each combination of the parents' values, in how many of ten cases the variable is true."""


@dataclass(frozen=True)
class Scm:
    """A model: each variable's parents, causes before their effects, and its table.

    A variable without parents has a table with the one entry ().
    """

    parents: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Table]

    @property
    def roots(self) -> list[str]:
        """The variables that nothing in the model influences."""
        return [name for name, causes in self.parents.items() if not causes]

    def deterministic(self) -> bool:
        """True where all chance is in the roots."""
        return all(set(self.tables[name].values()) <= {0, 10} for name, causes in self.parents.items() if causes)


def worlds(model: Scm, done: Mapping[str, bool] | None = None) -> Iterator[tuple[World, int]]:
    """All worlds that can be, each with its weight; the weights sum to ten to the number of variables not done.

    What is done to a variable from outside cuts it from its causes.
    """
    done = done or {}
    names = list(model.parents)
    for values in product((True, False), repeat=len(names)):
        world, weight = dict(zip(names, values, strict=True)), 1
        for name, causes in model.parents.items():
            if name in done:
                weight *= world[name] == done[name]
            else:
                tenths = model.tables[name][tuple(world[cause] for cause in causes)]
                weight *= tenths if world[name] else 10 - tenths
            if not weight:
                break
        if weight:
            yield world, weight


def chance(
    model: Scm, y: str, *, seen: Mapping[str, bool] | None = None, done: Mapping[str, bool] | None = None
) -> Fraction | None:
    """P(y | seen, do(done)); None where what was seen cannot be."""
    hits, total = 0, 0
    for world, weight in worlds(model, done):
        if all(world[name] == value for name, value in (seen or {}).items()):
            total += weight
            hits += weight * world[y]
    return Fraction(hits, total) if total else None


def association(model: Scm, x: str, y: str, given: Mapping[str, bool] | None = None) -> Fraction | None:
    """P(y | x, given) - P(y | not x, given): rung one. None where one of the two is never seen."""
    hits, total = [0, 0], [0, 0]
    for world, weight in worlds(model):
        if not given or all(world[name] == value for name, value in given.items()):
            total[world[x]] += weight
            hits[world[x]] += weight * world[y]
    return Fraction(hits[1], total[1]) - Fraction(hits[0], total[0]) if all(total) else None


def intervention(model: Scm, x: str, y: str) -> Fraction:
    """P(y | do(x)) - P(y | do(not x)): rung two."""
    with_x, without = (chance(model, y, done={x: value}) for value in (True, False))
    assert with_x is not None and without is not None
    return with_x - without


def counterfactual(model: Scm, y: str, *, seen: Mapping[str, bool], done: Mapping[str, bool]) -> Fraction | None:
    """The chance that y would have been true, had `done` been brought about in a world where `seen` is so: rung three.

    By abduction, action and prediction (Pearl 2009, 7.1): the roots' values that agree with what was seen are
    kept, and all else runs by its mechanism, which must leave nothing to chance (else ValueError).
    """
    if not model.deterministic():
        raise ValueError("a counterfactual needs mechanisms that leave nothing to chance")
    hits, total = 0, 0
    for world, weight in worlds(model):
        if all(world[name] == value for name, value in seen.items()):
            total += weight
            hits += weight * run(model, {root: world[root] for root in model.roots}, done)[y]
    return Fraction(hits, total) if total else None


def run(model: Scm, roots: Mapping[str, bool], done: Mapping[str, bool]) -> World:
    """The one world that follows from the roots' values and from what is done, in a deterministic model."""
    world: World = {}
    for name, causes in model.parents.items():
        if name in done:
            world[name] = done[name]
        elif not causes:
            world[name] = roots[name]
        else:
            world[name] = model.tables[name][tuple(world[cause] for cause in causes)] == 10
    return world
