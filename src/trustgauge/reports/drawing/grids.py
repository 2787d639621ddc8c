"""Charts that are grids: the correlation map and the gate board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import altair as alt

from trustgauge.reports.drawing.style import INK, SOFT, contrast, linear, rows_of, shortened, styled, text_width
from trustgauge.safe import plain

PUOR = ("#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#d8daeb", "#998ec3", "#542788")
"""Brewer's PuOr: from orange over white to purple, told apart by colour-blind readers."""
GO, NO_GO, OPEN = "GO", "NO-GO", "INSUFFICIENT EVIDENCE"
_LOOK = {
    GO: ("#00664b", "#00664b", "#ffffff", "M-1,0L-0.6,-0.4L-0.25,-0.05L0.6,-0.9L1,-0.5L-0.25,0.75Z"),  # a tick
    NO_GO: ("#b84a00", "#b84a00", "#ffffff", "M-1,-.6L-.6,-1L0,-.4L.6,-1L1,-.6L.4,0L1,.6L.6,1L0,.4L-.6,1L-1,.6L-.4,0Z"),
    OPEN: ("#ffffff", "#444444", "#222222", "triangle-up"),
}
_CHIP, _ROW, _BOARD = 196.0, 42.0, 840.0  # pixels


@dataclass(frozen=True)
class Cell:
    """One field of a map; value None is missing and shows as a dash on a crossed-out grey."""

    row: str
    column: str
    value: float | None
    text: str = ""


@dataclass(frozen=True)
class Decision:
    """One line of the board: what was asked, GO, NO-GO or INSUFFICIENT EVIDENCE, and on what grounds."""

    name: str
    verdict: str
    detail: str


def heatmap(
    cells: Sequence[Cell], order: Sequence[str], low: float = -1.0, high: float = 1.0, legend: str = "correlation"
) -> Any:
    """Map of numbers in colours that diverge from the middle of low..high; order is that of rows and columns."""
    if not cells:
        return None
    rows = [o for o in order if any(c.row == o for c in cells)]
    columns = [o for o in order if any(c.column == o for c in cells)]
    names = shortened([*rows, *columns], 30)
    side = 42 if len(columns) <= 12 else 31
    wide, tall = side * len(columns), side * len(rows)
    data = [_field(c, rows, columns, side, low, high) for c in cells if c.row in names and c.column in names]
    scale = alt.Scale(domain=[low + (high - low) * i / 6 for i in range(7)], range=list(PUOR), clamp=True)
    key = alt.Legend(title=legend, orient="bottom", gradientLength=220, titleFontWeight="normal", format="+.1f")
    fields = rows_of(data)
    x, y = alt.X("left:Q", scale=linear(0, wide), axis=None), alt.Y("top:Q", scale=linear(tall, 0), axis=None)
    middle: dict[str, Any] = {"x": alt.X("x:Q", axis=None), "y": alt.Y("y:Q", axis=None)}
    known = fields.transform_filter("datum.value !== null").mark_rect(stroke="#ffffff", strokeWidth=1)
    text = fields.mark_text(fontSize=11 if side > 35 else 10, baseline="middle")
    ink = alt.Color("ink:N", scale=None)
    rect: dict[str, Any] = {"x": x, "x2": "right:Q", "y": y, "y2": "bottom:Q"}
    layers = [
        known.encode(**rect, color=alt.Color("value:Q", scale=scale, legend=key)),
        *_missing([d for d in data if d["value"] is None], rect),
        text.encode(**middle, text="text:N", color=ink),
        *_edges(rows, columns, names, side),
    ]
    return styled(alt.layer(*layers).resolve_scale(color="independent").properties(width=wide, height=tall))


def _field(
    cell: Cell, rows: Sequence[str], columns: Sequence[str], side: int, low: float, high: float
) -> dict[str, Any]:
    left, top = columns.index(cell.column) * side, rows.index(cell.row) * side
    place = {"left": left, "right": left + side, "top": top, "bottom": top + side}
    text = cell.text or signed(cell.value)
    middle = {"x": left + side / 2, "y": top + side / 2}
    return (
        place
        | middle
        | {
            "value": cell.value,
            "text": text,
            "ink": INK if cell.value is None else _ink((cell.value - low) / (high - low)),
        }
    )


def _ink(share: float) -> str:
    """Dark or white, whichever reads better on the colour at that share of the scale."""
    return max((INK, "#ffffff"), key=lambda ink: contrast(ink, tone(share)))


def tone(share: float) -> str:
    """The map's colour at that share of its scale, 0..1."""
    at = min(max(share, 0.0), 1.0) * (len(PUOR) - 1)
    first = min(int(at), len(PUOR) - 2)
    ends = [[int(PUOR[i][k : k + 2], 16) for k in (1, 3, 5)] for i in (first, first + 1)]
    mixed = [a + (b - a) * (at - first) for a, b in zip(*ends, strict=True)]
    return "#" + "".join(f"{round(part):02x}" for part in mixed)


def signed(value: float | None) -> str:
    """ "+.57", "−.12", "0": a correlation as short as it goes; a dash where there is none."""
    if value is None:
        return "–"
    text = f"{abs(value):.2f}".removeprefix("0")
    sign = "+" if value > 0 else "−"
    return "0" if text == ".00" else f"{sign}{text}"


def _missing(data: list[dict[str, Any]], rect: dict[str, Any]) -> list[Any]:
    """Grey, and crossed out, so that it is told from zero without colour."""
    if not data:
        return []
    ends: dict[str, Any] = {"x": rect["x"], "x2": "right:Q", "y": alt.Y("bottom:Q", axis=None), "y2": "top:Q"}
    grey = rows_of(data).mark_rect(color="#e6e6e6", stroke="#ffffff", strokeWidth=1).encode(**rect)
    return [grey, rows_of(data).mark_rule(color="#cccccc", strokeWidth=1).encode(**ends)]


def _edges(rows: Sequence[str], columns: Sequence[str], names: dict[str, str], side: int) -> list[Any]:
    """Names of rows at the left, of columns upright on top."""
    down = [{"at": (i + 0.5) * side, "text": names[row]} for i, row in enumerate(rows)]
    along = [{"at": (i + 0.5) * side, "text": names[column]} for i, column in enumerate(columns)]
    left = rows_of(down).mark_text(align="right", baseline="middle", fontSize=12, color=INK)
    top = rows_of(along).mark_text(align="left", baseline="middle", angle=300, fontSize=12, color=INK)
    return [
        left.encode(x=alt.value(-8), y=alt.Y("at:Q", axis=None), text="text:N"),
        top.encode(x=alt.X("at:Q", axis=None), y=alt.value(-6), text="text:N"),
    ]


def board(decisions: Sequence[Decision]) -> Any:
    """Gate board: a line a rule, its verdict as a word, a shape and a colour. None without decisions.

    ValueError for a verdict that is none of the three.
    """
    if not decisions:
        return None
    letters = int((_BOARD - _CHIP - 20) / text_width("x", 11))
    names = shortened((d.name for d in decisions), letters - 12)
    data: list[dict[str, Any]] = []
    height = 0.0
    for decision in decisions:
        data.append(_chip(height, decision, names[decision.name], _wrapped(decision.detail, letters)))
        height = data[-1]["end"]
    lines = rows_of(data)
    y = alt.Y("top:Q", scale=linear(height, 0), axis=None)
    x = alt.X("left:Q", scale=linear(0, _BOARD), axis=None)
    chip = lines.mark_rect(cornerRadius=5, strokeWidth=1.6)
    sign = lines.mark_point(filled=True, size=150, opacity=1)
    word = lines.mark_text(align="left", baseline="middle", fontSize=12, fontWeight="bold")
    look: dict[str, Any] = {"color": alt.Color("ink:N", scale=None)}
    shape = alt.Shape(
        "verdict:N", scale=alt.Scale(domain=list(_LOOK), range=[v[3] for v in _LOOK.values()]), legend=None
    )
    name = lines.mark_text(align="left", baseline="middle", fontSize=12.5, fontWeight="bold", color=INK)
    said = lines.mark_text(align="left", baseline="top", fontSize=11.5, lineBreak="\n", lineHeight=14, color=SOFT)
    layers = [
        chip.encode(
            x=x, x2="right:Q", y=y, y2="bottom:Q",
            fill=alt.Fill("fill:N", scale=None), stroke=alt.Stroke("edge:N", scale=None),
        ),
        sign.encode(x=alt.value(16), y=alt.Y("middle:Q", axis=None), shape=shape, **look),
        word.encode(x=alt.value(30), y=alt.Y("middle:Q", axis=None), text="verdict:N", **look),
        name.encode(x=alt.value(_CHIP + 14), y=alt.Y("upper:Q", axis=None), text="name:N"),
        said.encode(x=alt.value(_CHIP + 14), y=alt.Y("lower:Q", axis=None), text="detail:N"),
    ]  # fmt: skip
    return styled(alt.layer(*layers).properties(width=_BOARD, height=height))


def _chip(top: float, decision: Decision, name: str, detail: str) -> dict[str, Any]:
    if decision.verdict not in _LOOK:
        raise ValueError(f"there is no verdict '{decision.verdict}': use one of {', '.join(_LOOK)}")
    fill, edge, ink, _ = _LOOK[decision.verdict]
    tall = _ROW + 14 * detail.count("\n")
    return {
        "left": 0,
        "right": _CHIP,
        "top": top + 5,
        "bottom": top + _ROW - 5,
        "end": top + tall,
        "middle": top + _ROW / 2,
        "upper": top + (_ROW / 2 - 8 if detail else _ROW / 2),
        "lower": top + _ROW / 2 + 3,
        "verdict": decision.verdict,
        "name": name,
        "detail": detail,
        "fill": fill,
        "edge": edge,
        "ink": ink,
    }


def _wrapped(text: str, letters: int, most: int = 3) -> str:
    """The text on lines of so many letters, cut after `most` of them."""
    flat = " ".join(plain(text).split())
    return "\n".join(wrap(flat, letters, max_lines=most, placeholder=" …"))
