"""Charts as Altair specifications, rendered by the bundled renderer: the same picture in HTML, SVG and PNG."""

from __future__ import annotations

from typing import Any

import altair as alt
import vl_convert as vlc

from trustgauge.reports.profile import Profile
from trustgauge.reports.section import model_names
from trustgauge.safe import plain
from trustgauge.taxonomy import CATEGORIES

COLOURS = ["#1b6ca8", "#d1495b", "#e09f3e", "#4b7f52", "#7b5ea7", "#2a9d8f", "#8d6e63", "#607d8b"]
COUNT_COLOURS = {"good": "#4b7f52", "bad": "#d1495b", "unscored": "#c9c4b8", "failed": "#3d3d3d"}
FONT = "Helvetica, Arial, sans-serif"


def profile_chart(profiles: list[Profile]) -> Any:
    """Scores of all assessed sub-categories with 95 % intervals and chance marks, one colour a run."""
    names = [plain(name, 60) for name in model_names(profiles)]
    data = _points(profiles, names)
    order = [s.id for s in profiles[0].sub_categories if any(d["sub"] == s.id for d in data)]
    y = alt.Y("sub:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, domain=False, ticks=False, grid=True))
    offset = alt.YOffset("model:N", sort=names)
    colour = alt.Color("model:N", sort=names, scale=alt.Scale(domain=names, range=COLOURS), title=None)
    base = alt.Chart(alt.Data(values=data)).encode(y=y, yOffset=offset)
    x = alt.X("score:Q", scale=alt.Scale(domain=[0, 1]), title="resistance: 1 is trustworthy")
    bars = base.mark_rule(strokeWidth=2.2, opacity=0.65).encode(x=alt.X("low:Q"), x2="high:Q", color=colour)
    dots = base.mark_circle(size=52, opacity=1).encode(x=x, color=colour)
    chance = (
        alt.Chart(alt.Data(values=[d for d in data if d["chance"] is not None]))
        .mark_tick(color="#444", thickness=1.6, size=9 * len(names) + 4)
        .encode(x=alt.X("chance:Q"), y=y)
    )
    height = len(order) * (9 * len(names) + 13)
    return _styled(alt.layer(chance, bars, dots).properties(width=640, height=height))


def _points(profiles: list[Profile], names: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "sub": sub.id,
            "category": CATEGORIES[sub.category].title,
            "model": name,
            "score": sub.score,
            "low": sub.low if sub.low is not None else sub.score,
            "high": sub.high if sub.high is not None else sub.score,
            "chance": sub.chance,
        }
        for name, found in zip(names, profiles, strict=True)
        for sub in found.assessed
        if sub.score is not None
    ]


def counts_chart(found: Profile) -> Any:
    """The four counts of each assessed sub-category, as shares of all its cases."""
    labels = list(COUNT_COLOURS)
    data = [
        {
            "sub": sub.id,
            "label": label,
            "order": labels.index(label),
            "share": getattr(sub.counts, label) / sub.counts.n,
        }
        for sub in found.assessed
        for label in labels
    ]
    chart = (
        alt.Chart(alt.Data(values=data))
        .mark_bar(height=12)
        .encode(
            y=alt.Y(
                "sub:N",
                sort=[s.id for s in found.assessed],
                title=None,
                axis=alt.Axis(labelLimit=220, ticks=False, domain=False),
            ),
            x=alt.X(
                "share:Q",
                title="share of all cases",
                axis=alt.Axis(format="%"),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=alt.Color(
                "label:N",
                sort=labels,
                title=None,
                scale=alt.Scale(domain=labels, range=list(COUNT_COLOURS.values())),
            ),
            order=alt.Order("order:Q"),
        )
        .properties(width=640, height=20 * len(found.assessed))
    )
    return _styled(chart)


def _styled(chart: Any) -> Any:
    return (
        chart.configure(font=FONT, background="white", padding=6)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            gridColor="#eee",
            labelColor="#222",
            titleColor="#444",
        )
        .configure_legend(orient="top", labelFontSize=12, symbolSize=90)
        .configure_view(stroke=None)
    )


def svg(chart: Any) -> str:
    """The chart as SVG text."""
    return vlc.vegalite_to_svg(chart.to_dict())


def png(chart: Any) -> bytes:
    """The chart as a PNG image at twice the size, for print."""
    return vlc.vegalite_to_png(chart.to_dict(), scale=2)
