"""Figures of a study: gains over the stages, trends, trade-offs, the map of correlations, places with intervals."""

from __future__ import annotations

from trustgauge.reports.kit import Cell, Point, Row, forest, heatmap, rank_intervals, read_out, scatter
from trustgauge.reports.kit import trend as staged
from trustgauge.reports.page import Figure
from trustgauge.studying.analyses import TradeOff
from trustgauge.studying.trends import Trend, sentence
from trustgauge.studying.whole import Study
from trustgauge.studying.words import rho_words, share, trend_counts

SHOWN = 5
"""Measures whose stages get a figure of their own."""


def figures(study: Study) -> dict[str, list[Figure]]:
    """The figures by the part of the page they belong to; parts without one are not there."""
    found = {
        "trend": _trends(study),
        "trade": [figure for one in trade_offs(study) for figure in _trade(one, study)],
        "map": _map(study),
        "rank": _rank(study),
    }
    return {part: made for part, made in found.items() if made}


def trade_offs(study: Study) -> list[TradeOff]:
    """Trust against each utility, and restraint against helpfulness."""
    found = [one for one, _ in study.utility.values() if one]
    return [*found, study.refusal[1]] if study.refusal else found


def _trends(study: Study) -> list[Figure]:
    told = [t for t in study.trends if t.gain and t.stages]
    if not told:
        return []
    note = "n is the number of models."
    sure = [t for t in told if t.gain and t.gain[1] is not None]
    if sure:
        rows = [Row(t.measure.title, *t.gain, n=t.n) for t in sure if t.gain]
        note += f" Without an interval, and so not here: {len(told) - len(sure)}." if len(sure) < len(told) else ""
        chart = forest(rows, "gain from the first stage to the last (95 % over cases); right is better", rule=0.0)
    else:
        rows = [Row(t.measure.title, t.tau.value, t.tau.low, t.tau.high, n=t.n) for t in told if t.tau]
        chart = forest(rows, "Kendall's tau with the stage (95 % over models); right is better", (-1.0, 1.0), 0.0)
    alt = f"{len(rows)} measures, n is models: {read_out(rows)}"
    first = Figure(title=trend_counts(study), chart=chart, alt=alt, note=note)
    return [first, *(_stages(t, study) for t in shown_trends(study))]


def shown_trends(study: Study) -> list[Trend]:
    """The trends that claims are about, as published; else those that moved most beyond their interval."""
    claimed = {w.claim.measure for w in study.claims if not w.claim.id.endswith("-ours")}
    own = [t for t in study.trends if t.measure.id in claimed and t.stages]
    if own:
        return own[:SHOWN]
    moved = [t for t in study.trends if t.steps]
    return sorted(moved, key=lambda t: -max(abs(s.change) for s in t.steps))[:SHOWN]


def _stages(found: Trend, study: Study) -> Figure:
    at = {model: i for i, model in enumerate(study.table.models)}
    cells = study.table.cells[found.measure.id]
    n = study.table.n.get(found.measure.id)
    rows: list[Row] = []
    for stage in found.stages:
        for model in stage.models:
            cell = cells[at[model]]
            if cell:
                rows.append(Row(stage.name, *cell, series=model, n=n[at[model]] if n else None))
    chart = staged(rows, study.facts.stages, "score, 95 % over cases", (0.0, 1.0))
    alt = f"{found.n} models in {len(found.stages)} stages: {read_out(rows)}"
    return Figure(title=sentence(found), chart=chart, alt=alt, note="Each dot is a model; the line joins the means.")


def _trade(found: TradeOff, study: Study) -> list[Figure]:
    front = [name for (name, _, _), on in zip(found.points, found.front, strict=True) if on]
    points = [
        Point(name, x[0], y[0], x[1], x[2], y[1], y[2], series=_kind(name, study), front=on)
        for (name, x, y), on in zip(found.points, found.front, strict=True)
    ]
    told = f"{len(front)} of {len(points)} models" if len(front) > 4 else ", ".join(front)
    names = " and ".join(title.partition(":")[0] for title in (found.y_title, found.x_title))
    said = f"{names}: {rho_words(found.rho).rstrip('.')}. Nobody is better in both than {told}"
    title = said[:1].upper() + said[1:]
    listed = "; ".join(f"{name} {x[0]:.2f}, {y[0]:.2f}" for name, x, y in found.points)
    alt = f"{len(points)} models, {found.x_title} and {found.y_title}: {listed}."
    return [Figure(title=title, chart=scatter(points, found.x_title, found.y_title), alt=alt)]


def _kind(model: str, study: Study) -> str:
    is_open = study.facts.of(model).open
    return "" if is_open is None else "open" if is_open else "proprietary"


def _map(study: Study) -> list[Figure]:
    found = study.map
    if len(found.measures) < 2 or not found.rho:
        return []
    titles = {m.id: m.title for m in found.measures}
    order = [m for names, _ in found.clusters for m in names]
    order += [m.id for m in found.measures if m.id not in order]
    full = "" if len(order) > 12 else ".2f"
    cells: list[Cell] = []
    for i, row in enumerate(order):
        for column in order[:i]:
            rho = found.rho.get((row, column)) or found.rho.get((column, row))
            value = rho.value if rho else None
            cells.append(
                Cell(titles[row], titles[column], value, format(value, full) if full and value is not None else "")
            )
    strongest = sorted(found.rho.items(), key=lambda item: -abs(item[1].value))[:10]
    listed = "; ".join(f"{titles[a]} and {titles[b]} {rho.value:+.2f} (n {rho.n})" for (a, b), rho in strongest)
    told, of, chance = found.told
    title = f"{told} of {of} pairs of measures go together or against each other (p < 0.05); chance gives {chance:.0f}"
    if not of:
        title = f"Over {len(study.table.models)} models no two measures can be told to go together: too few"
    alt = f"Rank correlations of {len(order)} measures over {len(study.table.models)} models; strongest: {listed}."
    note = "All measures turned so that larger is better; measures that say nearly the same stand side by side."
    return [Figure(title=title, chart=heatmap(cells, [titles[m] for m in order]), alt=alt, note=note)]


def _rank(study: Study) -> list[Figure]:
    rows = [Row(p.name, p.place, p.low, p.high) for p in study.ranking.places]
    if not rows:
        return []
    chart = rank_intervals(rows, "place by mean rank, 95 %", len(rows))
    alt = f"Places of {len(rows)} models over {study.ranking.measures} measures: {read_out(rows)}"
    return [Figure(title=_who_leads(study), chart=chart, alt=alt, note=f"Limits over {study.ranking.over}.")]


RIVAL = 0.025
"""Share of draws in first place from which a model counts as a rival."""


def _who_leads(study: Study) -> str:
    first = study.ranking.places[0]
    rivals = sum(p.best >= RIVAL for p in study.ranking.places[1:])
    could = f"{rivals} other{'s' if rivals > 1 else ''} in 2.5 % or more" if rivals else "no other in 2.5 %"
    return f"{first.name} leads in {share(first.best)} of the draws, {could}"
