"""Articles, capitals, slot filling, and the sweep for what a careful reader trips over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.errors import SuiteError
from trustgauge.generate.text import article, capitalise, faults, fill

AN_WORDS = """apple egg idea orange umbrella hour honest honour honor heir heirloom hourly uninformed unimportant unidentified
unignorable unironed unusual unanswered umpire ugly urn urban urge urgent usher utter utmost onerous oneiric elephant
MRI FBI HTML X-ray SOS NGO RSVP F1 A4 H2O S-shaped LED MP3 8 8th 80 88 800 8,000 11 11th 18 18th 11,000 18-year-old 1890
1100 AIDS UNDERSTANDING iPhone eBay élite Euler O'Brien honorarium "apple" “hour” (orange *idea"""
A_WORDS = """university unicorn European one-off one once oneself unit union unique uniform unanimous unidirectional unimodal
useful user usable usual usage usurper utensil utility utopia uterus uranium urine Uruguay urologist ubiquitous uvula
ukulele Ukrainian Ugandan ewe eulogy euphemism Ouija hotel house hat historic hero banana year yellow
UFO UN US USB UV UK URL UNHCR U-turn NASA NATO FIFA RAM LAN SIM T-shirt B2 BBC PhD CD 1 2 10 12 17 19 100 110 118 180 1,800
1200 UNESCO UNICEF Mr Mrs "university" (one-off 'unit"""
AN, A = AN_WORDS.split(), A_WORDS.split()


@pytest.mark.parametrize("noun", AN)
def test_an(noun: str) -> None:
    assert article(noun) == "an"


@pytest.mark.parametrize("noun", A)
def test_a(noun: str) -> None:
    assert article(noun) == "a"


def test_article_of_nothing_is_a() -> None:
    assert article("") == article("  ".strip()) == "a"


@pytest.mark.parametrize(
    ("text", "capital"),
    [
        ("tea", "Tea"),
        ("Tea", "Tea"),
        ("", ""),
        ('"so be it"', '"So be it"'),
        ("“élan”", "“Élan”"),
        ("8 hours", "8 hours"),
        ("iPhone", "IPhone"),
    ],
)
def test_capitalise(text: str, capital: str) -> None:
    assert capitalise(text) == capital


def test_fill_puts_slots_articles_and_capitals() -> None:
    slots = {"animal": "owl", "thing": "university", "Name": "Ada"}
    assert fill("{A animal} saw {an thing}.", slots) == "An owl saw a university."
    assert fill("{Animal} and {a animal}: {animal}", slots) == "Owl and an owl: owl"
    assert fill("{Name} of {a Thing}", slots) == "Ada of a University"


def test_fill_names_a_missing_slot_and_the_template() -> None:
    with pytest.raises(SuiteError, match=r"'who'.*'\{who\} came'"):
        fill("{who} came", {"what": "x"})


def test_fill_leaves_other_braces_alone() -> None:
    assert fill('{"a": 1} {} {1} {a b c} {x}', {"x": "y"}) == '{"a": 1} {} {1} {a b c} y'


@given(st.text(), st.text())
def test_fill_never_fills_what_a_slot_holds(left: str, right: str) -> None:
    assert fill("{left}|{right}", {"left": left, "right": right}) == f"{left}|{right}"


@given(st.sampled_from(AN + A))
def test_filled_articles_have_no_fault(noun: str) -> None:
    bare = noun.strip("\"“”'(*")
    assert faults(fill("It was {a noun} there.", {"noun": bare})) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He has  two.", "double space"),
        ("He has {a thing2}.", "unfilled slot"),
        ("He has {thing}.", "unfilled slot"),
        ("A idea came.", "a before a vowel"),
        ("It was a hour ago.", "a before a vowel"),
        ("She owns a umbrella.", "a before a vowel"),
        ('He wrote a "open letter".', "a before a vowel"),
        ("It is a 8 at best.", "a before a vowel"),
        ("An university opened.", "an before a consonant"),
        ("It was an 12 at least.", "an before a consonant"),
        ("Wait , please.", "space before punctuation"),
        ("Really ?", "space before punctuation"),
        ("Well,, fine.", "doubled punctuation"),
        ("What??", "doubled punctuation"),
        ("Why?. Because.", "clashing punctuation"),
        ("This is so,.", "clashing punctuation"),
        ("The end..", "doubled full stop"),
        ("This is the the end.", "doubled word"),
        ("They went to to town.", "doubled word"),
        ("It is a the best.", "two articles"),
        ("Give me the an apple.", "two articles"),
        ("It rained. nobody came.", "small letter after a full stop"),
    ],
)
def test_faults_are_found(text: str, name: str) -> None:
    assert any(fault.startswith(name) for fault in faults(text)), faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "An hour ago, a university and a one-off unicorn met an MRI nurse.",
        "Wait ... and see. It took 1.5 hours, e.g. by bus, etc. and so on.",
        "def f(x):\n    return x\n\n    # indented",
        "Option A is right; A or B? Vitamin A improves it.",
        "A) apple\nB) a pear\nAnswer: A",
        'She asked, "Why?" and left. "An open" is said.',
        "It was an A in maths. An 8 and an 11, a 10 and a 12.",
        "See a ___ and an option (a) or (an).",
        "He said he had had enough; that that was so is known.",
        "Really?! Yes! No.",
        'The keys are {"name": 1} and {}.',
    ],
)
def test_good_text_has_no_fault(text: str) -> None:
    assert faults(text) == []
