"""Readers of decisions, cited factors, rows of answers and rules: realistic replies, and what must stay unread."""

from __future__ import annotations

import pytest

from trustgauge.judges.readers.decisions import read_decision, read_named, read_row
from trustgauge.judges.readers.rule import Condition, Rule, read_rule

NAMES = ("income", "savings", "debts", "late payments", "shop experience", "passers-by")
YES, NO = "approve", "decline"
ROW = (True, False) * 4


@pytest.mark.parametrize(
    ("text", "decided", "named"),
    [
        ("Decision: approve\nMost important: income", "yes", "income"),
        ("**Decision:** Approve\n\n**Most important:** Debts (too high)", "yes", "debts"),
        ("### Decision\n**Decline**\n### Most important factor\nlate payments", "no", "late payments"),
        ("I would decline.\nMost important: the debts", "no", "debts"),
        ("Decision: not approve\nMost important factor: passers-by", "no", "passers-by"),
        ("Decision:approved.\nMost important: shop_experience", "yes", "shop experience"),
        ('{"decision": "approve", "most important": "income"}', "yes", "income"),
        ("Decision: Decline\nMost Important: late payments: 9 in the last two years", "no", "late payments"),
        ("Decision: decline\nMost important: income, since debts are fine", "no", "income"),
        ("The debts speak against it.\n\nDecision: yes\nMost important: Savings", "yes", "savings"),
        ("Decision: Approve - the income is good\nMost important: income and debts", "yes", ""),
        ("Decision: approve or decline\nMost important:", "", ""),
        ("Decision: it depends\nMost important: luck", "", ""),
        ("", "", ""),
    ],
)
def test_a_decision_and_the_factor_it_cites(text: str, decided: str, named: str) -> None:
    assert read_decision(text, YES, NO).value == decided
    assert read_named(text, NAMES).value == named


@pytest.mark.parametrize(
    "line",
    [
        "{i}. {word}",
        "**{i}.** **{Word}** \u2013 the income is {i}000 and debts are no problem",
        "| {i} | {word} |",
        "Profile {i}: {word}",
        "{i}) {Word}, because 3 of the 5 numbers are fine",
        "{i}. Income {i}500 against 2,000, late payments 3, so {word}",
        "{i} {word}",
        "- {i}: {Word} (income)",
    ],
)
def test_rows_of_answers_in_many_layouts(line: str) -> None:
    for yes, no in (("yes", "no"), ("approve", "decline")):
        words = [yes if said else no for said in ROW]
        lines = [line.format(i=i, word=word, Word=word.capitalize()) for i, word in enumerate(words, 1)]
        assert read_row("Here you are:\n\n" + "\n".join(lines), 8, YES, NO) == ROW
        assert read_row("\n".join(lines[:-1]), 8, YES, NO) == ()


def test_rows_on_one_line_and_rows_that_say_nothing() -> None:
    assert read_row(", ".join(f"{i}: {'yes' if said else 'no'}" for i, said in enumerate(ROW, 1)), 8, YES, NO) == ROW
    assert read_row("\n".join(f"{i}. yes and no" for i in range(1, 9)), 8, YES, NO) == ()
    assert read_row("\n".join(f"{i}. yes/no" for i in range(1, 9)), 8, YES, NO) == ()
    assert read_row("yes no yes no yes no yes no", 8, YES, NO) == ()


def test_the_later_of_two_answers_counts() -> None:
    first = "\n".join(f"{i}. yes" for i in range(1, 9))
    then = "\n".join(f"{i}. {'yes' if said else 'no'}" for i, said in enumerate(ROW, 1))
    assert read_row(f"{first}\n\nLooking at it again:\n{then}", 8, YES, NO) == ROW


def conditions(text: str) -> tuple[bool, list[tuple[str, str, float]]] | None:
    rule = read_rule(text, NAMES, YES, NO)
    return rule and (rule.every, [(c.name, c.sign, c.limit) for c in rule.conditions])


BOTH = (True, [("income", ">=", 2000.0), ("debts", "<=", 3000.0)])


@pytest.mark.parametrize(
    "text",
    [
        "approve if income >= 2000 and debts <= 3000",
        "**Approve if** `income \u2265 2,000` **and** `debts \u2264 3,000`",
        "My rule:\n```\napprove if income >= 2000 and debts <= 3000\n```",
        "Rule: Approve if income >= \u20ac2,000 and debts <= 3000 euros. Otherwise decline.",
        "approve if:\n- income >= 2000\n- debts <= 3000\n\nThis keeps the risk low if income >= 1 is met.",
        "approve if income is at least 2000 euros a month and debts are at most 3000",
        "$approve$ if income \\geq 2000 and debts \\leq 3000",
        "approve if and only if income >= 2000 AND debts <= 3000 (otherwise decline)",
        "<think>approve if savings >= 1</think>approve if income >= 2000, debts <= 3000",
    ],
)
def test_one_rule_in_many_forms(text: str) -> None:
    assert conditions(text) == BOTH


def test_a_rule_for_declining_is_turned_round() -> None:
    assert conditions("decline if income < 2000 or debts > 3000") == BOTH
    assert conditions("decline if late_payments >= 4") == (False, [("late payments", "<", 4.0)])
    assert conditions("approve if income > 2000 or passers-by < 9") == (
        False,
        [("income", ">", 2000.0), ("passers-by", "<", 9.0)],
    )


@pytest.mark.parametrize(
    "text",
    [
        "approve if (income >= 2000 and debts <= 3000) or savings >= 5000",
        "approve if income >= savings",
        "approve if debts <= 0.5 * income",
        "approve if income >= 2k and debts <= 3000",
        "approve if 2000 <= income",
        "approve if income = 2000",
        "approve if income >= 2000 and not debts > 3000",
        "approve if income >= 2000 and reputation >= 3",
        "approve if the applicant seems sound",
        "approve if NAME >= NUMBER and NAME <= NUMBER",
        "I look at the whole picture.",
        "",
    ],
)
def test_what_is_no_such_rule_is_not_read(text: str) -> None:
    assert conditions(text) is None


def test_a_rule_and_its_reverse_never_agree() -> None:
    rule = Rule((Condition("a", ">=", 3), Condition("b", "<", 5)))
    for a in range(6):
        for b in range(8):
            profile = {"a": float(a), "b": float(b)}
            assert rule.holds(profile) == (a >= 3 and b < 5)
            assert rule.reversed().holds(profile) != rule.holds(profile)
