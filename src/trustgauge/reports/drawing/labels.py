"""Where the names of dots go so that none covers another: the cheapest of some places around each, tried in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trustgauge.reports.drawing.style import text_width

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

LABEL_SIZE = 11  # of the letters
_TALL = 13.0  # pixels of a label's height
_DOT = 6.0  # half of a dot's width, with air


@dataclass(frozen=True)
class Spot:
    """A dot and its name, in pixels from the upper left."""

    text: str
    x: float
    y: float
    bars: tuple[Box, ...] = ()  # its intervals, which no name should cross


@dataclass(frozen=True)
class Placed:
    """A name's left end and middle height, its end nearer to the dot, and whether a line must join the two."""

    left: float
    middle: float
    end: float
    far: bool


def placed(spots: Sequence[Spot], width: float, height: float) -> list[Placed]:
    """A place for each name, the most crowded dots first; names of dots in one spot go under each other.

    Greedy over candidates at growing distances: overlap with names already placed costs most, then with dots,
    then leaving the field; then what is farther away. Deterministic.
    """
    dots = [_around(s) for s in spots]
    crowd = [sum(abs(s.x - o.x) < 90 and abs(s.y - o.y) < 30 for o in spots) for s in spots]
    bars = [bar for spot in spots for bar in spot.bars]
    taken: list[Box] = []
    found: dict[int, Placed] = {}
    for i in sorted(range(len(spots)), key=lambda i: (-crowd[i], spots[i].y, spots[i].x, i)):
        spot, others = spots[i], [*(d for j, d in enumerate(dots) if j != i), *bars]
        _, box, far = min(
            (
                (_cost(box, taken, others, dots[i], width, height) + away, box, far)
                for box, away, far in _candidates(spot)
            ),
            key=lambda each: each[0],
        )
        taken.append(box)
        found[i] = Placed(box[0], (box[1] + box[3]) / 2, min(max(spot.x, box[0] - 2), box[2] + 2), far)
    return [found[i] for i in range(len(spots))]


def _around(spot: Spot) -> Box:
    return spot.x - _DOT, spot.y - _DOT, spot.x + _DOT, spot.y + _DOT


def _candidates(spot: Spot) -> Iterator[tuple[Box, float, bool]]:
    """Boxes beside the dot, nearest first, with the cost of being there."""
    wide = text_width(spot.text, LABEL_SIZE)
    for ring in range(9):
        gap, far = 9.0 + 13.0 * ring, ring > 0
        for turn, (across, up) in enumerate(_SIDES):
            left = spot.x + across * gap - wide * (1 - across) / 2
            middle = spot.y + up * (gap + 3.0)
            yield (left, middle - _TALL / 2, left + wide, middle + _TALL / 2), 4.0 * ring + 0.3 * turn, far


_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))


def _cost(box: Box, taken: list[Box], dots: list[Box], own: Box, width: float, height: float) -> float:
    outside = max(0.0, -box[0], box[2] - width) + max(0.0, -box[1], box[3] - height)
    names = sum(overlap(box, other) for other in taken)
    return 10 * names + 3 * sum(overlap(box, d) for d in dots) + 5 * overlap(box, own) + 30 * outside


def overlap(a: Box, b: Box) -> float:
    """Pixels that two boxes share."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, across) * max(0.0, down)
