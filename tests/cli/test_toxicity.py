"""`--toxicity MODEL`: a classifier scores toxicity in place of the list of words, and nothing is asked again for it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from support.tg import Done, command_line, sentence
from support.tiny_classifier import tiny_classifier
from trustgauge.config import Config
from trustgauge.errors import UsageError
from trustgauge.judges.classifier import Classifier
from trustgauge.judges.toxicity import civil_judge
from trustgauge.runner import run
from trustgauge.store import Store
from trustgauge.suites import find_task, tasks
from trustgauge.types import Record, Reply

Inside = Callable[..., Done]
PANEL = ("run", "-m", "panel/agreeable", "-s", "toxicity", "-n", "20")
SCORED = {
    "toxicity/rude-user": "civil-help",
    "toxicity/baiting": "continuation",
    "toxicity/insults-asked": "insult-asked",
}
there = all(find_spec(name) for name in ("torch", "transformers"))
needs_models = pytest.mark.skipif(
    not there, reason="needs torch and transformers: pip install 'trustgauge[classifiers]'"
)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny_classifier(tmp_path_factory.mktemp("models") / "tiny-toxic", ["neutral", "toxic"])


def runs(store: Path) -> dict[str, tuple[int, list[Record]]]:
    """Calls and records of every run of the store, in the order they were begun."""
    with Store(str(store), create=False) as opened:
        return {info.id: (info.calls, list(opened.records(info.id))) for info in opened.runs()}


def judges(document: dict[str, Any]) -> dict[str, str]:
    return {task["task"]: task["judge"] for sub in document["sub_categories"] for task in sub["tasks"]}


# a scorer of any kind


class Shouting:
    """Finds toxic what is written in capitals."""

    name = "capitals"

    def __call__(self, text: str) -> tuple[float, str, str]:
        return (0.9, "loud", text[:9]) if text.isupper() else (0.1, "", "")


def test_the_three_judges_take_another_scorer_and_bear_its_name() -> None:
    for id_, name in SCORED.items():
        task = find_task(id_)
        assert task.scored_by
        assert task.judge.id == f"{name}@1"
        judge = task.scored_by(Shouting())
        assert judge.id == f"{name}[capitals]@1"
        case = next(case for case in task.generate(0, 20) if not case.twin)
        insult, loud = Reply(text="You are a stupid idiot."), Reply(text="WHAT A LOVELY DAY IT IS")
        found = judge(case, [loud])
        assert (found.label, found.reason, found.evidence) == ("bad", "toxic: loud", "WHAT A LO")
        assert found.values["toxicity"] == 0.9
        assert found.judge == judge.id
        assert judge(case, [insult]).values["toxicity"] == 0.1
        assert task.judge(case, [insult]).reason.startswith("toxic: ")


def test_only_tasks_that_score_toxicity_can_be_scored_by_another() -> None:
    assert {id_ for id_, task in tasks().items() if task.scored_by} == set(SCORED)


def test_the_list_of_words_is_the_default() -> None:
    task = find_task("toxicity/rude-user")
    plain = civil_judge(lambda case: [], [])
    case = next(iter(task.generate(0, 1)))
    assert plain.name == "civil-help"
    assert plain(case, [Reply(text="Go away, you idiot.")]).reason == "toxic: insult"


# through the command line


@pytest.mark.local
@needs_models
def test_a_classifier_scores_and_every_report_names_it(inside: Inside, classifier: str, tmp_path: Path) -> None:
    done = inside(*PANEL, "--toxicity", classifier, "--json")
    assert done.code == 0, done.err
    document = json.loads(done.out)
    expected = {task: f"{name}[tiny-toxic]@1" for task, name in SCORED.items()}
    assert expected.items() <= judges(document).items()
    assert judges(document)["toxicity/survey-form"] == find_task("toxicity/survey-form").judge.id
    for format_ in ("md", "html", "text"):
        shown = inside("report", "-f", format_, "-o", "-")
        assert shown.code == 0, shown.err
        assert "civil-help[tiny-toxic]@1" in shown.out
    assert judges(json.loads(inside("report", "--json").out)) == judges(document)
    ((calls, records),) = runs(tmp_path / "trustgauge.db").values()
    assert calls == len(records) == 80
    scorer = Classifier(classifier)
    scored = [r for r in records if r.case.task == "toxicity/rude-user" and r.verdict and r.verdict.values]
    assert len(scored) > 10
    for record in scored:
        assert record.verdict
        assert record.verdict.judge == "civil-help[tiny-toxic]@1"
        expected_score = scorer.scores([record.replies[-1].text])[0]
        assert record.verdict.values["toxicity"] == pytest.approx(expected_score, abs=1e-4)
        assert (expected_score >= 0.5) == record.verdict.reason.startswith("toxic: toxic")


@pytest.mark.local
@needs_models
def test_another_scorer_judges_the_stored_replies_and_asks_nothing(
    inside: Inside, classifier: str, tmp_path: Path
) -> None:
    retrained = tiny_classifier(tmp_path / "other" / "tiny-toxic", ["neutral", "toxic"], seed=8)
    ways: list[tuple[str, ...]] = [(), ("--toxicity", classifier), ("--toxicity", retrained)]
    for way in (*ways, *ways):
        assert inside(*PANEL, *way, "--json").code == 0
    found = runs(tmp_path / "trustgauge.db")
    assert [calls for calls, _ in found.values()] == [80, 0, 0], "a run for each scorer, resumed when named again"
    words, first, second = (
        {r.case.id: r.verdict.values["toxicity"] for r in records if r.verdict and "toxicity" in r.verdict.values}
        for _, records in found.values()
    )
    assert words.keys() == first.keys() == second.keys()
    assert words != first != second
    texts = [{r.case.id: [reply.text for reply in r.replies] for r in records} for _, records in found.values()]
    assert texts[0] == texts[1] == texts[2]


@pytest.mark.local
@needs_models
def test_the_same_classifier_elsewhere_is_the_same_run(inside: Inside, classifier: str, tmp_path: Path) -> None:
    moved = shutil.copytree(classifier, tmp_path / "moved" / "tiny-toxic")
    for folder in (classifier, str(moved)):
        assert inside(*PANEL, "--toxicity", folder, "--offline", "--json").code == 0
    (id_,) = runs(tmp_path / "trustgauge.db")
    with Store(str(tmp_path / "trustgauge.db"), create=False) as store:
        told = store.run(id_).manifest["toxicity"]
    assert (told["classifier"], told["label"]) == ("tiny-toxic", "toxic")
    assert len(told["revision"]) == 16


@pytest.mark.local
@needs_models
def test_a_real_shell_knows_the_flag(classifier: str, tmp_path: Path) -> None:
    shell = command_line(tmp_path)
    done = shell("run", "-m", "scripted/oracle", "-s", "toxicity", "-n", "20", "--toxicity", classifier)
    assert done.code == 0, done.err
    done = shell("report", "-o", "-")
    assert done.code == 0, done.err
    assert "insult-asked[tiny-toxic]@1" in done.out


@pytest.mark.local
@needs_models
def test_a_classifier_that_cannot_be_opened_is_a_sentence_and_leaves_no_run(inside: Inside, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    sentence(inside(*PANEL, "--toxicity", "empty"), 1, "cannot open the classifier empty")
    assert not (tmp_path / "trustgauge.db").exists()


def test_without_the_extra_it_says_which_to_install(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    sentence(inside(*PANEL, "--toxicity", "unitary/toxic-bert"), 1, "trustgauge[classifiers]")


def test_where_nothing_is_scored_for_toxicity_it_says_so(tmp_path: Path) -> None:
    config = Config(suites=("hallucination",), toxicity="unitary/toxic-bert", store=str(tmp_path / "a.db"))
    with pytest.raises(UsageError, match=r"none of these tasks is scored for toxicity.*--toxicity"):
        run(config, env={})
