"""`trustgauge judge`: a rule judge over your own JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.errors import DataError
from trustgauge.judges.named import VERSION, reader
from trustgauge.safe import json_text


def judge_file(name: str, file: Path) -> None:
    """One line out per line in: label, reason, evidence, judge. Raises DataError naming the line that can't be read."""
    read = reader(name)
    for row in _rows(file):
        found = read(row["response"], row.get("prompt") or "", row.get("options") or [])
        line = {
            "label": found.value or "unscored",
            "reason": f"read {found.value}" if found.value else f"no {name} to be read",
            "evidence": found.evidence,
            "judge": f"{name}@{VERSION}",
        }
        sys.stdout.write(json_text(line) + "\n")


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}") from None
    with lines as found:
        for number, line in enumerate(found, 1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                yield _row(text, f"{file}, line {number}")


def _row(line: bytes, where: str) -> dict[str, Any]:
    try:
        row: Any = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{where}: not JSON in UTF-8 ({error}); give one object a line") from None
    if not isinstance(row, dict) or not isinstance(row.get("response"), str):
        raise DataError(f"{where}: needs a text field 'response' (and 'prompt' where the judge looks at it)")
    if not isinstance(row.get("prompt") or "", str):
        raise DataError(f"{where}: 'prompt' must be text")
    options: Any = row.get("options") or []
    if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
        raise DataError(f"{where}: 'options' must be a list of texts")
    return row
