"""Charts of one line a label: dots with intervals, side by side where there are several series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt

from trustgauge.reports.drawing.style import (
    INK,
    SOFT,
    around,
    linear,
    rows_of,
    series_look,
    shortened,
    styled,
    text_width,
)
from trustgauge.reports.section import interval

WIDTH = 480  # pixels of the field
_LABEL = 54  # characters of a line's label
_LINE, _SERIES, _HEAD = 20, 10, 26  # pixels of a line, more of each further series, of a group's heading


@dataclass(frozen=True)
class Row:
    """One dot: a value with its interval, its n, and a mark to hold it against (chance, the other run).

    Rows of one (group, label) share a line; series tells them apart by colour and shape. A value of None shows
    as a dash, one without low and high as a hollow dot: unknown is never zero.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    series: str = ""
    group: str = ""
    n: int | None = None
    reference: float | None = None


@dataclass(frozen=True)
class _Look:
    """What differs between the charts of this kind."""

    x_title: str
    domain: tuple[float, float]
    rule: float | None = None
    band: tuple[float, float] | None = None
    joined: bool = False
    signed: bool = False  # values are differences
    whole: bool = False  # only whole numbers on the axis


_Across = Callable[[str], alt.X]
"""A field on the common axis."""


def forest(
    rows: Sequence[Row],
    x_title: str,
    domain: tuple[float, float] | None = None,
    rule: float | None = None,
    band: tuple[float, float] | None = None,
) -> Any:
    """Forest plot: a line a label with dot, interval and, at the right, numbers and n. None where there are no rows.

    domain holds all values where none is given; what lies beyond it ends in an arrow. rule is an upright line (no
    difference), band a shaded margin around it (what is too small to matter).
    """
    signed = rule == 0 or any(v is not None and v < 0 for r in rows for v in (r.value, r.low))
    span = domain or _domain(rows, rule, band)
    return _lines(rows, _Look(x_title, span, rule, band, signed=signed))


def side_by_side(rows: Sequence[Row], x_title: str, domain: tuple[float, float] | None = None) -> Any:
    """Profiles beside each other: a line a label, the dots of its series joined (dumbbell). None without rows."""
    return _lines(rows, _Look(x_title, domain or _domain(rows, None, None), joined=True))


def rank_intervals(rows: Sequence[Row], x_title: str, of: int | None = None) -> Any:
    """Ranks with intervals, 1 at the left, the best on top; `of` is how many are ranked. None without rows."""
    ordered = sorted(rows, key=lambda r: (r.value is None, r.value or 0.0))
    last = of or max([1, *(int(v + 0.999) for r in rows for v in (r.value, r.high) if v is not None)])
    return _lines(ordered, _Look(x_title, (0.5, last + 0.5), whole=True))


def _domain(rows: Sequence[Row], rule: float | None, band: tuple[float, float] | None) -> tuple[float, float]:
    values = [v for r in rows for v in (r.value, r.low, r.high, r.reference)]
    return around([*values, rule, *(band or ())])


def _lines(rows: Sequence[Row], look: _Look) -> Any:
    if not rows:
        return None
    names = list(shortened(r.series for r in rows).values())
    marks, lines, heads, height = _places(rows, look)
    labels = _labels(lines, heads)
    colour, shape = series_look(names)
    ticks: dict[str, Any] = {"tickMinStep": 1, "format": "d"} if look.whole else {}
    axis = alt.Axis(title=look.x_title, domain=False, tickCount=6, **ticks)
    x, y = partial(alt.X, scale=linear(*look.domain), axis=axis), alt.Y("y:Q", scale=linear(height, 0), axis=None)
    dot = rows_of([m for m in marks if m["x"] is not None] or [{"y": -99, "x": look.domain[0], "series": names[0]}])
    sure, unsure = "datum.low !== null", "datum.low === null"
    span = dot.transform_filter(sure).encode(y=y, x=x("low:Q"), x2="high:Q")
    point = dot.encode(y=y, x=x("x:Q"), color=colour, shape=shape)
    layers = [
        *_ground(look, x, height),
        *_stripes(lines, y),
        *(_joins(marks, x, y) if look.joined else ()),
        *_references(marks, x),
        span.mark_rule(strokeWidth=2, opacity=0.55 if look.joined else 0.8).encode(color=colour),
        point.transform_filter(sure).mark_point(filled=True, size=62, opacity=1),
        point.transform_filter(unsure).mark_point(filled=False, size=56, strokeWidth=2, opacity=1, fill="white"),
        *_arrows(marks, look.domain, x, y, colour),
        *labels,
        *_numbers(marks, lines),
    ]
    return styled(alt.layer(*layers).properties(width=WIDTH, height=height))


def _places(rows: Sequence[Row], look: _Look) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Any], float]:
    """Marks, lines and headings with their y in pixels, and the height of it all."""
    short, series = shortened((r.label for r in rows), _LABEL), shortened(r.series for r in rows)
    order = list(series)
    step = 4 if look.joined else _SERIES
    groups: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        groups.setdefault(row.group, {}).setdefault(row.label, []).append(row)
    heading = shortened(groups, 60)
    marks: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    y = 0.0
    for group, labels in groups.items():
        if group:
            heads.append({"y": y + _HEAD - 10, "text": heading[group]})
            y += _HEAD
        for label, mine in labels.items():
            mine.sort(key=lambda row: order.index(row.series))
            tall = _LINE + step * (len(mine) - 1)
            lines.append({"y": y + tall / 2, "top": y, "bottom": y + tall, "text": short[label], "key": len(lines)})
            for k, row in enumerate(mine):
                off = (k - (len(mine) - 1) / 2) * step
                marks.append(_mark(row, series[row.series], y + tall / 2 + off, lines[-1], look))
            y += tall
    return marks, lines, heads, y


def _mark(row: Row, series: str, y: float, line: dict[str, Any], look: _Look) -> dict[str, Any]:
    domain = look.domain
    spans = row.value is not None and row.low is not None and row.high is not None
    beyond = [v for v in (row.value, row.low, row.high) if v is not None]
    return {
        "y": y,
        "key": line["key"],
        "top": line["top"] + 2,
        "bottom": line["bottom"] - 2,
        "series": series,
        "x": _within(row.value, domain),
        "low": _within(row.low, domain) if spans else None,
        "high": _within(row.high, domain) if spans else None,
        "reference": _within(row.reference, domain),
        "below": bool(beyond) and min(beyond) < domain[0],
        "above": bool(beyond) and max(beyond) > domain[1],
        "text": _numerals(row, look),
        "n": row.n,
    }


def _numerals(row: Row, look: _Look) -> str:
    """Value and interval: signed where zero means no difference, ranks' limits as whole numbers."""
    if row.value is None or row.low is None or row.high is None or not (look.whole or look.signed):
        return interval(row.value, row.low, row.high)
    if look.whole:
        return f"{row.value:.2f} [{row.low:g} {row.high:g}]"
    return "{} [{} {}]".format(*(f"{v:+.2f}".replace("-", "−") for v in (row.value, row.low, row.high)))


def _within(value: float | None, domain: tuple[float, float]) -> float | None:
    return None if value is None else min(max(value, domain[0]), domain[1])


def _ground(look: _Look, x: _Across, height: float) -> list[Any]:
    """The margin's band and the rule, behind everything."""
    made: list[Any] = []
    edges: dict[str, Any] = {"y": alt.value(0), "y2": alt.value(height)}
    if look.band:
        low, high = (_within(v, look.domain) for v in look.band)
        band = rows_of([{"from": low, "to": high}]).mark_rect(color="#e4edf4")
        made.append(band.encode(x=x("from:Q"), x2="to:Q", **edges))
        ends = rows_of([{"x": low}, {"x": high}]).mark_rule(color="#7d9db5", strokeDash=[3, 3])
        made.append(ends.encode(x=x("x:Q"), **edges))
    if look.rule is not None:
        rule = rows_of([{"x": look.rule}]).mark_rule(color=INK, strokeWidth=1.2)
        made.append(rule.encode(x=x("x:Q"), **edges))
    return made


def _stripes(lines: list[dict[str, Any]], y: alt.Y) -> list[Any]:
    return [rows_of(lines).mark_rule(color="#f0eee8").encode(y=y, x=alt.value(0), x2=alt.value(WIDTH))]


def _joins(marks: list[dict[str, Any]], x: _Across, y: alt.Y) -> list[Any]:
    """The bar between the ends of a line's dots."""
    made: list[dict[str, Any]] = []
    for key in dict.fromkeys(m["key"] for m in marks):
        found = [m for m in marks if m["key"] == key and m["x"] is not None]
        if len(found) > 1:
            middle = (found[0]["top"] + found[0]["bottom"]) / 2
            ends = [m["x"] for m in found]
            made.append({"y": middle, "x": min(ends), "to": max(ends)})
    bar = rows_of(made).mark_rule(color="#c9c6be", strokeWidth=5, strokeCap="round")
    return [bar.encode(y=y, x=x("x:Q"), x2="to:Q")] if made else []


def _references(marks: list[dict[str, Any]], x: _Across) -> list[Any]:
    found = [m for m in marks if m["reference"] is not None]
    once = {(m["key"], m["reference"]): m for m in found}
    tick = rows_of(list(once.values())).mark_rule(color=INK, strokeWidth=1.6)
    return [tick.encode(x=x("reference:Q"), y=alt.Y("top:Q", axis=None), y2="bottom:Q")] if once else []


def _arrows(
    marks: list[dict[str, Any]], domain: tuple[float, float], x: _Across, y: alt.Y, colour: alt.Color
) -> list[Any]:
    """Heads at the edge for what goes on beyond it."""
    made: list[Any] = []
    for side, shape, edge in (("below", "triangle-left", domain[0]), ("above", "triangle-right", domain[1])):
        found = [m | {"x": edge} for m in marks if m[side]]
        if found:
            head = rows_of(found).mark_point(shape=shape, filled=True, size=70, opacity=1)
            made.append(head.encode(y=y, x=x("x:Q"), color=colour))
    return made


def _labels(lines: list[dict[str, Any]], heads: list[dict[str, Any]]) -> list[Any]:
    y = alt.Y("y:Q", axis=None)
    left = -12 - max(text_width(line["text"]) for line in lines)
    label = rows_of(lines).mark_text(align="right", baseline="middle", fontSize=12, color=INK)
    made = [label.encode(y=y, x=alt.value(-12), text="text:N")]
    if heads:
        head = rows_of(heads).mark_text(align="left", baseline="middle", fontSize=12, fontWeight="bold", color=INK)
        made.append(head.encode(y=y, x=alt.value(left), text="text:N"))
    return made


def _numbers(marks: list[dict[str, Any]], lines: list[dict[str, Any]]) -> list[Any]:
    """At the right: value, interval and n where a line has one dot; n alone where it has several."""
    shown: list[dict[str, Any]] = []
    for line in lines:
        mine = [m for m in marks if m["key"] == line["key"]]
        known = sorted({m["n"] for m in mine if m["n"] is not None})
        size = "" if not known else f"n {known[0]:,}" if len(known) == 1 else f"n {known[0]:,} to {known[-1]:,}"
        dashes = "– " if any(m["x"] is None for m in mine) else ""
        shown.append({"y": line["y"], "text": mine[0]["text"] if len(mine) == 1 else dashes, "n": size})
    made: list[Any] = []
    y, place = alt.Y("y:Q", axis=None), WIDTH + 12.0
    for field in ("text", "n"):
        if any(s[field] for s in shown):
            text = rows_of(shown).mark_text(align="left", baseline="middle", fontSize=11, color=SOFT)
            made.append(text.encode(y=y, x=alt.value(place), text=f"{field}:N"))
            place += max(text_width(s[field], 11) for s in shown) + 12
    return made
