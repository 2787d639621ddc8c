"""The chart kit: any data gives one harmless picture that says its numbers, and colour is never all there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations, pairwise
from random import Random
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.stores import EVIL
from support.vision import VISION, apart, lab
from trustgauge.reports import kit
from trustgauge.reports.charts import COUNT_COLOURS
from trustgauge.reports.drawing import grids
from trustgauge.reports.drawing.labels import LABEL_SIZE, Spot, overlap, placed
from trustgauge.reports.drawing.style import COLOURS, INK, contrast, shortened, svg, text_width
from trustgauge.safe import plain

SVG = "{http://www.w3.org/2000/svg}"
VERDICTS = ("GO", "NO-GO", "INSUFFICIENT EVIDENCE")


def rows(n: int, name: str = "line") -> list[kit.Row]:
    return [kit.Row(f"{name} {i}", i / n, i / n - 0.05, i / n + 0.05, n=60 + i) for i in range(n)]


def matrix(n: int, name: str = "line") -> Any:
    names = [f"{name} {i}" for i in range(n)]
    cells = [
        kit.Cell(a, b, None if (i + j) % 7 == 3 else (i - j) / n)
        for i, a in enumerate(names)
        for j, b in enumerate(names)
    ]
    return kit.heatmap(cells, names)


KINDS: dict[str, Callable[[int, str], Any]] = {
    "forest": lambda n, name: kit.forest(rows(n, name), f"axis {name}", rule=0.0, band=(-0.1, 0.1)),
    "side_by_side": lambda n, name: kit.side_by_side([r for s in ("old", "new") for r in _of(s, rows(n, name))], "x"),
    "rank_intervals": lambda n, name: kit.rank_intervals(rows(n, name), "rank", n),
    "trend": lambda n, name: kit.trend(rows(n, name), [f"{name} {i}" for i in range(n)], "y"),
    "scatter": lambda n, name: kit.scatter([kit.Point(r.label, r.value or 0, -(r.value or 0)) for r in rows(n, name)], "x", "y"),
    "heatmap": matrix,
    "board": lambda n, name: kit.board([kit.Decision(f"{name} {i}", VERDICTS[i % 3], f"{i} of {n}") for i in range(n)]),
    "reliability": lambda n, name: kit.reliability([kit.Bin(0.5, 0.4, 0.2, 0.6, 9, f"{name} {i}") for i in range(n)]),
}  # fmt: skip


def _of(series: str, found: list[kit.Row]) -> list[kit.Row]:
    return [kit.Row(r.label, r.value, r.low, r.high, series) for r in found]


def texts(picture: str) -> list[str]:
    root = Xml.fromstring(picture)
    return ["".join(e.itertext()) for e in root.iter(f"{SVG}text")]


MOST = {"heatmap": 29, "reliability": 6}


@pytest.mark.parametrize(("kind", "n"), [(kind, min(n, MOST.get(kind, n))) for kind in KINDS for n in (1, 2, 29, 60)])
def test_every_name_is_drawn_whatever_their_number(kind: str, n: int) -> None:
    found = texts(svg(KINDS[kind](n, "line"), title="T", alt_text="A"))
    for i in range(n):
        assert any(text.split(" (")[0] == f"line {i}" for text in found), i


EMPTY = [
    kit.forest([], "x"),
    kit.side_by_side([], "x"),
    kit.rank_intervals([], "x"),
    kit.trend([], ["a"], "y"),
    kit.trend([kit.Row("elsewhere", 0.5), kit.Row("a", None)], ["a"], "y"),
    kit.scatter([], "x", "y"),
    kit.heatmap([], []),
    kit.board([]),
    kit.reliability([]),
]


def test_nothing_gives_no_chart() -> None:
    assert not any(EMPTY)


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_stay_text(kind: str) -> None:
    evil = f"{EVIL} ]]>\n</svg><img src=x onerror=alert(1)> \ud800 \ufffe"
    picture = svg(KINDS[kind](3, evil), title=evil, alt_text=f'{evil}" onload="x')
    root = Xml.fromstring(picture)
    tags = {str(e.tag).rpartition("}")[2] for e in root.iter()}
    assert tags <= {
        "svg",
        "title",
        "desc",
        "rect",
        "g",
        "path",
        "line",
        "text",
        "tspan",
        "defs",
        "clipPath",
        "linearGradient",
        "stop",
    }
    assert plain(picture) == picture
    attributes = {name.rpartition("}")[2] for e in root.iter() for name in e.attrib}
    assert not {name for name in attributes if name.startswith("on") or name in ("href", "src", "style")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_one_image_with_a_name_and_a_description(kind: str) -> None:
    root = Xml.fromstring(svg(KINDS[kind](2, "line"), title="More is better.", alt_text="n 60, all of them"))
    assert (root.get("role"), root.get("aria-label")) == ("img", "More is better. n 60, all of them")
    assert [root[0].text, root[1].text] == ["More is better.", "n 60, all of them"]
    inner = [
        name for e in root.iter() if e is not root for name in e.attrib if name == "role" or name.startswith("aria")
    ]
    assert inner == []


def test_two_pictures_on_one_page_share_no_id() -> None:
    ids = [set(re.findall(r'id="([^"]+)"', svg(matrix(n), title="same"))) for n in (3, 4)]
    assert ids[0]
    assert not ids[0] & ids[1]
    picture = svg(matrix(3))
    assert set(re.findall(r"url\(#([^)]+)\)", picture)) <= set(re.findall(r'id="([^"]+)"', picture))


def symbols(picture: str) -> list[tuple[float, float]]:
    """Places of all dots, in pixels of the field."""
    groups = [g for g in Xml.fromstring(picture).iter(f"{SVG}g") if "mark-symbol role-mark" in g.get("class", "")]
    places = [re.findall(r"translate\(([-\d.]+),([-\d.]+)\)", path.get("transform", "")) for g in groups for path in g]
    return [(float(x), float(y)) for found in places for x, y in found]


def test_dots_stand_where_their_values_are() -> None:
    picture = svg(kit.forest([kit.Row("a", 0.25, 0.2, 0.3), kit.Row("b", 0.75, 0.7, 0.8)], "x", (0, 1)))
    assert symbols(picture) == [(120.0, 10.0), (360.0, 30.0)]
    assert {"0.25 [.20 .30]", "0.75 [.70 .80]"} <= set(texts(picture))


def test_unknown_is_a_dash_without_interval_hollow_and_beyond_the_axis_an_arrow() -> None:
    missing = svg(kit.forest([kit.Row("a", None, n=7)], "x", (0, 1)))
    assert [y for _, y in symbols(missing) if y >= 0] == []
    assert {"–", "n 7"} <= set(texts(missing))
    alone = svg(kit.forest([kit.Row("a", 0.5, n=1)], "x", (0, 1)))
    assert len(symbols(alone)) == 1
    assert "0.50 [no interval]" in texts(alone)
    assert 'fill="white" stroke="#0072b2"' in alone
    beyond = svg(kit.forest([kit.Row("a", 0.5, -2, 3)], "x", (0, 1)))
    assert sorted(symbols(beyond)) == [(0.0, 10.0), (240.0, 10.0), (480.0, 10.0)]


def test_differences_are_signed_and_ranks_whole() -> None:
    assert "+0.03 [−0.02 +0.08]" in texts(svg(kit.forest([kit.Row("a", 0.03, -0.02, 0.08)], "x", rule=0)))
    assert "0.03 [.00 .08]" in texts(svg(kit.forest([kit.Row("a", 0.03, 0.0, 0.08)], "x")))
    ranks = texts(svg(kit.rank_intervals([kit.Row("b", 2.4, 1, 3), kit.Row("a", 1.2, 1, 2)], "rank", 3)))
    assert ranks.index("a") < ranks.index("b")
    assert "2.40 [1 3]" in ranks


def test_series_have_a_legend_and_one_n_a_line() -> None:
    both = [kit.Row("a", 0.5, 0.4, 0.6, s, n=n) for s, n in (("old", 60), ("new", 58))]
    found = texts(svg(kit.forest(both, "x")))
    assert {"old", "new", "n 58 to 60"} <= set(found)


def test_a_trend_runs_through_the_means() -> None:
    steps = [kit.Row(s, v, series=m) for s, m, v in (("base", "m", 0.2), ("base", "k", 0.4), ("rlhf", "m", 0.9))]
    picture = svg(kit.trend(steps, ["base", "sft", "rlhf"], "y", (0, 1)))
    assert {"base (n 2)", "rlhf (n 1)"} <= set(texts(picture))
    line = re.search(r'class="mark-line role-mark[^>]*><path[^>]*? d="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)"', picture)
    assert line
    assert [float(v) for v in line.groups()] == pytest.approx([85, 210, 255, 30])


def test_the_map_writes_numbers_and_marks_what_is_missing() -> None:
    cells = [kit.Cell("a", "a", 1.0), kit.Cell("a", "b", -0.575), kit.Cell("b", "a", None), kit.Cell("b", "b", 0.001)]
    picture = svg(kit.heatmap(cells, ["a", "b"]))
    assert {"+1.00", "−.57", "–", "0"} <= set(texts(picture))
    assert picture.count('fill="#e6e6e6"') == 1
    assert kit.heatmap([kit.Cell("a", "a", 1.0, text="n 3")], ["a"]).to_dict()


def test_a_verdict_is_a_word_and_a_shape_of_its_own() -> None:
    shapes: set[str] = set()
    for verdict in VERDICTS:
        picture = svg(kit.board([kit.Decision("rule", verdict, "")]))
        assert verdict in texts(picture)
        shapes |= set(re.findall(r'class="mark-symbol[^>]*><path[^>]*? d="([^"]+)"', picture))
    assert len(shapes) == 3
    with pytest.raises(ValueError, match="no verdict 'MAYBE'"):
        kit.board([kit.Decision("rule", "MAYBE", "")])


def test_colours_of_series_differ_for_everyone_and_stand_out_from_paper() -> None:
    assert min(contrast(c, "#ffffff") for c in COLOURS) >= 3
    for vision in VISION:
        assert min(apart(a, b, vision) for a, b in combinations(COLOURS, 2)) > 15, vision


def test_counts_and_maps_can_be_read_by_everyone_and_on_a_grey_printer() -> None:
    light = sorted(lab(c)[0] for c in COUNT_COLOURS.values())
    assert min(b - a for a, b in pairwise(light)) > 10
    for vision in VISION:
        assert apart(grids.PUOR[0], grids.PUOR[-1], vision) > 50, vision
    shares = [i / 200 for i in range(201)]
    assert min(max(contrast(ink, grids.tone(s)) for ink in (INK, "#ffffff")) for s in shares) > 4
    assert [grids.tone(0), grids.tone(0.5), grids.tone(1)] == [grids.PUOR[0], grids.PUOR[3], grids.PUOR[-1]]


@pytest.mark.parametrize("seed", range(6))
def test_names_of_dots_cover_no_other(seed: int) -> None:
    rng = Random(seed)
    spots = [Spot(f"model-{i} {'chat' * (i % 3)}", rng.uniform(0, 560), rng.uniform(0, 420)) for i in range(24)]
    spots += [Spot(f"twin {i}", 300, 200) for i in range(3)]
    boxes = [
        (p.left, p.middle - 6.5, p.left + text_width(s.text, LABEL_SIZE), p.middle + 6.5)
        for p, s in zip(placed(spots, 560, 420), spots, strict=True)
    ]
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair) > 0] == []
    assert all(box[0] >= 0 and box[2] <= 560 for box in boxes)


@given(st.lists(st.text(max_size=90), max_size=30), st.integers(12, 60))
def test_short_names_are_harmless_and_as_many_as_the_long_ones(names: list[str], limit: int) -> None:
    found = shortened(names, limit)
    assert list(found) == list(dict.fromkeys(names))
    assert len(set(found.values())) == len(found)
    assert all(len(label) <= limit and plain(label) == label and "\n" not in label for label in found.values())


def test_a_short_name_keeps_both_ends() -> None:
    assert shortened(["a-very-long-organisation/with-a-model-70b-chat-v2.1"])[
        "a-very-long-organisation/with-a-model-70b-chat-v2.1"
    ] == ("a-very-long-organisati…b-chat-v2.1")


def test_rows_are_read_out_with_interval_and_n() -> None:
    found = [kit.Row("privacy", 0.9, 0.8, 0.95, "m", n=60), kit.Row("toxicity", None)]
    assert kit.read_out(found) == "m, privacy: 0.90 [.80 .95], n 60; toxicity: no value."
    assert kit.read_out(rows(50), most=2).endswith("; and 48 more, which the table holds.")


def test_one_dot_a_line_stands_in_its_middle_whatever_its_series() -> None:
    apart = [kit.Row("a", 0.5, 0.4, 0.6, "GO"), kit.Row("b", 0.5, 0.4, 0.6, "NO-GO")]
    picture = svg(kit.forest(apart, "x", (0, 1)))
    assert {(240.0, 10.0), (240.0, 30.0)} <= set(symbols(picture))
    assert texts(picture).count("0.50 [.40 .60]") == 2
    together = svg(kit.forest([kit.Row("a", 0.5, series="GO"), kit.Row("a", 0.5, series="NO-GO")], "x", (0, 1)))
    assert {(240.0, 10.0), (240.0, 20.0)} <= set(symbols(together))
