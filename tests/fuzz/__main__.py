"""Runs one target open-ended under atheris: `python -m fuzz TARGET [libFuzzer options]`, as `make fuzz` does."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import settings

from fuzz import OPEN_ENDED

TARGETS = sorted(path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py"))
LONGEST = 4096
"""Bytes of one input at most."""


def main() -> None:
    """Fuzz the target named on the command line until something falls out."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"name a target: make fuzz TARGET=...; there are {', '.join(TARGETS)}")
    try:
        import atheris
    except ImportError:
        sys.exit("open-ended fuzzing needs atheris, which is no dependency: uv pip install atheris")
    settings.load_profile(OPEN_ENDED)
    with atheris.instrument_imports(include=["trustgauge"]):
        target = importlib.import_module(f"fuzz.test_{sys.argv.pop(1)}")
    properties = [found for found in vars(target).values() if hasattr(found, "hypothesis")]
    with tempfile.TemporaryDirectory() as corpus:
        seed(Path(corpus))
        atheris.Setup([*sys.argv, "-len_control=0", f"-max_len={LONGEST}", corpus], one_of(properties))
        atheris.Fuzz()


def seed(corpus: Path) -> None:
    """Random inputs long enough for Hypothesis to make whole examples of; from nothing, a fuzzer grows them slowly."""
    rng = Random(0)
    for number in range(256):
        (corpus / str(number)).write_bytes(rng.randbytes(rng.randint(64, LONGEST)))


def one_of(properties: list[Any]) -> Callable[[bytes], None]:
    """All properties of a target as one: the first byte says which, the rest is its input."""

    def run(data: bytes) -> None:
        if not data:
            return
        chosen = properties[data[0] % len(properties)]
        try:
            chosen.hypothesis.fuzz_one_input(data[1:])
        except Exception:
            try:
                chosen()  # finds the failure again where it was kept, and makes it small
            except Exception as smallest:
                print(*getattr(smallest, "__notes__", ()), sep="\n", file=sys.stderr)
                raise
            raise

    return run


if __name__ == "__main__":
    main()
