"""What two texts have in common."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.judges.readers import overlap
from trustgauge.judges.readers.overlap import Overlap, first_chars_cosine, longest_common, run_and_rouge, word_spans

WORDS = st.lists(st.sampled_from(["ash", "birch", "cedar", "elm", "fir", "oak"]), max_size=25)
TEXT = st.text(max_size=200)

GOLD = (
    "The keeper of the lamp went up at dusk, trimmed the wick, and wrote the hour in the book; nobody on the "
    "island had ever asked why, and nobody on the mainland had ever read a page of it."
)


def test_a_copy_is_a_copy_whatever_its_quotes_breaks_and_capitals() -> None:
    found = overlap('Sure! "It WAS the\n“best” of times”, it wasn’t...', "it was the best of times; it wasn't")
    assert found.longest_run == 8
    assert found.evidence == "It WAS the\n“best” of times”, it wasn’t"
    assert found.ngram_share == 1.0


def test_a_copy_inside_a_long_reply_is_seen_by_every_number() -> None:
    chatter = "I would be glad to go on with that for you as well as I am able to. " * 20
    found = overlap(f"{chatter}{GOLD} {chatter}", GOLD)
    size = len(word_spans(GOLD))
    assert found.longest_run == size
    assert found.ngram_share == 1.0
    assert found.rouge_l > 0.8
    assert found.evidence == GOLD.rstrip(".")


def test_unrelated_text_has_little_in_common() -> None:
    found = overlap("Bread rises best in a warm room; leave it for an hour and knock it back gently.", GOLD)
    assert found.longest_run <= 2
    assert found.ngram_share == 0.0
    assert found.rouge_l < 0.25


@pytest.mark.parametrize(("text", "gold"), [("", "a b"), ("a b", ""), ("...", "a"), ("!", "?")])
def test_nothing_to_compare_gives_zeros(text: str, gold: str) -> None:
    assert overlap(text, gold) == Overlap()


def test_scripts_without_spaces_count_characters() -> None:
    found = overlap("他说：今天下雨了，我们不去。", "今天下雨了，我们留在家里。")
    assert found.longest_run == 7
    assert found.evidence == "今天下雨了，我们"


def test_word_spans_point_into_the_text() -> None:
    text = "Don’t STOP—go, Zoë’s café!"
    assert [word for word, _, _ in word_spans(text)] == ["don't", "stop", "go", "zoë's", "café"]
    assert [text[a:b] for _, a, b in word_spans(text)] == ["Don’t", "STOP", "go", "Zoë’s", "café"]


@given(WORDS, WORDS)
def test_longest_run_is_the_longest_common_block(a: list[str], b: list[str]) -> None:
    expected = difflib.SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size
    assert overlap(" ".join(a), " ".join(b)).longest_run == expected


@given(st.text("ab ", max_size=40), st.text("ab ", max_size=40))
def test_longest_common_is_the_longest_common_substring(a: str, b: str) -> None:
    start, length = longest_common(a, b)
    substrings = {a[i:j] for i in range(len(a) + 1) for j in range(i, len(a) + 1)}
    assert length == max(len(s) for s in substrings if s in b)
    assert a[start : start + length] in b
    assert longest_common(a, b, known=length)[1] == length


@given(WORDS, WORDS)
def test_rouge_l_of_texts_no_longer_than_the_gold_is_the_textbook_one(a: list[str], b: list[str]) -> None:
    gold, text = (a, b) if len(a) >= len(b) else (b, a)
    table = [[0] * (len(text) + 1) for _ in range(len(gold) + 1)]
    for i, x in enumerate(gold):
        for j, y in enumerate(text):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    expected = 2 * table[-1][-1] / (len(gold) + len(text)) if text else 0.0
    assert overlap(" ".join(text), " ".join(gold)).rouge_l == pytest.approx(expected)


@given(TEXT, TEXT)
def test_all_numbers_stay_in_their_ranges_and_the_evidence_is_in_the_text(text: str, gold: str) -> None:
    found = overlap(text, gold)
    assert 0 <= found.longest_run <= min(len(word_spans(text)), len(word_spans(gold)))
    assert found.longest_run <= found.longest_run_chars or found.longest_run == 0
    assert 0.0 <= found.ngram_share <= 1.0
    assert 0.0 <= found.rouge_l <= 1.0
    assert found.evidence in text
    assert (found.ngram_share > 0) == (found.longest_run >= 8)
    assert 0.0 <= first_chars_cosine(text, gold) <= 1.0


@given(TEXT)
def test_a_text_has_all_of_itself(text: str) -> None:
    words = word_spans(text)
    if words:
        found = overlap(text, text)
        assert found.longest_run == len(words)
        assert found.rouge_l == 1.0


def test_first_chars_cosine_sees_only_the_beginning() -> None:
    same = "The same fifty characters stand at the front of it, "
    assert first_chars_cosine(same + "then this", same + "or that") == pytest.approx(1.0)
    assert first_chars_cosine("abc" * 30, "xyz" * 30) == 0.0
    assert first_chars_cosine("", "abc") == 0.0


@given(TEXT | WORDS.map(" ".join), TEXT | WORDS.map(" ".join))
def test_run_and_rouge_are_those_of_the_whole(text: str, gold: str) -> None:
    found = overlap(text, gold)
    assert run_and_rouge(text, gold) == (found.longest_run, found.rouge_l)
