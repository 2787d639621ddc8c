"""`trustgauge export`: training data from runs, or a run's answers as the files of another tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from trustgauge.cli.say import console, note, plain, print_json
from trustgauge.config import load
from trustgauge.datasets import data_folder
from trustgauge.exports import Exported, Training, export_as
from trustgauge.store import Store


def export_runs(
    runs: Sequence[str],
    formats: Sequence[str],
    out: Path | None,
    data: str | None,
    store_url: str | None,
    given: Mapping[str, Any],
    *,
    as_json: bool,
) -> None:
    """Export and print what was written; given are the settings of training data."""
    with Store(load({"store": store_url}).store, create=False) as store:
        made = export_as(store, runs, formats, out, data_folder(data), given)
    if as_json:
        print_json(msgspec.to_builtins(made))
    elif isinstance(made, Training):
        _show(made)
    else:
        _show_files(made)


def _show_files(made: Sequence[Exported]) -> None:
    for exported in made:
        for name, (rows, answered) in exported.files.items():
            console().print(f" wrote    {plain(exported.folder)}/{name}: {rows:,} rows, {answered:,} answered")


def _show(made: Training) -> None:
    """What was read, what was written, and what was left out."""
    say = console().print
    prompts, mixed, pairs = (made.yields[name] for name in ("prompts", "mixed", "pairs"))
    say(f" read     {made.read:,} replies of {len(made.runs)} runs: {made.usable:,} usable")
    say(f" yields   {mixed:,} of {prompts:,} prompts have good and bad replies: {pairs:,} pairs")
    _left(made.left_out, "replies")
    for name, each in made.formats.items():
        say(f"\n wrote    {plain(made.folder)}/{name}.jsonl: {each.rows:,} rows")
        for sub, rows in each.by_sub_category.items():
            say(f"            {rows:>7,}  {plain(sub)}")
        origins = {word: n for word, n in each.origins.items() if word != "model"}
        if origins:
            say(f"          of them {', '.join(f'{n:,} with a {word} reply' for word, n in origins.items())}")
        _left(each.left_out, "rows")
        _tells(each.tells)
    say(f"\n canary   {made.canary}")
    card = "README.md" if made.settings["to"] == "hf" else "card.md"
    say(f" about    {plain(made.folder)}/{card} for people, {plain(made.folder)}/export.json for programs")
    for line in made.warnings:
        note(f"warning: {line}")


def _left(left: Mapping[str, int], what: str) -> None:
    if left:
        console().print(f" left out {sum(left.values()):,} {what}")
        for reason, n in left.items():
            console().print(f"            {n:>7,}  {plain(reason)}")


def _tells(tells: Mapping[str, Mapping[str, float | None]]) -> None:
    """How well style alone tells good from bad: 0.50 is not at all."""
    shown = [
        f"{name} {before:.2f} -> {after:.2f}"
        for name, before in tells["before"].items()
        if before is not None and (after := tells["after"][name]) is not None
    ]
    if shown:
        console().print(f" tells    good from bad (AUC before -> after; 0.50: not at all): {', '.join(shown)}")
