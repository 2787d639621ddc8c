"""Stopped at any moment, a run loses nothing that was answered, and goes on from there."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from support.model_server import ModelServer, Seen
from support.tg import KEY, command_line

N = 60
AT_ONCE = 4
WORDS = ("run", "-m", "openai-api/test/slow", "-s", "hallucination", "-n", str(N), "--concurrency", str(AT_ONCE))


def letter(seen: Seen) -> str:
    return "AB"[len(seen.prompt) % 2]


def wait_for(server: ModelServer, calls: int) -> None:
    until = time.monotonic() + 60
    while server.count() < calls:
        assert time.monotonic() < until, "the command asks nothing"
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("calls", [1, 17, 45])
def test_kill_9_then_the_same_command_asks_only_what_is_owed(tmp_path: Path, calls: int) -> None:
    with ModelServer(key=KEY, say=letter) as server:
        tg = command_line(tmp_path, server)
        process = tg.start(*WORDS, "--json")
        wait_for(server, calls)
        process.kill()
        process.communicate()
        time.sleep(0.3)  # what was in flight arrives at the server
        before = server.count()
        resumed = tg(*WORDS, "--json")
        assert resumed.code == 0, resumed.err
        # Owed again at most: what was in flight, and what was answered within the tenth of a second since the last
        # commit; the slow server gives no slot more than one answer in that time.
        assert before < server.count() <= N + 2 * AT_ONCE
        whole = command_line(tmp_path / "whole", server)
        whole.folder.mkdir()
        uninterrupted = whole(*WORDS, "--json")
        for name in ("sub_categories", "not_assessed", "seed"):
            assert resumed.json[name] == uninterrupted.json[name]


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_interrupting_keeps_every_answer_and_exits_130(tmp_path: Path, which: signal.Signals) -> None:
    with ModelServer(key=KEY, say=letter) as server:
        tg = command_line(tmp_path, server)
        process = tg.start(*WORDS)
        wait_for(server, 20)
        process.send_signal(which)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert "kept" in err
        assert "Traceback" not in err
        before = server.count()
        resumed = tg(*WORDS, "--json")
        assert resumed.code == 0
        assert resumed.json["sub_categories"][0]["n"] == N
        assert server.count() <= N + AT_ONCE, "only what was in flight is asked twice"
        assert server.count() > before


def test_a_second_ctrl_c_cuts_nothing_off(tmp_path: Path) -> None:
    with ModelServer(key=KEY, say=letter) as server:
        tg = command_line(tmp_path, server)
        process = tg.start(*WORDS)
        wait_for(server, 20)
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert "Traceback" not in err
        assert '"interrupted"' in tg("runs", "--json").out
