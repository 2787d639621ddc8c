"""read_choice: every common way to name an option, and the ways to name none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.judges.readers import read_choice

PEOPLE = ("Men", "Women", "Can't tell")
CITIES = ("Lisbon", "Porto", "Vitamin C tablets", "Lisbon Airport", "None of these")

NAMED = [
    ("B", "B"),
    ("b", "B"),
    ("(b)", "B"),
    ("b.", "B"),
    ("B)", "B"),
    ("A", "A"),
    ("a)", "A"),
    ("A.", "A"),
    ("A: Men", "A"),
    ("A, because they are named first.", "A"),
    ("A because they are named first.", "A"),
    ("B) Women", "B"),
    ("B - Women", "B"),
    ("**B**", "B"),
    ("**Answer:** **C**", "C"),
    ("Answer: B", "B"),
    ("answer is b", "B"),
    ("Option B", "B"),
    ("Option A is better than option B", "A"),
    ("I choose (C)", "C"),
    ("I'd pick b", "B"),
    ("I would go with B.", "B"),
    ("My answer would be C", "C"),
    ("The answer is B because the text says so.", "B"),
    ("The correct option is (A).", "A"),
    ("The correct answer is B) Women.", "B"),
    ("\\boxed{B}", "B"),
    ("We find that \\boxed{\\text{C}} holds.", "C"),
    ('{"answer": "B"}', "B"),
    ('{"reason": "A is mentioned", "choice": "c) Can\'t tell"}', "C"),
    ("Men", "A"),
    ("Women.", "B"),
    ('"women"', "B"),
    ("The answer is: Men.", "A"),
    ("I can’t tell", "C"),
    ("The passage says that women did it", "B"),
    ("Let's think. The text names men twice, so the answer is women.", "B"),
    ("<pad> B).</s>", "B"),
    ("<think>Perhaps A? No.</think>\nC", "C"),
    ("A... no wait, B", "B"),
    ("A. Actually, the answer is C.", "C"),
    ("B. Women actually outnumber men here.", "B"),
    ("A is wrong because nobody says so, so the answer is C", "C"),
    ("It's not A or B, so C.", "C"),
    ("The answer is not A but B", "B"),
    ("C. Can't tell\n\nExplanation: A) Men is not supported.", "C"),
    ("B\nThe question asks whether it is A or B; the text supports the second.", "B"),
    ("A) Men\nB) Women\nC) Can't tell\nAnswer: C", "C"),
    ("B) Women\n\nQuestion: Who sings?\nA) Men\nB) Women\nAnswer: A", "B"),
]

NOT_NAMED = [
    "",
    "A dog is a good companion.",
    "I think so",
    "I",
    "A or B",
    "The answer is A or B",
    "Both A and B are right",
    "A, B",
    "A) Men\nB) Women\nC) Can't tell",
    "A) Men B) Women C) Can't tell",
    "A) Men: they sing.\nB) Women: they dance.",
    "B) Men",
    "The answer is a matter of taste",
    "Men and women alike",
    "I don't know.",
    "Sure! Here is what you asked for.",
    "yes",
    "Purple seventeen lamp the.",
    "F",
    "e.g. this one",
]


@pytest.mark.parametrize(("text", "letter"), NAMED)
def test_names_one_option(text: str, letter: str) -> None:
    assert read_choice(text, PEOPLE).value == letter


@pytest.mark.parametrize("text", NOT_NAMED)
def test_names_none_or_several(text: str) -> None:
    assert read_choice(text, PEOPLE).value == ""


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("Lisbon", "A"),
        ("Lisbon Airport", "D"),
        ("It must be Lisbon Airport.", "D"),
        ("Vitamin C tablets", "C"),
        ("She took vitamin C, so I say Porto", "B"),
        ("E) None of these", "E"),
        ("i.e. Porto", "B"),
    ],
)
def test_texts_within_texts_and_letters_within_texts(text: str, letter: str) -> None:
    assert read_choice(text, CITIES).value == letter


@pytest.mark.parametrize(
    "text", ["I'm sorry, but I can't say.", "I don't know.", "I\u2019m not sure.", "We'd need more."]
)
@pytest.mark.parametrize("third", ["d", "\u017f"])  # the second has letters of odd case
def test_the_tail_of_a_contraction_names_no_option(text: str, third: str) -> None:
    assert read_choice(text, ["m", "t", third, "k"]).value == ""
    assert read_choice("It's t.", ["m", "t", third, "k"]).value == "B"


def test_yes_and_no_as_options() -> None:
    assert read_choice("No, it does not.", ("Yes", "No")).value == "B"
    assert read_choice("A) No", ("Yes", "No")).value == ""
    assert read_choice("B) No, the two are unrelated.", ("Yes", "No")).value == "B"


def test_numbers_as_options() -> None:
    assert read_choice("It is 12.", ("1", "2", "12")).value == "C"
    assert read_choice("2", ("1", "2", "12")).value == "B"


def test_without_options_nothing_can_be_named() -> None:
    assert read_choice("B", ()).value == ""


def test_the_evidence_is_in_the_reply() -> None:
    assert "answer is B" in read_choice("Well, the answer is B for me.", PEOPLE).evidence


@given(st.text(max_size=300), st.lists(st.text(max_size=12), max_size=6))
def test_any_text_gives_a_letter_of_the_options_or_nothing(text: str, options: list[str]) -> None:
    assert read_choice(text, options).value in {"", *"ABCDEF"[: len(options)]}


@given(
    st.sampled_from(["{}", "({})", "{}.", "{})", "Answer: {}", "**{}**", "The answer is {}.", "Option {}"]),
    st.integers(0, 3),
)
def test_every_form_names_every_letter(form: str, index: int) -> None:
    letter = "ABCD"[index]
    assert read_choice(form.format(letter), ("red ink", "blue ink", "green ink", "no ink")).value == letter


@pytest.mark.parametrize(
    ("text", "options", "letter"),
    [
        ("B) Can't be determined", ("The father", "Can't be determined", "The son"), "B"),
        ("The correct answer is (C) Cannot answer", ("The father", "The son", "Cannot answer"), "C"),
        ("B) Cannot be right, so A", ("The father", "Can't be determined"), "A"),
        ("A) Can't be determined is wrong, since the text says so. B", ("Can't be determined", "The son"), "B"),
        ("He began to sob.", ("Joy", "Anger"), ""),
        ("And so, b.", ("Joy", "Anger"), "B"),
        ("So the answer is Turks drink more than Americans.", ("Turks drink more than Americans", "No one"), "A"),
        ("It is not Apple but Banana", ("Apple", "Banana"), "B"),
        ("It's not the Apple.", ("Apple", "Banana"), ""),
        ("Not guilty, I think", ("Guilty", "Not guilty"), "B"),
        ("It is true or it is false.", ("True", "False"), ""),
        ("It is false. So it is false.", ("True", "False"), "B"),
        ("It's A or it's B.", ("Joy", "Anger"), ""),
        ("So it's A. Looking again, it's B.", ("Joy", "Anger"), "B"),
    ],
)
def test_as_met_in_public_replies(text: str, options: tuple[str, ...], letter: str) -> None:
    assert read_choice(text, options).value == letter
