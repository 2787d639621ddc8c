"""Rate of good where people labelled a random part of a run and the judge all of it.

Prediction-powered inference (Angelopoulos et al. 2023, Science 382, 669; power-tuned: PPI++, arXiv 2311.01453) for a judge
whose verdict is yes or no: there the most efficient estimate is the old one of double sampling (Tenenbein 1970, JASA 65,
1350), people's rate in each of the judge's two classes, weighted by how often the judge uses them. Its interval here is by
the efficient score, which keeps its coverage with 20 to 60 labels and rates near 0 or 1, where the normal one fails.

Labels must be of a simple random part of the run. Those chosen for another reason (the judges disagree, near a gate) are
not used: no chances of inclusion are weighed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from trustgauge.stats.correction import Corrected
from trustgauge.stats.intervals import Z95

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

METHOD = "prediction-powered: people's rate in each class of the judge (Tenenbein 1970); efficient-score limits"
LEAST = 10
"""Fewest labels that are enough to say anything."""
_STEPS = 40  # halvings: limits exact to 1e-9 or so
_EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class PartLabelled:
    """Scored replies of a run by what the judge says and, for the labelled part, what people say.

    good_bad is "judge good, people bad". Counts may be effective ones, over a design effect.
    """

    good_good: float = 0
    good_bad: float = 0
    bad_good: float = 0
    bad_bad: float = 0
    unlabelled_good: float = 0
    unlabelled_bad: float = 0

    @property
    def labelled(self) -> float:
        """Replies that people labelled."""
        return self.good_good + self.good_bad + self.bad_good + self.bad_bad

    @property
    def judged_good(self) -> float:
        """Share that the judge calls good, of all."""
        return (self.good_good + self.good_bad + self.unlabelled_good) / sum(astuple(self))

    @property
    def good(self) -> tuple[float, float]:
        """People's rate of good where the judge says good, and where it says bad.

        Where people labelled none of a class, it takes their rate over all they labelled.
        """
        over_all = (self.good_good + self.bad_good) / self.labelled
        in_good, in_bad = self.good_good + self.good_bad, self.bad_good + self.bad_bad
        return self.good_good / in_good if in_good else over_all, self.bad_good / in_bad if in_bad else over_all

    @property
    def estimate(self) -> float:
        """w m1 + (1 - w) m0 (Tenenbein 1970), the maximum-likelihood estimate."""
        share, (in_good, in_bad) = self.judged_good, self.good
        return share * in_good + (1 - share) * in_bad

    def over(self, design_effect: float) -> PartLabelled:
        """The counts that as many independent replies would have."""
        return PartLabelled(*(count / design_effect for count in astuple(self)))


Group = Sequence[tuple[bool, bool | None]]
"""A group's scored replies: (judge says good, people say good or None where not labelled)."""


def prediction_powered(groups: Iterable[Group]) -> Corrected:
    """Rate of good from a run whose random part is labelled, replies that belong together in groups.

    The rate is that of the kind of case the run draws from, as the raw score's is; so there is no correction for a finite
    population, and what the whole run adds is how often the judge says good. Groups enter by one design effect, never
    below 1. Refuses with fewer than LEAST labels.
    """
    kept = [list(group) for group in groups]
    counts = part_labelled(kept)
    if counts.labelled < LEAST:
        return Corrected(
            None, method=METHOD, note=f"not corrected: {counts.labelled:.0f} labels, and at least {LEAST} are needed"
        )
    low, high = score_limits(counts.over(design_effect(kept, counts)))
    value = counts.estimate
    return Corrected(value, min(low, value), max(high, value), METHOD)


def part_labelled(groups: Iterable[Group]) -> PartLabelled:
    """The counts."""
    found = {(judged, label): 0 for judged in (True, False) for label in (True, False, None)}
    for group in groups:
        for reply in group:
            found[reply] += 1
    order = ((True, True), (True, False), (False, True), (False, False), (True, None), (False, None))
    return PartLabelled(*(found[key] for key in order))


def design_effect(groups: Sequence[Group], counts: PartLabelled) -> float:
    """Variance of the estimate with groups over that without, by linearisation (as ClusterRate has it); at least 1.

    A reply moves the estimate by (m - estimate) / N, with m people's rate in its class, and a labelled one also by
    w (label - m) / n, with w the share of its class, n the labels in it.
    """
    rates = {True: counts.good[0], False: counts.good[1]}
    labels = {True: counts.good_good + counts.good_bad, False: counts.bad_good + counts.bad_bad}
    shares = {True: counts.judged_good, False: 1 - counts.judged_good}
    whole, estimate = sum(astuple(counts)), counts.estimate
    alone = together = 0.0
    for group in groups:
        total = 0.0
        for judged, label in group:
            move = (rates[judged] - estimate) / whole
            if label is not None:
                move += shares[judged] * (label - rates[judged]) / labels[judged]
            alone += move * move
            total += move
        together += total * total
    n, size = len([group for group in groups if group]), whole
    if alone <= 0 or n < 2:
        return max(1.0, size / max(n, 1))
    return max(1.0, together * n / (n - 1) / (alone * size / (size - 1)))


def score_limits(counts: PartLabelled, z: float = Z95) -> tuple[float, float]:
    """Both ends of the rates that the efficient score does not reject; see `score_limits_of`."""
    import numpy as np

    low, high = score_limits_of(np.array([astuple(counts)], dtype=float), np.array([counts.estimate]), z)
    return float(low[0]), float(high[0])


def score_limits_of(counts: Floats, estimates: Floats, z: float = Z95) -> tuple[Floats, Floats]:
    """Limits for many tables at once: counts (k, 6) in PartLabelled's order and estimates (k,) -> two of (k,).

    Found by halving between the estimate and either end.
    """
    import numpy as np

    ends: list[Floats] = []
    for end in (_EDGE, 1 - _EDGE):
        inside, outside = np.clip(estimates, _EDGE, 1 - _EDGE), np.full(len(counts), end)
        kept = score_statistic(counts, outside) <= z * z
        for _ in range(_STEPS):
            middle = (inside + outside) / 2
            held = score_statistic(counts, middle) <= z * z
            inside, outside = np.where(held, middle, inside), np.where(held, outside, middle)
        ends.append(np.where(kept, np.round(end), inside))
    return ends[0], ends[1]


def score_statistic(counts: Floats, rates: Floats) -> Floats:
    """Squared efficient score of each table at its supposed rate of good, chi-squared with 1 degree of freedom.

    counts (k, 6) in PartLabelled's order, rates (k,) within 0 and 1. The score of the rate at the sensitivity s and false
    positive rate f that fit best with it, squared, times the variance of the efficient estimate there (Rao 1948).
    """
    both, judged, people, neither, more, fewer = counts.T
    s, f = _fitted(counts, rates)
    share = rates * s + (1 - rates) * f
    in_good, in_bad = rates * s / share, rates * (1 - s) / (1 - share)
    score = (both + people) / rates - (judged + neither) / (1 - rates) + (s - f) * (more / share - fewer / (1 - share))
    labelled, whole = counts[:, :4].sum(axis=1), counts.sum(axis=1)
    within = share * in_good * (1 - in_good) + (1 - share) * in_bad * (1 - in_bad)
    variance = within / labelled + (in_good - in_bad) ** 2 * share * (1 - share) / whole
    return score * score * variance


def _fitted(counts: Floats, rates: Floats) -> tuple[Floats, Floats]:
    """Sensitivity and false positive rate of greatest likelihood at given rates, by Newton's method.

    The log likelihood is a sum of logarithms of linear functions, so it is concave. A hundredth of a reply in each labelled
    cell keeps the maximum off the border; a step goes nine tenths of the way to the border at most.
    """
    import numpy as np

    both, judged, people, neither = (column + 0.01 for column in counts.T[:4])
    more, fewer = counts.T[4:]
    s, f = both / (both + people), judged / (judged + neither)
    for _ in range(60):
        share = rates * s + (1 - rates) * f
        up, down = more / share, fewer / (1 - share)
        ds = both / s - people / (1 - s) + rates * (up - down)
        df = judged / f - neither / (1 - f) + (1 - rates) * (up - down)
        bend = up / share + down / (1 - share)
        ss = both / s**2 + people / (1 - s) ** 2 + rates**2 * bend
        ff = judged / f**2 + neither / (1 - f) ** 2 + (1 - rates) ** 2 * bend
        sf = rates * (1 - rates) * bend
        determinant = ss * ff - sf * sf
        step_s, step_f = (ff * ds - sf * df) / determinant, (ss * df - sf * ds) / determinant
        gain = np.sqrt(np.maximum(ds * step_s + df * step_f, 0.0))
        # Damped as self-concordance asks (Nesterov & Nemirovskii 1994); whole steps close to the maximum.
        size = np.where(gain < 0.25, 1.0, 1 / (1 + gain))
        size = np.minimum(size, 0.9 * np.minimum(_room(s, step_s), _room(f, step_f)))
        s, f = s + size * step_s, f + size * step_f
        if gain.max() < 1e-7:
            break
    return s, f


def _room(at: Floats, step: Floats) -> Floats:
    """How many steps it is to the border of [0, 1]."""
    import numpy as np

    return np.where(step > 0, 1 - at, at) / np.maximum(np.abs(step), 1e-300)
