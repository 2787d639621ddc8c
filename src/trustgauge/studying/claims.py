"""Claims of the papers, and whether the numbers support them: the words in TOML, one way to weigh each kind."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import msgspec

from trustgauge.stats.multiplicity import holm
from trustgauge.stats.permutation import PValue
from trustgauge.stats.rank_correlation import spearman
from trustgauge.stats.trend import within_families
from trustgauge.studying.analyses import openness
from trustgauge.studying.facts import Facts
from trustgauge.studying.table import Measure, Table
from trustgauge.studying.trends import ROOM, Trend, sentence

if TYPE_CHECKING:
    import numpy as np

Verdict = Literal[
    "supported",
    "supported for these models",
    "supported, but not after correction",
    "weak for these models",
    "not significant (claimed side)",
    "not significant (neither side)",
    "not significant (other side)",
    "not supported",
    "contradicted for these models",
    "contradicted, but not after correction",
    "contradicted",
    "cannot be told",
    "no claim about numbers",
]
LEVEL = 0.05


class Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One claim: what it says and where, what is computed of which columns, and what it needs this to be."""

    id: str
    text: str
    source: str
    kind: Literal["correlation", "share", "openness", "size", "trend", "untestable", "argument"]
    expect: str
    x: str = ""
    y: str = ""
    measure: str = ""
    above: float = 0.0
    note: str = ""


class Suspect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column with a known fault; new: only in the rows that were added after the paper."""

    column: str
    why: str
    new: bool = False


class Claims(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paper's claims, and what is known of its tables.

    recognised  columns by which the tables are known
    sides       the columns of restraint and of over-refusal
    new         models added after the paper
    suspects    columns with known faults
    counts      label 1 and rows of the whole released files, by study and model
    """

    claims: tuple[Claim, ...]
    recognised: tuple[str, ...] = ()
    sides: tuple[str, str] | None = None
    new: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    counts: dict[str, dict[str, tuple[int, int]]] = {}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A claim and what came out: the verdict, the coefficient by name with n, p and 95 % limits, and a sentence.

    holm is p over all the claims weighed together; None before `settled`, and for trends, which cases tell.
    """

    claim: Claim
    verdict: Verdict
    coefficient: str = ""
    value: float | None = None
    n: int = 0
    p: PValue | None = None
    low: float | None = None
    high: float | None = None
    said: str = ""
    holm: float | None = None


@cache
def claims_of(paper: Literal["survey", "trustllm"]) -> Claims:
    """The claims of a paper."""
    text = files("trustgauge.studying").joinpath(f"claims_{paper}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Claims)


def weigh(claim: Claim, table: Table, facts: Facts, rng: np.random.Generator, trends: Sequence[Trend] = ()) -> Weighed:
    """A claim held against a table: cannot be told where its columns are not there."""
    match claim.kind:
        case "correlation":
            return _correlation(claim, table, rng)
        case "share":
            return share_above(claim, table)
        case "openness":
            return _openness(claim, table, facts, rng)
        case "size":
            return _size(claim, table, facts, rng)
        case "trend":
            return _trend(claim, trends)
        case "untestable":
            return _untestable(claim, table)
        case "argument":
            return Weighed(claim, "no claim about numbers", said="An argument, which no table can test.")


def settled(weighed: Sequence[Weighed], *, level: float = LEVEL) -> tuple[Weighed, ...]:
    """The claims weighed together: what is significant alone has to be so by Holm's p over all of them.

    Trends have no part in it: their verdict is one over cases, about these models.
    """
    tested = [w.p is not None and w.claim.kind != "trend" for w in weighed]
    corrected = holm([w.p.p if w.p and counts else None for w, counts in zip(weighed, tested, strict=True)])
    found: list[Weighed] = []
    for one, p in zip(weighed, corrected, strict=True):
        if p is None or one.p is None or one.value is None:
            found.append(one)
            continue
        value = 2 * one.value - 1 if one.claim.kind == "share" else one.value  # a share is held against a half
        found.append(replace(one, verdict=verdict_of(one.claim.expect, value, one.p, p, level=level), holm=p))
    return tuple(found)


def verdict_of(
    expect: str, value: float, p: PValue, corrected: float | None = None, *, level: float = LEVEL
) -> Verdict:
    """What a coefficient says of a claim that needs it positive or negative (none: that it is not positive).

    The side is told by the estimate, the evidence by p alone and by its corrected value, here none where there is one
    claim; the size stands in the coefficient, of which no threshold is made. With too few models for any outcome to
    be significant nothing can be told, and that nothing is significant shows no absence.
    """
    if p.least >= level:
        return "cannot be told"
    agrees = (value > 0) is (expect == "positive") and value != 0
    if p.p >= level:
        if expect == "none":
            return "cannot be told"
        if value == 0:
            return "not significant (neither side)"
        return "not significant (claimed side)" if agrees else "not significant (other side)"
    if corrected is not None and corrected >= level:
        return "supported, but not after correction" if agrees else "contradicted, but not after correction"
    return "supported" if agrees else "contradicted"


def _columns(claim: Claim, table: Table, *titles: str) -> list[Measure] | Weighed:
    found = [(title, table.find(title)) for title in titles]
    missing = [title for title, measure in found if measure is None]
    if missing:
        return Weighed(claim, "cannot be told", said=f"These tables lack {', '.join(missing)}.")
    return [measure for _, measure in found if measure]


def _correlation(claim: Claim, table: Table, rng: np.random.Generator) -> Weighed:
    columns = _columns(claim, table, claim.x, claim.y)
    if isinstance(columns, Weighed):
        return columns
    x, y = (table.values(c.id) for c in columns)
    rho = spearman(x, y, rng)
    if rho is None:
        return Weighed(claim, "cannot be told", "rho", said="One of the columns does not vary.")
    verdict = verdict_of(claim.expect, rho.value, rho.p)
    said = f"{claim.x} and {claim.y}: the claim needs a {claim.expect} rho."
    return Weighed(claim, verdict, "rho", rho.value, rho.n, rho.p, rho.low, rho.high, said)


def share_above(claim: Claim, table: Table) -> Weighed:
    """The share of models above a limit, against half of them: the exact binomial (sign) test, Wilson's limits."""
    from math import comb

    from trustgauge.stats.intervals import wilson

    columns = _columns(claim, table, claim.x)
    if isinstance(columns, Weighed):
        return columns
    own = [(v, model) for model, v in zip(table.models, table.values(columns[0].id), strict=True) if v is not None]
    n, over = len(own), sorted((pair for pair in own if pair[0] > claim.above), reverse=True)
    if not n:
        return Weighed(claim, "cannot be told", "share", said=f"No model has {claim.x}.")
    far = abs(2 * len(over) - n)
    p = PValue(sum(comb(n, k) for k in range(n + 1) if abs(2 * k - n) >= far) / 2**n, True, 2 / 2**n)
    share = len(over) / n
    low, high = wilson(len(over), n)
    named = ", ".join(f"{model} {value:.3g}" for value, model in over)
    said = f"{len(over)} of {n} models are above {claim.above:g}: {named or 'none'}."
    return Weighed(claim, verdict_of("positive", 2 * share - 1, p), "share", share, n, p, low, high, said)


def _openness(claim: Claim, table: Table, facts: Facts, rng: np.random.Generator) -> Weighed:
    found = openness(table, facts, rng)
    if found is None:
        return Weighed(claim, "cannot be told", "difference", said="Only one kind of model is known among these.")
    from trustgauge.stats.ranking import mean_ranks

    means = mean_ranks([(table.values(m.id), m.up is not False) for m in table.ranked])
    sides: dict[bool, list[float]] = {True: [], False: []}
    for model, mean in zip(table.models, means, strict=True):
        is_open = facts.of(model).open
        if mean is not None and is_open is not None:
            sides[is_open].append(mean)
    ours, theirs = sides[False], sides[True]
    delta = sum((a > b) - (a < b) for a in ours for b in theirs) / (len(ours) * len(theirs))  # Cliff 1993
    verdict = verdict_of(claim.expect, found.value, found.p)
    said = (
        f"Mean rank {sum(ours) / len(ours):.2f} of {len(ours)} proprietary models, {sum(theirs) / len(theirs):.2f} of "
        f"{len(theirs)} open ones; of all pairs of one and the other, Cliff's delta {delta:+.2f}."
    )
    return Weighed(claim, verdict, "difference", found.value, sum(found.n), found.p, found.low, found.high, said)


def _size(claim: Claim, table: Table, facts: Facts, rng: np.random.Generator) -> Weighed:
    columns = _columns(claim, table, claim.x)
    if isinstance(columns, Weighed):
        return columns
    families: dict[str, tuple[list[float], list[float]]] = {}
    for model, value in zip(table.models, table.values(columns[0].id), strict=True):
        about = facts.of(model)
        if about.family and about.size and value is not None:
            sizes, values = families.setdefault(about.family, ([], []))
            sizes.append(about.size)
            values.append(value)
    tau = within_families(list(families.values()), rng)
    if tau is None:
        return Weighed(claim, "cannot be told", "tau", said="No family has models of two sizes.")
    used = [name for name, (sizes, _) in families.items() if len(set(sizes)) > 1]
    said = f"{tau.n} models of {len(used)} families ({', '.join(used)})."
    if tau.p.least >= LEVEL:
        said += f" The smallest p that so few models can give is {tau.p.least:.3f}."
    verdict = verdict_of(claim.expect, tau.value, tau.p)
    return Weighed(claim, verdict, "tau within families", tau.value, tau.n, tau.p, said=said)


def _trend(claim: Claim, trends: Sequence[Trend]) -> Weighed:
    found = next((t for t in trends if t.measure.id == claim.measure), None)
    if found is None or found.shape == "cannot be told" or found.gain is None:
        return Weighed(claim, "cannot be told", "gain", said=f"There is no trend of {claim.measure} here.")
    value, low, high = found.gain
    # What alignment does to these models is told by their cases; tau's own test stands beside it in the table.
    p = found.test.p if found.test else None
    return Weighed(claim, shaped(claim.expect, found), "gain", value, found.n, p, low, high, sentence(found))


def shaped(expect: str, found: Trend, *, least: float = ROOM) -> Verdict:
    """What a trend's shape says of a claim that needs it better, weak or not monotone: of these models, by their cases.

    Helps little is supported where even the upper limit of the gain makes less than `least`, a third, good.
    """
    high = found.gain[2] if found.gain else None
    room = 1 - found.stages[0].mean
    if expect == "weak" and high is not None and room > 0:
        if high / room < least:
            return "supported for these models"
        return "contradicted for these models" if found.shape.startswith("better") else "not supported"
    if found.shape == expect or (expect == "better" and found.shape == "better after a dip"):
        return "supported for these models"
    if expect == "not monotone":
        if not found.steps:
            return "cannot be told"
        return "contradicted for these models" if found.shape == "better" else "not supported"
    if found.shape == "worse":
        return "contradicted for these models"
    return "weak for these models" if found.shape == "weak" else "not supported"


def _untestable(claim: Claim, table: Table) -> Weighed:
    """What the numbers are, and why they cannot tell."""
    parts = [
        f"{name} {min(own):.3g} to {max(own):.3g}" for name in (claim.x, claim.y) if (own := _numbers(table, name))
    ]
    return Weighed(
        claim, "cannot be told", n=len(_numbers(table, claim.x)), said="; ".join(parts) + "." if parts else ""
    )


def _numbers(table: Table, title: str) -> list[float]:
    found = table.find(title) if title else None
    return [v for v in table.values(found.id) if v is not None] if found else []
