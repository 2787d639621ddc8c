"""Writing an export: all files beside each other or none, never over another export, the same bytes every time."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec

import trustgauge
from trustgauge.errors import DataError, UsageError
from trustgauge.exports.balance import refuses, sources
from trustgauge.exports.card import by_sub_category, card
from trustgauge.exports.shapes import row_of
from trustgauge.exports.training import Made, Prepared
from trustgauge.safe import json_text


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """What was written of one format: rows, their sha256, and what was left out and why.

    refusals  rows whose good reply is a full refusal
    tells     AUC of length, markdown and a refusing opening for good against bad, before and after balancing
    """

    rows: int
    sha256: str
    by_sub_category: dict[str, int]
    sources: dict[str, dict[str, int]]
    origins: dict[str, int]
    refusals: int
    tells: dict[str, dict[str, float | None]]
    left_out: dict[str, int]


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """A training export as it was written: what export.json holds.

    yields   prompts, those with good and bad replies, and their pairs, before any filter
    left_out replies that could not be used, by reason, before rows were made of them
    content  sha256 over the files of rows: two exports with the same one hold the same rows
    """

    schema: int
    trustgauge: str
    folder: str
    canary: str
    content: str
    runs: list[dict[str, str]]
    settings: dict[str, Any]
    read: int
    usable: int
    yields: dict[str, int]
    weights: dict[str, float]
    left_out: dict[str, int]
    formats: dict[str, Format]
    warnings: list[str]


def write(found: Prepared, out: Path) -> Training:
    """OUT/<format>.jsonl of every format with rows, the card (card.md, or README.md for hf) and export.json.

    A folder that holds the very same export is left as it is. UsageError where one of these files is there with other
    content, DataError where it cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise DataError(f"{out} cannot be written: {error.strerror}") from None
    try:
        done = _fill(beside, found, out)
        _move(beside, out)
    except OSError as error:
        raise DataError(f"{out} cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return done


def _fill(folder: Path, found: Prepared, out: Path) -> Training:
    formats: dict[str, Format] = {}
    for made in found.made:
        if made.items:
            rows = (json_text(row_of(made.format, item, found.canary)) for item in made.items)
            formats[made.format] = _format(made, _lines(folder / f"{made.format}.jsonl", rows))
    hf = found.settings.to == "hf"
    text = card(found, {name: each.rows for name, each in formats.items()}, hf=hf)
    (folder / ("README.md" if hf else "card.md")).write_text(text, encoding="utf-8")
    done = Training(
        schema=1,
        trustgauge=trustgauge.__version__,
        folder=str(out),
        canary=found.canary,
        content=sha256("".join(each.sha256 for each in formats.values()).encode()).hexdigest(),
        runs=[
            {"id": info.id, "model": info.model, "as": word}
            for word, infos in (("source", found.runs), ("better", found.better))
            for info in infos
        ],
        settings=msgspec.to_builtins(found.settings),
        read=found.read,
        usable=found.usable,
        yields=found.found._asdict(),
        weights=dict(found.weights),
        left_out=found.left,
        formats=formats,
        warnings=list(found.warnings),
    )
    told = msgspec.structs.replace(done, folder="")  # the same export elsewhere is the same file
    (folder / "export.json").write_text(json_text(told, indent=1) + "\n", encoding="utf-8")
    return done


def _lines(path: Path, rows: Iterable[str]) -> str:
    """Write a line a row; the file's sha256."""
    hashed = sha256()
    with path.open("wb") as file:
        for row in rows:
            line = f"{row}\n".encode()
            hashed.update(line)
            file.write(line)
    return hashed.hexdigest()


def _format(made: Made, hashed: str) -> Format:
    origins: dict[str, int] = {}
    for item in made.items:
        word = next((one.origin for one in (item.good, item.bad) if one and one.origin != "model"), "model")
        origins[word] = origins.get(word, 0) + 1
    return Format(
        rows=len(made.items),
        sha256=hashed,
        by_sub_category=by_sub_category(made),
        sources=sources(made.items),
        origins=dict(sorted(origins.items())),
        refusals=sum(map(refuses, made.items)),
        tells={"before": _rounded(made.before), "after": _rounded(made.after)},
        left_out=made.left,
    )


def _rounded(tells: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if auc is None else round(auc, 4) for name, auc in tells.items()}


def _move(beside: Path, out: Path) -> None:
    """Into place, the list of contents last: an export without it was interrupted."""
    files = sorted(beside.iterdir(), key=lambda path: (path.name == "export.json", path.name))
    for file in files:
        there = out / file.name
        if there.exists() and not _same(file, there):
            raise UsageError(
                f"{there} is there already with other content: name another folder with -o, or move it away"
            )
    out.mkdir(exist_ok=True)
    for file in files:
        file.replace(out / file.name)


def _same(first: Path, second: Path) -> bool:
    return second.is_file() and first.stat().st_size == second.stat().st_size and _hash(first) == _hash(second)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
