"""Table: models by measures, every score with its interval where there is one, from runs or from published CSV."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trustgauge.errors import DataError, UsageError
from trustgauge.stats.ranking import Scored

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ARROWS = {"↑": True, "↓": False}
MISSING = -1.0
"""What published tables write for "not measured"."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One column: up tells whether larger is better, None where nobody says; suspect says why not to trust it.

    counted is False for another reading of what other columns hold: it has its trend, but no say in the ranking.
    """

    id: str
    title: str
    group: str
    up: bool | None = True
    suspect: str = ""
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Sides:
    """Of one model, 0 to 1 with limits: restraint, and over-refusal of what is harmless; n scored cases of each."""

    restraint: Scored
    over_refusal: Scored
    n: tuple[int, int] | None


@dataclass(frozen=True)
class Table:
    """What a study reads.

    cells     by measure id, one score for each model, None where missing
    together  by measure id, how the models' estimates move together (they were asked the same cases), where known
    n         by measure id, scored cases of each model, where known
    sides     don't and do, one for each model, where cases have twins
    utility   scores from the runs themselves that are not about trust, by name
    left_out  what was found and not used, and why
    asked     the models by the names they were run under, where that is known
    early     runs that a policy stopped before all their cases were asked, in sentences
    """

    models: tuple[str, ...]
    measures: tuple[Measure, ...]
    cells: Mapping[str, tuple[Scored | None, ...]]
    source: Literal["runs", "tables"]
    together: Mapping[str, NDArray[np.float64]] = field(default_factory=dict[str, "NDArray[np.float64]"])
    n: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    sides: tuple[Sides | None, ...] = ()
    utility: Mapping[str, tuple[Scored | None, ...]] = field(default_factory=dict[str, tuple[Scored | None, ...]])
    left_out: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    early: tuple[str, ...] = ()

    @property
    def twice(self) -> list[str]:
        """Models that several of the runs are of."""
        return [model for model in dict.fromkeys(self.asked) if self.asked.count(model) > 1]

    @property
    def told(self) -> list[Measure]:
        """The measures whose direction is known and that two models have."""
        return [m for m in self.measures if m.up is not None and sum(c is not None for c in self.cells[m.id]) > 1]

    @property
    def ranked(self) -> list[Measure]:
        """Those of them that count in rankings and correlations."""
        return [m for m in self.told if m.counted]

    @property
    def missing(self) -> int:
        """Cells without a score, among the ranked measures."""
        return sum(cell is None for m in self.ranked for cell in self.cells[m.id])

    def values(self, measure: str) -> list[float | None]:
        """The scores of a measure as published, None where missing."""
        return [None if cell is None else cell[0] for cell in self.cells[measure]]

    def good(self, measure: Measure) -> list[float | None]:
        """The scores of a measure turned so that larger is better."""
        return [v if v is None or measure.up is not False else -v for v in self.values(measure.id)]

    def only(self, models: Sequence[str]) -> Table:
        """The same table of some of its models, in their order here."""
        from dataclasses import replace

        import numpy as np

        at = [i for i, model in enumerate(self.models) if model in models]
        cells = {name: tuple(row[i] for i in at) for name, row in self.cells.items()}
        utility = {name: tuple(row[i] for i in at) for name, row in self.utility.items()}
        together = {name: np.asarray(found)[np.ix_(at, at)] for name, found in self.together.items()}
        sides = tuple(self.sides[i] for i in at) if self.sides else ()
        n = {name: tuple(row[i] for i in at) for name, row in self.n.items()}
        named = tuple(self.models[i] for i in at)
        return replace(self, models=named, cells=cells, utility=utility, together=together, sides=sides, n=n)

    def find(self, title: str) -> Measure | None:
        """The measure of that title, or that "table: title", whatever the case."""
        wanted = title.casefold()
        return next((m for m in self.measures if wanted in (m.title.casefold(), m.id.casefold())), None)


def read_tables(paths: Sequence[Path]) -> Table:
    """One table from published CSV files, or folders of them: a model a row, a measure a column.

    The first column names the model. A head that ends in an arrow, (↑) or (↓), says which way is better; one
    without is there to be looked at, not ranked. -1 and an empty field are missing. A file that has a model twice is
    left out, and said so. Raises UsageError where there is no file, DataError with file and line for a bad one.
    """
    files = [file for path in paths for file in _files(path)]
    read, left_out = list[tuple[str, list[str], dict[str, list[float | None]]]](), list[str]()
    for file in files:
        heads, rows = _read(file)
        if rows is None:
            left_out.append(f"{file.name}: it has more than one row for a model")
        elif heads:
            read.append((file.stem, heads, rows))
    models = tuple(dict.fromkeys(model for _, _, rows in read for model in rows))
    if len(models) < 2:
        why = f" (not used: {'; '.join(left_out)})" if left_out else ""
        raise UsageError(f"the tables hold {len(models)} models: a study needs at least 2{why}")
    measures, cells = list[Measure](), dict[str, tuple[Scored | None, ...]]()
    for stem, heads, rows in read:
        group = stem.removeprefix("leaderboard_")
        for j, head in enumerate(heads):
            title, up = _direction(head)
            measure = Measure(f"{group}: {title}", title, group, up)
            if measure.id in cells:
                raise DataError(f"{stem}: the column '{title}' is there twice; name them apart")
            measures.append(measure)
            column = (rows[model][j] if model in rows else None for model in models)
            cells[measure.id] = tuple(None if value is None else (value, None, None) for value in column)
    return Table(models, tuple(measures), cells, "tables", left_out=tuple(left_out))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(path.glob("*.csv"))
        if not found:
            raise UsageError(f"the folder {path} holds no .csv file")
        return found
    if not path.is_file():
        raise UsageError(f"there is no table {path}: name CSV files, or folders of them")
    return [path]


def _read(file: Path) -> tuple[list[str], dict[str, list[float | None]] | None]:
    """Heads after the first, and the values by model; None for these where a model has several rows."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [row for row in csv.reader(lines) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"the table {file} cannot be read: {error}") from None
    if len(rows) < 2 or len(rows[0]) < 2:
        raise DataError(f"the table {file} needs a head and rows: a model, then its numbers")
    heads, found = [head.strip() for head in rows[0][1:]], dict[str, list[float | None]]()
    twice = False
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            raise DataError(f"{file}, row {number}: {len(row)} fields where the head has {len(rows[0])}")
        model = row[0].strip()
        if not model:
            raise DataError(f"{file}, row {number}: the first column, the model's name, is empty")
        twice = twice or model in found
        cells = zip(row[1:], heads, strict=True)
        found[model] = [_number(cell, f"{file}, row {number}, column '{head}'") for cell, head in cells]
    return heads, None if twice else found


def _number(cell: str, where: str) -> float | None:
    if not cell.strip():
        return None
    try:
        value = float(cell)
    except ValueError:
        raise DataError(f"{where}: '{cell[:40]}' is no number; leave a missing one empty, or write -1") from None
    if not math.isfinite(value):
        raise DataError(f"{where}: '{cell[:40]}' is no finite number; leave a missing one empty, or write -1")
    return None if value == MISSING else value


def _direction(head: str) -> tuple[str, bool | None]:
    """The title without its arrow, and what the arrow says."""
    bare = head.rstrip(") ")
    for arrow, up in ARROWS.items():
        if bare.endswith(arrow):
            return bare.removesuffix(arrow).rstrip(" ("), up
    return head, None
