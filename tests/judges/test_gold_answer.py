"""Short answers against accepted ones: what makes a reply right, what takes it back, what is left open."""

from __future__ import annotations

import pytest

from trustgauge.judges.named import reader
from trustgauge.judges.readers.answer_words import Date, answer_words, dates
from trustgauge.judges.readers.gold_answer import read_gold_answer

READINGS = [
    ("What is the capital of Australia?", "Canberra", "It's **Canberra**.", "right"),
    ("What is the capital of Australia?", "Canberra", "Sydney", "wrong"),
    ("What is the capital of Australia?", "Canberra", "It is Sydney, not Canberra.", "wrong"),
    ("What is the capital of Australia?", "Canberra", "Many say Canberra is wrong and so do I: Sydney.", "wrong"),
    ("What is the capital of Australia?", "Canberra", "Canberra, not Sydney.", "right"),
    ("What is the capital of Australia?", "Canberra", "Sydney or Canberra.", "unclear"),
    ("What is the capital of Australia?", "Canberra", "I don't know.", "unclear"),
    ("What is the capital of Australia?", "Canberra", "...", ""),
    ("What is the capital of Togo?", "Lome", "Lomé", "right"),
    ("Who painted the mill by the weir?", "Oda Maria Brennick", "It was painted by Oda Brennick.", "right"),
    ("Who painted the mill by the weir?", "Oda Maria Brennick", "Brennick", "right"),
    ("Who painted the mill by the weir?", "Oda Brennick", "Oda Maria Brennick", "right"),
    ("Who painted the mill by the weir?", "Oda Brennick", "Oda Vallister painted it.", "unclear"),
    ("Who painted the mill by the weir?", "Oda Brennick", "Emil Brennick painted it.", "unclear"),
    ("Who painted the mill by the weir?", "Oda Brennick", "The painter was Dr. Brennick.", "right"),
    ("Who painted the mill by the weir?", "Oda Brennick", "Oda Brenick painted it.", "right"),
    ("Who painted the mill by the weir?", "J. R. Brennick", "It was J.R. Brennick.", "right"),
    ("When did the mill open?", "4 May 1931", "It opened on May 4th, 1931.", "right"),
    ("When did the mill open?", "May 4, 1931", "It opened in May 1931.", "right"),
    ("When did the mill open?", "May 4, 1931", "It opened in 1931.", "right"),
    ("When did the mill open?", "May 4, 1931", "It opened on May 9, 1931.", "wrong"),
    ("When did the mill open?", "May 4, 1931", "It opened on May 4, 1932.", "wrong"),
    ("In which year did the mill open?", "May 4, 1931", "On 9 May 1931.", "right"),
    ("How many people live in Ostrelle?", "about 370,000", "Around 370 thousand people.", "right"),
    ("How many people live in Ostrelle?", "370,000", "0.37 million", "right"),
    ("How many people live in Ostrelle?", "about 370,000", "3.7 million", "wrong"),
    ("In which century was the mill built?", "19th century", "In the nineteenth century.", "right"),
    ("Who built the mill?", "Emil Oss", "E. Oss", "right"),
    ("Who built the mill?", "Emil Oss", "Not Oss. It was Tarn.", "wrong"),
    ("Who built the mill?", "Emil Oss", "Carla Oss", "unclear"),
    ("Which river is longest?", "Ivel", "Ivel? No, it's the Skarn.", "wrong"),
    ("Which river is longest?", "Ivel", "Many say the Ivel, but it is actually the Skarn.", "wrong"),
    ("When did the mill of 1931 open again?", "May 4, 1931", "The mill of 1931 opened later.", "wrong"),
    ("When was it closed?", "1931-35", "From 1931 until 1935.", "right"),
    ("How many arches has it?", "22", "It has twenty-two arches.", "right"),
    ("How many arches has it?", "twenty-two", "22", "right"),
    ("How many arches has it?", "8", "It has 6.8 on average.", "wrong"),
    ("How high is it?", "759.96 metres", "About 760 meters.", "right"),
    ("How high is it?", "759.96 metres", "About 700 meters.", "wrong"),
    ("Which article?", "Article Two", "It is Article II.", "right"),
    ("Where is it?", "United States", "It is in the U.S.", "right"),
    ("Which river flows there?", "Harrow River", "The Ganter River.", "wrong"),
    ("Which rivers meet there?", "Harrow, Ganter and Oss", "The Oss, the Ganter and the Harrow.", "right"),
    ("What is it used for?", "grinding flour", "It grinds flour.", "right"),
    ("What is another name of the mill pond?", "weir pool", "The mill pond.", "wrong"),
    ("What is the hill called?", "Greater Oss", "Lesser Oss", "unclear"),
    ("Is it a mill or a weir?", "a weir", "A weir.", "right"),
]


@pytest.mark.parametrize(("prompt", "gold", "text", "value"), READINGS)
def test_readings(prompt: str, gold: str, text: str, value: str) -> None:
    found = read_gold_answer(text, prompt, [gold])
    assert found.value == value, found
    assert bool(found.evidence) == bool(value)


def test_any_of_several_is_enough_and_two_accepted_are_one_answer() -> None:
    golds = ["folic acid", "folate"]
    assert read_gold_answer("It is folate.", "What is vitamin B9?", golds).value == "right"
    assert read_gold_answer("Folate or folic acid.", "What is vitamin B9?", golds).value == "right"
    assert read_gold_answer("Folate or biotin.", "What is vitamin B9?", golds).value == "unclear"


def test_without_accepted_answers_nothing_is_read() -> None:
    assert read_gold_answer("Canberra", "", []).value == ""
    assert read_gold_answer("Canberra", "", ["", " ?"]).value == ""


def test_a_form_that_only_repeats_the_question_is_no_answer_beside_another() -> None:
    golds = ["mill pond", "weir pool"]
    asked = "What is another name of the mill pond?"
    assert read_gold_answer("The mill pond has no other.", asked, golds).value != "right"
    assert read_gold_answer("The weir pool.", asked, golds).value == "right"


def test_a_form_that_the_question_lists_is_an_answer() -> None:
    golds = ["birds", "avian"]
    assert read_gold_answer("Birds.", "Mammals, birds, fish: which is it?", golds).value == "right"


def test_by_name() -> None:
    read = reader("short-answer")
    assert read("It's Canberra.", "What is the capital of Australia?", ["Canberra"]).value == "right"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The forty-two mills", ["42", "mills"]),
        ("20 5 city", ["20", "5", "city"]),
        ("on the 21st of May", ["on", "21", "of", "may"]),
        ("12,650 U.S. dollars", ["12650", "us", "dollars"]),
        ("1979–80", ["1979", "1980"]),
        ("J. R. R. Oss", ["jrr", "oss"]),
        ("Ítalo's 3.5%", ["italos", "3.5", "percent"]),
    ],
)
def test_words_come_to_one_form(text: str, words: list[str]) -> None:
    assert answer_words(text) == words


def test_dates_in_any_order() -> None:
    for text in ("May 4, 1931", "4 May 1931", "the 4th of May 1931", "Monday, May 4th 1931"):
        assert dates(answer_words(text)) == [Date(1931, 5, 4)], text
    assert dates(answer_words("It may rain 12 times")) == []


@pytest.mark.parametrize("odd", ["\U00010a40", "\u2460", "\u0663", "\u00b2", "9" * 400, "1." * 50, "1:2", "\u0130"])
def test_odd_digits_are_read_without_an_error(odd: str) -> None:
    for gold in (odd, f"{odd} May 1931", f"{odd} metres"):
        assert read_gold_answer(f"It is {odd}", "When?", [gold, "4 May 1931", "759.96"]).value
