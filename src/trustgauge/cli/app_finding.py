"""The verbs that find: weak, leaks. Each imports what it needs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trustgauge.cli.options import Data, Format, Json, Out, StoreUrl


def add_finding(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command(short_help="Name where to aim: what is worst with confidence.")(weak)
    app.command(short_help="Check training data for what is in a test.")(leaks)


def weak(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="RUN...", help="Ids, beginnings of them, last, or a study [last].")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Rows of each list; --json has all.")] = 12,
    format_: Format = "text",
    out: Out = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Name where to aim: the sub-categories, tasks, templates, topics and groups that are worst with confidence."""
    from trustgauge.cli.aiming import aim

    aim(list(runs or ["last"]), top, "json" if as_json else format_, out, store)


def leaks(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Training data: JSON lines, JSON, CSV, Parquet, Arrow, folders."),
    ],
    against: Annotated[
        list[str] | None,
        typer.Option(metavar="SUITE|RUN|FILE", help="The test; repeatable [all suites]. A file is taken as a whole."),
    ] = None,
    split: Annotated[str, typer.Option(help="Of suites: held-out, train, or '' for all cases.")] = "held-out",
    seeds: Annotated[list[int] | None, typer.Option("--seed", help="Seed of the cases; repeatable [0].")] = None,
    n: Annotated[int, typer.Option("-n", "--n", help="Cases per task and seed.")] = 100,
    ngram: Annotated[int, typer.Option(help="Words to an n-gram; GPT-3 took 13.")] = 8,
    overlap: Annotated[float, typer.Option(help="Share of a test text's n-grams from which it leaks.")] = 0.7,
    near: Annotated[float, typer.Option(help="Likeness (Jaccard, pairs of words) from which it leaks.")] = 0.8,
    format_: Format = "text",
    out: Out = None,
    data: Data = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Check training data for what is in a test: exact, n-grams, near-duplicates, keywords, templates, canaries.

    Exit code 0 where nothing leaks, 1 where anything does, 3 where there was nothing to compare.
    """
    from trustgauge.cli.leaking import find_leaks
    from trustgauge.contamination import Asked, Settings

    asked = Asked(words=tuple(against or ()), split=split, seeds=tuple(seeds or (0,)), n=n)
    settings = Settings(n=ngram, overlap=overlap, near=near)
    shown = "json" if as_json else format_
    raise typer.Exit(find_leaks(files, asked, settings, format_=shown, out=out, data=data, store_url=store))
