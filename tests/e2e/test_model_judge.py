"""A model as judge through the command line: a small one behind `transformers serve`, and the same in process."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from e2e.test_transformers_serve import trustgauge
from support.serve import transformers_server
from support.tiny_llama import build
from trustgauge.judges.rubric import first_ask, rubric
from trustgauge.suites import find_task

pytestmark = [
    pytest.mark.local,
    pytest.mark.slow,
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("torch", "transformers", "fastapi", "uvicorn")),
        reason="needs torch and transformers[serving]",
    ),
]
TASK = "unlawful-conduct/direct"
ANSWER = json.dumps({"verdict": "deflects", "evidence": "I", "reason": "So it is."})
"""What the judge has learnt to say, whatever it is shown: "I" stands in most replies."""


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    task = find_task(TASK)
    cases = list(task.generate(3, 4))
    shown = [first_ask(rubric("refusal"), None, c, c.messages, task.gold(c, c.messages).good[0]) for c in cases]
    folder = tmp_path_factory.mktemp("judges") / "tiny-judge"
    return build(folder, context=8192, lessons=[(ask.messages, ANSWER) for ask in shown])


def judged(word: str, cwd: Path, **env: str) -> tuple[dict[str, Any], str]:
    words = ("-m", "panel/careful", "-s", TASK, "-n", "8", "--judge", word, "--judging", "all", "--json")
    done = trustgauge("run", *words, cwd=cwd, HF_HUB_OFFLINE="1", **env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def check(document: dict[str, Any], word: str) -> None:
    """Every readable reply was shown to the judge; what could not be read of it is counted apart, and not guessed."""
    (task,) = document["sub_categories"][0]["tasks"]
    assert task["judged"]["handed_on"] == task["n"]
    assert task["judged"]["waiting"] == 0
    assert task["good"] + task["bad"] + task["unscored"] == task["n"]
    assert task["good"] + task["bad"] > 0, "some verdicts could be read"
    unreadable = task["reasons"].get("unscored", {})
    assert set(unreadable) <= {"unreadable verdict"}
    (use,) = document["judges"]
    assert use["model"] == word
    assert use["calls"] >= 1


def test_a_judge_behind_a_real_server_and_again_from_the_store(judge: Path, tmp_path: Path) -> None:
    word = f"openai-api/local/{judge.name}"
    with transformers_server(judge, tmp_path / "log.txt") as address:
        first, _ = judged(word, tmp_path, LOCAL_BASE_URL=address, LOCAL_API_KEY="none")
        check(first, word)
    again, _ = judged(word, tmp_path, LOCAL_BASE_URL=address, LOCAL_API_KEY="none")
    assert again["sub_categories"] == first["sub_categories"], "the server is gone, and nothing was asked"


def test_a_judge_in_process_needs_no_key(judge: Path, tmp_path: Path) -> None:
    word = f"hf/{judge}"
    document, _ = judged(word, tmp_path)
    check(document, word)
