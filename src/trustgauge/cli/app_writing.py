"""The verb that writes: generate. It imports what it needs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trustgauge.cli.options import Concurrency, Json, Price, PricesFile, Rpm, Split, StoreUrl, Timeout, Tpm


def add_writing(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command(short_help="Write new cases with a model, filtered, reviewed and frozen.")(generate)


def generate(
    task: Annotated[str | None, typer.Argument(metavar="[TASK]", help="A task, e.g. violence/survey-form.")] = None,
    writer: Annotated[str | None, typer.Option(metavar="MODEL", help="Brainstorms keywords, and writes.")] = None,
    checker: Annotated[
        str | None, typer.Option(metavar="MODEL", help="A second model: kept is only what it agrees with.")
    ] = None,
    probes: Annotated[
        list[str] | None,
        typer.Option("--probe", metavar="MODEL", help="Tries the cases: how hard they are; repeatable."),
    ] = None,
    difficulty: Annotated[
        str | None, typer.Option(metavar="LOW-HIGH", help="Share of the probes' replies that is bad, e.g. 0.2-1 [0-1].")
    ] = None,
    keywords: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own keywords: lines, CSV or JSON lines [brainstormed].")
    ] = None,
    n: Annotated[int | None, typer.Option("-n", "--n", help="Cases, pairs whole [20].")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed: another one, other cases [0].")] = None,
    split: Split = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for both files [written-TASK].")] = None,
    licence: Annotated[
        str | None, typer.Option(help="Licence of the cases, as said in both files [the terms of the provider].")
    ] = None,
    review: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take an edited review.jsonl back, and freeze what it keeps.")
    ] = None,
    temperature: Annotated[float | None, typer.Option(help="Of the writer [the provider's].")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Longest answer of the writer [the provider's].")] = None,
    store: StoreUrl = None,
    concurrency: Concurrency = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    budget: Annotated[float | None, typer.Option(help="Most to spend in USD, over all models [no limit].")] = None,
    timeout_s: Timeout = None,
    price: Price = None,
    prices_file: PricesFile = None,
    offline: Annotated[bool, typer.Option("--offline", help="Refuse models that are not on this machine.")] = False,
    as_json: Json = False,
) -> None:
    """Write new cases for a task with a model: keywords, questions, filters; a review file and a frozen set."""
    from trustgauge.cli.writing import generate_all, take_back

    if review is not None:
        named = {"a task": task, "--writer": writer, "--checker": checker, "--probe": probes, "--keywords": keywords}
        raise typer.Exit(take_back(review, out, [name for name, value in named.items() if value], as_json=as_json))
    options = {
        "n": n,
        "seed": seed,
        "split": split,
        "temperature": temperature,
        "max_tokens": max_tokens,
        "store": store,
    }
    options |= {"concurrency": concurrency, "rpm": rpm, "tpm": tpm, "budget": budget, "timeout_s": timeout_s}
    options |= {"price": price, "prices_file": prices_file, "offline": offline or None}
    given = {"checker": checker or "", "probes": probes or [], "keywords": keywords, "out": out, "licence": licence}
    raise typer.Exit(generate_all(task, writer, difficulty, given, options, as_json=as_json))
