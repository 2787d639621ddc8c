"""Run the benchmarks: `python -m benchmarks [--full] [--server URL] [--raw COMMAND] [--only WORD]`.

--server  a model server that is running already (its base address, ".../v1"), instead of our own; it must give the
          latencies of our own by the model's name, so only the benchmark without latency uses it
--raw     another yardstick: a command that asks the server {n} prompts at concurrency {c}, timed as a whole process
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.generating import generating
from benchmarks.judging import judging

RESULTS = Path(__file__).with_name("results.json")
TASK = "hallucination/grounded-choice"


class Bench:
    """The server, the yardstick and the table."""

    def __init__(self, url: str, server: str | None, raw: str | None) -> None:
        self.url, self.plain_url, self.raw_command = url, server or url, raw
        self.rows: list[dict[str, Any]] = []

    def raw(self, n: int, concurrency: int) -> float:
        """Seconds that the bare client takes, its start-up included."""
        words = [sys.executable, "-m", "benchmarks.raw", self.plain_url, str(n), str(concurrency)]
        if self.raw_command:
            words = shlex.split(self.raw_command.format(n=n, c=concurrency))
        return _timed(words)[0]

    def add(self, name: str, **facts: Any) -> None:
        """A row of the table, printed at once."""
        facts = {key: round(value, 2) if isinstance(value, float) else value for key, value in facts.items()}
        self.rows.append({"benchmark": name} | facts)
        said = ", ".join(f"{key} {_shown(value)}" for key, value in facts.items())
        print(f"{name:34} {said}", flush=True)


def _shown(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


@contextmanager
def running_server() -> Iterator[str]:
    """Our own server in a process of its own; its base address."""
    words = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        finally:
            process.kill()


def measure(
    url: str, model: str, n: int, concurrency: int, store: Path, *more: str, cores: set[int] | None = None
) -> tuple[float, float, float, dict[str, Any]]:
    """Wall seconds, CPU seconds and peak MB of one `trustgauge run` as a whole process, and its JSON."""
    words = [sys.executable, "-m", "trustgauge", "run", "-m", f"openai-api/bench/{model}", "-s", TASK, "-n", str(n)]
    words += ["--concurrency", str(concurrency), "--store", str(store), "--json", *more]
    env = {"BENCH_BASE_URL": url, "BENCH_API_KEY": "x", "CI": "1"}
    with tempfile.TemporaryFile("w+") as out:
        wall, cpu, peak = _timed(words, env=env, out=out, cores=cores)
        out.seek(0)
        return wall, cpu, peak, json.load(out)


def _timed(
    words: list[str], *, env: dict[str, str] | None = None, out: Any = subprocess.DEVNULL, cores: set[int] | None = None
) -> tuple[float, float, float]:
    began = time.perf_counter()
    process = subprocess.Popen(words, env=os.environ | (env or {}), stdout=out, stderr=subprocess.DEVNULL)
    if cores:
        os.sched_setaffinity(process.pid, cores)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"failed: {shlex.join(words)}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def first_call(url: str, go: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds until the server sees the first call of what `go` does, and what it returns."""
    base = url.removesuffix("/v1")
    with urlopen(f"{base}/reset"):
        pass
    began, seen = time.perf_counter(), list[float]()

    def look() -> None:
        while not seen:
            with urlopen(f"{base}/stats") as answer:
                if json.load(answer)["requests"]:
                    seen.append(time.perf_counter() - began)
            time.sleep(0.02)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    done = go()
    watcher.join(5)
    return (seen or [float("nan")])[0], done


def no_latency(bench: Bench, folder: Path) -> None:
    """20,000 cases as fast as they go, on one core and on all, against the bare client in the same minute."""
    n = 20_000
    cores = sorted(os.sched_getaffinity(0))
    for name, pinned in (("no latency, one core", {cores[-1]}), ("no latency, all cores", None)):
        ratios, rates, peaks = [], [], []
        for i in range(3):
            raw = bench.raw(n, 100)
            wall, _, peak, _ = measure(bench.plain_url, "instant", n, 100, folder / f"{name}{i}.db", cores=pinned)
            ratios.append(raw / wall)
            rates.append(n / wall)
            peaks.append(peak)
        rate = statistics.median(rates)
        bench.add(name, n=n, rate_per_s=round(rate), ratio_to_raw=statistics.median(ratios), peak_mb=max(peaks))


def fixed_latency(bench: Bench, folder: Path) -> None:
    """Fixed latency: how near to n x latency / concurrency."""
    for concurrency in (100, 2000):
        n = 10_000 if concurrency == 100 else 40_000
        wall, cpu, peak, _ = measure(bench.url, "ms-50", n, concurrency, folder / f"latency{concurrency}.db")
        bound = n * 0.05 / concurrency
        facts = {"n": n, "wall_s": wall, "bound_s": bound, "allowed_s": 1.1 * bound + 1, "cpu_s": cpu, "peak_mb": peak}
        bench.add(f"50 ms, concurrency {concurrency}", **facts)


def long_tail(bench: Bench, folder: Path) -> None:
    """One call in a hundred takes 5 s instead of 50 ms: the rest must not wait for it."""
    n, concurrency = 10_000, 100
    wall, _, _, _ = measure(bench.url, "tail-50", n, concurrency, folder / "tail.db")
    bound = n * (0.99 * 0.05 + 0.01 * 5) / concurrency + 5  # the last of the slow ones may start at the end
    bench.add("1 % of calls take 100 x longer", n=n, wall_s=wall, bound_s=bound)


def hung(bench: Bench, folder: Path) -> None:
    """One call in a thousand is never answered: each costs its slot until the deadline, and is tried again."""
    n = 10_000
    wall, _, _, found = measure(bench.url, "hang-50", n, 100, folder / "hang.db", "--timeout", "3", "--attempts", "3")
    failed = sum(sub["failed"] for sub in found["sub_categories"])
    bench.add("0.1 % of calls hang, --timeout 3", n=n, wall_s=wall, bound_s=n * 0.05 / 100 + 3, failed=failed)


def million(bench: Bench, folder: Path) -> None:
    """A million cases: memory, resuming, judging again, the report."""
    n, store, url = 1_000_000, folder / "million.db", bench.url
    wall, _, peak, _ = measure(url, "instant", n, 100, store)
    bench.add("1,000,000 cases", n=n, wall_s=wall, rate_per_s=round(n / wall), peak_mb=peak, store_mb=_mb(store))
    _change(store, "delete from replies where number > 999000", "delete from records where place >= 999000")
    first, (wall, _, peak, _) = first_call(url, lambda: measure(url, "instant", n, 100, store))
    bench.add("resumed with 1,000 replies owed", first_call_s=first, wall_s=wall, peak_mb=peak)
    report = [sys.executable, "-m", "trustgauge", "report", "last", "-f", "json", "--store", str(store)]
    wall, _, peak = _timed(report)
    bench.add("its report", wall_s=wall, peak_mb=peak)
    _change(store, "delete from records")
    wall, _, peak, _ = measure(url, "instant", n, 100, store)
    bench.add("judged again from stored replies", wall_s=wall, rate_per_s=round(n / wall), peak_mb=peak)


def _mb(store: Path) -> float:
    return store.stat().st_size / 2**20


def _change(store: Path, *statements: str) -> None:
    with sqlite3.connect(store) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def main() -> None:
    """All benchmarks, or those named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="a million cases too")
    parser.add_argument("--server", help="a running server's base address, for the benchmark without latency")
    parser.add_argument("--raw", help="another bare client's command, with {n} and {c}")
    parser.add_argument("--only", default="", help="part of a benchmark's name")
    given = parser.parse_args()
    chosen: list[Callable[[Bench, Path], None]] = [no_latency, fixed_latency, long_tail, hung, judging, generating]
    chosen += [million] if given.full else []
    with running_server() as url, tempfile.TemporaryDirectory() as folder:
        bench = Bench(url, given.server, given.raw)
        for one in chosen:
            if given.only in one.__name__:
                one(bench, Path(folder))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {platform.system()}"
    made = {"machine": machine, "date": time.strftime("%Y-%m-%d"), "results": bench.rows}
    RESULTS.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"written to {RESULTS.name} ({machine})")


if __name__ == "__main__":
    main()
