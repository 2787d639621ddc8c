"""The command line: thin, over the same functions that the Python API has. The contract is in docs/cli.md."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line; every foreseen problem is one sentence on stderr and an exit code."""
    try:
        _run()
    except KeyboardInterrupt:  # before anything was under way
        sys.stderr.write("trustgauge: interrupted\n")
        sys.exit(130)


def _run() -> None:
    from trustgauge.cli.say import complain
    from trustgauge.errors import TrustgaugeError

    try:
        _mend_streams()
        _refuse_undecodable(sys.argv[1:])
        from trustgauge.cli.app import app

        app(standalone_mode=True)
    except TrustgaugeError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except SystemExit as ending:
        if ending.code == 130:  # typer makes an exit of Ctrl-C, without a word
            complain("interrupted")
        raise
    except BrokenPipeError:  # who read our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _mend_streams() -> None:
    """A stream that was closed before the start leads nowhere: what is measured goes to the store all the same."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    _use_utf8()


def _use_utf8() -> None:
    """Files and pipes get UTF-8 whatever the locale says; a terminal keeps its encoding and breaks on no sign."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _refuse_undecodable(words: list[str]) -> None:
    """What is no text in the locale's encoding can neither be stored nor printed."""
    from trustgauge.errors import UsageError

    for word in words:
        if any("\ud800" <= sign <= "\udfff" for sign in word):
            raise UsageError(f"{word!a} is not UTF-8: write it in UTF-8")
