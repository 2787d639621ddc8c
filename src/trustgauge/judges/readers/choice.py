"""Which option a reply names."""

from __future__ import annotations

from collections.abc import Sequence

from trustgauge.judges.base import Reading


def read_choice(text: str, options: Sequence[str]) -> Reading:
    """The letter of the option that the reply settles on, "" where it names none or several."""
    raise SystemExit(f"{text} {options}")
