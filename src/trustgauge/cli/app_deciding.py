"""The verbs that decide: compare, gate, plan, study. Each imports what it needs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trustgauge.cli.options import Format, Json, Out, StoreUrl

Runs = Annotated[list[str], typer.Argument(metavar="RUN...", help="Ids, beginnings of them, last, or a study.")]


def add_deciding(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command()(compare)
    app.command()(gate)
    app.command()(plan)
    app.command()(study)


def compare(
    runs: Runs,
    format_: Format = "text",
    out: Out = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Compare runs on the same cases: what moved beyond noise, and which cases flipped."""
    from trustgauge.cli.comparing import compare_runs

    compare_runs(runs, "json" if as_json else format_, out, store)


def gate(
    runs: Runs,
    format_: Format = "text",
    out: Out = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Decide by a policy: GO, NO-GO or INSUFFICIENT EVIDENCE."""
    from trustgauge.cli.gating import gate_runs

    raise typer.Exit(gate_runs(runs, "json" if as_json else format_, out, store))


def plan(
    format_: Format = "text",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Plan a run: cases needed for a wanted precision; calls, tokens, cost and time before anything is sent."""
    from trustgauge.cli.planning import plan_run

    plan_run("json" if as_json else format_, out)


def study(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", help="Ids, beginnings of them, last, or a study: 2 at least."),
    ] = None,
    tables: Annotated[
        list[Path] | None, typer.Option(help="Published tables instead: a CSV file or a folder of them; repeatable.")
    ] = None,
    facts: Annotated[
        Path | None, typer.Option(help="YAML or JSON: family, size, stage, open, utility of each model.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of random arrangements and draws.")] = 0,
    format_: Format = "text",
    out: Out = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Study across models: does alignment, does utility, go with trust, category by category?"""
    from trustgauge.cli.studying import study_models

    study_models(runs or [], tables or [], facts, seed, "json" if as_json else format_, out, store)
