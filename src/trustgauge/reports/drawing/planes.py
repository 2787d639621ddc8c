"""Charts of two numbers against each other: trade-offs, reliability diagrams, trends over stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt

from trustgauge.reports.drawing.labels import LABEL_SIZE, Box, Spot, placed
from trustgauge.reports.drawing.lines import Row
from trustgauge.reports.drawing.style import INK, SOFT, around, linear, rows_of, series_look, shortened, styled

WIDTH, HEIGHT = 560, 420  # pixels of the field
_SIDE = 260  # of one reliability diagram


@dataclass(frozen=True)
class Point:
    """One dot with its intervals in both directions; front marks it as on the Pareto front."""

    label: str
    x: float
    y: float
    x_low: float | None = None
    x_high: float | None = None
    y_low: float | None = None
    y_high: float | None = None
    series: str = ""
    front: bool = False


@dataclass(frozen=True)
class Bin:
    """Cases stated about alike: mean stated confidence, share right with its interval, how many; series a model."""

    stated: float
    right: float
    low: float | None
    high: float | None
    n: int
    series: str = ""


def scatter(
    points: Sequence[Point],
    x_title: str,
    y_title: str,
    x_domain: tuple[float, float] | None = None,
    y_domain: tuple[float, float] | None = None,
) -> Any:
    """Trade-off: each dot labelled beside it, intervals both ways, the front joined by a line. None without points."""
    if not points:
        return None
    across = _domain(x_domain, [v for p in points for v in (p.x, p.x_low, p.x_high)])
    up = _domain(y_domain, [v for p in points for v in (p.y, p.y_low, p.y_high)])
    short, series = shortened(p.label for p in points), shortened(p.series for p in points)
    data = [_point(p, short[p.label], series[p.series]) for p in points]
    colour, shape = series_look(list(series.values()))
    x = partial(alt.X, scale=linear(*across), axis=alt.Axis(title=x_title, tickCount=6, domain=False))
    y = partial(alt.Y, scale=linear(*up), axis=alt.Axis(title=y_title, tickCount=6, domain=False))
    dot = rows_of(data)
    front = sorted((d for d in data if d["front"]), key=lambda d: (d["x"], d["y"]))
    line = rows_of(front).mark_line(color=INK, strokeDash=[5, 4], strokeWidth=1.2, opacity=0.8)
    layers = [
        *([line.encode(x=x("x:Q"), y=y("y:Q"))] if len(front) > 1 else ()),
        *_crosses(data, x, y, colour),
        dot.mark_point(filled=True, size=70, opacity=1).encode(x=x("x:Q"), y=y("y:Q"), color=colour, shape=shape),
        *_names(data, across, up, x, y),
    ]
    return styled(alt.layer(*layers).properties(width=WIDTH, height=HEIGHT))


def _domain(wanted: tuple[float, float] | None, values: Sequence[float | None]) -> tuple[float, float]:
    """The wanted one, wider where a value lies beyond it: nothing is cut off."""
    if wanted is None:
        return around(values, near=0.02)
    known = [v for v in values if v is not None]
    return min([wanted[0], *known]), max([wanted[1], *known])


def _point(point: Point, label: str, series: str) -> dict[str, Any]:
    return {
        "label": label,
        "series": series,
        "front": point.front,
        "x": point.x,
        "y": point.y,
        "x_low": point.x_low,
        "x_high": point.x_high,
        "y_low": point.y_low,
        "y_high": point.y_high,
    }


def _crosses(
    data: Sequence[dict[str, Any]], x: Callable[[str], alt.X], y: Callable[[str], alt.Y], colour: alt.Color
) -> list[Any]:
    """The intervals; thin, so that dots stay what is seen first."""
    made: list[Any] = []
    wide = [d for d in data if d["x_low"] is not None and d["x_high"] is not None]
    tall = [d for d in data if d["y_low"] is not None and d["y_high"] is not None]
    thin: dict[str, Any] = {"strokeWidth": 1.4, "opacity": 0.5}
    if wide:
        made.append(rows_of(wide).mark_rule(**thin).encode(x=x("x_low:Q"), x2="x_high:Q", y=y("y:Q"), color=colour))
    if tall:
        made.append(rows_of(tall).mark_rule(**thin).encode(y=y("y_low:Q"), y2="y_high:Q", x=x("x:Q"), color=colour))
    return made


def _names(
    data: Sequence[dict[str, Any]],
    across: tuple[float, float],
    up: tuple[float, float],
    x: Callable[[str], alt.X],
    y: Callable[[str], alt.Y],
) -> list[Any]:
    """The labels where they fit, with a thin line to those that had to move away."""
    per_x, per_y = WIDTH / (across[1] - across[0]), HEIGHT / (up[1] - up[0])
    spots = [_spot(d, lambda v: (v - across[0]) * per_x, lambda v: (up[1] - v) * per_y) for d in data]
    found = [
        {"label": d["label"], "x": d["x"], "y": d["y"], "far": p.far}
        | {"left": across[0] + p.left / per_x, "end": across[0] + p.end / per_x, "middle": up[1] - p.middle / per_y}
        for p, d in zip(placed(spots, WIDTH, HEIGHT), data, strict=True)
    ]
    moved = [f for f in found if f["far"]]
    leader = rows_of(moved).mark_rule(color=SOFT, strokeWidth=0.8)
    style: dict[str, Any] = {"align": "left", "baseline": "middle", "fontSize": LABEL_SIZE}
    place: dict[str, Any] = {"x": x("left:Q"), "y": y("middle:Q"), "text": "label:N"}
    return [
        *([leader.encode(x=x("end:Q"), y=y("middle:Q"), x2="x:Q", y2="y:Q")] if moved else ()),
        rows_of(found).mark_text(**style, stroke="white", strokeWidth=3, strokeJoin="round").encode(**place),  # a halo
        rows_of(found).mark_text(**style, color=INK).encode(**place),
    ]


def _spot(point: dict[str, Any], x: Callable[[float], float], y: Callable[[float], float]) -> Spot:
    """The dot with its intervals as thin boxes."""
    at, height = x(point["x"]), y(point["y"])
    bars: list[Box] = []
    if point["x_low"] is not None and point["x_high"] is not None:
        bars.append((x(point["x_low"]), height - 1.5, x(point["x_high"]), height + 1.5))
    if point["y_low"] is not None and point["y_high"] is not None:
        bars.append((at - 1.5, y(point["y_high"]), at + 1.5, y(point["y_low"])))
    return Spot(point["label"], at, height, tuple(bars))


def reliability(bins: Sequence[Bin]) -> Any:
    """Reliability diagram: share right against stated confidence, a field a series. None without bins.

    On the diagonal, statements are true; below it the model is surer than right. The dots' area is their n.
    """
    if not bins:
        return None
    names = shortened((b.series for b in bins), 30)
    most = max(b.n for b in bins)
    fields = [_field([b for b in bins if b.series == name], label, most) for name, label in names.items()]
    return styled(alt.concat(*fields, columns=2, spacing=28) if len(fields) > 1 else fields[0])


def _field(bins: Sequence[Bin], title: str, most: int) -> Any:
    data = [
        {
            "stated": b.stated,
            "right": b.right,
            "low": b.low,
            "high": b.high,
            "n": b.n,
            "text": f"{b.n:,}",
            "y": -8 - i % 2 * 11,
        }
        for i, b in enumerate(sorted(bins, key=lambda b: b.stated))
    ]
    style: dict[str, Any] = {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1], "domain": False}
    x = alt.X("stated:Q", scale=linear(0, 1), axis=alt.Axis(title="stated confidence", **style))
    y = partial(alt.Y, scale=linear(0, 1), axis=alt.Axis(title="share right", **style))
    diagonal = rows_of([{"stated": 0, "right": 0}, {"stated": 1, "right": 1}])
    bars = rows_of([d for d in data if d["low"] is not None and d["high"] is not None])
    dots = rows_of(data)
    size = alt.Size("n:Q", scale=alt.Scale(domain=[0, most], range=[0, 220]), legend=None)
    words = dots.mark_text(baseline="middle", fontSize=10, color=SOFT)
    head = rows_of([{"text": "n"}]).mark_text(align="right", baseline="middle", fontSize=10, color=SOFT)
    layers = [
        diagonal.mark_line(color=SOFT, strokeDash=[4, 4], strokeWidth=1.2).encode(x=x, y=y("right:Q")),
        bars.mark_rule(color="#0072b2", strokeWidth=1.8, opacity=0.7).encode(x=x, y=y("low:Q"), y2="high:Q"),
        dots.mark_point(filled=True, color="#0072b2", opacity=1).encode(x=x, y=y("right:Q"), size=size),
        words.encode(x=x, y=alt.Y("y:Q", scale=None, axis=None), text="text:N"),
        head.encode(x=alt.value(-8), y=alt.value(-19), text="text:N"),
    ]
    return alt.layer(*layers).properties(width=_SIDE, height=_SIDE, title=title)


def trend(rows: Sequence[Row], stages: Sequence[str], y_title: str, domain: tuple[float, float] | None = None) -> Any:
    """Values over ordered stages: a row's label is its stage, its series a model or study. None without rows.

    Dots with intervals stand side by side within a stage; the line runs through the means of the stages' values.
    """
    kept = [r for r in rows if r.value is not None and r.label in stages]
    if not kept:
        return None
    series, short = shortened(r.series for r in kept), shortened(stages, 22)
    used = [stage for stage in stages if any(r.label == stage for r in kept)]
    width = max(340, min(150 * len(used), 720))
    data = _steps(kept, used, series, width / len(used))
    colour, shape = series_look(list(series.values()))
    scale = linear(*(domain or around([v for r in kept for v in (r.value, r.low, r.high)], near=0.05)))
    y = partial(alt.Y, scale=scale, axis=alt.Axis(title=y_title, tickCount=6, domain=False))
    x = alt.X("x:Q", scale=linear(0, width), axis=None)
    means = [
        {"x": (i + 0.5) * width / len(used), "value": sum(mine) / len(mine), "text": f"{short[stage]} (n {len(mine)})"}
        for i, stage in enumerate(used)
        if (mine := [r.value for r in kept if r.label == stage and r.value is not None])
    ]
    spans = rows_of([d for d in data if d["low"] is not None and d["high"] is not None])
    names = rows_of(means).mark_text(baseline="top", fontSize=12, color=INK)
    word = rows_of([means[-1] | {"text": "mean"}]).mark_text(align="left", baseline="middle", fontSize=11, color=SOFT)
    layers = [
        rows_of(means).mark_line(color=INK, strokeWidth=2, opacity=0.55).encode(x=x, y=y("value:Q")),
        rows_of(means).mark_tick(orient="horizontal", color=INK, thickness=3, size=44).encode(x=x, y=y("value:Q")),
        spans.mark_rule(strokeWidth=1.6, opacity=0.7).encode(
            x=x,
            y=y("low:Q"),
            y2="high:Q",
            color=colour,
        ),
        rows_of(data)
        .mark_point(filled=True, size=60, opacity=1)
        .encode(x=x, y=y("value:Q"), color=colour, shape=shape),
        names.encode(x=x, y=alt.value(300 + 12), text="text:N"),
        word.encode(x=alt.value(width + 4), y=y("value:Q"), text="text:N"),
    ]
    return styled(alt.layer(*layers).properties(width=width, height=300))


def _steps(rows: Sequence[Row], stages: Sequence[str], series: dict[str, str], room: float) -> list[dict[str, Any]]:
    """The rows with their x in pixels, side by side within a stage."""
    made: list[dict[str, Any]] = []
    for i, stage in enumerate(stages):
        mine = [r for r in rows if r.label == stage]
        step = min(18.0, 0.7 * room / max(len(mine), 1))
        for j, row in enumerate(mine):
            x = (i + 0.5) * room + (j - (len(mine) - 1) / 2) * step
            values = {"value": row.value, "low": row.low, "high": row.high}
            made.append({"x": x, "series": series[row.series], **values})
    return made
