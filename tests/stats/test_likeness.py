"""Likeness of texts: against brute force, and what must and must not count as alike."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustgauge.stats.likeness import (
    Pair,
    clusters,
    containment,
    distinct,
    jaccard,
    near_duplicates,
    normal,
    overlaps,
    shingles,
    words_of,
)

WORDS = st.lists(st.sampled_from(["oak", "elm", "ash", "fir"]), max_size=9).map(" ".join)
TEXTS = st.lists(WORDS, max_size=14)
LINE = "the baker counts forty loaves each morning before the first tram rings its bell outside the shop"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't STOP - café!", ["dont", "stop", "cafe"]),
        ("don’t stop", ["dont", "stop"]),
        ("ze\u200bro wi\u00addth", ["zero", "width"]),
        ("ｆｕｌｌ _width_", ["full", "width"]),
        ("你好 ok", ["你", "好", "ok"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("... !!", []),
    ],
)
def test_words_are_compared_without_dress(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    assert normal(text) == " ".join(words)


@given(st.text())
def test_what_is_normal_stays_so(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(WORDS, WORDS)
def test_jaccard_and_containment_agree_with_sets(first: str, second: str) -> None:
    assert jaccard(first, second) == jaccard(second, first)
    assert jaccard(first, first) == 1
    assert jaccard(first, second) <= max(containment(first, second), float(first == second))


def test_order_of_words_counts() -> None:
    words = LINE.split()
    random.Random(1).shuffle(words)
    assert jaccard(LINE, " ".join(words)) < 0.3
    assert near_duplicates([LINE, " ".join(words)]) == []
    assert near_duplicates([LINE, LINE.replace("forty", "fifty")]) == []  # 14 of 18 shingles
    long = f"{LINE} and then {LINE[::-1]} goes home"
    assert [p[:2] for p in near_duplicates([long, long.replace("forty", "fifty").upper() + "!"])] == [(1, 0)]


def test_shingles_of_few_words() -> None:
    assert shingles([], 3) == frozenset()
    assert shingles(["a"], 3) == {("a",)}
    assert shingles(["a", "b", "c", "d"], 3) == {("a", "b", "c"), ("b", "c", "d")}


def best_before(texts: list[str], i: int, before: list[int], threshold: float) -> tuple[float, int] | None:
    found = [(jaccard(texts[i], texts[j]), -j) for j in before if words_of(texts[j])]
    best = max(found, default=(0.0, 0))
    return best if words_of(texts[i]) and best[0] >= threshold - 1e-9 else None


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_near_duplicates_are_those_of_brute_force(texts: list[str], threshold: float) -> None:
    found = {pair.first: pair for pair in near_duplicates(texts, threshold=threshold)}
    for i in range(len(texts)):
        best = best_before(texts, i, list(range(i)), threshold)
        assert (i in found) == (best is not None)
        if best:
            assert found[i].second < i
            assert found[i].likeness == pytest.approx(best[0]) == jaccard(texts[i], texts[found[i].second])


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from([0.3, 0.8]))
def test_against_others_only_they_are_met(texts: list[str], others: list[str], threshold: float) -> None:
    found = {pair.first: pair for pair in near_duplicates(texts, others, threshold)}
    for i in range(len(texts)):
        both = [*others, texts[i]]
        best = best_before(both, len(others), list(range(len(others))), threshold)
        assert (i in found) == (best is not None)
        if best:
            assert jaccard(texts[i], others[found[i].second]) == pytest.approx(found[i].likeness) == best[0]


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from([0.3, 0.8]))
def test_distinct_texts_are_like_none_kept_and_the_dropped_like_one(texts: list[str], threshold: float) -> None:
    kept = distinct(texts, threshold)
    for i in range(len(texts)):
        before = [j for j in kept if j < i]
        assert (i in kept) == (best_before(texts, i, before, threshold) is None)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=12))
def test_clusters_part_what_pairs_tie(ties: list[tuple[int, int]]) -> None:
    found = clusters([Pair(a, b, 1.0) for a, b in ties])
    members = [i for cluster in found for i in cluster]
    assert sorted(members) == sorted({i for tie in ties for i in tie})
    place = {i: at for at, cluster in enumerate(found) for i in cluster}
    assert all(place[a] == place[b] for a, b in ties)
    for cluster in found:  # nothing is in a cluster that no path of pairs leads to
        reached, more = {cluster[0]}, True
        while more:
            new = {x for a, b in ties for x in (a, b) if reached & {a, b}} - reached
            reached, more = reached | new, bool(new)
        assert reached == set(cluster)


@settings(max_examples=80, deadline=None)
@given(TEXTS, TEXTS, st.integers(1, 4))
def test_overlap_is_the_share_of_ngrams_that_stand_anywhere(texts: list[str], others: list[str], n: int) -> None:
    def grams(text: str) -> list[tuple[str, ...]]:
        words = words_of(text)
        return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]

    there = {gram for other in others for gram in grams(other)}
    for text, found in zip(texts, overlaps(texts, iter(others), n), strict=True):
        mine = grams(text)
        assert found.share == (pytest.approx(sum(g in there for g in mine) / len(mine)) if mine else None)
        if found.source is None:
            assert not set(mine) & there
        else:
            assert set(mine) & set(grams(others[found.source]))


def test_overlap_finds_its_source_beyond_a_chunk() -> None:
    others = [f"filler {i} of no use here at all" for i in range(4500)] + [f"it said: {LINE}."]
    found = overlaps([LINE, "quite another sentence that nobody has ever written down before today"], iter(others))
    assert found[0] == (1.0, 4500)
    assert found[1] == (0.0, None)


def test_many_of_one_template_and_many_the_same() -> None:
    same = [LINE] * 2000
    assert distinct(same) == [0]
    assert {pair.second for pair in near_duplicates(same)} == {0}
    filled = [f"please tell me what number {i} and number {i * 7 % 1500} have in common" for i in range(1500)]
    assert near_duplicates(filled, threshold=0.9) == []
    assert near_duplicates([filled[1499].replace("please", "Please,")], filled) == [Pair(0, 1499, 1.0)]


def test_nothing_to_compare() -> None:
    assert near_duplicates([]) == near_duplicates(["", "..."]) == near_duplicates(["a b"], []) == []
    assert distinct(["", ""]) == [0, 1]
    assert overlaps([], ["a"]) == []
    assert overlaps(["a b"], [], n=2) == [(0.0, None)]
    with pytest.raises(ValueError, match="threshold"):
        near_duplicates(["a"], threshold=0)
