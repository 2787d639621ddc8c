"""Section: a titled table with a note, rendered alike by every format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from trustgauge.reports.profile import Profile
    from trustgauge.store import RunInfo


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A table of text cells, numbers among them set to the right; note says how to read it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def model_names(profiles: list[Profile]) -> list[str]:
    """Column heads for the runs: the model's name, with the run's id where two runs share a model."""
    return run_names([p.run for p in profiles])


def run_names(runs: Sequence[RunInfo]) -> list[str]:
    """What people call runs: their model's name, the run's id where two share a model."""
    models = [run.model for run in runs]
    shown = [m.removeprefix("panel/") if all(x.startswith("panel/") for x in models) else m for m in models]
    return [name if models.count(m) == 1 else run.id for name, m, run in zip(shown, models, runs, strict=True)]


def number(value: float | None, digits: int = 2) -> str:
    """A number for people; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def interval(score: float | None, low: float | None, high: float | None) -> str:
    """ "0.94 [.90 .97]"; without an interval the score alone."""
    if score is None:
        return "–"
    if low is None or high is None:
        return f"{score:.2f} [no interval]"
    return f"{score:.2f} [{_short(low)} {_short(high)}]"


def _short(value: float) -> str:
    text = f"{value:.2f}"
    return text[1:] if text.startswith("0") else text


def signed(value: float | None, low: float | None, high: float | None) -> str:
    """ "+0.31 [+0.21 +0.40]"; without an interval it says so."""
    if value is None:
        return "–"
    ends = "no interval" if low is None or high is None else f"{low:+.2f} {high:+.2f}"
    return f"{value:+.2f} [{ends}]"


def chance(p: float | None) -> str:
    """A p-value for people."""
    return "–" if p is None else "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def percent(part: int, whole: int) -> str:
    """A share in whole percent, never rounded to 0 or 100 where it is not."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1 %"
    return ">99 %" if 99 < share < 100 else f"{share:.0f} %"


def first_few(names: Sequence[str], most: int = 6) -> str:
    """ "a, b, c and 4 more"."""
    left = len(names) - most
    return ", ".join(names[:most]) + (f" and {left} more" if left > 0 else "")


def is_number(text: str) -> bool:
    """True for cells that belong to the right: numbers, shares, intervals, and dashes for none."""
    return text[:1].isdigit() or text[:2] in ("<1", ">9") or (text[:1] in "–-+." and bool(text))


def survey_metrics(profiles: list[Profile]) -> Section | None:
    """The survey's own metrics beside ours, where the runs have any."""
    prefix = "survey"
    rows: dict[tuple[str, str], list[str]] = {}
    for position, found in enumerate(profiles):
        for sub in found.sub_categories:
            for task in sub.tasks:
                for name, value in task.measured.metrics.items():
                    if name.startswith(prefix):
                        cells = rows.setdefault((task.task, name), ["–"] * len(profiles))
                        cells[position] = number(value, 3)
    if not rows:
        return None
    return Section(
        title="The survey's own metrics",
        columns=("task", "metric", *model_names(profiles)),
        rows=tuple((task, name, *cells) for (task, name), cells in rows.items()),
        note="As Liu et al. (2023) define them, computed from the same replies; they count no unscored reply.",
    )
