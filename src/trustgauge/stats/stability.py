"""How steady verdicts are: alpha with an interval, and how often judging the same again changes the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trustgauge.stats.agreement import Share, krippendorff_alpha
from trustgauge.stats.agreement_beyond import agreeing_pairs
from trustgauge.stats.exact import left_open
from trustgauge.stats.intervals import ClusterRate

_FEWEST = 10  # units with a pair: resampling fewer says little of their spread


def alpha_interval(
    units: Iterable[Sequence[str | None]], *, resamples: int = 1000, seed: int = 0
) -> tuple[float, float, float] | None:
    """Krippendorff's alpha for nominal labels with its 95 % percentile interval: (value, low, high).

    Whole units are resampled, as Hayes & Krippendorff (2007) have it in spirit (they resample pairs, which leaves out
    how much units differ). A resample in which only one label occurs has no alpha and is left out. Never narrower than
    units unlike all of these leave open, were they to agree as by chance, or fully (`left_open`). None where alpha
    itself has no value or fewer than 10 units have two ratings.
    """
    import numpy as np

    kept = [[r for r in unit if r is not None] for unit in units]
    kept = [unit for unit in kept if len(unit) > 1]
    value = krippendorff_alpha(kept)
    if value is None or len(kept) < _FEWEST:
        return None
    places = {label: i for i, label in enumerate(sorted({label for unit in kept for label in unit}))}
    counts = np.zeros((len(kept), len(places)))
    for row, unit in zip(counts, kept, strict=True):
        for label in unit:
            row[places[label]] += 1
    matching = (counts * (counts - 1)).sum(axis=1) / (counts.sum(axis=1) - 1)
    # How often each unit comes up in each resample; every sum over units is then one product.
    weights = np.random.default_rng(seed).multinomial(len(kept), np.full(len(kept), 1 / len(kept)), size=resamples)
    totals, matched = weights @ counts, weights @ matching
    n = totals.sum(axis=1)
    apart = n * (n - 1) - (totals * (totals - 1)).sum(axis=1)
    some = apart > 0
    if not some.any():
        return None
    found = 1 - (n[some] - 1) * (n[some] - matched[some]) / apart[some]
    low, high = np.quantile(found, [0.025, 0.975])
    return value, *left_open(value, min(float(low), value), max(float(high), value), len(kept))


@dataclass(frozen=True, slots=True)
class Stability:
    """Of items judged several times: flipped (not the same verdict each time), and how often two judgings differ.

    differing is clustered by item; its `rate` is the chance that two judgings of one item differ.
    """

    flipped: Share
    differing: ClusterRate


def stability(items: Iterable[Sequence[str | None]]) -> Stability:
    """Flip rate over items, each with its verdicts; None was unreadable and is left out, as are items with under two.

    The share flipped grows with the number of judgings; the chance that two differ does not, so compare by that.
    """
    flipped, n, differing = 0, 0, ClusterRate()
    for verdicts in items:
        agreeing, pairs = agreeing_pairs(verdicts)
        if pairs:
            n += 1
            flipped += agreeing < pairs
            differing.add(pairs - agreeing, pairs)
    return Stability(Share(flipped, n), differing)
