"""The real command line as a subprocess, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.model_server import ModelServer

KEY = "sk-secret-0123456789abcdef"
LIMITED = "import os, resource, sys; w = sys.argv; resource.setrlimit(getattr(resource, w[1]), (int(w[2]),) * 2); os.execv(w[3], w[3:])"


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
    """`trustgauge` run in `folder`, with TEST_BASE_URL and TEST_API_KEY pointing at a server.

    more are further variables; before are the words of a command that runs it, such as `limited` gives.
    """

    folder: Path
    url: str = ""
    key: str = KEY
    more: dict[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()

    @property
    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TRUSTGAUGE_") or k == "TRUSTGAUGE_DATA"}
        return kept | {"TEST_BASE_URL": self.url, "TEST_API_KEY": self.key, "CI": "1"} | self.more

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The process, running."""
        return subprocess.Popen(
            [*self.before, sys.executable, "-m", "trustgauge", *words],
            cwd=self.folder,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, *words: str, timeout: float = 120) -> Done:
        process = self.start(*words)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"it did not end within {timeout:g} s: {' '.join(words)}\n{err}") from None
        return Done(process.returncode, out, err)


def command_line(folder: Path, server: ModelServer | None = None, key: str = KEY) -> CommandLine:
    return CommandLine(folder, server.url if server else "", key)


def limited(what: str, amount: int) -> tuple[str, ...]:
    """Words to put before a command that shall run under a limit of the system, such as RLIMIT_NOFILE."""
    return (sys.executable, "-c", LIMITED, what, str(amount))


def said(done: Done, *words: str) -> None:
    """Something a user understands is on stderr, and no traceback; each of `words` is among it."""
    assert "Traceback" not in done.err + done.out, done.err
    assert "Exception" not in done.err, done.err
    for word in words:
        assert word in done.err, done.err


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


def whole(done: Done, n: int = 40) -> None:
    """A run of one sub-category in which every case is answered."""
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    (sub,) = done.json["sub_categories"]
    assert (sub["n"], sub["failed"], done.json["status"], done.json["owed"]) == (n, 0, "done", 0)
