"""The analyses of a study: ranking, trade-offs, openness, what goes with what; each with its n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trustgauge.stats.permutation import Difference, mean_difference
from trustgauge.stats.rank_correlation import (
    Correlation,
    correlation_map,
    ranks,
    redundant,
    spearman,
    spearman_draws,
)
from trustgauge.stats.ranking import (
    Place,
    Scored,
    mean_ranks,
    pareto_front,
    places,
    resampled_measures,
    simulate,
    simulated_ranks,
)
from trustgauge.studying.facts import Facts
from trustgauge.studying.table import Measure, Sides, Table

DRAWS = 4_000
MAP_DRAWS = 1_999
"""Random arrangements for each pair of a map, of which there are hundreds."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Models by mean rank, how the limits were made, and how far each moves where a convention is another.

    moves: (convention, each model's place under it), in the order of `places`.
    """

    places: tuple[Place, ...]
    over: str
    measures: int
    moves: tuple[tuple[str, tuple[float, ...]], ...] = ()

    def span(self, at: int) -> tuple[float, float]:
        """The best and the worst place of the model that stands there, over all conventions."""
        found = [self.places[at].place, *(row[at] for _, row in self.moves)]
        return min(found), max(found)


@dataclass(frozen=True, slots=True)
class Association:
    """How two things go together over models; cases: 95 % limits over the models' cases, where scores have them."""

    x: str
    y: str
    rho: Correlation | None
    cases: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class TradeOff:
    """Points (model, x, y) with limits where known, larger better in both, and which lie on the Pareto front."""

    x_title: str
    y_title: str
    points: tuple[tuple[str, Scored, Scored], ...]
    front: tuple[bool, ...]
    rho: Correlation | None


@dataclass(frozen=True, slots=True)
class Map:
    """Rank correlations of every two measures, larger better in all, and groups that say nearly the same."""

    measures: tuple[Measure, ...]
    rho: dict[tuple[str, str], Correlation]
    clusters: tuple[tuple[tuple[str, ...], float], ...]

    @property
    def told(self) -> tuple[int, int, float]:
        """Pairs with p < 0.05, all pairs that could have one, and how many of these chance alone would give."""
        able = [rho for rho in self.rho.values() if rho.p.least < 0.05]
        return sum(rho.p.p < 0.05 for rho in able), len(able), 0.05 * len(able)


def ranking(table: Table, rng: np.random.Generator, *, draws: int = DRAWS) -> Ranking:
    """Mean ranks over the ranked measures, equal weights, ties averaged, missing left out.

    Where most scores have an interval the limits say what other cases might have shown (scores drawn from their
    intervals; one without could be anything); else what other measures might have (drawn with replacement).
    """
    measures = table.ranked
    columns = [(table.values(m.id), m.up is not False) for m in measures]
    means = mean_ranks(columns)
    sure = [cell[1] is not None for m in measures for cell in table.cells[m.id] if cell]
    if sum(sure) > len(sure) / 2:
        over = "cases: scores drawn from their intervals"
        joint = {
            at: found
            for at, m in enumerate(measures)
            if (found := table.together.get(m.id)) is not None and None not in table.cells[m.id]
        }
        drawn = simulated_ranks([[*map(_spread, _turned(table, m))] for m in measures], draws, rng, joint)
    else:
        over = "measures: as many drawn with replacement"
        drawn = resampled_measures(columns, draws, rng)
    found = places(table.models, means, drawn)
    at = [table.models.index(place.name) for place in found]
    moves = tuple(
        (name, tuple(_places(columns_, len(table.models))[i] for i in at)) for name, columns_ in conventions(table)
    )
    return Ranking(tuple(found), over, len(measures), moves)


def _spread(score: Scored | None) -> Scored | None:
    """A score without an interval may be anything from 0 to 1."""
    return (score[0], 0.0, 1.0) if score and score[1] is None else score


def _turned(table: Table, measure: Measure) -> list[Scored | None]:
    """A measure's scores turned so that larger is better; rates stay between 0 and 1."""
    if measure.up is not False:
        return list(table.cells[measure.id])
    return [
        None if c is None else (1 - c[0], None if c[2] is None else 1 - c[2], None if c[1] is None else 1 - c[1])
        for c in table.cells[measure.id]
    ]


Columns = list[tuple[list[float | None], bool]]


def conventions(table: Table) -> list[tuple[str, Columns]]:
    """Other ways to count that a reader might choose: suspect columns or a group left out, a direction turned.

    Of published tables every direction is turned, one at a time; those of our own measures are no matter of taste.
    """
    measures = table.ranked
    columns: Columns = [(table.values(m.id), m.up is not False) for m in measures]
    found: list[tuple[str, Columns]] = []
    fine = [c for m, c in zip(measures, columns, strict=True) if not m.suspect]
    if table.source == "tables":
        for i, measure in enumerate(measures):
            turned = [(v, up is not (i == j)) for j, (v, up) in enumerate(columns)]
            found.append((f"'{measure.title}' the other way round", turned))
    if 1 < len(fine) < len(columns):
        found.append((f"the {len(columns) - len(fine)} suspect columns left out", fine))
    for group in dict.fromkeys(m.group for m in measures):
        rest = [c for m, c in zip(measures, columns, strict=True) if m.group != group]
        if len(rest) > 1:
            found.append((f"without {group}", rest))
    return found


def _places(columns: Columns, models: int) -> list[float]:
    """Each model's place by mean rank; the last for one without a column."""
    return ranks([models + 1 if mean is None else mean for mean in mean_ranks(columns)])


def standing(table: Table) -> list[float | None]:
    """For each model the mean share of the others that it outranks, 0 to 1: (models - rank) / (models - 1)."""
    columns = table.ranked
    total, count = [0.0] * len(table.models), [0] * len(table.models)
    for measure in columns:
        values = table.good(measure)
        here = [v for v in values if v is not None]
        own = dict(zip(here, ranks(here), strict=True))  # equal values have equal ranks
        for i, value in enumerate(values):
            if value is not None:
                total[i] += (own[value] - 1) / (len(here) - 1)
                count[i] += 1
    return [t / c if c else None for t, c in zip(total, count, strict=True)]


def utilities(table: Table, facts: Facts) -> dict[str, list[Scored | None]]:
    """Scores that are not about trust, by name, that three of the models have: the runs' own first, then the facts'."""
    found = {name: list(row) for name, row in table.utility.items()}
    names = dict.fromkeys(name for model in table.models for name in facts.of(model).utility)
    for name in names:
        values = [facts.of(model).utility.get(name) for model in table.models]
        found[name] = [None if value is None else (value, None, None) for value in values]
    return {name: row for name, row in found.items() if sum(c is not None for c in row) > 2}


def against(
    table: Table, name: str, row: Sequence[Scored | None], rng: np.random.Generator
) -> tuple[TradeOff | None, list[Association]]:
    """Trust against one utility: the trade-off of both, and utility with every measure."""
    stands = standing(table)
    points = [
        (model, x, (y, None, None))
        for model, x, y in zip(table.models, row, stands, strict=True)
        if x and y is not None
    ]
    values = [None if cell is None else cell[0] for cell in row]
    each = [Association(name, m.title, spearman(values, table.good(m), rng)) for m in table.ranked]
    y_title = "trust: mean share of the other models outranked"
    return trade_off(name, y_title, points, rng), each


def trade_off(
    x_title: str, y_title: str, points: Sequence[tuple[str, Scored, Scored]], rng: np.random.Generator
) -> TradeOff | None:
    """Two things that are both better when larger; None with fewer than two models."""
    if len(points) < 2:
        return None
    front = pareto_front([(x[0], y[0]) for _, x, y in points])
    rho = spearman([x[0] for _, x, _ in points], [y[0] for _, _, y in points], rng)
    return TradeOff(x_title, y_title, tuple(points), tuple(front), rho)


def over_refusal(table: Table, rng: np.random.Generator) -> tuple[Association, TradeOff] | None:
    """Over-refusal against restraint over the cases that have benign twins; None where fewer than two models have."""
    there = [(model, side) for model, side in zip(table.models, table.sides or (), strict=False) if side]
    if len(there) < 2:
        return None
    held, refused = [side.restraint for _, side in there], [side.over_refusal for _, side in there]
    rho = spearman([v for v, _, _ in held], [v for v, _, _ in refused], rng)
    known = all(low is not None for _, low, _ in (*held, *refused))
    cases = spearman_draws(simulate(held, DRAWS, rng), simulate(refused, DRAWS, rng)) if known else None
    helps = [(1 - v, None if hi is None else 1 - hi, None if lo is None else 1 - lo) for v, lo, hi in refused]
    points = [(model, x, y) for (model, _), x, y in zip(there, helps, held, strict=True)]
    scatter = trade_off(
        "helpfulness: share of benign twins answered", "restraint: share of harmful cases held", points, rng
    )
    assert scatter is not None
    return Association("restraint", "over-refusal", rho, cases), scatter


def openness(table: Table, facts: Facts, rng: np.random.Generator) -> Difference | None:
    """Mean ranks of proprietary models less those of open ones: below 0 the proprietary stand better."""
    means = mean_ranks([(table.values(m.id), m.up is not False) for m in table.ranked])
    known = [(facts.of(model).open, mean) for model, mean in zip(table.models, means, strict=True) if mean is not None]
    return mean_difference([m for o, m in known if o is False], [m for o, m in known if o is True], rng)


def correlations(table: Table, rng: np.random.Generator) -> Map:
    """Every two measures, turned so that larger is better, over the models that have both."""
    measures = [m for m in table.ranked if len({v for v in table.good(m) if v is not None}) > 1]
    rho = correlation_map({m.id: table.good(m) for m in measures}, rng, draws=MAP_DRAWS)
    able = {pair: found for pair, found in rho.items() if found.p.least < 0.05}  # over four models any two go together
    clusters = tuple((tuple(names), mean) for names, mean in redundant([m.id for m in measures], able))
    return Map(tuple(measures), rho, clusters)


def with_suspects(table: Table, why: dict[str, str]) -> Table:
    """The table with what is known against some of its columns, by title."""
    found = {title.casefold(): said for title, said in why.items()}
    marked = [replace(m, suspect=found.get(m.title.casefold(), "")) for m in table.measures]
    return replace(table, measures=tuple(marked))


def with_sides(table: Table, columns: tuple[str, str]) -> Table:
    """The table with restraint and over-refusal from two of its columns, where it has them."""
    restraint, refusal = (table.find(title) for title in columns)
    if restraint is None or refusal is None:
        return table
    pairs = zip(table.cells[restraint.id], table.cells[refusal.id], strict=True)
    return replace(table, sides=tuple(Sides(a, b, None) if a and b else None for a, b in pairs))
