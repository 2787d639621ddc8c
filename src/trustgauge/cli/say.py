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


def console(stderr: bool = False) -> Any:
    """A rich console that honours NO_COLOR, CI and pipes; 140 columns where there is no terminal."""
    from rich.console import Console

    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr,
        no_color=bool(os.environ.get("NO_COLOR")) or not terminal,
        force_terminal=None if terminal else False,  # FORCE_COLOR would put escape sequences into files
        width=None if terminal else 140,
        highlight=False,
        markup=False,
        emoji=False,
    )


def print_json(value: Any) -> None:
    """One JSON document on stdout, nothing else there."""
    from trustgauge.safe import json_text

    sys.stdout.write(json_text(value, indent=1) + "\n")
