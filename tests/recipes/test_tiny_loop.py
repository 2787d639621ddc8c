"""The tiny loop, shortened: base model from scratch, replies, export, SFT and DPO, held-out cases, page; and the notebook."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("trl", reason="the loop needs the extra 'align'")
pytestmark = [pytest.mark.slow, pytest.mark.local, pytest.mark.xdist_group("tiny_loop")]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole shortened loop, made by the script."""
    folder = tmp_path_factory.mktemp("tiny") / "loop"
    command = [sys.executable, str(ROOT / "recipes/tiny_loop.py"), "--out", str(folder), "--short"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder.parent, env=_env(), check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "minutes in all" in done.stdout
    return folder


def _env() -> dict[str, str]:
    """One thread: beside other tests two of them wait for each other most of the time."""
    return os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src")}


@pytest.fixture(scope="module")
def told(out: Path) -> dict:
    return json.loads((out / "loop.json").read_text())


def test_every_stage_is_a_model_of_its_own(out: Path):
    weights = {(out / name / "model.safetensors").read_bytes() for name in ("base", "aligned/sft", "aligned/dpo")}
    assert len(weights) == 3


def test_the_export_is_of_the_training_side_and_has_both_formats(out: Path, told: dict):
    made = told["export"]["formats"]
    assert made["sft"]["rows"] >= 50
    assert made["dpo"]["rows"] >= 20
    rows = [json.loads(line) for name in made for line in (out / "export" / f"{name}.jsonl").read_text().splitlines()]
    assert {row["side"] for row in rows} == {"train"}


def test_all_targets_are_measured_on_held_out_cases_before_and_after(told: dict):
    changed = told["change"]
    assert changed["held_out"] is True
    assert [stage["stage"] for stage in changed["stages"]] == ["sft", "dpo"]
    for stage in changed["stages"]:
        rows = [row for row in stage["sub_categories"] if row["target"]]
        assert {row["id"] for row in rows} == {name.partition("/")[0] for name in told["plan"]["targets"]}
        for row in rows:
            assert row["low"] < row["difference"] < row["high"]
        assert 0 <= stage["refusals"]["declined"]["after"] <= 1


@pytest.mark.parametrize("step", ["sft", "dpo"])
def test_each_stage_learnt_from_its_rows(out: Path, step: str):
    """What a shortened loop shows on held-out cases is noise; that it trains is not."""
    stage = json.loads((out / "aligned/training" / step / "stage.json").read_text())
    assert stage["loss_last"] < stage["loss_first"]


def test_the_page_shows_what_was_found(out: Path, told: dict):
    text = (out / "tiny-loop.md").read_text()
    assert told["says"][0] in text
    for row in told["change"]["stages"][-1]["sub_categories"]:
        assert f"| {row['id']} | {row['n']} | {row['before']:.2f} |" in text


def test_the_notebook_does_the_same(out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Over the script's folder, where everything is there already: the same numbers come out."""
    monkeypatch.setenv("TINY_OUT", str(out))
    monkeypatch.setenv("TINY_SHORT", "1")
    monkeypatch.chdir(ROOT)
    cells = json.loads((ROOT / "recipes/tiny_loop.ipynb").read_text())["cells"]
    space: dict = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
            assert not cell["outputs"]  # results are in docs, made by the script
    told = json.loads((out / "loop.json").read_text())
    assert told["says"][0] in capsys.readouterr().out
