"""The command line: thin, over the same functions that the Python API has. The contract is in docs/cli.md."""

from __future__ import annotations

import io
import os
import sys


def main() -> None:
    """Run the command line; every foreseen problem is one sentence on stderr and an exit code."""
    from trustgauge.cli.app import app
    from trustgauge.cli.say import complain
    from trustgauge.errors import TrustgaugeError

    _use_utf8()
    try:
        _refuse_undecodable(sys.argv[1:])
        app(standalone_mode=True)
    except TrustgaugeError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


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
