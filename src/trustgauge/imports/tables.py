"""Tables that people bring: JSON lines, a JSON array or CSV, row by row, with the columns they name."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.errors import DataError, UsageError

SUFFIXES = (".jsonl", ".json", ".csv")
Row = dict[str, Any]


def column_mapping(columns: Sequence[str], fields: Sequence[str]) -> dict[str, str]:
    """Columns by field, from words such as prompt=question. UsageError for a field that is none of them."""
    mapping = {"prompt": "prompt", "response": "response"}
    for pair in columns:
        field, equals, column = pair.partition("=")
        if not equals or not column or field not in fields:
            raise UsageError(f"--map {pair}: write field=column with a field of {', '.join(fields)}")
        mapping[field] = column
    return mapping


def positive_values(labels: Sequence[str]) -> frozenset[str]:
    """The values of positive=VALUE[,VALUE]."""
    found: set[str] = set()
    for pair in labels:
        name, _, values = pair.partition("=")
        named = {value.strip() for value in values.split(",")} - {""}
        if name != "positive" or not named:
            raise UsageError(
                f"--label {pair}: write positive=VALUE[,VALUE], the label values that mean what the judge looks for"
            )
        found |= named
    return frozenset(found)


def table_files(paths: Sequence[Path]) -> list[Path]:
    """The files themselves, and those of the folders; DataError for what is neither."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.iterdir() if _suffix(p) in SUFFIXES) if path.is_dir() else [path]
        inside = [p for p in inside if p.is_file()]
        if not inside:
            raise DataError(f"{path} is no .jsonl, .json or .csv file nor a folder of them: name one that is there")
        found += inside
    return list(dict.fromkeys(found))


def _suffix(path: Path) -> str:
    return path.suffix.lower()


def table_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Rows, each with where it stands: "FILE, row 3" (of an array or table) or "FILE, line 3"."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            if _suffix(path) == ".csv":
                csv.field_size_limit(2**31 - 1)
                yield from ((f"{path}, row {i}", row) for i, row in enumerate(csv.DictReader(lines), 1))
            elif _suffix(path) == ".json":
                yield from ((f"{path}, row {i}", row) for i, row in enumerate(_array(lines.read(), path), 1))
            else:
                places = ((f"{path}, line {i}", line) for i, line in enumerate(lines, 1) if line.strip())
                yield from ((where, _object(line, where)) for where, line in places)
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 ({error.reason}): convert it") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except csv.Error as error:
        raise DataError(f"{path} is not readable as CSV: {error}") from None


def _array(text: str, path: Path) -> list[Row]:
    try:
        return msgspec.json.decode(text, type=list[Row])
    except (msgspec.DecodeError, RecursionError) as error:
        raise DataError(f"{path}: must hold one JSON array of objects ({_said(error)})") from None


def _object(line: str, where: str) -> Row:
    try:
        return msgspec.json.decode(line, type=Row)
    except (msgspec.DecodeError, RecursionError) as error:
        raise DataError(f"{where}: not a JSON object ({_said(error)})") from None


def _said(error: Exception) -> str:
    return str(error).replace("`", "'")


def text_of(row: Row, columns: Mapping[str, str], field: str, where: str) -> str:
    """A field as text: numbers and truth values as JSON writes them."""
    column = columns[field]
    if column not in row:
        there = ", ".join(str(name) for name in row if name)
        raise DataError(f"{where}: no column '{column}' for {field}; there are {there}: use --map {field}=COLUMN")
    value = row[column]
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, list | dict):
        raise DataError(f"{where}: column '{column}' holds no text for {field}: mend or drop the row")
    return msgspec.json.encode(value).decode()
