"""A training that was killed goes on, and TRL's own commands train the same weights."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.lessons import export
from support.tg import CommandLine
from support.tiny_llama import build
from trustgauge.aligning.commands import commands
from trustgauge.aligning.settings import settings
from trustgauge.aligning.training import train

there = all(find_spec(name) for name in ("torch", "transformers", "datasets", "peft", "trl"))
pytestmark = [
    pytest.mark.local,
    pytest.mark.slow,
    pytest.mark.skipif(not there, reason="needs TRL: pip install 'trustgauge[align]'"),
]
MORE = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


def test_killed_in_the_middle_the_same_command_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    base, found = build(tmp_path / "base", context=256), export(tmp_path / "export")
    trustgauge = CommandLine(tmp_path, more=MORE)
    words = (
        "align",
        "--no-measure",
        str(base),
        str(found),
        "--steps",
        "sft",
        "--batch-size",
        "4",
        "--epochs",
        "20",
        "--device",
        "cpu",
    )
    process = trustgauge.start(*words, "--out", "killed")
    checkpoints = tmp_path / "killed" / "training" / "sft" / "checkpoints"
    while process.poll() is None and not list(checkpoints.glob("*/trainer_state.json")):
        time.sleep(0.02)
    process.kill()
    process.communicate()
    assert process.returncode == -9, "it ended before it could be killed"
    assert not (tmp_path / "killed" / "sft").exists()
    (checkpoints / "checkpoint-999").mkdir()  # one that was being written
    done = trustgauge(*words, "--out", "killed")
    assert done.code == 0, done.err
    assert "sft: going on from checkpoint-" in done.err
    train(settings(str(base), found, tmp_path / "whole", steps="sft", batch_size=4, epochs=20, device="cpu"))
    assert weights(tmp_path / "killed" / "sft") == weights(tmp_path / "whole" / "sft")
    logs = [(tmp_path / name / "sft" / "log.jsonl").read_text() for name in ("killed", "whole")]
    assert [len(log.splitlines()) for log in logs] == [60, 60]


def test_the_printed_command_trains_the_same_weights(tmp_path: Path) -> None:
    base, found = build(tmp_path / "base", template=None, context=256), export(tmp_path / "export")
    asked = settings(str(base), found, tmp_path / "out", steps="sft", lora=True, epochs=2, device="cpu")
    training, merging = map(shlex.split, commands(asked, lambda _: None))
    assert training[:3] == ["trl", "sft", "--config"]
    assert not (tmp_path / "out" / "sft").exists()
    for command in ([str(Path(sys.executable).with_name("trl")), *training[1:]], [sys.executable, *merging[1:]]):
        ended = subprocess.run(
            command, cwd=tmp_path, env=os.environ | MORE, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
    train(asked)
    theirs, ours = tmp_path / "out" / "commands" / "sft" / "merged", tmp_path / "out" / "sft"
    assert weights(theirs) == weights(ours) != weights(base)
    assert json.loads((theirs / "tokenizer_config.json").read_text())["eos_token"] == "<|end|>"
    assert (theirs / "chat_template.jinja").read_text() == (ours / "chat_template.jinja").read_text()
