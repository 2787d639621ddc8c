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
    baseline: Annotated[str | None, typer.Option(metavar="RUN", help="What to compare with [the first].")] = None,
    margin: Annotated[float, typer.Option(help="Difference too small to matter; 0: none is.")] = 0.05,
    resamples: Annotated[int, typer.Option(help="Resamples of the paired cluster bootstrap.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of the resamples.")] = 0,
    slices: Annotated[
        str, typer.Option(help="Slots to slice by, with commas: any of the suites', template, kind; '' for none.")
    ] = "template,topic,language,group",
    flips: Annotated[int, typer.Option(help="Show so many cases that flipped.")] = 6,
    flips_to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all flips as JSON lines.")] = None,
    format_: Format = "text",
    out: Out = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Compare runs on the same cases: what moved beyond noise, and which cases flipped."""
    from trustgauge.cli.comparing import compare_runs

    slots = tuple(name for part in slices.split(",") if (name := part.strip()))
    options = {"margin": margin, "resamples": resamples, "seed": seed, "slices": slots, "flips": flips}
    shown = "json" if as_json else format_
    compare_runs(runs, baseline, options, format_=shown, out=out, flips_to=flips_to, store_url=store)


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
    runs: Runs,
    format_: Format = "text",
    out: Out = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Study across models: does alignment, does utility, go with trust, category by category?"""
    from trustgauge.cli.studying import study_runs

    study_runs(runs, "json" if as_json else format_, out, store)
