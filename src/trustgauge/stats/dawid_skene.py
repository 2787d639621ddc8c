"""Several judges of one thing, weighed by how often each errs: Dawid & Skene (1979), Applied Statistics 28, 20.

Labels are an array (items, judges) of class numbers, MISSING where a judge said nothing. Judges are taken to err
independently of each other, given the true class; where they err alike (one model under two names) the posteriors
are too sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustgauge.stats.correction import JudgeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

MISSING = -1
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """What EM found: posterior (items, classes), confusion (judges, true class, class said), prevalence (classes,).

    log_likelihood is that of the labels, without the smoothing.
    """

    posterior: Floats
    confusion: Floats
    prevalence: Floats
    log_likelihood: float
    iterations: int
    converged: bool


def dawid_skene(
    labels: Labels, classes: int, *, smoothing: float = 0.5, iterations: int = 2000, tolerance: float = 1e-6
) -> DawidSkene:
    """Posterior of every item and confusion of every judge, by EM from the shares of the judges' votes.

    `smoothing` labels are added to every cell of a confusion and three times as many more to its diagonal (a Dirichlet
    prior), to each prevalence as many. With the start from the votes this keeps classes from changing names and two
    judges, whose errors the labels alone do not determine, near their votes. Stops when no posterior moves by more than
    `tolerance`. ValueError where the array is not (items, judges), is empty, or holds something that is no class.
    """
    import numpy as np

    said = _one_hot(labels, classes)
    votes = said.sum(axis=1)
    total = votes.sum(axis=1, keepdims=True)
    posterior = np.where(total > 0, votes / np.maximum(total, 1), 1 / classes)
    prior = smoothing * (1 + 3 * np.eye(classes))
    confusion, prevalence = _maximised(said, posterior, prior, smoothing)
    done, moved = 0, np.inf
    while done < iterations and moved > tolerance:
        found, _ = _expected(said, confusion, prevalence)
        moved, posterior, done = float(np.abs(found - posterior).max()), found, done + 1
        confusion, prevalence = _maximised(said, posterior, prior, smoothing)
    posterior, likelihood = _expected(said, confusion, prevalence)
    return DawidSkene(posterior, confusion, prevalence, likelihood, done, moved <= tolerance)


def posterior(labels: Labels, judges: Sequence[JudgeError], prior: float) -> Floats:
    """Chance (items,) that an item is positive, class 1 of 0 and 1, by Bayes' rule from judges whose error is known.

    `prior` is the share of positive items; an item that nobody judged has it. A known rate of 0 or 1 is moved off
    its end by half a reply of its calibration, as no finite calibration shows that a judge never errs. ValueError as
    `dawid_skene`, or where there are not as many judges as columns, or the prior is not between 0 and 1.
    """
    import numpy as np

    if labels.ndim == 2 and labels.shape[1] != len(judges):
        raise ValueError(f"there are labels of {labels.shape[1]} judges and the errors of {len(judges)}")
    if not 0 < prior < 1:
        raise ValueError(f"the prior must be between 0 and 1, and is {prior}")
    rates = [(_off_ends(j.sensitivity, j.positives), _off_ends(j.specificity, j.negatives)) for j in judges]
    confusion = np.array([[[t, 1 - t], [1 - s, s]] for s, t in rates])
    found, _ = _expected(_one_hot(labels, 2), confusion, np.array([1 - prior, prior]))
    return found[:, 1]


def _off_ends(rate: float, n: float) -> float:
    margin = 0.5 / (n + 1)
    return min(max(rate, margin), 1 - margin)


def _one_hot(labels: Labels, classes: int) -> Floats:
    """(items, judges, classes); a missing label is all 0."""
    import numpy as np

    if labels.ndim != 2 or not labels.size:
        raise ValueError(f"labels must be items by judges and not empty, and have the shape {labels.shape}")
    if labels.min() < MISSING or labels.max() >= classes:
        raise ValueError(f"a label must be a class from 0 to {classes - 1}, or {MISSING} where there is none")
    return (labels[:, :, None] == np.arange(classes)).astype(float)


def _maximised(said: Floats, posterior: Floats, prior: Floats, smoothing: float) -> tuple[Floats, Floats]:
    """The M step: confusions and prevalence from the posteriors."""
    import numpy as np

    # As one product of matrices: (classes, items) by (items, judges x classes).
    items, judges, classes = said.shape
    counts = (posterior.T @ said.reshape(items, judges * classes)).reshape(classes, judges, classes)
    counts = counts.transpose(1, 0, 2) + prior
    confusion = counts / np.maximum(counts.sum(axis=2, keepdims=True), _TINY)
    prevalence = posterior.sum(axis=0) + smoothing
    return confusion, prevalence / prevalence.sum()


def _expected(said: Floats, confusion: Floats, prevalence: Floats) -> tuple[Floats, float]:
    """The E step: posteriors, and the log likelihood of the labels."""
    import numpy as np

    items, judges, classes = said.shape
    logs = np.log(np.maximum(confusion, _TINY)).transpose(0, 2, 1).reshape(judges * classes, classes)
    joint = said.reshape(items, judges * classes) @ logs + np.log(np.maximum(prevalence, _TINY))
    top = joint.max(axis=1, keepdims=True)
    weights = np.exp(joint - top)
    total = weights.sum(axis=1, keepdims=True)
    return weights / total, float((np.log(total) + top).sum())
