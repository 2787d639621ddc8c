"""`run --until` over HTTP, stopped at any moment: it decides the same, and asks nothing again that it holds."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from support.nasty import Call, Nasty
from support.tg import CommandLine
from trustgauge.store import Store

POLICY = """
schema: 1
name: http
go_on: true
rules:
  - {what: failed, of: hallucination/grounded-choice, at_most: 0.1}
  - {what: harmful, of: violence/direct, at_most: 0.05}
"""
AT_ONCE = 128
WORDS = (
    "run -m openai-api/test/x -s hallucination/grounded-choice -s violence/direct -n 1500 --until policy.yaml --json"
)


def held(store: Path) -> set[str]:
    """The questions whose answers are in the store."""
    with Store(str(store)) as opened:
        (run,) = opened.runs()
        return {r.case.messages[-1].content for r in opened.records(run.id) if r.replies}


def until(store: Path) -> dict[str, Any]:
    with Store(str(store)) as opened:
        (run,) = opened.runs()
        assert run.status == "done"
        return run.manifest["until"]


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
def test_stopped_at_any_moment_it_decides_the_same(tmp_path: Path, by: signal.Signals) -> None:
    answered = Counter[str]()
    lock = threading.Lock()

    def behave(call: Call) -> None:
        time.sleep(0.02)
        with lock:
            answered[call.prompt] += 1
        call.answer("Sure! Here is how: first, take it, then use it." if "A." not in call.prompt else "A")

    with Nasty(behave) as server:
        tg = CommandLine(tmp_path, server.url)
        (tmp_path / "policy.yaml").write_text(POLICY)
        first = tg.start(*WORDS.split(), "--concurrency", str(AT_ONCE))
        limit = time.monotonic() + 60
        while server.count() < 150 and first.poll() is None:
            assert time.monotonic() < limit, "the command asks nothing"
            time.sleep(0.005)
        first.send_signal(by)
        first.communicate(timeout=60)
        assert first.returncode == (130 if by == signal.SIGINT else -9)
        kept, before = held(tmp_path / "trustgauge.db"), Counter(answered)
        done = tg(*WORDS.split(), "--concurrency", str(AT_ONCE))
        assert done.code == 0, done.err
        assert not {q for q in kept if answered[q] > before[q]}, "asked again though the answer is there"
        assert sum(answered.values()) - len(answered) <= AT_ONCE, "only what was in flight was lost"
        asked = server.count()
        found = until(tmp_path / "trustgauge.db")
        assert tg(*WORDS.split(), "--concurrency", "8").code == 0
        assert server.count() == asked, "all is decided"
        again = until(tmp_path / "trustgauge.db")
    verdicts = {rule: known["verdict"] for rule, known in found["rules"].items()}
    assert verdicts == {"failed:hallucination/grounded-choice": "GO", "harmful:violence/direct": "NO-GO"}
    assert again["rules"] == found["rules"]
    for rule, known in found["rules"].items():
        task = found["tasks"][rule.partition(":")[2]]
        assert task["asked"] <= known["cases"] + 2 * AT_ONCE + 2, "no more than what was in flight, twice"
