"""The real command line as a subprocess, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.model_server import ModelServer

KEY = "sk-secret-0123456789abcdef"


@dataclass
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


@dataclass
class CommandLine:
    """`trustgauge` run in `folder`, with TEST_BASE_URL and TEST_API_KEY pointing at a server."""

    folder: Path
    url: str = ""
    key: str = KEY

    @property
    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TRUSTGAUGE_") or k == "TRUSTGAUGE_DATA"}
        return kept | {"TEST_BASE_URL": self.url, "TEST_API_KEY": self.key, "CI": "1"}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The process, running."""
        return subprocess.Popen(
            [sys.executable, "-m", "trustgauge", *words],
            cwd=self.folder,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, *words: str, timeout: float = 120) -> Done:
        process = self.start(*words)
        out, err = process.communicate(timeout=timeout)
        return Done(process.returncode, out, err)


def command_line(folder: Path, server: ModelServer | None = None, key: str = KEY) -> CommandLine:
    return CommandLine(folder, server.url if server else "", key)


def sentence(done: Done, code: int, *said: str) -> None:
    """A problem as it must look: the code, nothing on stdout, one line that says what is wrong."""
    assert done.code == code, done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    *before, last = done.err.strip().splitlines()
    assert last.startswith(("trustgauge: ", "Error: ")), done.err
    assert not any(line.startswith("trustgauge: ") for line in before)
    for word in said:
        assert word in last
