"""The verbs that find: weak, leaks. Each imports what it needs when it is called."""

from __future__ import annotations

from typing import Annotated

import typer

from trustgauge.cli.options import Format, Json, Out, StoreUrl


def add_finding(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command(short_help="Name where to aim: what is worst with confidence.")(weak)


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
