"""The rule judges by name, for a user's own files: `trustgauge judge NAME FILE`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trustgauge.errors import UsageError
from trustgauge.judges.base import Reading
from trustgauge.judges.readers import read_choice, read_number, read_percent, read_refusal, read_yes_no

VERSION = 1
NamedReader = Callable[[str, str, Sequence[str]], Reading]
"""(response, prompt, options) -> Reading."""

READERS: dict[str, tuple[str, NamedReader]] = {
    "refusal": ("full, partial, none or unreadable", lambda text, prompt, _: read_refusal(text, prompt)),
    "choice": ("the letter of the option named", lambda text, _, options: read_choice(text, options)),
    "yes-no": ("yes or no", lambda text, _, __: read_yes_no(text)),
    "number": ("the number stated", lambda text, _, __: read_number(text)),
    "percent": ("the percentage stated", lambda text, _, __: read_percent(text)),
}
"""What each reads, and how."""


def reader(name: str) -> NamedReader:
    """The reader of that name; UsageError names what there is."""
    if name not in READERS:
        raise UsageError(f"there is no judge '{name}': use one of {', '.join(READERS)}")
    return READERS[name][1]
