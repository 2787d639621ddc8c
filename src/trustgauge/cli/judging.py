"""`trustgauge judge`: a judge over your own JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.errors import DataError, UsageError
from trustgauge.judges.named import VERSION, reader
from trustgauge.safe import json_text
from trustgauge.types import Verdict


class Row(msgspec.Struct, frozen=True):
    """One line in; other fields are ignored."""

    response: str
    prompt: str | None = None
    options: list[str] | None = None
    key: str | None = None


_read = msgspec.json.Decoder(Row).decode


def judge_file(name: str, file: Path) -> None:
    """By rule: one line out per line in. Raises DataError naming the line that can't be read."""
    read = reader(name)
    for row in _rows(file):
        found = read(row.response, row.prompt or "", row.options or [])
        reason = f"read {found.value}" if found.value else f"no {name} to be read"
        _write(found.value, reason, found.evidence, f"{name}@{VERSION}")


def judge_file_by_models(
    name: str, file: Path, judges: Sequence[str], options: dict[str, Any], *, cascade: bool
) -> int:
    """By models: the same lines, once all are judged; the exit code, 1 where calls failed."""
    if cascade and not judges:
        raise UsageError("--cascade needs judges for what the rule leaves open: add --judge MODEL")
    from trustgauge.api import judge_all
    from trustgauge.calibration import Matter, asked
    from trustgauge.cli.calibrating import progress_line

    rows = list(_rows(file))
    matters = [Matter(asked(row.prompt or "", row.options or (), row.key or ""), row.response) for row in rows]
    found = judge_all(name, matters, judges, cascade=cascade, watch=progress_line, **options)
    for verdict in found:
        said = verdict or Verdict(label="unscored", reason="the call failed")
        _write(said.answer, said.reason, said.evidence, said.judge)
    return 1 if None in found else 0


def _write(word: str, reason: str, evidence: str, judge: str) -> None:
    line = {"label": word or "unscored", "reason": reason, "evidence": evidence, "judge": judge}
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
