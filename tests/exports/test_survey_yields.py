"""What the survey's release yields: its own counts, by command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import trustgauge
from trustgauge.exports.writing import Training
from trustgauge.imports.survey2023 import import_survey2023
from trustgauge.store import Store

FOLDER = Path(os.environ.get("TRUSTGAUGE_DATA", "")) / "survey2023"
pytestmark = pytest.mark.skipif(
    not os.environ.get("TRUSTGAUGE_DATA") or not (FOLDER / "gen_data").is_dir(),
    reason="TRUSTGAUGE_DATA names no folder with survey2023/gen_data",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("survey") / "s.db"
    with Store(str(path)) as opened:
        import_survey2023(FOLDER, opened)
    return path


def yielded(store: Path, out: Path, **settings: object) -> Training:
    made = trustgauge.export("survey2023", "dpo", out=out, store=str(store), **settings)
    assert isinstance(made, Training)
    return made


@pytest.mark.parametrize(("within", "numbers"), [("trial", (984, 445, 2950)), ("prompt", (976, 443, 3006))])
def test_the_release_s_own_labels_give_its_pairs(
    store: Path, tmp_path: Path, within: str, numbers: tuple[int, int, int]
) -> None:
    """Survey, section on alignment data: 445 trials of 984 are mixed, 2,950 pairs; merged 443 questions, 3,006."""
    made = yielded(store, tmp_path / "out", labels="release", within=within, raw=True)
    assert tuple(made.yields.values()) == numbers
    assert made.formats["dpo"].rows == numbers[2]
    assert made.read == 6 * 1972
    assert sum(made.left_out.values()) == made.read - 6 * 984


@pytest.mark.parametrize(("within", "numbers"), [("trial", (984, 429, 2569)), ("prompt", (976, 427, 2625))])
def test_readings_give_fewer_for_the_unreadable_are_no_bad_answers(
    store: Path, tmp_path: Path, within: str, numbers: tuple[int, int, int]
) -> None:
    safety = ("adult-content", "harms-to-minor", "injustice", "mental-health", "misinformation", "toxicity")
    made = yielded(store, tmp_path / "out", within=within, raw=True, suites=(*safety, "unlawful-conduct", "violence"))
    assert tuple(made.yields.values())[1:] == numbers[1:]
    assert made.yields["prompts"] <= numbers[0]


def test_its_replies_are_outside_material_under_its_licence_and_sources_are_balanced(
    store: Path, tmp_path: Path
) -> None:
    made = yielded(store, tmp_path / "out", labels="release")
    assert made.yields["pairs"] == 3006
    raw = yielded(store, tmp_path / "raw", labels="release", raw=True).formats["dpo"].sources
    worst = max(max(n.values()) / sum(n.values()) for n in raw.values())
    kept = made.formats["dpo"].sources
    assert max(max(n.values()) / sum(n.values()) for n in kept.values() if sum(n.values()) >= 50) < worst
    assert '"licence":"MIT"' in (tmp_path / "out/dpo.jsonl").read_text(encoding="utf-8").splitlines()[0]
