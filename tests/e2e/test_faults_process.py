"""What befalls the process itself: another one beside it, clocks that jump, closed pipes."""

from __future__ import annotations

import json
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.exported import records_of
from support.nasty import Call, Nasty, well
from support.tg import CommandLine, Done, said, whole

N = 40
AT_ONCE = 4
STORE = "trustgauge.db"


def words(model: str = "x", *more: str) -> tuple[str, ...]:
    slots = ("--concurrency", str(AT_ONCE))
    return ("run", "-m", f"openai-api/test/{model}", "-s", "hallucination/grounded-choice", "-n", str(N), *slots, *more)


def wait_for(server: Nasty, calls: int) -> None:
    until = time.monotonic() + 60
    while server.count() < calls:
        assert time.monotonic() < until, "the command asks nothing"
        time.sleep(0.01)


# two at once


@contextmanager
def falling_silent(after: int) -> Iterator[tuple[Nasty, threading.Event]]:
    """A server that answers so many calls, and the others once the event is set."""
    go_on = threading.Event()

    def behave(call: Call) -> None:
        if call.number > after:
            go_on.wait(60)
        call.answer()

    with Nasty(behave) as server:
        try:
            yield server, go_on
        finally:
            go_on.set()


@pytest.mark.slow
def test_a_second_process_on_the_same_run_is_turned_away(tmp_path: Path) -> None:
    with falling_silent(4) as (server, go_on):
        tg = CommandLine(tmp_path, server.url)
        first = tg.start(*words(), "--json")
        wait_for(server, 4 + AT_ONCE)
        second = tg(*words(), "--json", timeout=30)
        assert second.code == 1, second.err
        assert second.out == ""
        said(second, "openai-api-test-x", f"process {first.pid}", "--store")
        assert len(second.err.strip().splitlines()) == 1
        go_on.set()
        out, err = first.communicate(timeout=60)
        whole(Done(first.returncode, out, err))
        assert server.count() == N, "no case was asked by both"


@pytest.mark.slow
def test_a_run_whose_process_was_killed_can_be_taken_over_at_once(tmp_path: Path) -> None:
    with falling_silent(8) as (server, go_on):
        tg = CommandLine(tmp_path, server.url)
        first = tg.start(*words(), "--json")
        wait_for(server, 8 + AT_ONCE)
        first.kill()
        first.communicate()
        go_on.set()
        whole(tg(*words(), "--json"))
        assert server.count() <= N + AT_ONCE


@pytest.mark.slow
def test_two_models_measured_into_one_store_at_once(tmp_path: Path) -> None:
    def behave(call: Call) -> None:
        time.sleep(0.02)
        call.answer()

    with Nasty(behave) as server:
        tg = CommandLine(tmp_path, server.url)
        both = [tg.start(*words(name), "--json") for name in ("left", "right")]
        for process in both:
            out, err = process.communicate(timeout=90)
            whole(Done(process.returncode, out, err))
        assert server.count() == 2 * N
    runs = json.loads(tg("runs", "--json").out)
    found = [run["id"] for run in (runs["runs"] if isinstance(runs, dict) else runs)]
    assert len(found) == 2
    for run in found:
        assert len(records_of(tmp_path / STORE, run)) == N


# clocks

JUMPS = """
import random, time

def jumping(real, unit):
    rng = random.Random(7)
    return lambda: real() + unit * rng.choice((-7200, -3600, 0, 3600, 86400))

time.time, time.time_ns = jumping(time.time, 1), jumping(time.time_ns, 10**9)
"""


def negative(value: object, path: str = "") -> list[str]:
    """Where a JSON document holds a negative duration."""
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in negative(inner, f"{path}.{name}")]
    if isinstance(value, list):
        return [found for i, inner in enumerate(value) for found in negative(inner, f"{path}[{i}]")]
    return [path] if re.search(r"_s$", path) and isinstance(value, int | float) and value < 0 else []


def test_a_clock_that_jumps_by_hours(tmp_path: Path) -> None:
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(JUMPS)

    def behave(call: Call) -> None:
        if call.number in (10, 20):
            call.send(b"HTTP/1.1 429 Slow Down\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")
        else:
            call.answer()

    with Nasty(behave) as server:
        tg = CommandLine(tmp_path, server.url)
        tg.more = {"PYTHONPATH": f"{tmp_path / 'start'}:{tg.env.get('PYTHONPATH', '')}"}
        done = tg(*words(), "--json")
        whole(done)
        assert negative(done.json) == []
        assert done.json["wall_s"] < 60
        took = [float(seconds) for seconds in re.findall(r"([-\d.]+) s$", done.err, re.M)]
        assert all(0 <= seconds < 60 for seconds in took)
        assert tg("runs").code == 0
        assert tg("report", "last").code == 0
    latencies = [reply.latency_s for record in records_of(tmp_path / STORE) for reply in record.replies]
    assert all(0 <= latency < 60 for latency in latencies)


# pipes


def test_nobody_reads_the_output_any_more(tmp_path: Path) -> None:
    with Nasty(well) as server:
        tg = CommandLine(tmp_path, server.url)
        process = tg.start(*words(), "--json")
        assert process.stdout and process.stderr
        process.stdout.close()
        err = process.stderr.read()
        process.stderr.close()
        assert process.wait(60) in (0, 1, -signal.SIGPIPE), err
        said(Done(0, "", err))
        assert len(records_of(tmp_path / STORE)) == N
        whole(tg(*words(), "--json"))
        assert server.count() == N


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_were_closed_before_the_start(tmp_path: Path, closed: str) -> None:
    with Nasty(well) as server:
        tg = CommandLine(tmp_path, server.url)
        tg.before = ("sh", "-c", f'exec "$@" {closed}', "sh")
        done = tg(*words(), "--json")
        said(done)
        if ">&-" not in closed.split():
            assert done.code == 0, done.err
        else:
            assert done.code in (0, 1), "the document could not be written anywhere"
        tg.before = ()
        assert len(records_of(tmp_path / STORE)) == N, "what was answered is kept all the same"
        whole(tg(*words(), "--json"))
        assert server.count() == N
