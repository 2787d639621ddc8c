"""Public labelled data: where they lie, how they are opened, and one line of the table made of them."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from trustgauge.stats.agreement import Share


@dataclass(frozen=True)
class Row:
    """One comparison: n texts, how many were read at all, how many of `of` agree with the reference."""

    data: str
    what: str
    reader: str
    reference: str
    n: int
    read: int
    agree: int
    of: int
    misses: str

    @property
    def name(self) -> str:
        """What it is called in tests."""
        return f"{self.data}: {self.what}"

    @property
    def agreement(self) -> Share:
        """With Wilson's interval."""
        return Share(self.agree, self.of)


def row(
    data: str,
    what: str,
    reader: str,
    reference: str,
    misses: str,
    pairs: Iterable[tuple[str, str]],
    *,
    all_: bool = True,
) -> Row:
    """From pairs of (what was read, "" for nothing; what it should be). Not `all_`: agreement among what was read."""
    pairs = list(pairs)
    read = sum(bool(got) for got, _ in pairs)
    agree = sum(got == wanted for got, wanted in pairs if got or all_)
    return Row(data, what, reader, reference, len(pairs), read, agree, len(pairs) if all_ else read, misses)


def folder() -> Path:
    """The folder of all data sets."""
    return Path(os.environ.get("TRUSTGAUGE_DATA", ""))


def read_lines(path: str) -> Iterator[dict[str, Any]]:
    """The lines of a .jsonl file."""
    with (folder() / path).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def read_json(path: Path) -> Any:
    """A whole .json file."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a .csv file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def bbq_rows() -> list[dict[str, Any]]:
    """All questions of BBQ with the predictions."""
    paths = sorted((folder() / "bbq/results/UnifiedQA").glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
