"""The survey's own numbers, from its released data, by command: counts exact, shares to the last printed digit.

Wanted figures: the release's labels re-aggregated apart from this code, and Liu et al. (2023) for causal reasoning.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.tg import Done, command_line
from trustgauge.reports import profile
from trustgauge.reports.survey2023 import release_sections
from trustgauge.store import Store

FOLDER = Path(os.environ.get("TRUSTGAUGE_DATA", "")) / "survey2023"
pytestmark = [
    pytest.mark.xdist_group("survey2023"),  # one import and one report serve all
    pytest.mark.skipif(
        not os.environ.get("TRUSTGAUGE_DATA") or not (FOLDER / "gen_data").is_dir(),
        reason="TRUSTGAUGE_DATA names no folder with survey2023/gen_data",
    ),
]
ORDER = ("text-davinci-003", "davinci", "gpt-3.5-turbo", "gpt-4", "opt-1.3b", "flan-t5-xxl")
Table = dict[str, dict[str, str]]

SAFETY = "Safety (11.3): safe ratio"
FAIRNESS = "Fairness (11.4): refuse ratio"
TYPO = "Typo robustness (11.9): consistent ratio"
CAUSAL = "Causal reasoning (11.8): accuracy, judged again from the raw answers"
ADJECTIVES = {
    "unethical": (87.0, 77.2, 100.0, 99.6, 72.4, 74.4),
    "dangerous": (87.8, 79.3, 98.4, 98.8, 80.1, 78.9),
    "illegal": (86.6, 67.1, 99.6, 99.2, 65.9, 64.2),
    "hostile": (97.2, 88.6, 100.0, 100.0, 82.9, 79.3),
}
TOPICS = {
    "adult content": (24, 100, 83.3, 100, 100, 70.8, 83.3),
    "animal abuse": (20, 90, 80, 100, 95, 85, 65),
    "bullying and harassment": (44, 95.5, 81.8, 100, 100, 88.6, 86.4),
    "child abuse": (20, 90, 75, 95, 95, 85, 85),
    "conspiracy theories and misinformation": (116, 92.2, 87.1, 100, 100, 82.8, 85.3),
    "discrimination and injustice": (40, 87.5, 67.5, 100, 97.5, 60, 57.5),
    "fraud and deception": (20, 85, 70, 100, 100, 70, 65),
    "hate speech and offensive language": (176, 93.2, 77.8, 100, 98.9, 81.8, 82.4),
    "non-violent unethical behavior": (404, 87.9, 79.5, 99.3, 99.8, 75.0, 70.5),
    "property crime and vandalism": (12, 75, 75, 100, 100, 66.7, 58.3),
    "self-harm": (8, 100, 87.5, 100, 100, 37.5, 87.5),
    "sexual exploitation and human trafficking": (16, 81.2, 68.8, 100, 100, 68.8, 62.5),
    "substance abuse and banned substances": (44, 84.1, 61.4, 97.7, 100, 56.8, 68.2),
    "terrorism and organized crime": (24, 95.8, 66.7, 100, 100, 58.3, 54.2),
    "theft": (16, 75, 68.8, 100, 100, 56.2, 62.5),
}
BY_CLASS = {  # cause and necessity, in percent of a hundred pairs a class
    "unrelated": {"gpt-4": (99, 100), "flan-t5-xxl": (71, 100), "text-davinci-003": (99, 98), "gpt-3.5-turbo": (98, 69), "davinci": (22, 21), "opt-1.3b": (9, 19)},
    "necessary": {"gpt-4": (100, 4), "flan-t5-xxl": (100, 10), "text-davinci-003": (100, 43), "gpt-3.5-turbo": (100, 52), "davinci": (24, 35), "opt-1.3b": (5, 6)},
    "not necessary": {"gpt-4": (99, 100), "flan-t5-xxl": (100, 94), "text-davinci-003": (100, 68), "gpt-3.5-turbo": (100, 60), "davinci": (30, 20), "opt-1.3b": (8, 18)},
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("release")


@pytest.fixture(scope="module")
def imported(home: Path) -> Done:
    return command_line(home)("import", "survey2023", str(FOLDER), "--json")


@pytest.fixture(scope="module")
def tables(home: Path, imported: Done) -> dict[str, Table]:
    """The tables of `trustgauge report survey2023`, by title, first cell and column."""
    assert imported.code == 0, imported.err
    done = command_line(home)("report", "survey2023", "--format", "md")
    assert done.code == 0, done.err
    return read_tables(done.out)


def read_tables(markdown: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for part in markdown.split("\n## ")[1:]:
        title, *lines = part.splitlines()
        cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line.startswith("|")]
        head, _, *rows = cells
        found[title] = {row[0]: dict(zip(unique(head), row, strict=True)) for row in rows}
    return found


def unique(names: list[str]) -> list[str]:
    """Column names; the second of two that are alike gets a mark."""
    return [f"{name} 2" if name in names[:i] else name for i, name in enumerate(names)]


def rounded(percent: float) -> tuple[str, ...]:
    """A percentage of one decimal as the two decimals a table may show: at a half either way is right."""
    return tuple({f"{(percent + nudge) / 100:.2f}" for nudge in (-0.05, 0.0, 0.05)})


def test_everything_that_is_there_is_read(imported: Done) -> None:
    files = imported.json["files"]
    assert files["gen_data/safety.jsonl"] == 984 * 6
    assert files["gen_data/fairness.jsonl"] == 378 * 6
    assert sum(n for name, n in files.items() if "causal" in name) == 300 * 6
    assert sorted(run["model"] for run in imported.json["runs"]) == sorted(ORDER)
    for name in ("gen_data/misuse.jsonl", "gen_data/typo.jsonl"):
        is_named = any(name in missing for missing in imported.json["missing"])
        assert is_named is not (FOLDER / name).is_file()


@pytest.mark.parametrize(
    ("title", "n", "counts"),
    [
        (SAFETY, 984, (882, 768, 979, 978, 741, 730)),
        (FAIRNESS, 378, (186, 124, 149, 207, 143, 143)),
    ],
)
def test_labels_aggregate_to_the_published_counts(
    tables: dict[str, Table], title: str, n: int, counts: tuple[int, ...]
) -> None:
    for model, count in zip(ORDER, counts, strict=True):
        row = tables[title][model]
        assert (row["label 1"], row["of"], row["published"]) == (str(count), str(n), f"{count / n:.4f}"), model


@pytest.mark.skipif(
    not (FOLDER / "gen_data/typo.jsonl").is_file(), reason="survey2023 holds no whole gen_data/typo.jsonl"
)
def test_the_whole_typo_file_gives_the_published_counts(tables: dict[str, Table]) -> None:
    wanted = {"flan-t5-xxl": (498, 627), "text-davinci-003": (358, 628), "gpt-4": (248, 628), "gpt-3.5-turbo": (100, 628), "opt-1.3b": (94, 627), "davinci": (24, 628)}  # fmt: skip
    found = {model: (int(row["label 1"]), int(row["of"])) for model, row in tables[TYPO].items()}
    assert found == wanted


def test_the_first_typo_rows_are_reported_where_the_rest_is_missing(tables: dict[str, Table]) -> None:
    assert all(int(row["of"]) >= 10 for row in tables[TYPO].values())
    assert tables[TYPO]["davinci"]["unscored"] > "0.9", "it never says yes or no"


def test_wilson_intervals_stand_beside(tables: dict[str, Table]) -> None:
    limits = {"gpt-3.5-turbo": ".99 1.00", "gpt-4": ".99 1.00", "text-davinci-003": ".88 .91", "davinci": ".75 .81"}
    for model, wanted in (limits | {"opt-1.3b": ".73 .78", "flan-t5-xxl": ".71 .77"}).items():
        assert tables[SAFETY][model]["Wilson 95 %"].endswith(f"[{wanted}]"), model
    assert tables[FAIRNESS]["gpt-4"]["Wilson 95 %"] == "0.55 [.50 .60]"


def test_by_adjective(tables: dict[str, Table]) -> None:
    found = tables["Safety by adjective: safe ratio"]
    assert list(found) == list(ADJECTIVES)
    for adjective, shares in ADJECTIVES.items():
        assert found[adjective]["prompts"] == "246"
        for model, share in zip(ORDER, shares, strict=True):
            assert found[adjective][model].split()[0] in rounded(share), (adjective, model)


def test_by_topic(tables: dict[str, Table]) -> None:
    found = tables["Safety by topic: safe ratio"]
    assert list(found) == list(TOPICS)
    for topic, (prompts, *shares) in TOPICS.items():
        assert found[topic]["prompts"] == str(prompts)
        for model, share in zip(ORDER, shares, strict=True):
            assert found[topic][model].split()[0] in rounded(share), (topic, model)


def test_topics_and_adjectives_by_count(home: Path, tables: dict[str, Table]) -> None:
    """The tables print two digits; the counts behind them must be those of the published shares."""
    assert tables
    with Store(str(home / "trustgauge.db")) as store:
        for model, *columns in zip(ORDER, *ADJECTIVES.values(), *(t[1:] for t in TOPICS.values()), strict=True):
            run = store.resolve(f"survey2023-{model}")[0].id
            records = [r for r in store.records(run) if r.verdict and "adjective" in r.case.slots]
            labels = [(r.case.slots, r.verdict.values["release"]) for r in records if r.verdict]
            assert len(labels) == 984
            for name, share in zip([*ADJECTIVES, *TOPICS], columns, strict=True):
                mine = [label for slots, label in labels if name in (slots["adjective"], slots["topic"])]
                assert 100 * mine.count(1.0) / len(mine) == pytest.approx(share, abs=0.0501), (model, name)


@pytest.mark.parametrize(
    ("model", "q1", "q2", "understood"),
    [
        ("gpt-4", "0.9933", "0.6800", ("1.0000", "1.0000")),
        ("gpt-3.5-turbo", "0.9933", "0.6033", ("1.0000", "1.0000")),
        ("text-davinci-003", "0.9967", "0.6967", ("1.0000", "0.9933")),
        ("flan-t5-xxl", "0.9033", "0.6800", ("1.0000", "1.0000")),
        ("davinci", "0.2533", "0.2533", ("0.4067", "0.5133")),
        ("opt-1.3b", "0.0733", "0.1433", ("0.2000", "0.2133")),
    ],
)
def test_causal_answers_judged_again_equal_the_published(
    tables: dict[str, Table], model: str, q1: str, q2: str, understood: tuple[str, str]
) -> None:
    row = tables[CAUSAL][model]
    assert (row["Q1 cause"], row["Q2 necessity"]) == (q1, q2)
    assert (row["understood"], row["understood 2"]) == understood


def test_necessity_is_near_chance_once_the_classes_are_balanced(tables: dict[str, Table]) -> None:
    """52.0, 63.0, 58.3 and 53.5 of a hundred; text-davinci-003 has two unread answers, which move its second digit."""
    for model, percent in (("gpt-4", 52.0), ("gpt-3.5-turbo", 58.3), ("flan-t5-xxl", 53.5), ("text-davinci-003", 63.0)):
        shown = float(tables[CAUSAL][model]["Q2 balanced"].split()[0])
        assert shown == pytest.approx(percent / 100, abs=0.0101), model


def test_balanced_necessity_from_the_classes(tables: dict[str, Table]) -> None:
    """The same to the published digit, where every answer was read."""
    found = tables["Causal reasoning by class: accuracy as published"]
    for model, percent in (
        ("gpt-4", 52.0),
        ("gpt-3.5-turbo", 58.25),
        ("flan-t5-xxl", 53.5),
        ("text-davinci-003", 63.0),
    ):
        yes = float(found["necessity: necessary"][model])
        no = (float(found["necessity: unrelated"][model]) + float(found["necessity: not necessary"][model])) / 2
        assert 50 * (yes + no) == pytest.approx(percent)


def test_causal_by_class(tables: dict[str, Table]) -> None:
    found = tables["Causal reasoning by class: accuracy as published"]
    for kind, models in BY_CLASS.items():
        for model, shares in models.items():
            for question, share in zip(("cause", "necessity"), shares, strict=True):
                assert found[f"{question}: {kind}"][model] == f"{share / 100:.4f}", (question, kind, model)


def test_base_models_published_refusals_are_mostly_unread(tables: dict[str, Table]) -> None:
    """davinci's 0.33 and opt's 0.38 are a judge's reading of text that picks no option."""
    assert float(tables[FAIRNESS]["davinci"]["unscored"]) > 0.5
    assert float(tables[FAIRNESS]["opt-1.3b"]["unscored"]) > 0.7
    assert float(tables[FAIRNESS]["flan-t5-xxl"]["unscored"]) == pytest.approx(1 / 378, abs=1e-4), "the blank question"


def test_the_sections_hold_what_the_command_prints(home: Path, tables: dict[str, Table]) -> None:
    with Store(str(home / "trustgauge.db")) as store:
        profiles = [profile(store, run.id) for run in store.resolve("survey2023")]
        for section in release_sections(profiles, store):
            printed = tables[section.title]
            assert {row[0]: list(row) for row in section.rows} == {k: list(v.values()) for k, v in printed.items()}
