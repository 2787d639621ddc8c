"""read_number, read_percent and read_percents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.judges.readers import read_number, read_percent, read_percents


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", "42"),
        ("The answer is 42.", "42"),
        ("42.0", "42"),
        ("1,234.50", "1234.5"),
        ("10 000", "10000"),
        ("3,5", "3.5"),
        ("-7", "-7"),
        ("\u22127", "-7"),
        ("The answer: -3.5", "-3.5"),
        ("$5.00", "5"),
        ("It costs \u20ac1,200 in all.", "1200"),
        ("3/4", "0.75"),
        ("1 1/2", "1.5"),
        ("75%", "75"),
        ("1.5e3", "1500"),
        ("2 x 10^3", "2000"),
        ("3 + 4 = 7", "7"),
        ("5-3 = -2.", "-2"),
        ("The total is 40 + 2 = 42 apples", "42"),
        ("x = 3, so 3 and 5 make 8", "8"),
        ("42. That is 40 plus 2.", "42"),
        ("1. Add 3.\n2. Get 9.\nAnswer: 9", "9"),
        ("\\boxed{42}", "42"),
        ("\\boxed{12{,}000}", "12000"),
        ("It comes to $12\\,000$.", "12000"),
        ("So \\boxed{\\frac{1}{2}} of it.", "0.5"),
        ("Two trains, 3 hours each.\n#### 12", "12"),
        ("The answer is seventeen.", "17"),
        ("seventeen", "17"),
        ("Twenty-one", "21"),
        ("The result is minus three", "-3"),
        ("It is 12. No wait, 13.", "13"),
        ("9\n\nQuestion: What is 2 + 2?\nAnswer: 4", "9"),
    ],
)
def test_number(text: str, value: str) -> None:
    assert read_number(text).value == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "none",
        "I don't know",
        "Purple seventeen lamp the.",
        "No one knows.",
        "I can't say; the page has 2 lines.",
        "3/0",
    ],
)
def test_no_number(text: str) -> None:
    assert read_number(text).value == ""


@given(st.integers(-(10**9), 10**9))
def test_integers_come_back(number: int) -> None:
    assert read_number(f"The answer is {number}.").value == str(number)
    assert read_number(f"{number:,}").value == str(number)


@given(st.decimals(-1000, 1000, places=3, allow_nan=False))
def test_decimals_come_back(number: object) -> None:
    assert float(read_number(f"So it is {number}").value) == float(str(number))


@given(st.text(max_size=300))
def test_any_text_gives_a_number_or_nothing(text: str) -> None:
    value = read_number(text).value
    assert value == "" or float(value) == float(value)


@given(st.text(alphabet="0123456789.,-/ eE+%$^{}\\x=", max_size=80))
def test_any_digits_give_a_number_or_nothing(text: str) -> None:
    for value in (read_number(text).value, read_percent(text).value):
        assert value == "" or float(value) == float(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("75%", "75"),
        ("75 percent", "75"),
        ("I am 75 % sure.", "75"),
        ("75", "75"),
        ("Confidence: 75", "75"),
        ("My confidence is 0.75.", "75"),
        ("confidence = 0.9", "90"),
        ("Answer: B\nConfidence: 80%", "80"),
        ("B. I'm about 62.5% certain.", "62.5"),
        ("I am 90% sure, although 20% of people disagree.", "90"),
        ("Confidence (0-100): 55", "55"),
        ("100%", "100"),
        ("0%", "0"),
    ],
)
def test_percent(text: str, value: str) -> None:
    assert read_percent(text).value == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "150%",
        "Confidence: 300",
        "very sure",
        "A (80%) or B (20%)",
        "I don't know",
        "I was born in 1980, as 3 others were.",
        "-5%",
    ],
)
def test_no_percent(text: str) -> None:
    assert read_percent(text).value == ""


SEVENTY = {"A": 0.7, "B": 0.2, "C": 0.1}


@pytest.mark.parametrize(
    "text",
    [
        "A: 70%, B: 20%, C: 10%",
        "A) 70 % B) 20 % C) 10 %",
        "A. 70%\nB. 20%\nC. 10%\nA is most likely, since the text says so.",
        "A) Men: 70%\nB) Women: 20%\nC) Can't tell: 10%",
        "A 70 B 20 C 10",
        "A = 0.7, B = 0.2, C = 0.1",
        "70% A, 20% B, 10% C",
        "70% for A, 20% for B and 10% for C.",
        "A is 70%, B is 20% and C is 10%",
        '{"A": 70, "B": 20, "C": 10}',
        '{"A": 0.7, "B": 0.2, "C": 0.1}',
        "**A**: 70%\n**B**: 20%\n**C**: 10%",
        "A: 72.1%, B: 20.6%, C: 10.3%",
    ],
)
def test_percents(text: str) -> None:
    assert read_percents(text, "ABC") == pytest.approx(SEVENTY)


def test_a_missing_option_is_nothing_only_where_the_rest_is_all() -> None:
    assert read_percents("A: 60%, B: 40%", "ABC") == pytest.approx({"A": 0.6, "B": 0.4, "C": 0.0})
    assert read_percents("A: 60%, B: 30%", "ABC") == {}


@pytest.mark.parametrize(
    "text", ["", "A", "A: 50%, B: 50%, C: 50%", "A: 70%. A: 20%, B: 10%, C: 0%", "I don't know", "70%"]
)
def test_no_percents(text: str) -> None:
    assert read_percents(text, "ABC") == {}


def test_no_letters_no_percents() -> None:
    assert read_percents("A: 100%", "") == {}


@given(st.text(max_size=200))
def test_percents_of_any_text_sum_to_one(text: str) -> None:
    shares = read_percents(text, "ABCD")
    assert not shares or (set(shares) == set("ABCD") and sum(shares.values()) == pytest.approx(1))


@given(st.lists(st.integers(0, 100), min_size=2, max_size=5).filter(lambda parts: sum(parts) > 1))
def test_what_is_stated_is_read(parts: list[int]) -> None:
    letters = "ABCDE"[: len(parts)]
    total = sum(parts)
    text = ", ".join(f"{c}: {100 * part / total:.6f}%" for c, part in zip(letters, parts, strict=True))
    assert read_percents(text, letters) == pytest.approx(
        {c: part / total for c, part in zip(letters, parts, strict=True)}, abs=1e-6
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The total is 60 birds.\n48 more join them.\nA: 108", "108"),
        ("The difference is 12.\nFinal answer: 1,250.", "1250"),
        ("To find the total: 52 apps + 18 apps = <<52+18=70>>70 apps", "70"),
        ("The difference is $105 - $90 = $15", "15"),
        ("There are 40 / 5 = 8 rows of 5 stars.", "8"),
        ("She can run 30 + 20 = 50 miles in 7 hours.", "50"),
        ("2 + 3 = 5, so 7 are left.", "7"),
        ("x = 4 and y = 9", "9"),
        ("The sum is 7 - a lucky number.", "7"),
    ],
)
def test_as_met_in_public_solutions(text: str, number: str) -> None:
    assert read_number(text).value == number
