"""Words of a study: coefficients with their n, and the answers in sentences, small n first."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import get_args

from trustgauge.reports.section import first_few, percent
from trustgauge.stats.permutation import PValue
from trustgauge.stats.rank_correlation import Correlation
from trustgauge.studying.claims import Verdict
from trustgauge.studying.trends import Shape, Trend
from trustgauge.studying.whole import ENOUGH, Study

LEAST_RHO = {5: 1.0, 6: 0.886, 7: 0.786, 8: 0.738, 9: 0.700}
"""The smallest |rho| with a two-sided exact p < 0.05 (Zar 1972), up to where Student's t will do."""


def least_rho(n: int) -> float | None:
    """The smallest rank correlation that n models can show to be none of chance; None where there is no such."""
    if n < ENOUGH:
        return None
    if n in LEAST_RHO:
        return LEAST_RHO[n]
    from scipy.special import stdtrit

    t = float(stdtrit(n - 2, 0.975))
    return t / sqrt(n - 2 + t * t)


def small(n: int) -> str:
    """How small n is, loudly: right behind the answer on every page."""
    least = least_rho(n)
    if least is None:
        return f"ONLY {n} MODELS: no correlation over so few can be told from chance. What follows describes these {n}."
    said = f"a rank correlation below {least:.2f} cannot be told from chance, and each claim rests on these {n} alone"
    return f"ONLY {n} MODELS: {said}." if n < 30 else f"{n} models: {said}."


def p_words(p: PValue | None) -> str:
    """ "0.012", "<0.001", with "*" behind what random arrangements gave; a dash where there is none."""
    if p is None:
        return "–"
    return ("<0.001" if p.p < 0.001 else f"{p.p:.3f}") + ("" if p.exact else "*")


def rho_words(rho: Correlation | None, name: str = "rho") -> str:
    """ "rho 0.575 [0.07 0.85], n 16, p 0.022"."""
    if rho is None:
        return f"no {name}: too few models, or no difference between them"
    if rho.n < 3:
        return f"no {name}: over two models it can be nothing but 1 or -1"
    return f"{name} {signed(rho.value)} {limits(rho.low, rho.high)}, n {rho.n}, p {p_words(rho.p).rstrip('*')}"


def signed(value: float) -> str:
    """A coefficient to three decimals with its sign; nothing is no negative nothing."""
    return f"{round(value, 3) + 0.0:+.3f}"


def share(value: float) -> str:
    """A share of draws in whole percent, never rounded to 0 or 100 where it is not."""
    return percent(round(value * 10_000), 10_000)


def limits(low: float | None, high: float | None) -> str:
    """ "[0.07 0.85]", or that there are none."""
    return "[no interval]" if low is None or high is None else f"[{low:.2f} {high:.2f}]"


def shapes(trends: Sequence[Trend]) -> dict[Shape, list[str]]:
    """Titles of the measures of each shape that occurs."""
    order: tuple[Shape, ...] = ("better", "better after a dip", "weak", "not monotone", "no clear change", "worse")
    found: dict[Shape, list[str]] = {shape: [t.measure.title for t in trends if t.shape == shape] for shape in order}
    return {shape: names for shape, names in found.items() if names}


def trend_counts(study: Study) -> str:
    """The same in few words: of how many measures it is better, little help, not monotone, ..."""
    found = shapes(study.trends)
    told = [f"{shape} in {len(names)}" for shape, names in found.items()]
    staged = [t for t in study.trends if t.gain and t.stages]
    unknown = len(staged) - sum(map(len, found.values()))
    told += [f"cannot be told in {unknown}"] if unknown else []
    return f"With more alignment, of {len(staged)} measures: {', '.join(told)}" if found else trend_summary(study)


def trend_summary(study: Study) -> str:
    """Does more alignment mean more trust, and where not? In one sentence."""
    found = shapes(study.trends)
    if not found:
        return "Whether more alignment means more trust cannot be told: fewer than two stages with models are known"
    better = [*found.get("better", []), *found.get("better after a dip", [])]
    here = f"Among the {max(t.n for t in study.trends)} models with a known stage more aligned is better in"
    parts = [f"{here} {len(better)} of {len(study.trends)} measures ({first_few(better)})"]
    parts = parts if better else [f"{here} none of {len(study.trends)} measures"]
    words: dict[Shape, str] = {
        "weak": "helps little in",
        "not monotone": "is not monotone in",
        "no clear change": "shows no clear change in",
        "worse": "is worse in",
    }
    parts += [f"{said} {first_few(found[shape])}" for shape, said in words.items() if shape in found]
    untold = [t.measure.title for t in study.trends if t.shape == "cannot be told"]
    parts += [f"cannot be told in {first_few(untold)}"] if untold else []
    return "; ".join(parts)


def lead(study: Study) -> tuple[str, ...]:
    """The answer first, then loudly how few models it rests on, then the rest."""
    models = len(study.table.models)
    said = [f"{trend_summary(study)}.", small(models), *_same(study), *study.table.early, *_claims(study)]
    said += _utility(study)
    if study.refusal:
        association, _ = study.refusal
        over = "cases with benign twins" if study.table.source == "runs" else "published columns"
        said.append(
            f"{_together('Over-refusal', 'restraint', association.rho)} ({over}): {rho_words(association.rho)}."
        )
    if study.difference:
        d, (own, other) = study.difference, study.difference.n
        sure = d.p.p < 0.05
        told = f"Proprietary models stand {'better' if d.value < 0 else 'worse'} than open ones"
        said.append(
            f"{told if sure else 'Whether proprietary or open models stand better cannot be told'}: difference of mean "
            f"ranks (below 0: proprietary better) {d.value:+.2f} {limits(d.low, d.high)}, {own} against {other} "
            f"models, p {p_words(d.p)}."
        )
    if study.map.clusters:
        titles = {m.id: m.title for m in study.map.measures}
        names = " and ".join(titles[m] for m in study.map.clusters[0][0][:4])
        said.append(
            f"Nearly the same thing measured more than once: {names}, and {_others(len(study.map.clusters) - 1)}."
        )
    first = study.ranking.places[0] if study.ranking.places else None
    if first:
        said.append(
            f"First by mean rank over {study.ranking.measures} measures: {first.name}, place {first.place:g} (95 % "
            f"{first.low:g} to {first.high:g}), first in {share(first.best)} of draws over {study.ranking.over}."
        )
    return tuple(said)


def _together(one: str, other: str, rho: Correlation | None) -> str:
    """ "Trust goes with utility", "goes against", or that it cannot be told."""
    if rho is None or rho.p.p >= 0.05:
        return f"Whether {one.lower()} goes with {other} cannot be told"
    return f"{one} goes {'with' if rho.value > 0 else 'against'} {other}"


def _others(count: int) -> str:
    return "no other group" if not count else f"{count} more group{'s' if count > 1 else ''}"


def _same(study: Study) -> list[str]:
    if not study.table.twice:
        return []
    return [
        f"NOT {len(study.table.models)} DIFFERENT MODELS: several runs are of {first_few(study.table.twice)}, each "
        f"counted as a model of its own, so that p and limits over models are too sure. Name one run of each."
    ]


def _claims(study: Study) -> list[str]:
    if not study.claims:
        return []
    count: dict[str, int] = {}
    for weighed in study.claims:
        count[weighed.verdict] = count.get(weighed.verdict, 0) + 1
    name = {"survey": "the survey's", "trustllm": "TrustLLM's", "": ""}[study.paper]
    told = "; ".join(f"{count[verdict]} {verdict}" for verdict in get_args(Verdict) if verdict in count)
    return [f"Of {len(study.claims)} of {name} claims held against its numbers: {told}."]


def _utility(study: Study) -> list[str]:
    said: list[str] = []
    for name, (found, _) in study.utility.items():
        if found:
            front = [m for (m, _, _), on in zip(found.points, found.front, strict=True) if on]
            said.append(
                f"{_together('Trust', f'utility ({name})', found.rho)}: {rho_words(found.rho)}; no model is better in "
                f"both than {first_few(front)}."
            )
    return said or ["Trust against utility cannot be told: no utility scores of three models are known (give --facts)."]
