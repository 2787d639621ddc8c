"""`transformers serve` on loopback, for as long as a test needs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.ports import own_port

START_S = 120


@contextmanager
def transformers_server(model: Path, log: Path) -> Iterator[str]:
    """Serves the model folder under its bare name and yields the base address (".../v1"); ends with the block.

    Nothing is fetched from anywhere. What the server prints goes to the log file.
    """
    port = own_port()
    cache = log.parent / "hf_cache"
    (cache / "hub").mkdir(parents=True, exist_ok=True)
    env = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(cache), "HF_HUB_DISABLE_TELEMETRY": "1"}
    env["OMP_NUM_THREADS"] = "1"  # enough for a small model, and leaves a core to the client
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--device", "cpu", model.name]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=model.parent, env=env, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(server, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + START_S
    while server.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    said = log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"transformers serve did not answer (exit code {server.poll()}):\n{said}")
