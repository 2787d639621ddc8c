"""Import of the survey's release: a small one in words of our own, tested wherever this runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import release
from support.release import MODELS, write_lines, write_release
from support.tg import command_line
from trustgauge.errors import DataError, UsageError
from trustgauge.imports import import_recorded
from trustgauge.reports import profile
from trustgauge.reports.section import Section
from trustgauge.reports.survey2023 import CAUSAL, CYBER, FAIRNESS, PROPAGANDA, TYPO, release_sections, safety_task
from trustgauge.store import Store

Tables = dict[str, dict[str, dict[str, str]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_release(tmp_path / "release")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "a.db"))


def sections(store: Store, study: str = "survey2023") -> list[Section]:
    return release_sections([profile(store, run.id) for run in store.resolve(study)], store)


def tables(store: Store) -> Tables:
    """Title up to the bracket or colon -> first cell of a row -> column -> cell."""
    found: Tables = {}
    for section in sections(store):
        rows = {row[0]: dict(zip(section.columns, row, strict=True)) for row in section.rows}
        found[section.title] = rows
    return found


def contents(store: Store) -> dict[str, list[object]]:
    return {run.id: list(store.records(run.id)) for run in store.runs()}


def test_six_runs_of_one_study_with_what_was_read_and_missing(folder: Path, store: Store) -> None:
    made = import_recorded("survey2023", [folder], store)
    assert [run.model for run in made.runs] == list(MODELS)
    assert {run.study for run in made.runs} == {made.study} == {"survey2023"}
    assert made.files["gen_data/safety.jsonl"] == 48
    assert set(made.records.values()) == {8 + 3 + 3 + 6}
    assert made.missing == ("gen_data/misuse.jsonl",)
    assert [run.status for run in store.runs()] == ["imported"] * 6


def released(store: Store, run: str, task: str) -> tuple[int, int]:
    """How often the release says 1 and 0."""
    labels = [r.verdict.values["release"] for r in store.records(run, task) if r.verdict]
    return labels.count(1.0), labels.count(0.0)


def test_the_releases_labels_and_replies_are_kept_beside_the_readings(folder: Path, store: Store) -> None:
    import_recorded("survey2023", [folder], store)
    davinci = store.resolve("survey2023-davinci")[0].id
    assert released(store, davinci, safety_task("theft")) == (6, 2)
    assert released(store, davinci, FAIRNESS) == (0, 3)
    assert released(store, davinci, TYPO) == (0, 3)
    assert store.tasks(davinci)[TYPO].unscored == 3, "rambling is neither robust nor not"
    kept = next(store.records(davinci, TYPO))
    assert [reply.text for reply in kept.replies] == ["Well then", "So"]
    assert kept.verdict is not None and kept.verdict.judge == "survey2023-reading@1"


def test_adjectives_are_told_by_place_and_topics_by_their_short_name(folder: Path, store: Store) -> None:
    import_recorded("survey2023", [folder], store)
    by_adjective = tables(store)["Safety by adjective: safe ratio"]
    assert list(by_adjective) == ["unethical", "dangerous", "illegal", "hostile"]
    assert by_adjective["illegal"]["davinci"].startswith("0.00 ")
    assert {by_adjective[a]["davinci"][:4] for a in ("unethical", "dangerous", "hostile")} == {"1.00"}
    assert list(tables(store)["Safety by topic: safe ratio"]) == ["non-violent unethical behavior", "theft"]


def test_the_published_reading_stands_beside_the_corrected_one(folder: Path, store: Store) -> None:
    import_recorded("survey2023", [folder], store)
    found = tables(store)
    flan = found["Safety (11.3): safe ratio"]["flan-t5-xxl"]
    assert (flan["label 1"], flan["of"], flan["published"], flan["unscored"]) == ("8", "8", "1.0000", "0.1250")
    fair = found["Fairness (11.4): refuse ratio"]["gpt-4"]
    assert (fair["published"], fair["corrected: declined of readable"][:4], fair["unscored"]) == (
        "1.0000",
        "1.00",
        "0.3333",
    )
    typo = found["Typo robustness (11.9): consistent ratio"]
    assert (typo["opt-1.3b"]["yes to no"], typo["opt-1.3b"]["published"]) == ("3", "0.0000")
    assert (typo["davinci"]["corrected: same yes/no"], typo["davinci"]["unscored"]) == ("–", "1.0000")


def test_causal_answers_are_judged_again_and_balanced(folder: Path, store: Store) -> None:
    import_recorded("survey2023", [folder], store)
    causal = tables(store)["Causal reasoning (11.8): accuracy, judged again from the raw answers"]
    assert (causal["gpt-4"]["Q1 cause"], causal["gpt-4"]["Q2 necessity"]) == ("1.0000", "0.6667")
    assert causal["gpt-4"]["Q2 balanced"].startswith("0.50 ")  # No throughout is worth nothing
    assert (causal["opt-1.3b"]["Q1 cause"], causal["opt-1.3b"]["Q1 balanced"]) == ("0.0000", "–")
    opt = store.resolve("survey2023-opt")[0].id
    assert store.tasks(opt)[CAUSAL].unscored == 6
    by_class = tables(store)["Causal reasoning by class: accuracy as published"]
    assert by_class["necessity: necessary"]["gpt-4"] == "0.0000"
    assert by_class["cause: necessary"]["gpt-4"] == "1.0000"


def test_importing_twice_gives_the_same_contents(folder: Path, store: Store) -> None:
    first = import_recorded("survey2023", [folder], store)
    before = contents(store)
    again = import_recorded("survey2023", [folder], store)
    assert contents(store) == before
    assert (again.records, again.files) == (first.records, first.files)
    assert len(store.runs()) == 6


def test_two_imports_under_two_names_do_not_replace_each_other(folder: Path, store: Store) -> None:
    for study in ("my study", "my-study"):
        import_recorded("survey2023", [folder], store, study=study)
    assert len(store.runs()) == 12
    both = [profile(store, run.id) for run in store.runs()]
    assert len(release_sections(both, store)[0].rows) == 12, "runs of one model in two studies are two rows"


def test_the_whole_typo_file_is_preferred_to_its_beginning(folder: Path, store: Store) -> None:
    write_lines(folder / "gen_data/typo_first60.jsonl", release.typos(1))
    made = import_recorded("survey2023", [folder], store)
    assert made.files["gen_data/typo.jsonl"] == 18
    assert not any("typo" in name for name in made.missing)
    (folder / "gen_data/typo.jsonl").unlink()
    made = import_recorded("survey2023", [folder], store)
    assert made.files["gen_data/typo_first60.jsonl"] == 6
    assert any("typo.jsonl" in name and "first rows" in name for name in made.missing)


def test_misuse_is_imported_where_present_whatever_its_order(folder: Path, store: Store) -> None:
    """Replies without a verdict were dropped, so its rows do not come in sixes; requests were repeated."""
    write_lines(folder / "gen_data/misuse.jsonl", release.misuse())
    made = import_recorded("survey2023", [folder], store)
    assert made.missing == ()
    assert len(made.runs) == 6, "facebook/opt-1.3b is opt-1.3b"
    gpt4 = store.resolve("survey2023-gpt-4")[0].id
    assert released(store, gpt4, PROPAGANDA) == (3, 0)
    assert released(store, gpt4, CYBER) == (1, 2), "equal replies to a repeated request all count"
    by_type = tables(store)["Misuse (11.6) by type: refuse ratio"]
    assert by_type["cyber"]["gpt-4"].startswith("0.33 ")
    assert by_type["cyber"]["davinci"] == "–"


def test_missing_files_are_named_and_the_rest_is_imported(folder: Path, store: Store) -> None:
    for name in ("gen_data/safety.jsonl", "gen_data/causal.json", "intermediate_data/causal/results/answers3_raw.csv"):
        (folder / name).unlink()
    made = import_recorded("survey2023", [folder], store)
    named = " ".join(made.missing)
    for name in ("gen_data/safety.jsonl", "gen_data/causal.json", "answers3_raw.csv", "gen_data/misuse.jsonl"):
        assert name in named
    found = tables(store)
    assert (
        found["Causal reasoning (11.8): accuracy, judged again from the raw answers"]["davinci"]["Q1 cause"] == "1.0000"
    )
    assert found["Fairness (11.4): refuse ratio"]["gpt-4"]["label 1"] == "3"


@pytest.mark.parametrize(
    "kept", ["gen_data/typo.jsonl", "gen_data/fairness.jsonl", "intermediate_data/causal/results/answers0_raw.csv"]
)
def test_a_single_file_is_enough(folder: Path, store: Store, kept: str) -> None:
    for path in sorted(folder.rglob("*.*")):
        if path.relative_to(folder).as_posix() != kept:
            path.unlink()
    made = import_recorded("survey2023", [folder], store)
    assert list(made.files) == [kept]
    assert sections(store)


def bad_json(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[6] = lines[6][:40]
    path.write_text("\n".join(lines), encoding="utf-8")


def missing_column(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    del rows[6]["label"]
    write_lines(path, rows)


def odd_label(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows[6]["label"] = 2
    write_lines(path, rows)


def not_utf8(path: Path) -> None:
    lines = path.read_bytes().split(b"\n")
    lines[6] = lines[6].replace(b'"answer": "', b'"answer": "\xff')
    path.write_bytes(b"\n".join(lines))


FAULTS = [(bad_json, "malformed"), (missing_column, "label"), (odd_label, "2"), (not_utf8, "")]


@pytest.mark.parametrize(("spoil", "said"), FAULTS, ids=lambda x: getattr(x, "__name__", ""))
@pytest.mark.parametrize("name", ["safety", "fairness", "typo"])
def test_a_bad_line_is_named_and_nothing_is_half_written(
    folder: Path, store: Store, name: str, spoil, said: str
) -> None:  # type: ignore[no-untyped-def]
    import_recorded("survey2023", [write_release(folder / "before")], store)
    before = contents(store)
    spoil(folder / f"gen_data/{name}.jsonl")
    with pytest.raises(DataError) as caught:
        import_recorded("survey2023", [folder], store)
    sentence = str(caught.value)
    assert f"{name}.jsonl, line 7" in sentence and said in sentence and "\n" not in sentence
    assert contents(store) == before


def test_a_lost_line_is_noticed_where_place_matters(folder: Path, store: Store) -> None:
    path = folder / "gen_data/safety.jsonl"
    rows = release.safety()
    for spoiled, line in (
        (rows[:3] + rows[4:], 6),
        ([*rows[:6], rows[5], *rows[6:]], 8),
        ([*rows[:5], rows[4], *rows[6:]], 6),
    ):
        write_lines(path, spoiled)
        with pytest.raises(DataError, match=rf"safety\.jsonl, line {line}: not one question to six models"):
            import_recorded("survey2023", [folder], store)
        assert store.runs() == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gen_data/causal.json", "[]", "causal.json"),
        ("gen_data/causal.json", '{"data": [["a", "b", 4]]}', "causal.json"),
        ("gen_data/causal.json", '{"data": [["a", "b", 1]]}', "answers pair 1"),
        ("intermediate_data/causal/results/answers0_raw.csv", "question,answer\n", "answers0_raw.csv"),
        ("intermediate_data/causal/results/answers0_raw.csv", '{"0": {"q1": "?"}}', "q2"),
        ("intermediate_data/causal/results/answers0_raw.csv", "{}", "answers0_raw.csv"),
        ("gen_data/safety.jsonl", "", "no rows"),
        ("gen_data/fairness.jsonl", "\n\n", "no rows"),
    ],
)
def test_a_file_that_is_something_else_is_named(folder: Path, store: Store, name: str, text: str, said: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        import_recorded("survey2023", [folder], store)
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert store.runs() == []


def test_a_folder_without_the_release_says_what_to_name(tmp_path: Path, store: Store) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "nowhere", tmp_path / "a.db"):
        with pytest.raises(DataError, match=r"holds no file of the survey's release .*safety\.jsonl"):
            import_recorded("survey2023", [path], store)


@pytest.mark.parametrize(
    ("format_", "paths", "options"),
    [("survey2023", 2, {}), ("survey2023", 0, {}), ("survey2024", 1, {}), ("survey2023", 1, {"columns": ["prompt=q"]})],
)
def test_words_that_fit_nothing(
    folder: Path, store: Store, format_: str, paths: int, options: dict[str, object]
) -> None:
    with pytest.raises(UsageError):
        import_recorded(format_, [folder] * paths, store, **options)
    assert store.runs() == []


def test_by_command_with_the_missing_named_and_json_alone_on_stdout(folder: Path, tmp_path: Path) -> None:
    tg = command_line(tmp_path)
    done = tg("import", "survey2023", str(folder), "--json")
    assert done.code == 0 and not done.err
    assert done.json["missing"] == ["gen_data/misuse.jsonl"]
    assert [run["model"] for run in done.json["runs"]] == list(MODELS)
    (folder / "gen_data/typo.jsonl").write_text('{"question": 1}\n', encoding="utf-8")
    failed = tg("import", "survey2023", str(folder))
    assert (failed.code, failed.out) == (1, "")
    assert "typo.jsonl, line 1" in failed.err and "Traceback" not in failed.err
    reported = tg("report", "survey2023", "--format", "md")
    assert reported.code == 0 and "Safety (11.3)" in reported.out
