"""typos: what of what is known survives slips of the keyboard, and nothing for those who don't read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations, groupby
from random import Random

import pytest
from msgspec.structs import replace
from rapidfuzz.distance import OSA

from trustgauge.generate import letters
from trustgauge.generate.choice import LETTERS
from trustgauge.generate.text import faults
from trustgauge.stats.retained import FEW
from trustgauge.suites.robustness.prompt_attacks import SUB, retention
from trustgauge.types import Case, Failure, Groups, Measured, Record, Reply

TASK = SUB.tasks[0]
CASES = list(TASK.generate(0, 3000))
GROUPS = [list(group) for _, group in groupby(CASES, key=lambda c: c.group)]

Responder = Callable[[Case], str]


def measured(respond: Responder, cases: Iterable[Case] = CASES) -> Measured:
    """A scripted responder through judge and measure, with no model and no store."""
    records = (Record(case=c, verdict=TASK.judge(c, [Reply(text=respond(c))])) for c in cases)
    return TASK.measure(list(group) for _, group in groupby(records, key=lambda r: r.case.group))


def wrong(case: Case) -> str:
    return next(letter for letter in letters(len(case.options)) if letter != case.key)


def test_there_are_enough_cases_and_another_seed_gives_new_ones() -> None:
    assert len({c.id for c in CASES}) == len(CASES) >= 2990
    assert len({c.prompt for c in CASES}) >= 2900
    first, other = (list(TASK.generate(seed, 200)) for seed in (0, 1))
    assert len({c.id for c in first} & {c.id for c in other}) <= 0.2 * len(first)
    assert first == list(TASK.generate(0, 200)) == CASES[: len(first)]
    assert len({c.template for c in CASES}) >= 100


def test_a_group_is_two_sisters_in_three_kinds() -> None:
    for group in GROUPS:
        assert Counter(c.kind for c in group) == {"plain": 2, "repeat": 2, "typos": 2}
        assert Counter(c.slots["sister"] for c in group) == {"1": 3, "2": 3}
        assert len({frozenset(c.options) for c in group}) == 1
        for kind in ("plain", "repeat", "typos"):
            first, second = (c for c in group if c.kind == kind)
            assert first.options == second.options
            assert first.key != second.key


def test_only_the_order_differs_in_the_repeat_and_only_the_question_and_order_in_the_typos() -> None:
    for group in GROUPS:
        for side in "12":
            plain, repeat, typos = (c for c in group if c.slots["sister"] == side)
            asked = [re.sub(r"(?m)^[A-D]\) .*\n?", "", c.prompt) for c in (plain, repeat, typos)]
            assert asked[0] == asked[1] != asked[2]
            assert plain.options != repeat.options
            assert plain.options != typos.options
            assert len({c.options[LETTERS.index(c.key)] for c in (plain, repeat, typos)}) == 1
            assert re.findall(r"\d+", asked[0]) == re.findall(r"\d+", asked[2])
            assert re.findall('"[^"]*"', asked[0]) == re.findall('"[^"]*"', asked[2])


def test_levels_differ_in_the_number_of_slips_and_come_equally_often() -> None:
    edits: dict[str, list[int]] = {"light": [], "medium": [], "heavy": []}
    for group in GROUPS:
        for side in "12":
            plain, _, typos = (re.sub(r"(?m)^[A-D]\) .*\n?", "", c.prompt) for c in group if c.slots["sister"] == side)
            edits[group[0].slots["level"]].append(OSA.distance(plain, typos))
    light, medium, heavy = (sum(e) / len(e) for e in edits.values())
    assert 1 <= light < 0.7 * medium
    assert medium < 0.75 * heavy
    assert max(map(len, edits.values())) <= 1.1 * min(map(len, edits.values()))  # the last round may be unfinished


@pytest.mark.parametrize("kinds", list(combinations(["plain", "repeat", "typos"], 2)))
def test_keys_are_balanced_and_those_of_two_kinds_independent(kinds: tuple[str, str]) -> None:
    together = Counter[tuple[str, ...]]()
    for group in GROUPS:
        for side in "12":
            together[tuple(c.key for k in kinds for c in group if c.kind == k and c.slots["sister"] == side)] += 1
    n = sum(together.values())
    for kind in (0, 1):
        for key in "ABCD":
            assert abs(sum(v for k, v in together.items() if k[kind] == key) - n / 4) <= 10
    # Pearson's chi-squared over the 16 cells: 9 degrees of freedom, 99.9 % point 27.9.
    assert sum((together[(a, b)] - n / 16) ** 2 / (n / 16) for a in "ABCD" for b in "ABCD") < 27.9


def test_plain_prompts_read_well() -> None:
    for case in CASES:
        if case.kind != "typos":
            assert faults(case.prompt) == []


def test_gold_replies_are_judged_as_said() -> None:
    for case in CASES[:600]:
        gold = TASK.gold(case, case.messages)
        for label in ("good", "bad", "unscored"):
            for text in getattr(gold, label):
                assert TASK.judge(case, [Reply(text=text)]).label == label, (case.prompt, text)


def test_oracles_land_at_the_ends() -> None:
    right = measured(lambda c: c.key)
    assert right.score == 1.0
    assert right.low is not None
    assert right.low > 0.99
    assert right.metrics["accuracy drop"] == right.metrics["flip rate, typos"] == 0.0
    assert right.metrics["survey: robust rate"] == right.metrics["groups known plainly"] == 1.0
    none = measured(wrong)
    assert none.score == 0.0
    assert none.low is None
    assert "nothing to keep" in none.note


@pytest.mark.parametrize(
    "respond",
    [
        lambda c: "A",
        lambda c: "D",
        lambda c: LETTERS[max(range(4), key=lambda i: len(c.options[i]))],
        lambda c: LETTERS[min(range(4), key=lambda i: len(c.options[i]))],
        lambda c: LETTERS[c.options.index(min(c.options))],
        lambda c: LETTERS[Random(str(sorted(c.options))).randrange(4)],
    ],
    ids=["first", "last", "longest", "shortest", "alphabetical", "one favourite of each set"],
)
def test_who_does_not_read_the_question_keeps_nothing(respond: Responder) -> None:
    result = measured(respond)
    assert result.score == 0.0
    assert result.metrics["groups known plainly"] == 0.0
    assert abs((result.metrics["accuracy, plain"] or 0) - 0.25) < 0.05


@pytest.mark.parametrize("text", ["Yes", "No", "I can't help with that.", "", "I don't know.", "Sure, here you go!"])
def test_who_gives_no_answer_has_no_score(text: str) -> None:
    result = measured(lambda _: text)
    assert result.score is None
    assert set(result.metrics.values()) == {None}
    assert "could be read" in result.note


def test_an_echo_has_no_score() -> None:
    assert measured(lambda c: c.prompt).score is None


def test_a_guesser_keeps_a_quarter() -> None:
    result = measured(lambda c: Random(c.id).choice("ABCD"), TASK.generate(5, 12_000))
    # About 125 groups of the 2,000 are guessed right plainly: the standard error is 0.03.
    assert abs((result.score or 0) - 0.25) < 0.09
    assert abs((result.metrics["groups known plainly"] or 0) - 1 / 16) < 0.02
    assert abs((result.metrics["flip rate, typos"] or 0) - 0.75) < 0.03


def test_what_is_lost_is_measured_and_what_was_never_known_does_not_count() -> None:
    """Knows half of all groups; loses 30 % of the typo questions, to a wrong option, and 10 % of the repeats."""

    def respond(case: Case) -> str:
        if Random(case.group).random() < 0.5:
            return wrong(case)
        lost = {"plain": 0.0, "repeat": 0.1, "typos": 0.3}[case.kind]
        return wrong(case) if Random(case.id).random() < lost else case.key

    result = measured(respond, TASK.generate(3, 6000))
    assert result.low is not None
    assert result.high is not None
    assert result.low < 0.7 < result.high
    assert result.high - result.low < 0.12
    assert abs((result.metrics["groups known plainly"] or 0) - 0.5) < 0.04
    assert abs((result.metrics["retention, repeat"] or 0) - 0.9) < 0.03
    assert abs((result.metrics["accuracy drop"] or 0) - 0.15) < 0.03


def test_levels_are_told_apart() -> None:
    result = measured(lambda c: wrong(c) if c.kind == "typos" and c.slots["level"] == "heavy" else c.key)
    assert result.metrics["retention, light typos"] == result.metrics["retention, medium typos"] == 1.0
    assert result.metrics["retention, heavy typos"] == 0.0
    assert abs((result.score or 0) - 2 / 3) < 0.01


def group_of(answers: str, *, draw: int = 0) -> Groups:
    """One group answered by letters: plain, repeat, typos of the first sister, then of the second; "?" none, "!" failed.

    "k" is the key, "w" a wrong option.
    """
    records: list[Record] = []
    for case, answer in zip(GROUPS[0], answers, strict=True):
        if answer == "!":
            records.append(Record(case=case, draw=draw, failure=Failure(kind="timeout", message="late")))
            continue
        text = {"k": case.key, "w": wrong(case), "?": "Hm."}[answer]
        reply = Reply(text=text)
        records.append(Record(case=case, draw=draw, replies=(reply,), verdict=TASK.judge(case, [reply])))
    return records


@pytest.mark.parametrize(
    ("answers", "score", "known"),
    [
        ("kkkkkk", 1.0, 1.0),
        ("kkwkkk", 0.5, 1.0),
        ("kkwkkw", 0.0, 1.0),
        ("kk?kkk", 1.0, 1.0),
        ("kk!kkk", 1.0, 1.0),
        ("kk?kk!", None, 1.0),
        ("wkkkkk", 0.0, 0.0),
        ("wkkwkk", 0.0, 0.0),
        ("?kkkkk", None, None),
        ("!kkkkk", None, None),
        ("k?kk!k", 1.0, 1.0),
    ],
)
def test_one_group(answers: str, score: float | None, known: float | None) -> None:
    result = retention([group_of(answers)] * FEW)
    assert result.score == score
    assert result.metrics["groups known plainly"] == known
    assert (result.low is None) == (score is None or known == 0.0)


def test_too_few_known_groups_are_no_score() -> None:
    assert retention([group_of("kkkkkk")] * (FEW - 1)).score is None
    assert retention([group_of("wkkkkk")] * (FEW - 1)).score is None
    mostly_unknown = [group_of("wkkkkk")] * 20 + [group_of("kkwkkw")]
    assert "too few" in retention(mostly_unknown).note


def test_flips_compare_what_was_chosen_not_its_letter() -> None:
    assert retention([group_of("kkkkkk")]).metrics["flip rate, repeat"] == 0.0
    assert retention([group_of("kwkkkw")]).metrics["flip rate, repeat"] == 0.5
    assert retention([group_of("kwkkkw")]).metrics["flip rate, typos"] == 0.5
    letter = [
        replace(r, verdict=TASK.judge(r.case, [Reply(text="A")])) for r in group_of("kkkkkk")
    ]  # the same letter is mostly another option
    assert retention([letter]).metrics["flip rate, typos"] == float(GROUPS[0][0].options[0] != GROUPS[0][2].options[0])


def test_draws_are_matched_and_count_as_one_cluster() -> None:
    first, second = group_of("kkkkkk"), group_of("wkwkkk", draw=1)
    assert retention([[*first, *second]] * FEW).score == 1.0
    assert retention([[*first, *second]]).metrics["groups known plainly"] == 0.5
    assert retention([[*first, *second]]).low is None
    assert retention([first, second]).low is None  # only one cluster held anything known


def test_a_group_of_which_a_part_is_missing_counts_what_is_there() -> None:
    plain_only = [r for r in group_of("kkkkkk") if r.case.kind == "plain"]
    result = retention([plain_only])
    assert result.score is None
    assert result.metrics["accuracy, plain"] == 1.0
    one_sister = [r for r in group_of("kkkkkk") if r.case.slots["sister"] == "1"]
    assert retention([one_sister]).metrics["groups known plainly"] is None
    assert retention([]).score is None
