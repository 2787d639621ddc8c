"""The chart kit: what every verb draws with. Each function gives an Altair chart for page.Figure, None where empty."""

from __future__ import annotations

from collections.abc import Sequence

from trustgauge.reports.drawing.grids import Cell, Decision, board, heatmap
from trustgauge.reports.drawing.lines import Row, forest, rank_intervals, side_by_side
from trustgauge.reports.drawing.planes import Bin, Point, reliability, scatter, trend
from trustgauge.reports.section import interval

__all__ = [
    "Bin",
    "Cell",
    "Decision",
    "Point",
    "Row",
    "board",
    "forest",
    "heatmap",
    "rank_intervals",
    "read_out",
    "reliability",
    "scatter",
    "side_by_side",
    "trend",
]


def read_out(rows: Sequence[Row], most: int = 40) -> str:
    """The rows as a sentence for alternative text: "careful, privacy: 0.94 [.90 .97], n 60; ..."."""
    parts = [_read(row) for row in rows[:most]]
    left = len(rows) - len(parts)
    return "; ".join(parts) + (f"; and {left} more, which the table holds" if left else "") + "."


def _read(row: Row) -> str:
    name = ", ".join(part for part in (row.series, row.group, row.label) if part)
    value = "no value" if row.value is None else interval(row.value, row.low, row.high)
    return f"{name}: {value}" + (f", n {row.n:,}" if row.n is not None else "")
