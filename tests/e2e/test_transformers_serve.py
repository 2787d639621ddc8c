"""The eight studies through the command line: against a real server on loopback, and in process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from support.serve import transformers_server
from support.tiny_llama import build

pytestmark = [
    pytest.mark.local,
    pytest.mark.slow,
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("torch", "transformers", "fastapi", "uvicorn")),
        reason="needs torch and transformers[serving]",
    ),
]
STUDIED = {
    *("hallucination", "miscalibration", "stereotype-bias", "propagandistic-misuse", "cyberattack-misuse"),
    *("copyright-leakage", "causal-reasoning", "prompt-attacks", "violence", "unlawful-conduct"),
}
"""What the survey measured; its safety study is filed under the sub-categories of its topics, two of them here."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("models") / "tiny-llama", taught=True)


@pytest.fixture(scope="module")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with transformers_server(model, tmp_path_factory.mktemp("serve") / "log.txt") as address:
        yield address


def trustgauge(*words: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("trustgauge")),
        *words,
        "--store",
        f"sqlite:///{cwd / 'runs.db'}",
    ]
    env = os.environ | {"OMP_NUM_THREADS": "1"} | env
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)


def run(word: str, cwd: Path, **env: str) -> dict[str, Any]:
    words = ("-m", word, "-s", "survey2023", "-n", "4", "--seed", "0", "--max-tokens", "16", "--json")
    done = trustgauge("run", *words, cwd=cwd, **env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(document: dict[str, Any], word: str) -> None:
    """Every study is there, every count adds up, and a model that knows nothing is mostly unscored."""
    assert document["schema"] == 1
    assert document["model"] == word
    measured = {row["id"]: row for row in document["sub_categories"] if row["n"]}
    assert measured.keys() >= STUDIED
    tasks = [task for row in measured.values() for task in row["tasks"]]
    for row in (*measured.values(), *tasks):
        assert row["good"] + row["bad"] + row["unscored"] + row["failed"] == row["n"] > 0
        assert row["failed"] == 0
        if row["good"] + row["bad"] == 0:
            assert row["score"] is None
        if row["score"] is not None:
            assert 0 <= row["score"] <= 1
    unscored, n = (sum(row[name] for row in measured.values()) for name in ("unscored", "n"))
    assert unscored > n / 2
    assert document["calls"] >= n


def test_the_eight_studies_against_a_server_and_again_from_the_store(server: str, model: Path, tmp_path: Path) -> None:
    word = f"openai-api/local/{model.name}"
    first, again = (run(word, tmp_path, LOCAL_BASE_URL=server, LOCAL_API_KEY="none") for _ in range(2))
    check(first, word)
    assert again["sub_categories"] == first["sub_categories"]
    assert again["calls"] == first["calls"], "with nothing owed, nothing is asked"


def test_the_eight_studies_in_process(model: Path, tmp_path: Path) -> None:
    word = f"hf/{model}"
    check(run(word, tmp_path), word)


def test_a_model_the_server_does_not_have_is_one_sentence(server: str, tmp_path: Path) -> None:
    words = ("run", "-m", "openai-api/local/no-such-model", "-s", "hallucination/grounded-choice", "-n", "4", "--json")
    done = trustgauge(*words, cwd=tmp_path, LOCAL_BASE_URL=server, LOCAL_API_KEY="none")
    assert "no-such-model" in done.stderr
    assert "Traceback" not in done.stderr
