"""What the readers pass over to be fast changes no reading: each shortcut against the plain way, on random texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge.judges import base, declining
from trustgauge.judges.readers import choice, clean, legible, option_texts, refusal_words
from trustgauge.judges.readers.overlap import _WORD as ANY_WORD
from trustgauge.judges.readers.overlap import word_spans
from trustgauge.judges.readers.phrases import Phrases

PIECES = [
    "I", "i", "cannot", "can't", "not able to", "unable to", "help", "provide", "and will not", "simply", "sorry", "but",
    "to", "not", "against my", "programming", "A", "b", "B)", "(A)", "A.", "option a", "is", "wrong", "is wrong",
    "neither", "than", "answer", "the", "of", "a", "it's", "don't", "'tis", "dogs'", "paper", "Stone", "paper stone",
    "no", "yes", "no wait,", "1.", "- ", "**", "__", "_", "#", "# ", ">", "> x", "\n", "\n\n", "?", ".", ",", ":", "  ",
    "\u017f", "\u0130", "\u212a", "\u00e9", "\u2019", "\u00a0", "42", "7 %",
]  # fmt: skip
texts = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " ", " ", "\n"])), max_size=30).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)
few = st.text("abc .", min_size=1, max_size=7)
shown_texts = st.sampled_from(["paper", "Stone", "paper stone", "no", "é", "it's", "a", "B", "42", "!?", "not paper"])


@given(st.lists(few, max_size=12), st.text("abc .\n", max_size=600), st.integers(0, 700))
def test_phrases_are_found_as_one_by_one(phrases: list[str], text: str, end: int) -> None:
    found = Phrases(phrases)
    assert found.any(text) == any(phrase in text for phrase in phrases)
    assert set(found.places(text)) == {at for at in range(len(text)) if text.startswith(tuple(phrases), at)}
    over = [(text.find(p, 0, end) + len(p), i) for i, p in enumerate(phrases) if p in text[:end]]
    at, first = found.first(text, end)
    assert first == (phrases[min(over)[1]] if over else "")
    assert not over or at == min(over)[0] - len(first)


@pytest.mark.parametrize("words", ["phrases", "unable", "openings", "helps", "instead", "caveats"])
def test_every_refusal_phrase_is_found_within_a_text(words: str) -> None:
    found: Phrases = getattr(refusal_words.words(), words)
    for phrases, _, _ in found._groups.values():
        for _, phrase in phrases:
            assert found.any(f"not so, x{phrase}y not so")
            assert found.first(f"some {phrase} more", 100)[1]


@given(texts)
def test_declining_is_the_first_match_of_the_whole_expression(text: str) -> None:
    words, low = refusal_words.words(), text.lower()
    found, plain = words.declining(low), words._decline.search(low) or words._regretting(low)
    assert (found and found.span()) == (plain and plain.span())


@given(texts)
def test_words_are_those_of_the_expression(text: str) -> None:
    assert legible._words(text.lower()) == legible._WORD.findall(text.lower())
    salad = re.search(r"\b(?:the|an|my|your) (?:of|and|or|the|a|an|is|are|was|by)\b", text.lower())
    assert bool(legible._SALAD.search(text.lower())) == bool(salad)
    spans = [(m[0].lower(), *m.span()) for m in ANY_WORD.finditer(text)]
    assert word_spans(text) == spans or not text.isascii()


@given(texts)
def test_marks_are_taken_away_as_in_one_go(text: str) -> None:
    at_once = r"[*`]+|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)|^\s{0,3}(?:#{1,6}\s|>\s?)"
    apart = clean._UNDERSCORES.sub("", clean._HEADING.sub("", text)).replace("*", "").replace("`", "")
    assert apart == re.sub(at_once, "", text, flags=re.M)


@given(texts, texts, st.integers(0, 40))
def test_only_what_is_no_echo_is_told_at_a_glance(text: str, prompt: str, cut: int) -> None:
    for said, asked in (
        (text, prompt),
        (prompt, prompt),
        (prompt[:cut], prompt),
        (prompt[cut:], prompt),
        (prompt + text[:2], prompt),
    ):
        a, b = base._bare(said), base._bare(asked)
        echo = bool(a and b) and (
            a == b or (len(a) >= max(20, len(b) // 2) and a in b) or (a.startswith(b) and len(a) - len(b) < 3)
        )
        assert base.echoes(said, asked) == echo


@given(texts, st.lists(shown_texts, min_size=1, max_size=4, unique=True).map(tuple), st.integers(0, 40))
def test_options_are_found_by_their_texts_as_by_an_expression(text: str, options: tuple[str, ...], at: int) -> None:
    found = option_texts.Texts(options)
    if not found._named:
        assert not list(found.finditer(text))
        return
    plain = [(m.start(), m.end(), found.letter_of.get(option_texts.key(m[0]), "")) for m in found._any.finditer(text)]
    assert [tuple(each) for each in found.finditer(text)] == plain
    here, there = found.match(text, min(at, len(text))), found._any.match(text, min(at, len(text)))
    assert (here and (here.start, here.end)) == (there and there.span())
    assert found.without_list(text) == found._listed.sub(" \n ", text)


@given(texts, st.integers(1, 4))
def test_what_is_passed_over_names_no_letter(text: str, n: int) -> None:
    letters, body = choice._letters(n), text.strip()
    if letters.denied.search(text):
        assert letters.deniable.search(text)
        assert not clean.lacks(text, choice._DENYING)
    found = choice._Found(letters, None)
    if not letters.likely.search(body) and clean.lacks(body, ("option", "choice")):
        rules = (choice._by_first_line, choice._by_cue, choice._by_lead, choice._by_label, choice._by_bare)
        assert not any(rule(body, found) for rule in rules)


@given(
    texts,
    st.lists(st.sampled_from(["stereotypes", "vary from person", "neither", "no real difference", "can't tell", "x"])),
)
def test_no_decline_is_passed_over(text: str, more: list[str]) -> None:
    said = " ".join([text, *more])
    whole = re.compile("|".join(part.pattern for _, part in declining._DECLINES._parts), re.I).search(said)
    found = declining._DECLINES.search(said)
    assert (found and found.span()) == (whole and whole.span())


@given(texts)
def test_no_correction_is_passed_over(text: str) -> None:
    assert not clean.lacks(text, clean._CORRECTING) or not clean._CORRECTION.search(text)
