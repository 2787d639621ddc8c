"""Small logic: hand-made examples, and each method against another one."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.generate.logic import (
    BREAKS,
    RULES,
    Clue,
    Rule,
    Statement,
    Syllogism,
    closure,
    holdings,
    lookalikes,
    orders,
    steps,
    syllogisms,
    theory,
    truth,
    unsettled,
    validity,
)

NAMES = "abcde"
rules_of = st.lists(
    st.builds(
        Rule,
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(tuple),
        st.sampled_from(NAMES),
        st.booleans(),
    ),
    max_size=7,
)


def models(facts: set[str], rules: list[Rule]) -> list[dict[str, bool]]:
    """Every way in which a thing can be, with no logic but the meaning of the rules."""
    every = [dict(zip(NAMES, row, strict=True)) for row in product((True, False), repeat=len(NAMES))]
    return [
        m
        for m in every
        if all(m[f] for f in facts) and all(m[r.head] == r.positive or not all(m[b] for b in r.body) for r in rules)
    ]


@given(st.sets(st.sampled_from(NAMES)), rules_of)
def test_truth_is_what_all_models_agree_on(facts: set[str], rules: list[Rule]) -> None:
    found = models(facts, rules)
    assert (closure(facts, rules) is None) == (not found)
    for name in NAMES if found else ():
        values = {m[name] for m in found}
        expected = "unknown" if len(values) == 2 else "true" if True in values else "false"
        assert truth(facts, rules, name) == expected
        for positive in (True, False):
            if steps(facts, rules, name, positive) is not None:
                assert expected == ("true" if positive else "false")


def test_facts_against_rules_are_an_error() -> None:
    with pytest.raises(ValueError, match="contradict"):
        truth({"a", "b"}, [Rule(("a",), "b", False)], "a")


def test_steps_by_hand() -> None:
    rules = [Rule(("a",), "b"), Rule(("b", "d"), "c"), Rule(("c",), "e", False)]
    assert steps({"a", "d"}, rules, "a", True) == 0
    assert steps({"a", "d"}, rules, "b", True) == 1
    assert steps({"a", "d"}, rules, "c", True) == 2
    assert steps({"a", "d"}, rules, "e", False) == 3
    assert steps({"a", "d"}, rules, "e", True) is None
    assert steps({"a"}, rules, "c", True) is None
    assert steps({"e"}, rules, "c", False) == 1, "a rule may be used backwards"
    assert steps({"e", "d"}, rules, "a", False) == 3
    assert steps({"a", "d"}, [*rules, Rule(("a",), "c")], "e", False) == 2, "the shortest proof counts"


@pytest.mark.parametrize("depth", range(1, 7))
@pytest.mark.parametrize("positive", [True, False])
def test_a_theory_has_a_proof_of_its_depth_and_breaks_into_an_open_one(depth: int, positive: bool) -> None:
    names, broken = [f"n{i}" for i in range(14)], set[str]()
    for seed in range(20):
        rng = Random(seed)
        whole = theory(rng, names, depth, positive)
        assert len(whole.rules) == RULES and len(set(whole.rules)) == RULES
        assert whole.truth == ("true" if positive else "false")
        assert steps(whole.facts[0], whole.rules, whole.asked, positive) == depth
        assert {r.positive for r in whole.rules if r.head == whole.asked} == {True, False}, "both sides have a rule"
        for how in BREAKS:
            other = unsettled(rng, whole, how)
            if other:
                assert other.consistent and other.truth == "unknown" and other.broken == how
                assert sorted(other.facts[0] + other.facts[1]) == sorted(whole.facts[0] + whole.facts[1])
                assert sum(a != b for a, b in zip(whole.rules, other.rules, strict=True)) == (how == "converse")
                broken.add(how)
    assert broken >= {"start", "side"}
    assert ("converse" in broken) == (depth > 1 or positive), "turning 'what is a is not b' round changes nothing"


def traditional(s: Syllogism) -> tuple[bool, bool]:
    """Validity by the rules of distribution, without and with things of every term taken for granted."""

    def spread(statement: Statement) -> set[str]:
        first = {statement.subject} if statement.form in "AE" else set[str]()
        return first | ({statement.predicate} if statement.form in "EO" else set())

    premises = s.premises
    negative, forms = sum(p.form in "EO" for p in premises), [p.form for p in premises]
    sound = (
        any("M" in spread(p) for p in premises)
        and spread(s.conclusion) <= spread(premises[0]) | spread(premises[1])
        and negative <= 1
        and (s.conclusion.form in "EO") == (negative == 1)
    )
    sound = sound and (s.conclusion.form in "IO" or not {"I", "O"} & set(forms))
    return sound and not (s.conclusion.form in "IO" and set(forms) <= {"A", "E"}), sound


def test_validity_agrees_with_the_rules_of_distribution() -> None:
    assert len(syllogisms()) == len(set(syllogisms())) == 512
    for s in syllogisms():
        modern, filled = traditional(s)
        assert validity(s) == (modern if modern == filled else None), s


def test_the_known_valid_moods() -> None:
    names = {f"{''.join(s.moods)}{s.conclusion.form}-{s.figure}" for s in lookalikes()[0]}
    assert names == {
        "AAA-1", "EAE-1", "AII-1", "EIO-1", "EAE-2", "AEE-2", "EIO-2", "AOO-2",
        "AII-3", "IAI-3", "EIO-3", "OAO-3", "AEE-4", "IAI-4", "EIO-4",
    }  # fmt: skip


def test_lookalikes_are_left_open_by_the_premises() -> None:
    valid, twins = lookalikes()
    denied = {"A": "O", "O": "A", "E": "I", "I": "E"}
    for sound, kind in product(valid, ("arrangement", "conclusion")):
        for twin in twins[sound, kind]:
            form, against = twin.conclusion.form, twin.conclusion._replace(form=denied[twin.conclusion.form])
            assert traditional(twin) == (False, False), form
            assert traditional(twin._replace(conclusion=against)) == (False, False)
            assert sorted(twin.moods) == sorted(sound.moods)
            assert (kind == "arrangement") == (twin.conclusion == sound.conclusion)
        assert kind == "conclusion" or twins[sound, kind]


def test_clues_by_hand() -> None:
    row, held = orders(3), holdings(3)
    assert row.left([Clue("next", (0, 1)), Clue("not", (2, 0))]) == [(0, 1, 2)]
    assert row.left([Clue("gap", (0, 2)), Clue("before", (2, 0))]) == [(2, 1, 0)]
    assert row.left([Clue("at", (1, 0)), Clue("at", (2, 0))]) == []
    assert len(row.left([])) == 6 and len(held.left([])) == 36
    assert row.settles(Clue("gap", (0, 2)), Clue("at", (1, 1)))
    assert not row.settles(Clue("before", (0, 1)), Clue("at", (0, 0)))
    clues = [
        Clue("has", (0, 1, 2)),
        Clue("lacks", (0, 0, 1)),
        Clue("goes", (2, 0)),
        Clue("apart", (0, 1)),
    ]
    assert held.left(clues) == [(0, 2, 1, 2, 0, 1)]
    assert all(w[3] == 1 or w[4] == 1 for w in held.left([Clue("either", (1, 0, 1, 1))]))


@pytest.mark.parametrize("seed", range(15))
def test_clues_pin_down_one_world_and_none_is_idle(seed: int) -> None:
    rng = Random(seed)
    for puzzle, kinds, plain in [
        *((orders(n), ("at", "not", "before", "next", "gap"), "at") for n in (3, 4, 5)),
        *((holdings(n), ("has", "lacks", "either", "goes", "apart"), "has") for n in (3, 4)),
    ]:
        world, clues = puzzle.pin_down(rng, kinds, plain)
        assert puzzle.left(clues) == [world]
        assert sum(c.kind == plain for c in clues) <= 1
        for clue in clues:
            assert len(puzzle.left([c for c in clues if c != clue])) > 1
