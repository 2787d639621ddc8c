"""Generating: seconds on one core and peak memory for 100,000 cases spread over all tasks.

A task whose words give fewer than its share gives what it has; the others make up for it in further rounds.

    python -m benchmarks.generating [-n CASES] [--each]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from typing import Any

CASES = 100_000
AT_MOST_S = 60.0


def generate(n: int) -> tuple[dict[str, tuple[int, float]], float]:
    """Cases and seconds for each task, and seconds for all of it, the import of the suites included."""
    began = time.perf_counter()
    from trustgauge.generate.standin import standin_texts
    from trustgauge.suites import tasks

    texts, left = standin_texts(0), n
    found: dict[str, tuple[int, float]] = {}
    for place, (id_, task) in enumerate(tasks().items()):
        started = time.perf_counter()
        made = sum(1 for _ in task.generate(0, left // (len(tasks()) - place), texts))
        found[id_] = (made, time.perf_counter() - started)
        left -= made
    return found, time.perf_counter() - began


def generating(bench: Any, _: object) -> None:
    """A row of the table, measured in a process of its own so that the peak is that of generating alone."""
    words = [sys.executable, "-m", "benchmarks.generating", "-n", str(CASES), "--json"]
    found = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    bench.add("generating cases of all tasks, one core", bound_s=AT_MOST_S, **found)


def main() -> None:
    """Generate, and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generating", description=__doc__)
    parser.add_argument("-n", type=int, default=CASES, help="cases in all")
    parser.add_argument("--each", action="store_true", help="each task, the slowest a case first")
    parser.add_argument("--json", action="store_true", help="the totals as JSON")
    given = parser.parse_args()
    each, seconds = generate(given.n)
    made = sum(count for count, _ in each.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if given.json:
        print(json.dumps({"n": made, "tasks": len(each), "wall_s": seconds, "peak_mb": peak}))
        return
    if given.each:
        for id_, (count, took) in sorted(each.items(), key=lambda pair: -pair[1][1] / max(1, pair[1][0])):
            print(f"{1000 * took / max(1, count):8.3f} ms a case  {count:7,} cases  {id_}")
    print(f"{made:,} cases of {len(each)} tasks in {seconds:.1f} s (at most {AT_MOST_S:.0f}), peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
