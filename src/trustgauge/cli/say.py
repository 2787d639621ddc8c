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

    stream = sys.stderr if stderr else sys.stdout
    colour = not os.environ.get("NO_COLOR") and stream.isatty()
    width = None if stream.isatty() else 140
    return Console(stderr=stderr, no_color=not colour, highlight=False, width=width, markup=False, emoji=False)


def print_json(value: Any) -> None:
    """One JSON document on stdout, nothing else there."""
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n")
