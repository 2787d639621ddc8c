"""Stopped at any moment, a run loses nothing that was answered, and goes on from there."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from random import Random

import pytest

from support.exported import exported
from support.model_server import ModelServer, Seen
from support.nasty import Call, Nasty
from support.tg import KEY, CommandLine, Done, command_line, said

N = 60
AT_ONCE = 4
WORDS = (
    "run",
    "-m",
    "openai-api/test/slow",
    "-s",
    "hallucination/grounded-choice",
    "-n",
    str(N),
    "--concurrency",
    str(AT_ONCE),
)
KILLS = 4

# Sends this process Ctrl-C as soon as it imports a module that it needs before its first call.
INTERRUPTS = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["INTERRUPT_AT"]:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), getattr(signal, os.environ["INTERRUPT_BY"]))

sys.meta_path.insert(0, Finder())
"""


def letter(seen: Seen) -> str:
    return "AB"[len(seen.prompt) % 2]


def wait_for(server: ModelServer | Nasty, calls: int) -> None:
    until = time.monotonic() + 60
    while server.count() < calls:
        assert time.monotonic() < until, "the command asks nothing"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The exported records of a run that nobody stopped."""
    folder = tmp_path_factory.mktemp("whole")
    with Nasty(lambda call: call.answer()) as server:
        done = CommandLine(folder, server.url)(*WORDS, "--json")
    assert done.code == 0, done.err
    return exported(folder / "trustgauge.db")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_kill_9_at_random_moments_of_a_fast_run(tmp_path: Path, uninterrupted: bytes, seed: int) -> None:
    """Four kills in one run, 20 in all: each when a call drawn at random has come, or up to 3 ms later."""
    rng = Random(seed)
    moments = sorted(rng.sample(range(1, N), KILLS))
    asked: set[str] = set()
    struck = threading.Event()

    def behave(call: Call) -> None:
        asked.add(call.prompt)
        if not struck.is_set() and len(asked) >= moments[0]:
            struck.set()
            threading.Timer(rng.choice((0.0, rng.uniform(0, 0.003))), process.kill).start()
        time.sleep(0.001)
        call.answer()

    with Nasty(behave) as server:
        tg = CommandLine(tmp_path, server.url)
        kills = 0
        while moments:
            struck.clear()
            process = tg.start(*WORDS)
            process.communicate(timeout=60)
            moments = [m for m in moments[1:] if m > len(asked)]
            if process.returncode == 0:
                break  # all was answered before the blow fell
            assert process.returncode == -signal.SIGKILL
            kills += 1
        server.behave = lambda call: call.answer()
        done = tg(*WORDS, "--json")
        assert done.code == 0, done.err
        assert kills, "nothing was killed"
        assert server.count() <= N + kills * AT_ONCE, "no more is asked again than was in flight"
    assert exported(tmp_path / "trustgauge.db") == uninterrupted


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


@pytest.mark.parametrize("which", ["SIGINT", "SIGTERM"])
def test_interrupting_while_no_answer_comes(tmp_path: Path, which: str) -> None:
    with Nasty(lambda call: call.wait_until_gone()) as server:
        tg = CommandLine(tmp_path, server.url)
        process = tg.start(*WORDS)
        wait_for(server, AT_ONCE)
        process.send_signal(getattr(signal, which))
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        said(Done(130, "", err), "interrupted", "0 of 60")
        server.behave = lambda call: call.answer()
        assert tg(*WORDS, "--json").code == 0
        assert server.count() == AT_ONCE + N


def test_interrupting_while_it_waits_to_try_again(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        process = command_line(tmp_path, server).start(
            "run", "-m", "openai-api/test/rate-seconds", "-s", "hallucination/grounded-choice", "-n", "8"
        )
        wait_for(server, 4)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        said(Done(130, "", err), "interrupted")


@pytest.mark.parametrize(
    ("module", "which"),
    [
        ("trustgauge.cli.app", "SIGINT"),
        ("trustgauge.cli.measure", "SIGINT"),
        ("trustgauge.runner", "SIGINT"),
        ("trustgauge.models.openai", "SIGINT"),
        ("trustgauge.runner", "SIGTERM"),
    ],
)
def test_interrupting_before_the_first_call(tmp_path: Path, module: str, which: str) -> None:
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(INTERRUPTS)
    with Nasty(lambda call: call.answer()) as server:
        tg = CommandLine(tmp_path, server.url)
        found = tg.env.get("PYTHONPATH", "")
        tg.more = {"PYTHONPATH": f"{tmp_path / 'start'}:{found}", "INTERRUPT_AT": module, "INTERRUPT_BY": which}
        done = tg(*WORDS)
        assert server.count() == 0
        if which == "SIGTERM" and done.code == -signal.SIGTERM:
            return  # nothing was begun: the system's own way to end is as good
        assert done.code == 130, done.err
        said(done, "interrupted")
