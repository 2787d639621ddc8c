"""Study: all analyses over one table, from runs or from published tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from trustgauge.errors import UsageError
from trustgauge.reports.profile import Profile
from trustgauge.stats.permutation import Difference
from trustgauge.store import Store
from trustgauge.studying import analyses
from trustgauge.studying.analyses import Association, Map, Ranking, TradeOff
from trustgauge.studying.claims import Weighed, claims_of, settled, weigh
from trustgauge.studying.conventions import Tried, tried
from trustgauge.studying.facts import Facts, built_in
from trustgauge.studying.runs import table_of_runs
from trustgauge.studying.table import Table, read_tables
from trustgauge.studying.trends import Trend, corrected, trend

ENOUGH = 5
"""Models below which no rank correlation can be significant: 2 / 4! is over 0.05."""


@dataclass(frozen=True)
class Study:
    """What a study across models found.

    paper        whose claims were weighed, "" for none
    trends       one a measure, where stages are known
    utility      by name of the utility: the trade-off with trust, and it against every measure
    refusal      over-refusal against restraint, where cases have twins
    difference   mean ranks of proprietary models less open ones
    conventions  what the words would be had ours been settled otherwise
    """

    table: Table
    facts: Facts
    seed: int
    ranking: Ranking
    trends: tuple[Trend, ...]
    utility: Mapping[str, tuple[TradeOff | None, tuple[Association, ...]]]
    refusal: tuple[Association, TradeOff] | None
    difference: Difference | None
    map: Map
    claims: tuple[Weighed, ...]
    conventions: tuple[Tried, ...] = ()
    paper: Literal["", "survey", "trustllm"] = ""


def study_runs(profiles: Sequence[Profile], store: Store, facts: Facts | None = None, *, seed: int = 0) -> Study:
    """A study of runs, one a model; the survey's imported release gets its claims weighed too.

    Raises UsageError with fewer than two runs, or nothing that two of them have.
    """
    table = table_of_runs(profiles, store)
    released = all(p.run.manifest.get("import") == "survey2023" for p in profiles)
    return _study(table, facts or built_in(), seed, "survey" if released else "")


def study_tables(paths: Sequence[Path], facts: Facts | None = None, *, seed: int = 0) -> Study:
    """A study of published tables; TrustLLM's are known by their columns, and get its claims weighed.

    Of TrustLLM's leaderboard the models added after the paper are left out: several of their columns are known to be
    turned round or swapped, and others are missing. Raises UsageError and DataError as `read_tables` does.
    """
    table = read_tables(paths)
    known = claims_of("trustllm")
    if not all(table.find(title) for title in known.recognised):
        return _study(table, facts or built_in(), seed, "")
    table = analyses.with_suspects(table, {s.column: s.why for s in known.suspects if not s.new})
    table = analyses.with_sides(table, known.sides) if known.sides else table
    added = [model for model in table.models if model in known.new]
    if added:
        table = table.only([model for model in table.models if model not in added])
        faults = ", ".join(s.column for s in known.suspects if s.new)
        said = (
            f"{', '.join(added)}: added after the paper; their {faults} are turned, swapped or scored by a faulty rule"
        )
        table = replace(table, left_out=(*table.left_out, said))
    return _study(table, facts or built_in(), seed, "trustllm")


def _study(table: Table, facts: Facts, seed: int, paper: Literal["", "survey", "trustllm"]) -> Study:
    """All analyses; each has randomness of its own, so that one does not move another."""
    facts = facts.under(dict(zip(table.models, table.asked or table.models, strict=True)))
    if not table.ranked:
        raise UsageError("no column says which way is better: end heads in (↑) or (↓)")
    rngs = (np.random.default_rng([seed, at]) for at in range(10_000))
    trends = corrected([trend(table, m, facts, next(rngs)) for m in table.told])
    utility = {
        name: (found[0], tuple(found[1]))
        for name, row in analyses.utilities(table, facts).items()
        for found in (analyses.against(table, name, row, next(rngs)),)
    }
    ranking, refusal = analyses.ranking(table, next(rngs)), analyses.over_refusal(table, next(rngs))
    difference, map_ = analyses.openness(table, facts, next(rngs)), analyses.correlations(table, next(rngs))
    claims = claims_of(paper).claims if paper else ()
    weighed = settled([weigh(claim, table, facts, next(rngs), trends) for claim in claims])
    return Study(
        table=table,
        facts=facts,
        seed=seed,
        ranking=ranking,
        trends=trends,
        utility=utility,
        refusal=refusal,
        difference=difference,
        map=map_,
        claims=weighed,
        conventions=tried(trends, weighed, table),
        paper=paper,
    )
