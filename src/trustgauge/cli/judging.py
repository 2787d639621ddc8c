"""`trustgauge judge`: a rule judge over your own JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import msgspec

from trustgauge.errors import DataError
from trustgauge.judges.named import VERSION, reader
from trustgauge.safe import json_text


class Row(msgspec.Struct, frozen=True):
    """One line in; other fields are ignored."""

    response: str
    prompt: str | None = None
    options: list[str] | None = None


_read = msgspec.json.Decoder(Row).decode


def judge_file(name: str, file: Path) -> None:
    """One line out per line in: label, reason, evidence, judge. Raises DataError naming the line that can't be read."""
    read = reader(name)
    for row in _rows(file):
        found = read(row.response, row.prompt or "", row.options or [])
        line = {
            "label": found.value or "unscored",
            "reason": f"read {found.value}" if found.value else f"no {name} to be read",
            "evidence": found.evidence,
            "judge": f"{name}@{VERSION}",
        }
        sys.stdout.write(json_text(line) + "\n")


def _rows(file: Path) -> Iterator[Row]:
    try:
        lines = nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}") from None
    with lines as found:
        for number, line in enumerate(found, 1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                yield _row(text, f"{file}, line {number}")


def _row(line: bytes, where: str) -> Row:
    try:
        return _read(line)
    except msgspec.ValidationError as error:
        raise DataError(
            f"{where}: {str(error).replace('`', chr(39))}; give the text 'response', and where the judge looks at "
            "them the text 'prompt' and the list of texts 'options'"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{where}: not JSON in UTF-8 ({error}); give one object a line") from None
