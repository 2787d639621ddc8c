"""Findings over several runs: who has the highest mean and who the lowest, only where that can honestly be said."""

from __future__ import annotations

import pytest

from trustgauge.reports.findings import findings
from trustgauge.reports.profile import CategoryResult, Profile, SubResult
from trustgauge.stats.missing import Bounds
from trustgauge.store import RunInfo
from trustgauge.taxonomy import SUB_CATEGORIES
from trustgauge.types import Counts

Mean = tuple[float, float | None, float | None]


def run(name: str, mean: Mean, *, scored: int = 29, bounds: Bounds | None = None, owed: int = 0) -> Profile:
    """A run whose overall mean is that: all in one category, some sub-categories of which are scored."""
    score, low, high = mean
    subs = tuple(
        SubResult(id=id_, category=place.category, title=place.title)
        if i >= scored
        else SubResult(
            id=id_, category=place.category, title=place.title, score=score, low=low, high=high, counts=Counts(good=9)
        )
        for i, (id_, place) in enumerate(SUB_CATEGORIES.items())
    )
    whole = CategoryResult(id="all", title="All", score=score, low=low, high=high, scored=scored, of=29, bounds=bounds)
    manifest = {"cases": {"a": 9 * scored + owed}}
    return Profile(run=RunInfo(id=name, model=name, manifest=manifest), sub_categories=subs, categories=(whole,))


def first(*profiles: Profile) -> str:
    return findings(list(profiles))[0]


A, B, C = (0.96, 0.94, 0.98), (0.90, 0.86, 0.95), (0.57, 0.5, 0.6)


def test_it_begins_with_the_highest_and_the_lowest_mean() -> None:
    assert first(run("c", C), run("a", A)) == (
        "Over the 29 sub-categories a has the highest overall mean, 0.96 [.94 .98], c the lowest, 0.57 [.50 .60]. "
        "Means hide differences: see the profile."
    )


def test_it_says_whose_interval_overlaps_the_best() -> None:
    said = first(run("b", B), run("c", C), run("a", A))
    assert "a has the highest overall mean, 0.96 [.94 .98], c the lowest" in said
    assert "; a's interval overlaps that of b." in said


def test_where_all_overlap_none_is_called_best() -> None:
    said = first(run("b", B), run("a", A))
    assert (
        "no overall mean stands out for sure, from a, 0.96 [.94 .98], to b, 0.90 [.86 .95]; a's interval overlaps"
        in said
    )
    assert "highest" not in said


def test_a_mean_without_an_interval_has_no_sure_place() -> None:
    bare = run("d", (0.3, None, None))
    said = first(run("a", A), run("c", C), bare)
    assert "a has the highest overall mean, 0.96 [.94 .98], d the lowest, 0.30 [no interval]" in said
    assert "; without an interval the place of d is not sure." in said
    assert "no overall mean stands out for sure" in first(run("a", A), bare)


def test_some_of_the_29_are_named_as_such() -> None:
    assert first(run("a", A, scored=3), run("c", C, scored=3)).startswith("Over 3 of the 29 sub-categories a has")


def test_what_is_missing_might_turn_the_order() -> None:
    wide, narrow = Bounds(worst=0.4, best=0.99), Bounds(worst=0.9, best=0.97)
    turn = "were what is missing scored, their order might turn"
    assert turn in first(run("a", A, bounds=wide), run("c", C, bounds=Bounds(worst=0.3, best=0.6)))
    assert turn not in first(run("a", A, bounds=narrow), run("c", C, bounds=Bounds(worst=0.3, best=0.6)))


@pytest.mark.parametrize(
    "profiles",
    [
        [run("a", A)],
        [run("a", A), run("c", C, scored=28)],
        [run("a", A), run("c", C, owed=5)],
        [run("a", (0.96, None, None)), run("c", C)],
    ],
    ids=["one run", "other sub-categories", "not whole", "no interval of the highest"],
)
def test_means_that_do_not_compare_are_not_compared(profiles: list[Profile]) -> None:
    assert not any("overall mean" in said for said in findings(profiles))
