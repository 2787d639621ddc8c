"""Talking to people: text goes to stderr, results to stdout; what a model wrote is made harmless first."""

from __future__ import annotations

import os
import sys
from typing import Any

from trustgauge.safe import plain


def complain(sentence: str) -> None:
    """One sentence on stderr."""
    print(f"trustgauge: {plain(sentence)}", file=sys.stderr)


def note(sentence: str) -> None:
    """Something a person should know, on stderr."""
    print(plain(sentence), file=sys.stderr)


PIPED = 140
"""Columns where there is no terminal, and COLUMNS doesn't say how many."""


def width() -> int:
    """Columns of text that goes to a file or a pipe: COLUMNS where that is a number from 20, else 140."""
    said = os.environ.get("COLUMNS", "")
    return int(said) if said.isdecimal() and len(said) < 5 and int(said) >= 20 else PIPED


def console(stderr: bool = False) -> Any:
    """A rich console that honours NO_COLOR, CI, COLUMNS and pipes; see `width` where there is no terminal."""
    from rich.console import Console

    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr,
        no_color=bool(os.environ.get("NO_COLOR")) or not terminal,
        force_terminal=None if terminal else False,  # FORCE_COLOR would put escape sequences into files
        width=None if terminal else width(),
        highlight=False,
        markup=False,
        emoji=False,
    )


def print_json(value: Any) -> None:
    """One JSON document on stdout, nothing else there."""
    from trustgauge.safe import json_text

    sys.stdout.write(json_text(value, indent=1) + "\n")
