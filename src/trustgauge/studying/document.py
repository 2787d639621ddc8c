"""The document of a study: everything the page says as plain data, for --json."""

from __future__ import annotations

from typing import Any

from trustgauge.stats.permutation import PValue
from trustgauge.stats.rank_correlation import Correlation
from trustgauge.studying.analyses import TradeOff
from trustgauge.studying.trends import Trend, sentence
from trustgauge.studying.whole import Study
from trustgauge.studying.words import lead, least_rho


def document(study: Study) -> dict[str, Any]:
    """Schema 1: models, claims, trends, ranking, trade-offs, correlations; null is unknown, never 0."""
    return {
        "schema": 1,
        "models": [_model(study, i) for i in range(len(study.table.models))],
        "source": study.table.source,
        "seed": study.seed,
        "least_rho": least_rho(len(study.table.models)),
        "lead": list(lead(study)),
        "stages": list(study.facts.stages),
        "claims": [
            {
                "id": w.claim.id,
                "claim": w.claim.text,
                "source": w.claim.source,
                "verdict": w.verdict,
                "coefficient": w.coefficient or None,
                "value": w.value,
                "n": w.n,
                **_p(w.p),
                "p_holm": w.holm,
                "low": w.low,
                "high": w.high,
                "said": w.said,
                "note": w.claim.note,
            }
            for w in study.claims
        ],
        "conventions": [
            {"convention": c.convention, "ours": c.ours, "other": c.other, "changed": list(c.changed)}
            for c in study.conventions
        ],
        "trends": [_trend(t) for t in study.trends],
        "utility": {
            name: {"trade_off": _trade_off(found), "measures": [{"measure": a.y, "rho": _rho(a.rho)} for a in each]}
            for name, (found, each) in study.utility.items()
        },
        "over_refusal": None
        if study.refusal is None
        else {
            "rho": _rho(study.refusal[0].rho),
            "cases": study.refusal[0].cases,
            "trade_off": _trade_off(study.refusal[1]),
        },
        "openness": _openness(study),
        "ranking": _ranking(study),
        "correlations": [{"x": a, "y": b, **(_rho(rho) or {})} for (a, b), rho in study.map.rho.items()],
        "redundant": [{"measures": list(names), "mean_abs_rho": mean} for names, mean in study.map.clusters],
        "suspect": {m.id: m.suspect for m in study.table.measures if m.suspect},
        "left_out": list(study.table.left_out),
        "stopped_early": list(study.table.early),
        "several_runs_of": study.table.twice,
        "facts_of_nobody": list(study.facts.own),
        "missing": study.table.missing,
    }


def _model(study: Study, at: int) -> dict[str, Any]:
    name = study.table.models[at]
    facts = study.facts.of(name)
    scores = {
        m.id: None
        if (cell := study.table.cells[m.id][at]) is None
        else dict(zip(("score", "low", "high"), cell, strict=True))
        for m in study.table.measures
    }
    known = {"family": facts.family or None, "size": facts.size, "stage": facts.stage or None, "open": facts.open}
    return {"model": name, **known, "released": facts.released or None, "utility": facts.utility, "scores": scores}


def _openness(study: Study) -> dict[str, Any] | None:
    found = study.difference
    return found and {
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "n": list(found.n),
        **_p(found.p),
    }


def _p(p: PValue | None) -> dict[str, Any]:
    return {"p": p and p.p, "exact": p and p.exact, "least_p": p and p.least}


def _rho(rho: Correlation | None) -> dict[str, Any] | None:
    return rho and {"value": rho.value, "low": rho.low, "high": rho.high, "n": rho.n, **_p(rho.p)}


def _trend(found: Trend) -> dict[str, Any]:
    return {
        "measure": found.measure.id,
        "shape": found.shape,
        "sentence": sentence(found),
        "n": found.n,
        "stages": [
            {"stage": s.name, "models": list(s.models), "mean": s.mean, "low": s.low, "high": s.high}
            for s in found.stages
        ],
        "gain": found.gain and dict(zip(("value", "low", "high"), found.gain, strict=True)),
        "room_closed": found.room,
        "moves": [
            {"from": s.start, "to": s.end, "change": s.change, "low": s.low, "high": s.high} for s in found.steps
        ],
        "tau": _rho(found.tau),
        "tau_over_cases": found.cases,
        "jonckheere": found.test
        and {"j": found.test.j, "expected": found.test.expected, "z": found.test.z, **_p(found.test.p)},
        "p_holm": found.p,
    }


def _trade_off(found: TradeOff | None) -> dict[str, Any] | None:
    return found and {
        "x": found.x_title,
        "y": found.y_title,
        "rho": _rho(found.rho),
        "points": [
            {"model": name, "x": x[0], "y": y[0], "front": on}
            for (name, x, y), on in zip(found.points, found.front, strict=True)
        ],
    }


def _ranking(study: Study) -> dict[str, Any]:
    ranking = study.ranking
    return {
        "over": ranking.over,
        "measures": ranking.measures,
        "places": [
            {
                "model": p.name,
                "mean_rank": p.mean_rank,
                "place": p.place,
                "low": p.low,
                "high": p.high,
                "best": p.best,
                "conventions": list(ranking.span(at)),
            }
            for at, p in enumerate(ranking.places)
        ],
        "conventions": [
            {"name": name, "places": dict(zip([p.name for p in ranking.places], places, strict=True))}
            for name, places in ranking.moves
        ],
    }
