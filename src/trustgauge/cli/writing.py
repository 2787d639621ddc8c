"""`trustgauge generate`: cases written by a model, what was dropped and why, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trustgauge.cli.calibrating import progress_line
from trustgauge.cli.say import complain, console, note, plain, print_json
from trustgauge.errors import UsageError
from trustgauge.writing import Generated, freeze_review, generate_cases

SHOWN = 2
"""Items shown in the terminal."""


def generate_all(
    task: str | None,
    writer: str | None,
    difficulty: str | None,
    given: Mapping[str, Any],
    options: Mapping[str, Any],
    *,
    as_json: bool,
) -> int:
    """Write, and show what came of it; the exit code: 1 where no case is left."""
    if not task:
        raise UsageError("name the task to write cases for, e.g. violence/survey-form, or --review FILE")
    if not writer:
        raise UsageError("name the model that writes: --writer MODEL")
    more = {name: value for name, value in given.items() if value is not None}
    more |= {"difficulty": _shares(difficulty)} if difficulty else {}
    made = generate_cases(task, writer, **more, watch=progress_line, **options)
    if as_json:
        print_json(document(made))
    else:
        _show(made)
    if made.frozen is None:
        complain(f"no case is left of all that was written: {made.review} says why")
        return 1
    return 0


def take_back(review: Path, out: Path | None, named: Sequence[str], *, as_json: bool) -> int:
    """Freeze an edited review file."""
    if named:
        raise UsageError(f"--review takes back what was written before: leave out {', '.join(named)}")
    made = freeze_review(review, out=out)
    if as_json:
        print_json(document(made))
    else:
        _next(made)
    return 0


def _shares(text: str) -> tuple[float, float]:
    found = re.fullmatch(r"\s*(\d*\.?\d+)\s*-\s*(\d*\.?\d+)\s*", text)
    if not found:
        raise UsageError(f"--difficulty {text}: write two shares, as in 0.2-1")
    return float(found[1]), float(found[2])


def document(made: Generated) -> dict[str, Any]:
    """What was made, as one JSON document."""
    head = made.frozen.head if made.frozen else {}
    written = made.written
    return {
        "schema": 1,
        "task": head.get("task") or (written.shape.task.id if written else ""),
        "cases": head.get("cases", 0),
        "items": len(written.kept)
        if written
        else len({line.group for line in made.frozen.lines} if made.frozen else ()),
        "dropped": dict(written.counts) if written else head.get("dropped", {}),
        "notes": list(written.notes) if written else [],
        "sha256": head.get("sha256"),
        "reviewed": head.get("reviewed", False),
        "files": {"review": str(made.review), "cases": str(made.cases) if made.cases else None},
    }


def _show(made: Generated) -> None:
    out, written = console(), made.written
    if written is None:
        return
    shape, kept = written.shape, written.kept
    out.print(
        f"{shape.task.id}: {len(kept) * shape.cases:,} cases kept of {len(written.items) * shape.cases:,} written\n"
    )
    for item in kept[:SHOWN]:
        for text in item.draft.texts:
            out.print(f"  {plain(text, 200)}")
        out.print()
    width = max(map(len, written.counts), default=0)
    for why, count in sorted(written.counts.items(), key=lambda pair: (-pair[1], pair[0])):
        out.print(f"  dropped  {why:<{width}}  {count:>5,}")
    for sentence in written.notes:
        note(sentence)
    _next(made)


def _next(made: Generated) -> None:
    if made.frozen is None or made.cases is None:
        return
    head = made.frozen.head
    note(f"\n frozen  {made.cases}  {head['cases']:,} cases, sha256 {made.frozen.sha256[:12]}…")
    if not head["reviewed"]:
        note(f" review  {made.review}  edit it, then  trustgauge generate --review {made.review}")
    note(f" next    trustgauge run --cases {made.cases} -m MODEL")
