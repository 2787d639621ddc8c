"""`trustgauge judge`: a rule judge over your own JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.errors import DataError
from trustgauge.judges.named import VERSION, reader


def judge_file(name: str, file: Path) -> None:
    """One line out per line in: label, reason, evidence, judge. Raises DataError naming the line that can't be read."""
    read = reader(name)
    for row in _rows(file):
        found = read(row["response"], row.get("prompt", ""), row.get("options") or [])
        line = {
            "label": found.value or "unscored",
            "reason": f"read {found.value}" if found.value else f"no {name} to be read",
            "evidence": found.evidence,
            "judge": f"{name}@{VERSION}",
        }
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = sys.stdin if str(file) == "-" else file.open(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}") from None
    with lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _row(line, f"{file}, line {number}")


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise DataError(f"{where}: not JSON ({error}); give one object a line") from None
    if not isinstance(row, dict) or not isinstance(row.get("response"), str):
        raise DataError(f"{where}: needs a text field 'response' (and 'prompt' where the judge looks at it)")
    return row
