"""Slips of typing: seeded, as many as asked for, and never in what carries the meaning."""

from __future__ import annotations

import re
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from trustgauge.errors import SuiteError
from trustgauge.generate import closed_items, typos
from trustgauge.generate.perturb import SLIPS, WORDS, spots

QUESTIONS = [item.question for item in islice(closed_items(Random(11)), 400)]
TEXT = (
    'On 24 December, twelve children of the village don\'t write "Merry Christmas" to anybody, although '
    "their teacher's letter (see www.example.org/page, room B12) explained exactly what they should have written.\n"
    "A) because nobody asked\nB) because everybody forgot\nAnswer with option A or option B."
)
PROTECTED = [
    "24",
    "twelve",
    '"Merry Christmas"',
    "www.example.org/page,",
    "B12)",
    "\nA) ",
    "\nB) ",
]


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text)


@pytest.mark.parametrize("rate", [0.15, 0.35, 0.6, 1.0])
def test_the_same_rng_gives_the_same_text_and_another_a_different_one(rate: float) -> None:
    first = [typos(Random(i), q, rate) for i, q in enumerate(QUESTIONS)]
    assert first == [typos(Random(i), q, rate) for i, q in enumerate(QUESTIONS)]
    other = [typos(Random(i + 10_000), q, rate) for i, q in enumerate(QUESTIONS)]
    assert sum(a != b for a, b in zip(first, other, strict=True)) > 0.9 * len(QUESTIONS)


@given(st.integers(), st.sampled_from(QUESTIONS), st.floats(0.01, 1))
def test_a_text_always_changes_and_no_first_letter_does(seed: int, text: str, rate: float) -> None:
    changed = typos(Random(seed), text, rate)
    assert changed != text
    kept = re.sub(r"\W", "", changed).lower()
    assert all(word[0].lower() in kept for word in words_of(text))


@given(st.integers(), st.floats(0, 1))
def test_protected_spans_stay(seed: int, rate: float) -> None:
    changed = typos(Random(seed), TEXT, rate)
    for span in PROTECTED:
        assert span in changed
    assert re.findall(r"\d+", changed) == re.findall(r"\d+", TEXT)
    assert [line[:3] for line in changed.splitlines()] == ["On ", "A) ", "B) ", changed.splitlines()[3][:3]]
    assert re.search(r" A or .* B\.$", changed)


@given(st.integers(), st.sampled_from(QUESTIONS))
def test_short_words_and_quoted_terms_stay(seed: int, text: str) -> None:
    changed = typos(Random(seed), text, 1.0)
    assert re.findall(r'"[^"]*"', changed) == re.findall(r'"[^"]*"', text)
    assert re.findall(r"\d+", changed) == re.findall(r"\d+", text)
    flat = re.sub(r"\W", "", changed)
    assert all(word in flat for word in words_of(text) if len(word) < 4)


@given(st.integers(), st.sampled_from(QUESTIONS), st.floats(0, 1))
def test_the_share_of_words_with_a_slip_is_the_rate(seed: int, text: str, rate: float) -> None:
    places = spots(text)
    wanted = max(1, round(rate * len(places))) if rate else 0
    changed = typos(Random(seed), text, rate)
    # One slip is one edit of letters or spaces (a swap counts as one); spelling by ear and whole-word forms take more.
    distance = OSA.distance(text.lower(), changed.lower())
    assert distance <= 5 * wanted
    if not wanted:
        assert changed == text
    untouched = sum(text[s.start : s.end] in changed for s in places)
    assert untouched >= len(places) - wanted
    if wanted == len(places):
        assert OSA.distance(text, changed) >= wanted


def test_many_slips_average_near_one_edit_a_word() -> None:
    wanted = edits = 0
    for i, text in enumerate(QUESTIONS):
        wanted += max(1, round(0.35 * len(spots(text))))
        edits += OSA.distance(text, typos(Random(i), text, 0.35))
    assert 0.95 <= edits / wanted <= 1.6


@pytest.mark.parametrize("name", sorted(SLIPS))
def test_each_slip_keeps_most_of_the_word(name: str) -> None:
    rng = Random(3)
    changed = 0
    for word in {w for q in QUESTIONS for w in words_of(q) if len(w) >= 4}:
        slipped = SLIPS[name](rng, word)
        assert slipped[0].lower() == word[0].lower()
        assert OSA.distance(word.lower(), slipped.lower()) <= 3
        changed += slipped != word
    assert changed > 0 or name == "apostrophe"


@pytest.mark.parametrize(
    ("name", "word", "possible"),
    [
        ("swapped", "cats", {"ctas", "cast"}),
        ("dropped", "cats", {"cts", "cas", "cat"}),
        ("doubled", "boot", {"boott"}),
        ("slipped", "pa", {"pq", "pw", "ps", "pz"}),
        ("misspelt", "Which", {"Wich"}),
        ("misspelt", "platypus", {"platypus"}),
        ("phonetic", "telephone", {"telefone"}),
        ("phonetic", "phone", {"phone"}),
        ("casing", "France", {"france", "FRance"}),
        ("casing", "food", {"Food", "FOOD", "fOOD"}),
        ("apostrophe", "don't", {"dont"}),
        ("swapped", "aaaa", {"aaaa"}),
    ],
)
def test_slips_do_what_they_say(name: str, word: str, possible: set[str]) -> None:
    assert {SLIPS[name](Random(i), word) for i in range(200)} == possible


def test_no_slip_makes_a_known_real_word_or_one_to_avoid() -> None:
    real = set(WORDS.strings("real.words"))
    text = "these horses form from then whole there"
    for seed in range(300):
        for word in typos(Random(seed), text, 1.0).lower().split():
            assert word not in real - set(text.split())
    seen = {typos(Random(i), "crown", 1.0).lower() for i in range(400)}
    assert "crow" not in seen  # built in
    assert "cown" in seen
    assert "cown" not in {typos(Random(i), "crown", 1.0, avoid=["a cown"]).lower() for i in range(400)}


def test_misspellings_differ_from_their_words_and_keep_the_first_letter() -> None:
    for right, wrong in WORDS.table("misspellings").items():
        assert right != wrong
        assert right[0] == wrong[0]
        assert OSA.distance(right, wrong) <= 3
    assert not set(WORDS.table("misspellings").values()) & set(WORDS.strings("real.words"))


def test_every_letter_has_neighbours_and_being_one_is_mutual() -> None:
    keys = WORDS.table("keyboard")
    assert sorted(keys) == list("abcdefghijklmnopqrstuvwxyz")
    for key, near in keys.items():
        assert key not in near
        assert all(key in keys[other] for other in near), key


@pytest.mark.parametrize("text", ["", "a an the 12 345", '"quoted words only"', "twelve"])
def test_nothing_to_alter_leaves_the_text(text: str) -> None:
    assert typos(Random(0), text, 1.0) == text


@pytest.mark.parametrize("rate", [-0.1, 1.5])
def test_a_rate_that_is_no_share_is_refused(rate: float) -> None:
    with pytest.raises(SuiteError, match="give 0 to 1"):
        typos(Random(0), "some words", rate)
