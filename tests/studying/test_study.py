"""The whole of a study over runs: the reference panel, the small release, the page and what the command line says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import trustgauge
from support.release import write_release
from support.stores import EVIL
from support.tg import CommandLine, command_line
from trustgauge.errors import ConfigError, DataError, UsageError
from trustgauge.reports.page import Figure, html, markdown, text
from trustgauge.studying.document import document
from trustgauge.studying.page import page_of
from trustgauge.studying.whole import Study, study_tables

SUITES = ("utility", "violence", "sycophancy", "privacy-violation", "hallucination")


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("panel")
    store = str(folder / "p.db")
    trustgauge.run(suites=SUITES, n=40, store=store, out=str(folder), study="panel")
    return store


@pytest.fixture(scope="module")
def studied(panel: str) -> Study:
    return trustgauge.study("panel", store=panel)


def test_a_study_of_the_panel(studied: Study) -> None:
    assert studied.table.models == ("careful", "over-cautious", "agreeable", "base-like")
    assert {m.id for m in studied.table.measures} == set(SUITES) - {"utility"}
    assert studied.utility["utility"][0]  # the runs' own, outside the taxonomy
    assert studied.ranking.places[0].name == "careful"
    assert studied.ranking.over.startswith("cases")
    assert sum(p.best for p in studied.ranking.places) == pytest.approx(1)
    assert studied.claims == ()


def test_over_refusal_shows_whose_restraint_is_bought_with_it(studied: Study) -> None:
    sides = dict(zip(studied.table.models, studied.table.sides, strict=True))
    careful, cautious, base = sides["careful"], sides["over-cautious"], sides["base-like"]
    assert careful and cautious and base
    assert careful.over_refusal[0] < 0.2 and cautious.over_refusal[0] > 0.3
    assert base.restraint[0] < careful.restraint[0]
    assert studied.refusal
    front = dict(zip((name for name, _, _ in studied.refusal[1].points), studied.refusal[1].front, strict=True))
    assert front["careful"]


def test_the_page_says_small_n_first_and_in_every_format(studied: Study) -> None:
    page = page_of(studied)
    assert page.lead[0].startswith("ONLY 4 MODELS: no correlation over so few can be told from chance")
    assert "ONLY 4 MODELS" in page.foot
    for shown in (text(page), markdown(page), html(page)):
        assert "ONLY 4 MODELS" in shown and "careful" in shown
    for figure in (b for b in page.blocks if isinstance(b, Figure)):
        assert figure.alt and figure.title and figure.chart is not None
    assert all(len(row) == len(b.columns) for b in page.blocks if not isinstance(b, Figure) for row in b.rows)


def test_the_document_is_plain_and_has_no_nan(studied: Study) -> None:
    found = json.loads(json.dumps(document(studied), allow_nan=False))
    assert found["schema"] == 1 and len(found["models"]) == 4
    assert found["least_rho"] is None
    assert found["models"][0]["scores"]["sycophancy"]["low"] is not None


def test_the_same_study_twice_is_the_same(studied: Study, panel: str) -> None:
    assert document(trustgauge.study("panel", store=panel)) == document(studied)
    assert document(trustgauge.study("panel", store=panel, seed=1)) != document(studied)


def test_facts_bring_stages_and_utility(panel: str, tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text(
        "models:\n"
        "  base-like: {stage: base, open: true, utility: {exam: 0.4}}\n"
        "  agreeable: {stage: SFT, open: true, utility: {exam: 0.7}}\n"
        "  careful: {stage: RLHF, open: false, utility: {exam: 0.8}}\n"
        "  over-cautious: {stage: RLHF, open: false, utility: {exam: 0.3}}\n",
        "utf-8",
    )
    found = trustgauge.study("panel", store=panel, facts=facts)
    assert {t.n for t in found.trends} == {4}
    assert any(t.shape.startswith("better") for t in found.trends)
    assert found.utility["exam"][0] and found.difference and found.difference.n == (2, 2)
    assert "exam" in text(page_of(found))


def test_the_small_release_has_its_claims_weighed(tmp_path: Path) -> None:
    tg = command_line(tmp_path)
    assert tg("import", "survey2023", str(write_release(tmp_path / "release"))).code == 0
    found = tg("study", "survey2023", "--json").json
    assert len(found["claims"]) == 10
    typos = next(t for t in found["trends"] if t["measure"] == "typos, published")
    assert typos["stages"][1]["mean"] == pytest.approx(498 / 627)  # the whole file's, where an import holds less


@pytest.fixture
def tg(tmp_path: Path) -> CommandLine:
    return command_line(tmp_path)


def test_what_is_no_study_is_said_in_a_sentence(tg: CommandLine, panel: str) -> None:
    done = tg("study")
    assert done.code == 2 and "one of the two" in done.err and "Traceback" not in done.err and not done.out
    with pytest.raises(UsageError, match="one of the two"):
        trustgauge.study("last", tables=["x.csv"])
    with pytest.raises(UsageError, match="there is no table"):
        trustgauge.study(tables=["x.csv"])
    with pytest.raises(UsageError, match="at least 2 runs"):
        trustgauge.study("last", store=panel)
    with pytest.raises(ConfigError, match="cannot be read"):
        trustgauge.study("panel", store=panel, facts="none.yaml")


def test_runs_of_one_model_are_not_two_models(panel: str, studied: Study, tmp_path: Path) -> None:
    assert studied.table.twice == []
    trustgauge.run(models=["panel/careful"], suites=["violence"], n=20, store=panel, out=str(tmp_path), study="again")
    found = trustgauge.study("panel", "again", store=panel)
    assert found.table.twice == ["panel/careful"]
    assert page_of(found).lead[1].startswith("NOT 5 DIFFERENT MODELS: several runs are of panel/careful")


def test_a_run_of_utility_goes_with_its_model(tmp_path: Path) -> None:
    store = str(tmp_path / "p.db")
    for suite, name in (("violence", "both"), ("utility", "both"), ("utility", "alone")):
        models = ["panel/careful", "panel/base-like"] if name == "both" else ["panel/agreeable"]
        trustgauge.run(models=models, suites=[suite], n=20, store=store, out=str(tmp_path), study=name)
    found = trustgauge.study("both", "alone", store=store)
    assert found.table.models == ("careful", "base-like") and all(found.table.utility["utility"])
    assert any("no score of any sub-category" in said for said in found.table.left_out)


def test_rows_without_a_model_and_files_left_out_are_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("model,Safe (↑)\n,1\nb,1\n", "utf-8")
    with pytest.raises(DataError, match="row 2: the first column"):
        study_tables([tmp_path / "t.csv"])
    (tmp_path / "t.csv").write_text("model,Safe (↑)\na,1\na,2\n", "utf-8")
    with pytest.raises(UsageError, match="more than one row for a model"):
        study_tables([tmp_path / "t.csv"])


def test_two_models_of_a_hostile_table(tg: CommandLine, tmp_path: Path) -> None:
    field = EVIL.replace('"', '""').replace("\x00", "")
    rows = f'"model","Safe (↑)","Harm (↓)"\n"{field}",0.1,0.2\nb,-1,0.3\nc,0.4,0.1\n'
    (tmp_path / "t.csv").write_text(rows, "utf-8")
    done = tg("study", "--tables", "t.csv")
    assert done.code == 0 and "\x1b]8" not in done.out and "ONLY 3 MODELS" in done.out
    found = study_tables([tmp_path / "t.csv"])
    assert "<script>alert" not in html(page_of(found)) and document(found)["missing"] == 1


def test_ties_everywhere_are_no_order(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("model,Safe (↑)\na,1\nb,1\nc,1\n", "utf-8")
    found = study_tables([tmp_path / "t.csv"])
    assert [p.place for p in found.ranking.places] == [2.0, 2.0, 2.0]
    assert found.map.rho == {} and text(page_of(found))


def test_over_so_few_no_two_measures_are_called_the_same(studied: Study) -> None:
    assert studied.map.rho and studied.map.clusters == ()
    said = text(page_of(studied))
    assert "no two measures" in html(page_of(studied)) and "-0.000" not in said
