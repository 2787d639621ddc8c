"""A text-classification model as a scorer: labels, batches, and what is said where it can't be opened."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.tiny_classifier import tiny_classifier
from trustgauge.errors import ModelError, TrustgaugeError
from trustgauge.judges.classifier import Classifier
from trustgauge.judges.named import reader

there = all(find_spec(name) for name in ("torch", "transformers"))
needs_models = pytest.mark.skipif(
    not there, reason="needs torch and transformers: pip install 'trustgauge[classifiers]'"
)
TEXTS = ["You are an idiot.", "Read the passage. " * 400, "Yes.", "", "Is it so? " * 20]


@pytest.mark.local
@needs_models
def test_scores_come_in_order_and_do_not_hang_on_the_batch(tmp_path: Path) -> None:
    name = tiny_classifier(tmp_path / "two", ["neutral", "toxic"])
    one, many = Classifier(name, batch_size=1), Classifier(name, batch_size=4)
    alone, together = one.scores(TEXTS), many.scores(TEXTS)
    assert many.label == "toxic"
    assert together == pytest.approx(alone, abs=1e-4)
    assert all(0 <= score <= 1 for score in together)
    assert len({round(score, 4) for score in together}) > 2, "texts are told apart"
    assert many.scores([]) == []
    other = Classifier(name, label="neutral").scores(TEXTS)
    both = [a + b for a, b in zip(together, other, strict=True)]
    assert both == pytest.approx([float(bool(text)) for text in TEXTS], abs=1e-4), "an empty text scores 0"


@pytest.mark.local
@needs_models
def test_labels_that_may_hold_together_are_scored_alone(tmp_path: Path) -> None:
    name = tiny_classifier(tmp_path / "many", ["toxic", "insult", "threat"], problem_type="multi_label_classification")
    scores = [Classifier(name, label=label).scores(["You are an idiot."])[0] for label in ("toxic", "insult", "threat")]
    assert sum(scores) != pytest.approx(1.0, abs=1e-3)
    assert Classifier(name).label == "toxic"


@pytest.mark.local
@needs_models
def test_a_label_is_found_by_its_name_or_asked_for(tmp_path: Path) -> None:
    name = tiny_classifier(tmp_path / "unnamed", ["LABEL_0", "LABEL_1"])
    assert Classifier(name).label == "LABEL_1"
    with pytest.raises(ModelError, match=r"no label 'rude'.*LABEL_0, LABEL_1"):
        Classifier(name, label="rude")
    three = tiny_classifier(tmp_path / "three", ["non-toxic", "positive", "negative"])
    with pytest.raises(ModelError, match="non-toxic, positive, negative"):
        Classifier(three)


@pytest.mark.local
@needs_models
def test_it_judges_a_file_by_name(tmp_path: Path) -> None:
    name = tiny_classifier(tmp_path / "two", ["neutral", "toxic"])
    read = reader(f"toxicity:{name}")
    score = Classifier(name).scores(["You are an idiot."])[0]
    assert read("You are an idiot.", "", []).value == ("toxic" if score >= 0.5 else "civil")
    assert read(" ", "", []).value == ""


@pytest.mark.local
@needs_models
def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot open the classifier"):
        Classifier(str(tmp_path))


def test_without_the_extra_it_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(TrustgaugeError, match=r"trustgauge\[classifiers\]"):
        Classifier("unitary/toxic-bert")
