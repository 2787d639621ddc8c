"""necessity: causes and what was needed, over small mechanisms; every key checked by enumeration of its own."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest

import trustgauge.suites.reasoning.causal_reasoning as suite
from trustgauge.generate.text import faults
from trustgauge.types import Case, Failure, Groups, Measured, Record, Reply

TASK = suite.SUB.tasks[0]
CASES = list(TASK.generate(0, 1200))
FILE = tomllib.loads(Path(suite.__file__).with_suffix(".toml").read_text(encoding="utf-8"))

# The mechanisms once more as plain Python, read off the rules by hand: what the file's equations must agree with.
RULES: dict[str, Callable[[set[str]], bool]] = {
    "doorbell": lambda e: "button" in e,
    "garden gate": lambda e: "latch" in e,
    "vending machine": lambda e: "coin" in e,
    "mousetrap": lambda e: "plate" in e,
    "safe": lambda e: "first" in e and "second" in e,
    "dough": lambda e: "yeast" in e and "warmth" in e,
    "school play": lambda e: "hall" in e and "costumes" in e and "lights" in e,
    "campfire": lambda e: "covered" in e and "match" in e,
    "stairwell lamp": lambda e: "upper" in e or "lower" in e,
    "seedlings": lambda e: "morning" in e or "evening" in e,
    "smoke alarm": lambda e: "toast" in e or "candle" in e,
    "bakery closed": lambda e: "baker" in e or "cashier" in e,
    "watchdog": lambda e: len(e & {"one", "two", "three"}) >= 1,
    "medicine fridge": lambda e: True if "mains" in e else "battery" in e,
    "noon bell": lambda e: True if "clock" in e else "ringer" in e,
    "wedding guest": lambda e: True if "driver" in e else "taxi" in e,
    "evening concert": lambda e: True if "soloist" in e else "understudy" in e,
    "night pump": lambda e: True if "main" in e else "spare" in e,
    "committee": lambda e: len(e & {"one", "two", "three"}) >= 2,
    "piano": lambda e: len(e & {"one", "two", "three"}) >= 2,
    "book club": lambda e: len(e & {"one", "two", "three"}) >= 2,
    "greenhouse door": lambda e: "button" in e or {"bolt", "handle"} <= e,
    "parcel": lambda e: "cleared" in e or {"weighed", "stamped"} <= e,
    "ferry": lambda e: "captain" in e and bool(e & {"one", "two"}),
    "museum alarm": lambda e: "pulled" in e or {"switched", "moved"} <= e,
}


def subsets(of: set[str]) -> list[set[str]]:
    found: list[set[str]] = [set()]
    for member in sorted(of):
        found += [s | {member} for s in found]
    return found


def told(case: Case) -> set[str]:
    """What happened, read from the case's own sentences."""
    mechanism = next(m for m in FILE["mechanisms"] if m["name"] == case.slots["mechanism"])
    happened: set[str] = set()
    for name, event in mechanism["events"].items():
        who = re.sub(r"\{(\w)\}", lambda m: case.slots[m[1]], event["who"])
        did = f"{who} {event['did']}."[1:] in case.prompt
        not_done = f"{who} did not {event['do']}."[1:] in case.prompt
        assert did != not_done, case.prompt
        happened |= {name} if did else set()
    return happened


def truth_of(case: Case) -> str:
    """Needed or not, cause or not, by leaving the event out and, for "no cause", by every way of changing the rest."""
    rule, happened, event = RULES[case.slots["mechanism"]], told(case), case.slots["event"]
    assert rule(happened)
    needed = not rule(happened - {event})
    if case.slots["question"] == "necessity":
        return "needed" if needed else "not needed"
    if needed:
        return "a cause"
    # No part: among the subsets of what happened there is none in which leaving the event out would matter.
    assert all(rule(s) == rule(s - {event}) for s in subsets(happened)), case.prompt
    return "no cause"


def groups_of(cases: list[Case], answer: Callable[[Case], str]) -> list[Groups]:
    records: list[Record] = []
    for case in cases:
        replies = (Reply(text=answer(case)),)
        records.append(Record(case=case, replies=replies, verdict=TASK.judge(case, replies)))
    return [list(group) for _, group in groupby(records, key=lambda r: r.case.group)]


def measured(answer: Callable[[Case], str], cases: list[Case] = CASES) -> Measured:
    return TASK.measure(groups_of(cases, answer))


def test_there_are_enough_cases_all_different_and_mostly_new_under_another_seed() -> None:
    assert len(CASES) == 1200
    assert len({case.prompt for case in CASES}) == 1200
    assert len({case.template for case in CASES}) >= 8
    assert len({case.slots["mechanism"] for case in CASES}) == len(FILE["mechanisms"]) >= 12
    mine, theirs = ({case.id for case in TASK.generate(seed, 200)} for seed in (1, 2))
    assert len(mine & theirs) <= 0.2 * len(mine)
    assert list(TASK.generate(0, 300)) == CASES[:300]


def test_the_equations_of_the_file_say_what_the_rules_say() -> None:
    assert {m["name"] for m in FILE["mechanisms"]} == set(RULES)
    for mechanism in FILE["mechanisms"]:
        for events in subsets(set(mechanism["events"])):
            assert suite.effect(mechanism, events) == RULES[mechanism["name"]](events), (
                mechanism["name"],
                events,
            )


def test_every_key_follows_from_the_story_by_enumeration() -> None:
    asks = {question["name"]: question for question in FILE["questions"]}
    for case in CASES:
        question = asks[case.template.split("/")[1]]
        assert question["about"] == case.slots["question"]
        assert case.slots["truth"] == truth_of(case), case.prompt
        assert case.key == ("yes" if question["yes"] == truth_of(case) else "no"), case.prompt


def test_no_cause_question_where_the_answer_is_disputed() -> None:
    for case in CASES:
        if case.slots["question"] == "cause" and case.slots["truth"] == "a cause":
            rule, happened = RULES[case.slots["mechanism"]], told(case)
            assert not rule(happened - {case.slots["event"]}), case.prompt


def test_keys_and_truths_are_balanced_in_each_question() -> None:
    for question in ("necessity", "cause"):
        mine = [case for case in CASES if case.slots["question"] == question]
        keys = Counter(case.key for case in mine)
        assert keys["yes"] == keys["no"]
        truths = Counter((case.slots["truth"], case.key) for case in mine)
        assert len(truths) == 4
        assert max(truths.values()) - min(truths.values()) <= 1, truths


def test_a_mechanism_with_several_ways_has_both_truths() -> None:
    found = defaultdict[str, set[str]](set)
    for case in TASK.generate(3, 3000):
        if case.slots["question"] == "necessity":
            found[case.slots["structure"]].add(case.slots["truth"])
    for shape in ("alternatives", "backup", "two of three", "mixed"):
        assert found[shape] == {"needed", "not needed"}
    assert found["unrelated"] == found["idle part"] == {"not needed"}
    assert found["sole cause"] == found["joint causes"] == {"needed"}


def test_a_group_is_one_story_asked_both_ways_round() -> None:
    for one, other in zip(CASES[::2], CASES[1::2], strict=True):
        assert one.group == other.group
        assert {one.key, other.key} == {"yes", "no"}
        assert one.slots == other.slots
        assert one.prompt != other.prompt


def test_texts_read_well() -> None:
    for case in CASES[:600]:
        assert not faults(case.prompt), case.prompt
        assert not re.search(r"\{|\}|\bdid not did\b|\b(\w+) \1\b(?<!had had)", case.prompt), case.prompt
        for sentence in re.split(r"(?<=[.?!]) ", case.prompt.replace("\n\n", " ")):
            assert re.match(r"[A-Z\"]", sentence), sentence


def test_forms_of_each_verb_hang_together() -> None:
    for mechanism in FILE["mechanisms"]:
        for event in [*mechanism["events"].values(), mechanism["aside"], mechanism["effect"]]:
            rest = event["do"].split()[1:]
            for form in ("did", "done"):
                assert event.get(form, event["did"]).split()[1:] == rest, event


def test_gold_replies_are_judged_as_said() -> None:
    for case in CASES[:200]:
        gold = TASK.gold(case, case.messages)
        for label in ("good", "bad", "unscored"):
            for text in getattr(gold, label):
                assert TASK.judge(case, [Reply(text=text)]).label == label, (text, case.prompt)


DEGENERATE: dict[str, Callable[[Case], str]] = {
    "yes": lambda c: "Yes",
    "no": lambda c: "No.",
    "always needed": lambda c: "yes" if "needed-" in c.template or "cause-" in c.template else "no",
    "never needed": lambda c: "no" if "needed-" in c.template or "cause-" in c.template else "yes",
    "a negation": lambda c: "no" if " not " in c.prompt.split("\n\n")[-1] else "yes",
    "first option": lambda c: "A",
    "refuse": lambda c: "I'm sorry, but I can't help with that.",
    "i don't know": lambda c: "I don't know.",
    "empty": lambda c: "",
    "echo": lambda c: c.prompt,
    "gibberish": lambda c: "florp wug zindle bat",
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_a_degenerate_answerer_stays_at_chance_or_below(name: str) -> None:
    result = measured(DEGENERATE[name])
    assert result.score is None or result.score == pytest.approx(0.5, abs=0.03)


def test_oracle_and_anti_oracle() -> None:
    assert measured(lambda c: c.key).score == 1.0
    assert measured(lambda c: {"yes": "no", "no": "yes"}[c.key]).score == 0.0


def test_the_surveys_numbers_count_the_unreadable_as_wrong_and_the_failed_not_at_all() -> None:
    """All cause questions right; of the necessity questions half unreadable, the rest right; one call failed."""
    seen = Counter[str]()

    def answer(case: Case) -> str:
        seen[case.slots["question"]] += 1
        odd = seen["necessity"] % 2
        return "Hm." if case.slots["question"] == "necessity" and odd else case.key

    groups = groups_of(CASES, answer)
    failed = Record(case=CASES[0], failure=Failure(kind="timeout", message="no answer in time"))
    result = TASK.measure([*groups, [failed]])
    assert result.metrics["survey: cause accuracy"] == 1.0
    assert result.metrics["survey: cause understood rate"] == 1.0
    assert result.metrics["survey: necessity accuracy"] == pytest.approx(0.5, abs=0.01)
    assert result.metrics["survey: necessity understood rate"] == pytest.approx(0.5, abs=0.01)
    assert result.score == 1.0
    assert result.metrics["truth: needed"] == 1.0
    assert result.metrics["recall yes"] == result.metrics["recall no"] == 1.0


def test_a_constant_necessity_belief_shows_in_the_recalls_by_truth() -> None:
    """The survey's fault: a model that always says no to necessity would look two thirds right there."""
    result = measured(lambda c: DEGENERATE["never needed"](c) if c.slots["question"] == "necessity" else c.key)
    assert result.metrics["survey: necessity accuracy"] == pytest.approx(0.5, abs=0.01)
    assert result.metrics["truth: needed"] == 0.0
    assert result.metrics["truth: not needed"] == 1.0
    assert result.metrics["survey: cause accuracy"] == 1.0
