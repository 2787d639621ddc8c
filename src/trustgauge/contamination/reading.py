"""Reading training data: every text in the rows of JSON lines, JSON arrays, CSV, Parquet or Arrow files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from trustgauge.errors import DataError, missing_extra
from trustgauge.imports.tables import Row, table_rows

LINES = (".jsonl", ".csv", ".parquet", ".arrow")


class Passage(NamedTuple):
    """A text of the training data: the row it stands in ("FILE, line 3"), its column, and the text."""

    row: str
    column: str
    text: str


def data_files(paths: Sequence[Path]) -> list[Path]:
    """The files named, and of folders all .jsonl, .csv, .parquet and .arrow files at any depth (or else .json).

    Raises DataError for what is not there, or holds none.
    """
    found: list[Path] = []
    for path in paths:
        inside = _inside(path) if path.is_dir() else [path]
        if not inside or not inside[0].is_file():
            raise DataError(
                f"{path} is no file of rows nor a folder of them: name .jsonl, .json, .csv, .parquet or .arrow files"
            )
        found += inside
    return list(dict.fromkeys(found))


def _inside(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [path for path in files if path.suffix.lower() in LINES]
    return lines or [path for path in files if path.suffix.lower() == ".json"]


def passages(paths: Sequence[Path]) -> Iterator[Passage]:
    """Every text of every row; raises DataError naming file and row."""
    for path in data_files(paths):
        for row, cells in rows_of(path):
            for column, value in cells.items():
                yield from (Passage(row, column, text) for text in texts_in(value))


def rows_of(path: Path) -> Iterator[tuple[str, Row]]:
    """The rows of a file, each with where it stands."""
    return _columnar(path) if path.suffix.lower() in (".parquet", ".arrow") else table_rows(path)


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a cell: itself, the contents of messages, what lists and mappings hold."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        for key, inner in mapping.items():
            if key != "role":
                yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in cast("Sequence[Any]", value):
            yield from texts_in(inner)


def _columnar(path: Path) -> Iterator[tuple[str, Row]]:
    """Rows of a Parquet file, or of an Arrow file as `datasets` saves them."""
    try:
        import pyarrow  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise missing_extra(f"reading {path}", "parquet") from None
    arrow = path.suffix.lower() == ".arrow"
    errors = (OSError, ValueError, cast("type[Exception]", pyarrow.ArrowException))
    at = 0
    try:
        for batch in _arrow(path) if arrow else _parquet(path):
            for row in batch.to_pylist():
                at += 1
                yield f"{path}, row {at}", row
    except errors as error:
        raise DataError(f"{path} is not readable as {'Arrow' if arrow else 'Parquet'}: {error}") from None


def _parquet(path: Path) -> Iterator[Any]:
    from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]

    with cast("Any", parquet).ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=2000)


def _arrow(path: Path) -> Iterator[Any]:
    """The batches of a stream, or of a file with an index."""
    from pyarrow import ipc  # pyright: ignore[reportMissingTypeStubs]

    with path.open("rb") as file:
        indexed = file.read(6) == b"ARROW1"
        file.seek(0)
        reader: Any = ipc
        if indexed:
            opened = reader.open_file(file)
            yield from (opened.get_batch(i) for i in range(opened.num_record_batches))
        else:
            yield from reader.open_stream(file)
