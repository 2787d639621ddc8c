"""Verdicts look the same on every chart: no GO in the colour of a NO-GO."""

from __future__ import annotations

from trustgauge.reports.drawing.grids import GO, NO_GO, OPEN
from trustgauge.reports.drawing.style import COLOURS, contrast, series_look
from trustgauge.studying.facts import Facts, ModelFacts


def _colours(names: list[str]) -> list[str]:
    colour, _ = series_look(names)
    return colour.to_dict()["scale"]["range"]


def test_a_verdict_keeps_its_colour_whatever_comes_first() -> None:
    assert _colours([OPEN, GO, NO_GO]) == _colours([NO_GO, GO, OPEN])[::-1][:1] + _colours([GO, NO_GO])
    assert len(set(_colours([GO, NO_GO, OPEN]))) == 3
    assert all(contrast(colour, "#ffffff") >= 3 for colour in _colours([GO, NO_GO, OPEN, "equivalent"]))


def test_other_series_have_the_common_colours() -> None:
    assert _colours(["GO", "a model"]) == list(COLOURS[:2])


def test_facts_of_the_panel_are_found_by_the_name_that_pages_show() -> None:
    facts = Facts(stages=("base",), models={"panel/careful": ModelFacts(stage="base")})
    assert facts.level("careful") == facts.level("panel/careful") == 0
