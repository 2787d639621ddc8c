"""`trustgauge export` as training data, on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from support.tg import Done, said, sentence
from support.training_runs import cases_of, refusing, run_of, willing


def test_the_command_says_what_it_did(tmp_path: Path, inside: Callable[..., Done]) -> None:
    run_of(tmp_path / "trustgauge.db", "a", cases_of(n=24), refusing)
    run_of(tmp_path / "trustgauge.db", "b", cases_of(n=24), willing)
    done = inside("export", "s", "-f", "dpo", "-f", "sft", "--to", "hf", "-o", "hub")
    assert done.code == 0, done.err
    assert "24 of 24 prompts have good and bad replies: 24 pairs" in done.out
    assert "hub/dpo.jsonl: 24 rows" in done.out
    assert "hub/README.md for people" in done.out
    assert "AUC" in done.out
    listed = inside("export", "s", "-f", "dpo", "-o", "j", "--json").json
    assert listed["formats"]["dpo"]["rows"] == 24
    assert listed["settings"]["near"] == 0.9
    sentence(inside("export", "s", "-f", "dpoo"), 2, "there is no export format 'dpoo'")
    sentence(inside("export", "s", "-f", "trustllm", "--limit", "3"), 2, "without --limit")
    sentence(inside("export", "nowhere", "-f", "dpo"), 2, "there is no run 'nowhere'")
    sentence(inside("export", "s", "-f", "dpo", "-o", "hub"), 2, "hub/", "already with other content")
    bare = inside("export", "s", "-f", "sft", "--no-twins", "-o", "bare")
    said(bare, "warning: benign twins are left out")


def test_a_run_with_held_out_cases_fails_with_a_clear_message(tmp_path: Path, inside: Callable[..., Done]) -> None:
    run_of(tmp_path / "trustgauge.db", "a", [*cases_of(n=12), *cases_of(n=12, side="held-out")], willing)
    refused = inside("export", "last", "-f", "sft")
    sentence(refused, 2, "run-a holds 12 cases that are kept for testing", "--split train", "--train-only")
    assert not (tmp_path / "training-data").exists()
    assert inside("export", "last", "-f", "sft", "--train-only").code == 0
