"""Keywords of the user's own: lines of text, CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

from trustgauge.errors import DataError
from trustgauge.writing.drafts import whole

MOST = 100_000
"""Keywords of a file that are read."""


class Keyword(NamedTuple):
    """What to write about, and the subject area it lies in ("" where nobody says)."""

    text: str
    topic: str = ""


def read_keywords(path: Path) -> tuple[Keyword, ...]:
    """The keywords of a file: one a line; of .csv and .jsonl the field `keyword`, and `topic` where there is one.

    Empty lines and those that begin with # say nothing. Raises DataError with the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"the keywords {path} cannot be read: {why}") from None
    if path.suffix == ".csv":
        found = _csv(text, path)
    elif path.suffix in (".jsonl", ".json"):
        found = [_row(line, path, n) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    else:
        lines = (" ".join(line.split()) for line in text.splitlines())
        found = [Keyword(line) for line in lines if line and not line.startswith("#")]
    if not found:
        raise DataError(f"the file {path} holds no keywords: write one a line")
    return tuple(found[:MOST])


def _csv(text: str, path: Path) -> list[Keyword]:
    rows = csv.DictReader(io.StringIO(text))
    if "keyword" not in (rows.fieldnames or ()):
        raise DataError(f"{path} has no column 'keyword': name it so in its first line")
    try:
        return [Keyword(_tidy(row["keyword"]), _tidy(row.get("topic"))) for row in rows if _tidy(row["keyword"])]
    except csv.Error as error:
        raise DataError(f"{path}, line {rows.line_num}: {error}") from None


def _row(line: str, path: Path, n: int) -> Keyword:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise DataError(f"{path}, line {n}: not JSON: write one object a line") from None
    if not isinstance(row, dict) or not isinstance(row.get("keyword"), str):  # type: ignore[reportUnknownMemberType]
        raise DataError(f"{path}, line {n}: no text 'keyword' in it")
    fields: dict[str, Any] = row  # type: ignore[reportUnknownVariableType]
    return Keyword(_tidy(fields["keyword"]), _tidy(fields.get("topic")))


def _tidy(value: object) -> str:
    return " ".join(whole(value).split()) if isinstance(value, str) else ""
