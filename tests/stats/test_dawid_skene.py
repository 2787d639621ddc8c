"""Dawid and Skene: against brute force, and against the majority."""

from __future__ import annotations

import numpy as np
import pytest

from trustgauge.stats.correction import JudgeError
from trustgauge.stats.dawid_skene import MISSING, dawid_skene, posterior


def simulated(accuracies, *, items=400, share=0.5, missing=0.0, seed=0):
    rng = np.random.default_rng(seed)
    truth = (rng.random(items) < share).astype(int)
    labels = np.where(rng.random((items, len(accuracies))) < np.array(accuracies), truth[:, None], 1 - truth[:, None])
    labels[rng.random(labels.shape) < missing] = MISSING
    return truth, labels


def right(chance, truth):
    return float(np.where(chance == 0.5, 0.5, (chance > 0.5) == truth).mean())


def majority(labels):
    return np.sign((labels == 1).sum(axis=1) - (labels == 0).sum(axis=1)) / 2 + 0.5


def test_posterior_and_likelihood_are_those_of_brute_force():
    labels = np.array([[0, 0, 1], [1, 1, 1], [0, MISSING, 0], [2, 2, 1], [2, 0, 2]])
    found = dawid_skene(labels, 3)
    whole = 0.0
    for row, given in zip(labels, found.posterior, strict=True):
        joint = [
            found.prevalence[c] * np.prod([found.confusion[j, c, x] for j, x in enumerate(row) if x != MISSING])
            for c in range(3)
        ]
        assert given == pytest.approx(np.array(joint) / sum(joint))
        whole += float(np.log(sum(joint)))
    assert found.log_likelihood == pytest.approx(whole)


def test_it_climbs_to_a_maximum_of_its_likelihood():
    _, labels = simulated([0.9, 0.8, 0.7], items=60)
    ends = [dawid_skene(labels, 2, smoothing=1e-9, iterations=n).log_likelihood for n in (1, 3, 10, 2000)]
    assert ends == sorted(ends)
    found = dawid_skene(labels, 2, smoothing=1e-9)
    assert found.converged
    rng = np.random.default_rng(1)
    for _ in range(50):
        moved = np.clip(found.confusion[:, :, 1] + rng.normal(0, 0.02, (3, 2)), 0.001, 0.999)
        share = float(np.clip(found.prevalence[1] + rng.normal(0, 0.02), 0.01, 0.99))
        bad, good = (np.where(labels == 1, moved[:, c], 1 - moved[:, c]).prod(axis=1) for c in (0, 1))
        assert np.log((1 - share) * bad + share * good).sum() <= found.log_likelihood + 1e-3


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_it_beats_the_majority_where_judges_differ(share):
    truth, labels = simulated([0.95, 0.65, 0.65, 0.65, 0.6], items=2000, share=share, missing=0.1)
    found = dawid_skene(labels, 2)
    assert right(found.posterior[:, 1], truth) > right(majority(labels), truth) + 0.05
    assert found.confusion[0, 1, 1] > 0.9 > found.confusion[1:, 1, 1].max()
    # Over seeds its spread is 0.03 with one good judge among weak ones.
    assert found.prevalence[1] == pytest.approx(share, abs=0.1)


def test_two_judges_and_one_do_no_worse_than_the_vote():
    truth, labels = simulated([0.9, 0.7], items=1000)
    assert right(dawid_skene(labels, 2).posterior[:, 1], truth) >= right(majority(labels), truth) - 0.02
    assert right(dawid_skene(labels[:, :1], 2).posterior[:, 1], truth) > 0.85


def test_classes_keep_their_names_and_nobody_judged_is_the_prevalence():
    truth, labels = simulated([0.9, 0.4, 0.7], items=1000)
    labels[0] = MISSING
    found = dawid_skene(labels, 2)
    assert right(found.posterior[:, 1], truth) > 0.7
    assert found.posterior[0] == pytest.approx(found.prevalence)


def test_known_judges_by_bayes_rule():
    judges = [JudgeError(0.9, 100, 0.8, 100), JudgeError(0.6, 100, 0.7, 100)]
    found = posterior(np.array([[1, 0], [MISSING, MISSING], [0, 0]]), judges, 0.3)
    up, down = 0.3 * 0.9 * 0.4, 0.7 * 0.2 * 0.7
    assert found[:2] == pytest.approx([up / (up + down), 0.3])
    assert found[2] < 0.1
    assert posterior(np.array([[1]]), [JudgeError(1, 50, 1, 50)], 0.5)[0] < 1


@pytest.mark.parametrize("labels", [[[0, 2]], [[-2, 0]], [0, 1], [[]]])
def test_what_is_no_label_is_refused(labels):
    with pytest.raises(ValueError, match="label"):
        dawid_skene(np.array(labels, dtype=int), 2)


def test_judges_and_prior_must_fit():
    with pytest.raises(ValueError, match="2 judges"):
        posterior(np.array([[0, 1]]), [JudgeError(0.9, 9, 0.9, 9)], 0.5)
    with pytest.raises(ValueError, match="prior"):
        posterior(np.array([[0]]), [JudgeError(0.9, 9, 0.9, 9)], 1.0)
