"""From a task's tally to its difference, and from differences to those of sub-categories and categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from trustgauge.comparison.result import MISSING, Compared, Missing, Tested
from trustgauge.comparison.tally import Sums, Tally, whole
from trustgauge.stats.measures import Measure, score_only
from trustgauge.stats.paired import (
    Difference,
    cohens_h,
    discordant_odds,
    jackknifed,
    mcnemar,
    mean_difference,
)
from trustgauge.stats.paired_bootstrap import Draws, bootstrap, mean_draws, normal_draws, normal_error
from trustgauge.stats.paired_rates import paired_difference

if TYPE_CHECKING:
    from numpy.random import Generator

BLOCKS = 10
"""Blocks of clusters that a jackknife leaves out in turn."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was found, as it is told, with what the level above is made from; None where nothing can be compared."""

    told: Compared
    difference: Difference | None = None
    draws: Draws | None = None


def task_part(id_: str, tally: Tally, measure: Measure, margin: float, resamples: int, rng: Generator) -> Part:
    """One task. A mean of rates by its sums, any other measure by calling it with each block left out in turn."""
    if tally.rated:
        data, totals = tally.sums(), tally.totals()
        difference, scores, clusters = paired_difference(data), _rates(totals), data.clusters
        bounds = _rated_bounds(totals)
        draws = bootstrap(data, resamples, rng) if difference else None
    else:
        difference, scores, clusters = _jackknife(tally, measure)
        bounds = _share_bounds(tally, scores)
        draws = _parametric(difference, clusters, resamples, rng)
    told = Compared(
        id=id_,
        tested=_tested(difference, draws, margin) if difference else Tested(first=scores[0], second=scores[1]),
        clusters=clusters,
        **_counted(tally),
    )
    missing = _missing(tally, bounds)
    return Part(_with_pairs(told, missing), difference, draws)


def _counted(tally: Tally) -> dict[str, Any]:
    moves, alone = tally.moves, tally.alone
    sizes = {"n_first": sum(tally.labels(0).values()), "n_second": sum(tally.labels(1).values())}
    lone = {"only_first": alone[0], "only_second": alone[1]}
    found: dict[str, Any] = {"paired": tally.paired, "n": tally.n, "moves": moves}
    return found | sizes | lone | {"gained": moves["bad"]["good"], "lost": moves["good"]["bad"]}


def _with_pairs(told: Compared, missing: Missing) -> Compared:
    """With the tests of discordant pairs, where there are pairs."""
    if not told.paired:
        return replace(told, missing=missing)
    test, odds = mcnemar(told.gained, told.lost), discordant_odds(told.gained, told.lost)
    shown = tuple(odds) if odds else None
    return replace(told, missing=missing, mcnemar=test.p, mid_p=test.mid_p, odds=shown)


def _missing(tally: Tally, bounds: tuple[float, float] | None) -> Missing:
    first, second = (sum(tally.labels(side)[label] for label in MISSING) for side in (0, 1))
    low, high = bounds or (None, None)
    return Missing(
        first=first, second=second, p=_missing_p([tally.moves]) if tally.paired else None, low=low, high=high
    )


def _missing_p(all_moves: Sequence[dict[str, dict[str, int]]]) -> float:
    """Exact McNemar p of "is missing"."""
    more = sum(m[a][b] for m in all_moves for a in ("good", "bad") for b in MISSING)
    fewer = sum(m[a][b] for m in all_moves for a in MISSING for b in ("good", "bad"))
    return mcnemar(more, fewer).p


def _rates(totals: Sums) -> tuple[float | None, float | None]:
    """Scores of both runs, None where an arm has nothing scored."""
    found: list[float | None] = []
    for at in (0, 3):
        known = [counts[at] / counts[at + 1] for counts in totals.values() if counts[at + 1]]
        found.append(sum(known) / len(known) if known and len(known) == len(totals) else None)
    return found[0], found[1]


def _rated_bounds(totals: Sums) -> tuple[float, float] | None:
    """The difference were all missing of the second run bad and of the first good, and the other way round."""
    if not totals or any(not c[2] or not c[5] for c in totals.values()):
        return None
    worst, best = ([_mean_rate(totals, at, end) for at, end in ends] for ends in (((3, 0), (0, 1)), ((3, 1), (0, 0))))
    return worst[0] - worst[1], best[0] - best[1]


def _mean_rate(totals: Sums, at: int, missing_good: int) -> float:
    rates = [(c[at] + missing_good * (c[at + 2] - c[at + 1])) / c[at + 2] for c in totals.values()]
    return sum(rates) / len(rates)


def _share_bounds(tally: Tally, scores: tuple[float | None, float | None]) -> tuple[float, float]:
    """The same for a score that is no rate: each missing case counts as 0 or as 1 beside the score of the others.

    Where there is no score at all it may be anything.
    """
    ends: list[tuple[float, float]] = []
    for side, score in enumerate(scores):
        labels = tally.labels(side)
        n = sum(labels.values())
        share = sum(labels[label] for label in MISSING) / n if n else 1.0
        known = (score or 0.0) * (1 - share)
        ends.append((known, known + share) if score is not None else (0.0, 1.0))
    return ends[1][0] - ends[0][1], ends[1][1] - ends[0][0]


def _jackknife(tally: Tally, measure: Measure) -> tuple[Difference | None, tuple[float | None, float | None], int]:
    groups = tally.groups()
    first, second = (measure(whole(groups, side)) for side in (0, 1))
    scores = first.score, second.score
    if first.score is None or second.score is None or len(groups) < 2:
        return jackknifed(first, second, [], len(groups)), scores, len(groups)
    blocks, score = min(BLOCKS, len(groups)), score_only(measure)
    left: list[float | None] = []
    for block in range(blocks):
        rest = [group for i, group in enumerate(groups) if i % blocks != block]
        a, b = (score(whole(rest, side)) for side in (0, 1))
        left.append(None if a is None or b is None else b - a)
    return jackknifed(first, second, left, len(groups)), scores, len(groups)


def _parametric(difference: Difference | None, clusters: int, resamples: int, rng: Generator) -> Draws | None:
    """Draws of a difference that cannot be resampled quickly, by its limits."""
    limits = difference.limits() if difference else None
    if difference is None or limits is None:
        return None
    df = max(min(BLOCKS, clusters) - 1, 1)
    return normal_draws(difference.value, normal_error((limits[1] - limits[0]) / 2, df), df, resamples, rng)


def _tested(found: Difference, draws: Draws | None, margin: float) -> Tested:
    low, high = found.limits() or (None, None)
    p_limits, p_bootstrap = found.p(), draws.p() if draws else None
    again = draws.limits() if draws else (None, None)
    return Tested(
        first=found.first,
        second=found.second,
        first_ends=found.ends[0],
        second_ends=found.ends[1],
        difference=found.value,
        low=low,
        high=high,
        p=max(p_limits, p_bootstrap) if p_limits is not None and p_bootstrap is not None else p_limits,
        p_limits=p_limits,
        p_bootstrap=p_bootstrap,
        bootstrap_low=again[0],
        bootstrap_high=again[1],
        h=cohens_h(found.first, found.second),
        p_not_worse=found.p_below(-margin) if margin else None,
        p_equivalent=found.p_outside(margin) if margin else None,
    )


def mean_part(id_: str, parts: Sequence[Part], margin: float, *, tasks: bool) -> Part:
    """The equally weighted mean of what can be compared; the rest is named in left_out. tasks: the parts are tasks."""
    known = [part for part in parts if part.difference is not None]
    difference = mean_difference([part.difference for part in known if part.difference])
    resampled = [part.draws for part in known if part.draws]
    draws = mean_draws(resampled) if len(resampled) == len(known) else None
    told = [part.told for part in parts]
    counts: dict[str, Any] = {name: sum(getattr(part, name) for part in told) for name in _COUNTS}
    merged = Compared(
        id=id_,
        paired=all(part.paired for part in told),
        tested=_tested(difference, draws, margin) if difference else Tested(),
        moves=_moves([part.moves for part in told]),
        left_out=tuple(part.told.id for part in parts if part.difference is None),
        parts=tuple(told) if tasks else (),
        **counts,
    )
    return Part(_with_pairs(merged, _mean_missing(told)), difference, draws)


_COUNTS = ("n", "n_first", "n_second", "clusters", "only_first", "only_second", "gained", "lost")


def _moves(all_moves: Sequence[dict[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    if not all_moves:
        return {}
    return {a: {b: sum(m[a][b] for m in all_moves) for b in row} for a, row in all_moves[0].items()}


def _mean_missing(told: Sequence[Compared]) -> Missing:
    """Counts added up; bounds averaged as the scores are, None where one is unknown."""
    lows, highs = ([getattr(part.missing, end) for part in told] for end in ("low", "high"))
    known = bool(told) and None not in lows and None not in highs
    return Missing(
        first=sum(part.missing.first for part in told),
        second=sum(part.missing.second for part in told),
        p=_missing_p([part.moves for part in told]) if told and all(part.paired for part in told) else None,
        low=sum(lows) / len(lows) if known else None,
        high=sum(highs) / len(highs) if known else None,
    )
