"""sufficiency, association, intervention, counterfactual: every key read back from the text and computed anew."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import groupby, product
from typing import Any

import pytest

from trustgauge.suites import find_task
from trustgauge.suites.reasoning import _scm_models as models
from trustgauge.suites.reasoning import _sufficiency as sufficiency
from trustgauge.suites.reasoning import causal_reasoning
from trustgauge.suites.reasoning._scm import ASSOCIATION, INTERVENTION, MISLED, WORDS
from trustgauge.types import Case, Measured, Record, Reply

NAMES = ("sufficiency", "association", "intervention", "counterfactual")
TASKS = {name: find_task(f"causal-reasoning/{name}") for name in NAMES}
CASES = {name: list(task.generate(0, 600)) for name, task in TASKS.items()}
STORIES = {story["name"]: story for story in WORDS.rows("stories")}
FORMS = {form["name"]: form for rung in NAMES[1:] for form in WORDS.rows(rung)}
World = dict[str, bool]


def measured(name: str, answer: Callable[[Case], str]) -> Measured:
    records = [
        Record(case=case, replies=(reply,), verdict=TASKS[name].judge(case, [reply]))
        for case in CASES[name]
        for reply in [Reply(text=answer(case))]
    ]
    return TASKS[name].measure([list(group) for _, group in groupby(records, key=lambda r: r.case.group)])


@pytest.mark.parametrize("name", NAMES)
def test_a_group_is_asked_both_ways_round(name: str) -> None:
    for one, other in zip(CASES[name][::2], CASES[name][1::2], strict=True):
        assert one.group == other.group
        assert {one.key, other.key} == {"yes", "no"}
        assert one.prompt != other.prompt


# --------------------------------------------------------------------------- sufficiency


def test_enough_is_what_holds_whatever_the_rest() -> None:
    rows = {row["name"]: row for row in causal_reasoning.WORDS.rows("mechanisms")}
    for case in CASES["sufficiency"]:
        mechanism = rows[case.slots["mechanism"]]
        known = {name.removeprefix("not "): "not " not in name for name in case.slots["known"].split(", ")}
        for name, happened in known.items():
            event = mechanism["aside"] if name == "aside" else mechanism["events"][name]
            who = re.sub(r"\{(\w)\}", lambda m, slots=case.slots: slots[m[1]], event["who"])
            assert f"that {who} {event['did'] if happened else 'did not ' + event['do']}" in case.prompt
        rest = [name for name in mechanism["events"] if name not in known]
        outcomes = {
            any(
                all((known | dict(zip(rest, values, strict=True)))[m] for m in members)
                for members in mechanism["enough"]
            )
            for values in product((True, False), repeat=len(rest))
        }
        assert case.slots["truth"] == ("enough" if outcomes == {True} else "not enough")
        assert True in outcomes, "never asked of what is out of the question"
        question = next(q for q in sufficiency.WORDS.rows("questions") if case.template.endswith(f"/{q['name']}"))
        assert case.key == ("yes" if question["yes"] == case.slots["truth"] else "no")


def test_how_much_is_told_says_nothing_of_the_truth() -> None:
    seen = Counter((case.slots["told"], case.slots["truth"]) for case in CASES["sufficiency"])
    assert len(seen) == 6
    assert max(seen.values()) - min(seen.values()) <= 2


# --------------------------------------------------------------------------- association and intervention


def said(thing: dict[str, str], value: bool) -> str:
    return f"{thing['what']} is {thing['pos' if value else 'neg']}"


def read_chances(case: Case) -> dict[str, tuple[list[str], dict[tuple[bool, ...], int]]]:
    """Each told thing's causes and table, from the text alone."""
    things: list[dict[str, str]] = STORIES[case.slots["story"]]["things"]
    by_state = {said(thing, value): (thing["what"], value) for thing in things for value in (True, False)}
    found: dict[str, tuple[list[str], dict[tuple[bool, ...], int]]] = {}
    for line in re.findall(r"^- (.+)\.$", case.prompt, re.M):
        own = next(t["what"] for t in things if re.search(rf"influences? {re.escape(t['what'])}: ", line))
        rows = line.split(f"influences {own}: ")[-1].split(f"influence {own}: ")[-1]
        table: dict[tuple[bool, ...], int] = {}
        causes: list[str] = []
        for n, states in re.findall(r"(\d) of 10(?: (?!when)\w+)?(?: when ([^,]+))?", rows):
            read = [by_state[state] for state in states.split(" and ")] if states else []
            causes = [what for what, _ in read]
            table[tuple(value for _, value in read)] = int(n)
        found[own] = (causes, table)
    return found


def probability(told: Any, y: str, seen: World, done: World) -> Fraction:
    hits = total = Fraction(0)
    for values in product((True, False), repeat=len(told)):
        world, weight = dict(zip(told, values, strict=True)), Fraction(1)
        for name, (causes, table) in told.items():
            on = Fraction(table[tuple(world[c] for c in causes)], 10)
            share = Fraction(done[name]) if name in done else on
            weight *= share if world[name] else 1 - share
        if all(world[name] == value for name, value in seen.items()):
            total, hits = total + weight, hits + weight * world[y]
    return hits / total


@pytest.mark.parametrize("rung", ["association", "intervention"])
def test_every_answer_follows_from_the_text(rung: str) -> None:
    for case in CASES[rung]:
        things: list[dict[str, str]] = STORIES[case.slots["story"]]["things"]
        told = read_chances(case)
        _, form, polarity = case.template.split("/")
        ask = case.prompt.split("\n\n")[-1]
        pattern = re.escape(FORMS[form][polarity].split("?")[0] + "?")
        for slot in ("x", "x_pos", "x_neg", "y", "y_pos", "units", "at"):
            pattern = pattern.replace(re.escape(f"{{{slot}}}"), f"(?P<{slot}>.+)", 1)
            pattern = pattern.replace(re.escape(f"{{{slot}}}"), f"(?P={slot})")
        match = re.search(pattern, ask)
        assert match, ask
        x, y = match["x"], match["y"]
        given = {t["what"]: v for t in things for v in (True, False) if f"which {said(t, v)}. " in ask}
        on, off = (
            probability(told, y, {**given, x: value}, {})
            if rung == "association"
            else probability(told, y, {}, {x: value})
            for value in (True, False)
        )
        assert on == off or abs(on - off) >= Fraction(1, 10), case.prompt
        truth = "more" if on > off else "less" if on < off else "same"
        assert case.slots["truth"] == truth, case.prompt
        assert case.key == ("yes" if polarity == truth else "no")


@pytest.mark.parametrize("plan", [ASSOCIATION, INTERVENTION], ids=["association", "intervention"])
def test_the_plan_lets_no_wording_and_no_other_rung_tell_the_answer(plan: list[tuple[int, int, int]]) -> None:
    assert Counter(asked for asked, _, _ in plan) == Counter(wrong for _, _, wrong in plan)
    assert sum(asked != other for asked, other, _ in plan) * 2 == len(plan)
    assert all(wrong == other for asked, other, wrong in plan if asked != other)
    assert all(wrong != asked for asked, _, wrong in plan)


@pytest.mark.parametrize("name", NAMES[1:])
def test_who_confuses_the_rungs_earns_one_half(name: str) -> None:
    flipped = {"yes": "no", "no": "yes"}
    result = measured(name, lambda c: flipped[c.key] if c.slots["rungs"] == MISLED else c.key)
    assert result.score == pytest.approx(0.5, abs=0.02)
    assert result.metrics[f"rungs: {MISLED}"] == 0.0


def test_common_effects_and_common_causes_are_where_the_rungs_part() -> None:
    found = Counter(c.slots["structure"] for c in CASES["association"] if c.slots["rungs"] == MISLED)
    assert set(found) == {"confounder", "fork", "reversed chain", "collider, selected"}
    assert found["confounder"] >= 0.5 * sum(found.values())


# --------------------------------------------------------------------------- counterfactual


def read_rules(case: Case) -> dict[str, Callable[[World], bool] | None]:
    """Each thing's rule, from the text alone; None for what is left to chance."""
    things: list[dict[str, str]] = STORIES[case.slots["story"]]["things"]
    by_state = {said(thing, value): (thing["what"], value) for thing in things for value in (True, False)}

    def holds(state: str) -> Callable[[World], bool]:
        what, value = by_state[state]
        return lambda world: world[what] == value

    found: dict[str, Callable[[World], bool] | None] = {}
    for line in re.findall(r"^- (.+)\.$", case.prompt, re.M):
        low = line[0].lower() + line[1:]
        own = next(
            t["what"]
            for t in things
            if f"hether {said(t, True)}" in line
            or low.startswith(f"{said(t, True)} exactly")
            or line.startswith(f"{said(t, True)} exactly")
        )
        if line.endswith("left to chance"):
            found[own] = None
            continue
        when = line.split(" exactly when ")[1]
        if one := re.fullmatch(r"just one of two things is so: (.+), or (.+)", when):
            a, b = holds(one[1]), holds(one[2])
            found[own] = lambda world, a=a, b=b: a(world) != b(world)
        elif both := re.fullmatch(r"(.+) and also (.+)", when):
            a, b = holds(both[1]), holds(both[2])
            found[own] = lambda world, a=a, b=b: a(world) and b(world)
        elif either := re.fullmatch(r"(.+) or (.+), or both", when):
            a, b = holds(either[1]), holds(either[2])
            found[own] = lambda world, a=a, b=b: a(world) or b(world)
        else:
            found[own] = holds(when)
    return found


def worlds_of(rules: dict[str, Callable[[World], bool] | None], roots: World, done: World) -> World:
    world = dict(roots) | done
    while len(world) < len(rules):
        for name, rule in rules.items():
            if name not in world and rule:
                try:
                    world[name] = rule(world)
                except KeyError:
                    continue
    return world


def test_every_counterfactual_follows_from_the_text() -> None:
    for case in CASES["counterfactual"]:
        things: list[dict[str, str]] = STORIES[case.slots["story"]]["things"]
        rules = read_rules(case)
        last = case.prompt.split("\n\n")[-1]
        facts, ask = re.split(r"(?<=[a-z])\. ", last, maxsplit=1)
        was = {t["what"]: v for t in things for v in (True, False) if said(t, v).replace(" is ", " was ", 1) in facts}
        done = {
            t["what"]: v
            for t in things
            for v in (True, False)
            if re.search(rf"that {re.escape(t['what'])} (?:is|was) {t['pos' if v else 'neg']}[,.]", ask)
        }
        assert len(done) == 1, ask
        y, state = next(
            (t["what"], v)
            for t in things
            for v in (True, False)
            if re.search(
                rf"(?:would|Is) {re.escape(t['what'])} (?:then have been |have been )?{t['pos' if v else 'neg']}(?: in that case)?\?",
                ask,
            )
        )
        chances = [name for name, rule in rules.items() if rule is None]
        answers: set[bool] = set()
        for values in product((True, False), repeat=len(chances)):
            roots = dict(zip(chances, values, strict=True))
            actual = worlds_of(rules, roots, {})
            if all(actual[name] == value for name, value in was.items()):
                answers.add(worlds_of(rules, roots, done)[y])
        assert len(answers) == 1, case.prompt
        assert case.key == ("yes" if answers == {state} else "no"), case.prompt


def test_turns_are_balanced() -> None:
    seen = Counter((case.slots["truth"], case.slots["rungs"], case.key) for case in CASES["counterfactual"])
    assert len(seen) == 8
    assert max(seen.values()) - min(seen.values()) <= 4


# --------------------------------------------------------------------------- words


def test_stories_are_many_and_whole() -> None:
    assert len(STORIES) >= 12
    assert {story["setting"] for story in STORIES.values()} == {"everyday", "invented", "nonsense"}
    for story in STORIES.values():
        assert len({thing["what"] for thing in story["things"]}) == len(story["things"]) == 4
        assert all(thing["pos"] != thing["neg"] for thing in story["things"])
        assert story["at"] in ("in", "on")


def test_no_difference_is_small_or_an_accident() -> None:
    for signs, by in models.told_by_signs().items():
        for structure in by:
            assert signs == (0, 0) or 0 not in (signs[0],), (structure, signs)
            assert signs[1] or structure not in ("chain", "confounder", "mediator")
    assert models.sign(Fraction(1, 20)) is None
    assert models.sign(Fraction(-1, 10)) == -1
    assert models.sign(Fraction(0)) == 0
