"""From a measurement to training data with the real command line: the loop's first half."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.tg import command_line, sentence


@pytest.mark.slow
def test_a_run_of_the_training_side_becomes_rows_and_another_is_refused(tmp_path: Path) -> None:
    tg = command_line(tmp_path)
    models = ("-m", "scripted/oracle", "-m", "scripted/anti-oracle")
    run = ("run", *models, "-s", "violence/direct", "-n", "60")
    assert tg(*run, "--split", "train", "--study", "train").code == 0
    assert tg(*run, "--split", "held-out", "--study", "test").code == 0
    sentence(tg("export", "test", "-f", "dpo"), 2, "60 cases that are kept for testing", "--split train")
    made = tg("export", "train", "-f", "dpo", "-f", "kto", "--source-share", "1", "--json")
    assert made.code == 0, made.err
    rows = [json.loads(line) for line in (tmp_path / "training-data/dpo.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == made.json["formats"]["dpo"]["rows"] > 2
    assert {row["side"] for row in rows} == {"train"}
    paired = {row["group"] for row in rows if row["twin"]}
    assert {row["group"] for row in rows} == paired
