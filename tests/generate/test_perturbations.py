"""Perturbations: another surface, the same options and letters, the same for everyone."""

from __future__ import annotations

from itertools import zip_longest
from random import Random

import pytest

from trustgauge.errors import UsageError
from trustgauge.generate import perturbations
from trustgauge.generate.perturbations import KINDS, WORDS, perturbation

OPTIONS = ("a bread knife", "a river", "weather", "wood")
LISTED = "\n".join(f"{letter}) {text}" for letter, text in zip("ABCD", OPTIONS, strict=True))
QUESTION = (
    "Please read the following question carefully, then choose one option. Their neighbour, who often begins work "
    "before seven, doesn't know which large tool the children need. What do they usually cut bread with?"
)
PROMPT = f"{QUESTION}\n\n{LISTED}\n\nAnswer with the letter of one option only."


@pytest.mark.parametrize("name", KINDS)
def test_each_alters_the_question_and_leaves_the_options(name: str) -> None:
    alter = perturbation(name)
    text = alter(Random(1), PROMPT, OPTIONS)
    assert text != PROMPT
    assert text == alter(Random(1), PROMPT, OPTIONS)
    assert text.endswith("\n\nAnswer with the letter of one option only.")
    if name == "options":
        assert text.startswith(QUESTION)
        assert all(option in text for option in OPTIONS)
        assert LISTED not in text
    else:
        assert f"\n\n{LISTED}\n\n" in text or f"\n{LISTED}\n" in text


@pytest.mark.parametrize("name", [name for name, (rate, _) in KINDS.items() if rate])
def test_a_higher_rate_alters_no_less(name: str) -> None:
    def edits(rate: float) -> int:
        text = perturbation(f"{name}:{rate}")(Random(3), PROMPT, OPTIONS)
        return sum(a != b for a, b in zip_longest(PROMPT.split(" "), text.split(" ")))

    assert 0 < edits(0.05) <= edits(1.0)


def test_there_are_at_least_twelve_beside_the_kinds_of_typos() -> None:
    assert len(set(KINDS) - set(perturbations.SLIPS) - {"joined"}) >= 12


@pytest.mark.parametrize("spec", ["none", "", "typos:0", "typos:1.5", "typos:x", "typos:nan", "upper:0.5"])
def test_what_cannot_be_used_is_said(spec: str) -> None:
    with pytest.raises(UsageError, match=r"perturbation|rate"):
        perturbation(spec)


def test_specs_are_written_one_way() -> None:
    assert perturbation("typos").spec == perturbation("typos:0.10").spec == "typos:0.1"
    assert perturbation("upper").spec == "upper"


@pytest.mark.parametrize("table", ["homophones", "synonyms"])
def test_tables_hold_pairs_of_different_words(table: str) -> None:
    rows = [tuple(row) for row in WORDS[table]]
    assert len(rows) == len(set(rows)) >= 30
    assert all(len(set(row)) == len(row) == 2 and all(w == w.lower() for w in row) for row in rows)


def test_synonyms_keep_articles_and_options() -> None:
    alter = perturbation("synonyms:1")
    assert alter(Random(0), "This is an option.", ()) == "This is an option."  # not "an choice"
    assert alter(Random(0), "Which is large?", ()) == "Which is big?"
    assert alter(Random(0), "Which is large?", ("a big dog", "a cat")) == "Which is large?"


def test_word_order_leaves_names_together() -> None:
    for seed in range(20):
        assert "Noor Whitcombe" in perturbation("order:1")(Random(seed), "There stood Noor Whitcombe beside them.", ())


@pytest.mark.parametrize("table", ["homophones", "synonyms"])
def test_names_keep_their_words(table: str) -> None:
    alter = perturbation(f"{table}:1")
    assert alter(Random(0), "The nurse is Charlie Wood.", ()) == "The nurse is Charlie Wood."
    assert alter(Random(0), "It rains. Which of them came often?", ()) != "It rains. Which of them came often?"


def test_words_of_relation_stay_where_they_are() -> None:
    text = "They had lunch before walking."
    for seed in range(20):
        assert " before " in perturbation("order:1")(Random(seed), text, ())
        assert perturbation("order:1")(Random(seed), "lunch before walking", ()) == "lunch before walking"


def test_misread_letters_make_no_other_word() -> None:
    for seed in range(40):
        assert "bum " not in perturbation("ocr:1")(Random(seed), "They burn wood.", ())
