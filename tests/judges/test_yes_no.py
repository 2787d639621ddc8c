"""read_yes_no: what says yes, what says no, and what says neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.judges.readers import read_yes_no


@pytest.mark.parametrize(
    "text",
    [
        "Yes",
        "yes.",
        "Yes, it does.",
        "**Yes**",
        "Yes it is",
        "Yep",
        "Y",
        "Answer: yes",
        "The answer is yes.",
        '{"answer": "yes"}',
        "True.",
        "That is correct.",
        "No, wait, yes.",
        "<pad> yes</s>",
        "The rule applies to him. So yes.",
        "Let us see what the text says.\n\nYes.",
        "Certainly.",
        "\\boxed{\\text{Yes}}",
    ],
)
def test_yes(text: str) -> None:
    assert read_yes_no(text).value == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "No",
        "no.",
        "No, it does not.",
        "**No**",
        "No it isn't",
        "No - the text says otherwise.",
        "Nope",
        "Answer: no",
        "The answer is no, because nobody came.",
        "The answer would be: No",
        "False.",
        "That's not true.",
        "Incorrect.",
        "Absolutely not.",
        "Yes... actually, no.",
        "No problem of this kind was not solved.",
        "It rains on all days. Therefore, no.",
        "No\n\nQuestion: Is it late?\nAnswer: yes",
    ],
)
def test_no(text: str) -> None:
    assert read_yes_no(text).value == "no"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No idea",
        "No one knows",
        "No evidence",
        "not sure",
        "Yes and no",
        "Yes/No",
        "yes or no?",
        "The answer is yes or no.",
        "Not necessarily",
        "I don't know",
        "Sure! Here is what you asked for.",
        "Purple seventeen lamp the.",
        "A",
        "It depends.",
        "The true story is long.",
    ],
)
def test_neither(text: str) -> None:
    assert read_yes_no(text).value == ""


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    assert read_yes_no(text).value in {"", "yes", "no"}


@given(
    st.sampled_from(["yes", "no"]),
    st.sampled_from(["{}", "{}.", "{}!", "Answer: {}", "The answer is {}.", "**{}**", "({})"]),
)
def test_every_form_says_both(word: str, form: str) -> None:
    assert read_yes_no(form.format(word)).value == word
    assert read_yes_no(form.format(word.capitalize())).value == word
