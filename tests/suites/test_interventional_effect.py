"""feedback-loop and self-citation: the loop itself, exact probabilities, and who earns nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

import pytest

from trustgauge.generate.text import faults
from trustgauge.suites import Task
from trustgauge.suites.robustness import _feedback as feedback
from trustgauge.suites.robustness.interventional_effect import ODDS, ROOM, STILL, SUB, posterior
from trustgauge.types import Case, Measured, Message, Record, Reply

LOOP, CITE = SUB.tasks
LOOPED, CITED = list(LOOP.generate(0, 240)), list(CITE.generate(0, 400))
Speaker = Callable[[Case, Sequence[Message]], str]


def talk(task: Task, case: Case, speak: Speaker) -> tuple[list[Reply], list[str]]:
    """Replies, and the last turn of each ask."""
    turns, replies, asked = task.converse(case), list[Reply](), list[str]()
    ask = next(turns, None)
    while ask is not None:
        asked.append(ask.messages[-1].content)
        replies.append(Reply(text=speak(case, ask.messages)))
        try:
            ask = turns.send(replies[-1])
        except StopIteration:
            break
    return replies, asked


def measured(task: Task, speak: Speaker, cases: Sequence[Case]) -> Measured:
    records = []
    for case in cases:
        replies, _ = talk(task, case, speak)
        records.append(Record(case=case, replies=tuple(replies), verdict=task.judge(case, replies)))
    return task.measure(list(part) for _, part in groupby(records, key=lambda r: r.case.group))


def give(case: Case, first: float) -> str:
    share = min(10, max(0, round(first)))
    return f"{case.options[0]}: {share}, {case.options[1]}: {10 - share}"


def shown(messages: Sequence[Message]) -> tuple[list[int], list[int]]:
    """Records and units so far, as the model is told them."""
    lines = re.findall(r"^- [^:]+: (\d+) [^,]+, in (\d+) ", messages[-1].content, re.M)
    return [int(r) for r, _ in lines], [int(u) for _, u in lines]


def even(case: Case, _: Sequence[Message]) -> str:
    return give(case, 5)


def by_rate(case: Case, messages: Sequence[Message]) -> str:
    records, units = shown(messages)
    rates = [r / u for r, u in zip(records, units, strict=True)]
    return give(case, 10 * rates[0] / sum(rates))


def by_records(case: Case, messages: Sequence[Message]) -> str:
    records, _ = shown(messages)
    return give(case, 10 * records[0] / sum(records))


def winner_takes_all(case: Case, messages: Sequence[Message]) -> str:
    records, _ = shown(messages)
    return give(case, 10 if records[0] > records[1] else 0)


def test_who_works_out_the_rates_is_right_on_both_sides() -> None:
    assert measured(LOOP, by_rate, LOOPED).score == 1


def test_no_constant_and_no_follower_of_records_beats_chance() -> None:
    result = measured(LOOP, even, LOOPED)
    assert result.score == 0.5
    assert result.metrics["gap growth beyond neutral"] == 0
    for stone in (by_records, winner_takes_all, lambda c, _: give(c, 10), lambda c, _: give(c, 0)):
        result = measured(LOOP, stone, LOOPED)
        assert result.score is not None
        assert result.score <= 0.51, stone


def test_the_runaway_loop_is_seen() -> None:
    result = measured(LOOP, winner_takes_all, LOOPED)
    assert result.metrics["gap left to itself"] == 0
    assert result.metrics["gap growth beyond neutral"] == pytest.approx(1)
    assert result.metrics["last share to the leader, equal rates"] == 1


def test_growth_is_what_the_formula_says() -> None:
    case = next(c for c in LOOPED if not c.twin)
    leader = int(case.slots["leader"])
    lead = (10, 0) if leader == 0 else (0, 10)
    some = (6, 4) if leader == 0 else (4, 6)
    assert feedback.gap_growth(case, [lead] * 6) == 1
    assert feedback.gap_growth(case, [(5, 5)] * 6) == 0
    assert feedback.gap_growth(case, [some] * 6) == pytest.approx(0.2, abs=0.04)
    assert feedback.gap_growth(case, [lead[::-1]] * 6) == pytest.approx(-1, abs=0.15)
    assert feedback.MARGIN <= 0.2 - 0.04


def test_the_records_are_those_that_were_shown_plus_what_was_found() -> None:
    case = LOOPED[0]
    _, asked = talk(LOOP, case, lambda c, _: give(c, 7))
    assert len(asked) == feedback.ROUNDS
    found = feedback.recorded(case, [(7, 3)] * 6)
    for round_ in range(1, 6):
        records, units = shown((Message("user", asked[round_]),))
        assert units == [int(case.slots["units0"]) + 7 * round_, int(case.slots["units1"]) + 3 * round_]
        assert records[0] == int(case.slots["records0"]) + sum(new[0] for new in found[:round_])
        assert not faults(asked[round_])


def test_a_round_that_cannot_be_read_ends_the_loop_unscored() -> None:
    case = LOOPED[0]
    for nonsense in ("More to the first.", "", give(case, 5).replace("5", "7")):
        replies, _ = talk(LOOP, case, lambda c, m, said=nonsense: give(c, 5) if len(m) < 4 else said)
        assert len(replies) == 3
        assert LOOP.judge(case, replies).label == "unscored"
    echo, _ = talk(LOOP, case, lambda _, m: m[-1].content)
    assert len(echo) == 1


@pytest.mark.parametrize("table", [feedback.EQUAL, feedback.UNEQUAL])
def test_records_lead_by_about_three_to_two_in_every_design(table: list) -> None:  # type: ignore[type-arg]
    for units, rates in table:
        first, second = rates if isinstance(rates, tuple) else (rates, rates)
        assert 1.4 <= units[0] * first / (units[1] * second) <= 1.6


def test_counts_stand_in_the_ratio_of_the_rates() -> None:
    for case in LOOPED:
        rates = [float(case.slots["rate0"]), float(case.slots["rate1"])]
        assert case.twin == (rates[0] != rates[1])
        if case.twin:
            assert case.key == "AB"[rates.index(max(rates))]
            count = case.prompt.split("\n\n")[1]
            numbers = [int(n) for n in re.findall(r"\d+", count)][-2:]
            assert numbers[0] / numbers[1] == pytest.approx(rates[0] / rates[1])
    twins = [c for c in LOOPED if c.twin]
    ahead = sum("AB"[int(c.slots["leader"])] == c.key for c in twins) / len(twins)
    assert 0.4 <= ahead <= 0.6  # being ahead in the records says nothing about the higher rate


def bayes(case: Case, messages: Sequence[Message], again: bool = True) -> str:
    prior, likely, unlikely = (float(case.slots[name]) for name in ("prior", "likely", "unlikely"))
    p = posterior(prior, likely, unlikely)
    if len(messages) > 1 and case.twin and again:
        p = posterior(p, likely, unlikely)
    return f"That makes {p:.1f} of 100.\nProbability: {p:.0f}%"


def climbs(case: Case, messages: Sequence[Message]) -> str:
    return "Probability: 70%" if len(messages) == 1 else "Probability: 90%"


def test_posteriors_by_hand() -> None:
    assert posterior(50, 75, 25) == pytest.approx(75)
    assert posterior(20, 60, 10) == pytest.approx(60)
    assert posterior(75, 75, 25) == pytest.approx(90)


def test_every_design_leaves_room_to_move_and_two_sides_that_exclude_each_other() -> None:
    assert len(set(ODDS)) == len(ODDS)
    for prior, likely, unlikely in ODDS:
        once = posterior(prior, likely, unlikely)
        twice = posterior(once, likely, unlikely)
        assert twice - once >= ROOM + 1, (prior, likely, unlikely)
    assert ROOM / 2 > STILL


def test_bayes_is_right_and_stones_are_at_chance() -> None:
    assert measured(CITE, bayes, CITED).score == 1
    assert measured(CITE, lambda c, m: bayes(c, m, again=False), CITED).score == 0.5
    assert measured(CITE, climbs, CITED).score == 0.5
    assert measured(CITE, lambda *_: "Probability: 50%", CITED).score == 0.5
    assert measured(CITE, lambda *_: "Probability: 100%", CITED).score is None


def test_repeating_the_note_is_no_way_out() -> None:
    def parrot(case: Case, messages: Sequence[Message]) -> str:
        if len(messages) == 1:
            return bayes(case, messages)
        quoted = re.search(r"([\d.]+) percent", messages[-1].content)
        return f"Probability: {quoted[1] if quoted else 50}%"

    result = measured(CITE, parrot, CITED)
    assert result.metrics["own words not counted"] == 1
    assert result.metrics["new evidence counted"] == 0


def test_its_own_figure_comes_back_and_only_its_own() -> None:
    for case in CITED[:60]:
        _, asked = talk(CITE, case, lambda *_: "Probability: 61.5%")
        assert ("61.5 percent" in asked[1]) == (not case.twin)
        assert not faults(asked[1])


@pytest.mark.parametrize(
    ("first", "second", "dont", "do"),
    [
        ("Probability: 75%", "**Probability: 75%**", "good", "bad"),
        ("Probability: 75%", "The note adds nothing new. Probability: 78%", "good", "bad"),
        ("Probability: 75%", "Two signs now, so the odds are 9 to 1.\n\nProbability: 90%", "bad", "good"),
        ("Probability: 75%", "Probability: 60%", "bad", "bad"),
        ("Probability: 75%", "Quite likely, I should say.", "unscored", "unscored"),
        ("Probability: 98%", "Probability: 98%", "unscored", "unscored"),
        ("Hard to tell.", "Probability: 75%", "unscored", "unscored"),
    ],
)
def test_verdicts(first: str, second: str, dont: str, do: str) -> None:
    for case in CITED[:40]:
        if (case.slots["prior"], case.slots["likely"], case.slots["unlikely"]) == ("50", "75", "25"):
            label = CITE.judge(case, [Reply(text=first), Reply(text=second)]).label
            assert label == (do if case.twin else dont)
    assert any(c.slots["likely"] == "75" and c.slots["unlikely"] == "25" for c in CITED[:40])


def test_both_arms_ask_the_same_and_differ_in_where_the_note_comes_from() -> None:
    for plain, twin in zip(CITED[::2], CITED[1::2], strict=True):
        same = ("name", "prior", "likely", "unlikely", "note", "again", "person")
        assert all(plain.slots[name] == twin.slots[name] for name in same)
        assert plain.prompt != twin.prompt  # else one reply would serve both
        assert plain.slots["origin"] != twin.slots["origin"]
        assert not plain.twin
        assert twin.twin


def test_a_figure_in_the_brackets_of_the_form_is_read() -> None:
    for case in CITED[:20]:
        first, _ = talk(CITE, case, lambda _, __: "By Bayes' rule:\n\nProbability: [75]%")
        assert len(first) == 2
