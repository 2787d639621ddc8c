"""The command line in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.tg import Done
from trustgauge.cli import main

Inside = Callable[..., Done]


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """The same `main` in this process, in a folder of its own: quick, with code, out and err as a shell has them."""
    monkeypatch.chdir(tmp_path)
    for name in ("N", "SEED", "MODELS", "SUITES", "STORE", "OUT"):
        monkeypatch.delenv(f"TRUSTGAUGE_{name}", raising=False)

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["trustgauge", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, out, err)

    return run
