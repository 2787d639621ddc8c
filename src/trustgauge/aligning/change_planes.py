"""Planes: the Pareto view of stages, on two numbers that are both better when larger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from trustgauge.aligning.change_result import Place, Plane, Span, StageChange
from trustgauge.taxonomy import UTILITY

At = tuple[float, float | None, float | None]
"""A value with its limits."""


def planes_of(base: str, stages: Sequence[StageChange]) -> tuple[Plane, ...]:
    """Trust in the targets against utility, and restraint against helpfulness; without those nobody has numbers for."""
    trust = [stage.targets for stage in stages]
    utility = [next((moved.score for moved in stage.outside if moved.id == UTILITY), Span()) for stage in stages]
    restraint = [_turned(stage.refusals.complied) for stage in stages]
    helpfulness = [_turned(stage.refusals.declined) for stage in stages]
    names = [stage.name for stage in stages]
    wanted = (
        ("trust and utility", "utility", "mean score of the targets", utility, trust),
        (
            "restraint and helpfulness",
            "helpfulness: share of benign twins answered",
            "restraint: share of harmful requests declined",
            helpfulness,
            restraint,
        ),
    )
    planes = (
        Plane(name=name, x_title=x_title, y_title=y_title, places=tuple(_places(base, names, across, up)))
        for name, x_title, y_title, across, up in wanted
    )
    return tuple(plane for plane in planes if len(plane.places) > 1)


def _turned(span: Span) -> Span:
    """Of a share that is bad, what is left of 1."""
    return Span(
        before=_rest(span.before),
        after=_rest(span.after),
        before_ends=_rest_ends(span.before_ends),
        after_ends=_rest_ends(span.after_ends),
    )


def _rest(value: float | None) -> float | None:
    return None if value is None else 1 - value


def _rest_ends(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    return ends and (1 - ends[1], 1 - ends[0])


def _places(base: str, names: Sequence[str], across: Sequence[Span], up: Sequence[Span]) -> Iterator[Place]:
    """The base by what the last stage that knows it says of it, then each stage."""
    known = [
        Place(stage=name, x=x, y=y)
        for name, a, b in zip(names, across, up, strict=True)
        if (x := _at(a.after, a.after_ends)) and (y := _at(b.after, b.after_ends))
    ]
    for a, b in zip(reversed(across), reversed(up), strict=True):
        if (x := _at(a.before, a.before_ends)) and (y := _at(b.before, b.before_ends)):
            known.insert(0, Place(stage=base, x=x, y=y))
            break
    for place in known:
        yield replace(place, dominated_by=tuple(other.stage for other in known if _beats(other, place)))


def _at(value: float | None, ends: tuple[float, float] | None) -> At | None:
    low, high = ends or (None, None)
    return None if value is None else (value, low, high)


def _beats(one: Place, other: Place) -> bool:
    """By the points alone: as good on both axes, and better on one."""
    return one.x[0] >= other.x[0] and one.y[0] >= other.y[0] and (one.x[0], one.y[0]) != (other.x[0], other.y[0])
