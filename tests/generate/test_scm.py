"""Small causal models: exact answers against a hand computation and against plain simulation."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random

import pytest

from trustgauge.generate.scm import Scm, association, chance, counterfactual, intervention, worlds

# Z is even; X is Z in 9 of 10; Y hardly needs X once Z is known, but X and Y go together through Z.
CONFOUNDED = Scm(
    {"z": (), "x": ("z",), "y": ("x", "z")},
    {
        "z": {(): 5},
        "x": {(True,): 9, (False,): 1},
        "y": {(True, True): 6, (False, True): 9, (True, False): 1, (False, False): 4},
    },
)
COLLIDER = Scm(
    {"x": (), "y": (), "z": ("x", "y")},
    {"x": {(): 5}, "y": {(): 5}, "z": {(True, True): 9, (True, False): 9, (False, True): 9, (False, False): 1}},
)
SWITCHES = Scm(
    {"x": (), "w": (), "z": ("x", "w"), "y": ("x", "z")},
    {
        "x": {(): 5},
        "w": {(): 5},
        "z": {(True, True): 10, (True, False): 0, (False, True): 0, (False, False): 0},
        "y": {(True, True): 0, (True, False): 10, (False, True): 10, (False, False): 0},
    },
)


def simulated(model: Scm, rng: Random, done: Mapping[str, bool]) -> dict[str, bool]:
    world: dict[str, bool] = {}
    for name, causes in model.parents.items():
        tenths = model.tables[name][tuple(world[cause] for cause in causes)]
        world[name] = done[name] if name in done else rng.random() * 10 < tenths
    return world


def test_seeing_and_doing_by_hand() -> None:
    """P(y|x) = .9*.6 + .1*.1, P(y|not x) = .1*.9 + .9*.4; P(y|do x) = (.6+.1)/2, P(y|do not x) = (.9+.4)/2."""
    assert association(CONFOUNDED, "x", "y") == Fraction(55, 100) - Fraction(45, 100)
    assert intervention(CONFOUNDED, "x", "y") == Fraction(35, 100) - Fraction(65, 100)


def test_a_common_effect_ties_its_causes_only_where_it_is_given() -> None:
    """Given z: P(y|x,z) = .9/(.9+.9); P(y|not x,z) = .9/(.9+.1)."""
    assert association(COLLIDER, "x", "y") == intervention(COLLIDER, "x", "y") == 0
    assert association(COLLIDER, "x", "y", {"z": True}) == Fraction(1, 2) - Fraction(9, 10)


def test_an_effect_has_no_say_over_its_cause() -> None:
    assert association(CONFOUNDED, "x", "z") == Fraction(8, 10)
    assert intervention(CONFOUNDED, "x", "z") == 0


def test_weights_sum_to_all_worlds() -> None:
    assert sum(weight for _, weight in worlds(CONFOUNDED)) == 10**3
    assert sum(weight for _, weight in worlds(CONFOUNDED, {"x": True})) == 10**2


@pytest.mark.parametrize("model", [CONFOUNDED, COLLIDER, SWITCHES], ids=["confounded", "collider", "switches"])
@pytest.mark.parametrize("done", [{}, {"x": True}, {"x": False}], ids=["watched", "on", "off"])
def test_simulation_agrees(model: Scm, done: dict[str, bool]) -> None:
    rng = Random(1)
    drawn = [simulated(model, rng, done) for _ in range(20_000)]
    for seen in ({}, {"z": True}, {"z": False}):
        kept = [world for world in drawn if all(world[name] == value for name, value in seen.items())]
        exact = chance(model, "y", seen=seen, done=done)
        assert bool(kept) == (exact is not None)
        if exact is not None:
            assert sum(world["y"] for world in kept) / len(kept) == pytest.approx(float(exact), abs=0.025)


def test_what_would_have_been_keeps_what_chance_had_settled() -> None:
    """x and z were true, so w was: without x, z would have failed as well, and y stays false."""
    seen = {"x": True, "z": True, "y": False}
    assert counterfactual(SWITCHES, "y", seen=seen, done={"x": False}) == 0
    assert counterfactual(SWITCHES, "y", seen={"x": False, "y": False}, done={"x": True}) == Fraction(1, 2)
    assert counterfactual(SWITCHES, "y", seen={"x": False, "w": True}, done={"x": True}) == 0
    assert counterfactual(SWITCHES, "y", seen={"x": False, "z": True}, done={"x": True}) is None


def test_a_counterfactual_needs_exact_mechanisms() -> None:
    with pytest.raises(ValueError, match="nothing to chance"):
        counterfactual(CONFOUNDED, "y", seen={"x": True}, done={"x": False})
