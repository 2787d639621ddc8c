"""The style all charts share: colours and shapes that colour-blind readers tell apart, and the renderer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, cast

import altair as alt
import vl_convert as vlc

from trustgauge.safe import plain
from trustgauge.types import digest

FONT = "Helvetica, Arial, sans-serif"
INK, SOFT, LINE = "#222222", "#5d5d5d", "#e3e1db"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#a8437e", "#000000", "#8b0000", "#00513c", "#cc79a7")
"""Okabe & Ito's (2008) and dark ones of their hues, each at least 3:1 on white (WCAG 1.4.11) and, as people with
any kind of colour blindness see them (Machado et al. 2009), told apart from each other."""
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right")
_OPEN = ("#5d5d5d", "triangle-up")
MEANT = {
    **dict.fromkeys(("GO", "better"), ("#00664b", "circle")),
    **dict.fromkeys(("NO-GO", "worse"), ("#b84a00", "square")),
    **dict.fromkeys(("INSUFFICIENT EVIDENCE", "can't tell", "not compared"), _OPEN),
    **dict.fromkeys(("equivalent", "not worse"), ("#0072b2", "diamond")),
}
"""Series that are verdicts: the same colour and shape on every chart, those of the gate board."""
LONGEST = 34  # characters of a label; the page's text has the whole name
_LETTER = 6.3  # pixels that a letter takes at a size of 12, on average and rounded up


def shortened(names: Iterable[str], limit: int = LONGEST) -> dict[str, str]:
    """Name -> label of at most `limit` characters on one line, harmless, and different for different names."""
    labels: dict[str, str] = {}
    for name in dict.fromkeys(names):
        flat = " ".join(plain(name).split())
        label, again = _cut(flat, limit), 2
        while label in labels.values():
            mark = f" ({again})"
            label, again = _cut(flat, limit - len(mark)) + mark, again + 1
        labels[name] = label
    return labels


def _cut(text: str, limit: int) -> str:
    """Its beginning and its end: versions and sizes of models stand there."""
    if len(text) <= limit:
        return text
    tail = limit // 3
    return f"{text[: limit - tail - 1].rstrip()}…{text[-tail:].lstrip()}"


def text_width(text: str, size: float = 12) -> float:
    """Pixels that a text takes, about."""
    return len(text) * _LETTER * size / 12


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours "#rrggbb", 1 to 21 (WCAG 2.2, relative luminance)."""
    bright, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def series_look(names: Sequence[str]) -> tuple[alt.Color, alt.Shape]:
    """Colour and shape of each series, the fixed ones where all are verdicts; a legend where there are several."""
    legend = (
        alt.Legend(orient="top", columns=4, symbolSize=90, symbolOpacity=1, labelLimit=240) if len(names) > 1 else None
    )
    looks = [(COLOURS[i % len(COLOURS)], SHAPES[i % len(SHAPES)]) for i in range(len(names))]
    if all(name in MEANT for name in names):
        looks = [MEANT[name] for name in names]
    colours, shapes = [colour for colour, _ in looks], [shape for _, shape in looks]
    scales = alt.Scale(domain=list(names), range=colours), alt.Scale(domain=list(names), range=shapes)
    return (
        alt.Color("series:N", sort=list(names), scale=scales[0], title=None, legend=legend),
        alt.Shape("series:N", sort=list(names), scale=scales[1], title=None, legend=legend),
    )


def rows_of(values: Sequence[dict[str, Any]]) -> alt.Chart:
    """A chart over these rows."""
    return alt.Chart(alt.Data(values=list(values)))


def linear(low: float, high: float) -> alt.Scale:
    """A scale that ends just there, so that places can be computed beforehand."""
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def around(values: Iterable[float | None], *, near: float = 0.0) -> tuple[float, float]:
    """A domain that holds the values with some air, (0, 1) where there are none; `near` is its least width."""
    known = [v for v in values if v is not None]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    air = max((high - low) * 0.06, (near - (high - low)) / 2, 1e-6)
    return low - air, high + air


def styled(chart: Any) -> Any:
    """The chart in the common style; what a blind reader needs stands beside it, not on each mark."""
    axis = alt.AxisConfig(
        labelFontSize=12,
        titleFontSize=12,
        titleFontWeight="normal",
        gridColor="#eeeeee",
        domainColor="#999999",
        labelColor=INK,
        titleColor="#444444",
    )
    legend = alt.LegendConfig(orient="top", labelFontSize=12, labelColor=INK, symbolSize=90)
    title = alt.TitleConfig(fontSize=12, fontWeight="bold", color=INK, anchor="start")
    view = alt.ViewConfig(stroke=None)
    base: dict[str, Any] = {"font": FONT, "background": "white", "padding": 6, "aria": False}
    return chart.configure(**base, axis=axis, legend=legend, title=title, view=view)  # at once: each call copies all


def svg(chart: Any, *, title: str = "", alt_text: str = "") -> str:
    """The chart as SVG: one picture with a name and a description, no script, ids that meet no other chart's."""
    text = vlc.vegalite_to_svg(_harmless(_spec(chart)))
    name, said = _one_line(title), _one_line(alt_text)
    mark = f"c{digest([text, name])}"
    text = re.sub(r'\bid="([^"]+)"', rf'id="{mark}-\1"', text)
    text = re.sub(r"url\((['\"]?)#", rf"url(\1#{mark}-", text)
    text = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", text)
    head, rest = text.split(">", 1)
    label = escape(". ".join(part.rstrip(".") for part in (name, said) if part) or "chart", quote=True)
    told = "".join(f"<{tag}>{escape(part)}</{tag}>" for tag, part in (("title", name), ("desc", said)) if part)
    return f'{head} role="img" aria-label="{label}">{told}{rest}'


def _spec(chart: Any) -> Any:
    """The specification; the renderer says no to a wrong one, so it is not held against the whole schema before."""
    return chart.to_dict(validate=False)


def _harmless(spec: Any) -> Any:
    """The specification with every text made plain: the renderer aborts the process on what XML can't hold."""
    match spec:
        case str():
            return plain(spec)
        case dict():
            return {key: _harmless(value) for key, value in cast(dict[str, Any], spec).items()}
        case list():
            return [_harmless(value) for value in cast(list[Any], spec)]
        case _:
            return spec


def _one_line(text: str) -> str:
    return " ".join(plain(text).split())


def png(chart: Any) -> bytes:
    """The chart as a PNG image at twice the size, for print."""
    return vlc.vegalite_to_png(_harmless(_spec(chart)), scale=2)
