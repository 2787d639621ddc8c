"""The verbs that bring data in and out: data, import, export. Each imports what it needs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trustgauge.cli.options import Data, Json, StoreUrl


def add_data(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    sets = typer.Typer(no_args_is_help=True, help="Public data sets: yours are read, none is shipped.")
    sets.command("list")(data_list)
    sets.command("get")(data_get)
    sets.command("check")(data_check)
    app.add_typer(sets, name="data")
    app.command("import")(import_)
    app.command(short_help="Write training data from runs, or another tool's files.")(export)


def data_list(data: Data = None, as_json: Json = False) -> None:
    """Show the public sets that tasks are made of: licence, source, and whether your copy is there."""
    from trustgauge.cli.sets import list_sets

    list_sets(data, as_json=as_json)


def data_get(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Sets as `data list` names them.")],
    data: Data = None,
) -> None:
    """Download public sets into your data folder: resumed where cut off, checked against their hash."""
    from trustgauge.cli.sets import get_sets

    raise typer.Exit(0 if get_sets(names, data) else 1)


def data_check(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Sets [those that are there].")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Read your copies whole: columns, rows and hash of every file; exit 1 where one is wrong."""
    from trustgauge.cli.sets import check_sets

    raise typer.Exit(0 if check_sets(list(names or []), data, as_json=as_json) else 1)


def import_(
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help="survey2023, trustllm or jsonl.")],
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="A folder or files.")],
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="jsonl: field=column, e.g. prompt=question,label=action."),
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option("--label", help="jsonl: positive=VALUES, the labels that mean refused (or right)."),
    ] = None,
    judge_name: Annotated[str | None, typer.Option("--judge", help="jsonl: the rule judge to use [refusal].")] = None,
    sub_category: Annotated[str | None, typer.Option(help="jsonl: where in the taxonomy the replies belong.")] = None,
    model: Annotated[
        str | None, typer.Option(help="jsonl, trustllm: the model's name, where no column or folder tells.")
    ] = None,
    study: Annotated[str | None, typer.Option(help="A name for the runs together.")] = None,
    data: Annotated[
        str | None,
        typer.Option(help="trustllm: your public data sets, for a journal without its files [./trustgauge-data]."),
    ] = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Import recorded results; prints the runs it made."""
    from trustgauge.cli.importing import import_recorded

    options = {"columns": columns, "labels": labels, "judge": judge_name, "sub_category": sub_category}
    import_recorded(format_, paths, options | {"model": model, "study": study}, data, store, as_json=as_json)


def export(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Ids, beginnings, last, or studies; together.")],
    formats: Annotated[
        list[str],
        typer.Option("-f", "--format", help="sft, dpo, kto, reward, unlikelihood, repeatable; or trustllm."),
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder to write into [training-data; generation_results].")
    ] = None,
    to: Annotated[str | None, typer.Option(help="jsonl; hf: a folder of the datasets library, with its card.")] = None,
    suites: Annotated[list[str] | None, typer.Option("-s", "--suite", help="Only these tasks or places.")] = None,
    better: Annotated[
        list[str] | None, typer.Option(metavar="RUN", help="Where all are bad, this run's good replies; repeatable.")
    ] = None,
    written: Annotated[
        str | None, typer.Option(metavar="gold|FILE", help="Where all are bad: gold replies, or a YAML file's.")
    ] = None,
    labels: Annotated[str | None, typer.Option(help="verdict; release: an imported release's own [verdict].")] = None,
    within: Annotated[str | None, typer.Option(help="prompt; trial: pair within one round only [prompt].")] = None,
    pairs_per_prompt: Annotated[int | None, typer.Option(help="Most pairs of one prompt [all].")] = None,
    min_confidence: Annotated[float | None, typer.Option(help="Least confidence of a verdict, 0 to 1 [0].")] = None,
    human_only: Annotated[bool, typer.Option("--human-only", help="Only replies that people labelled.")] = False,
    near: Annotated[float | None, typer.Option(help="Likeness from which rows are copies; 0: off [0.9].")] = None,
    style_share: Annotated[
        float | None, typer.Option(help="Most that length or style may tell of good and bad; 1: off [0.65].")
    ] = None,
    source_share: Annotated[
        float | None, typer.Option(help="Most of a model's replies that are good, or bad; 1: off [0.75].")
    ] = None,
    max_refusals: Annotated[float | None, typer.Option(help="Most refusals in a sub-category [0.5].")] = None,
    no_twins: Annotated[bool, typer.Option("--no-twins", help="Leave benign twins out: for an ablation.")] = False,
    mix: Annotated[str | None, typer.Option(help="even, or gaps: more of what the runs are worst at.")] = None,
    weights: Annotated[str | None, typer.Option(metavar="FILE", help="Weights of sub-categories.")] = None,
    limit: Annotated[int | None, typer.Option(help="Most rows of each format [all].")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of what is left out by chance [0].")] = None,
    train_only: Annotated[bool, typer.Option("--train-only", help="Take only the runs' training side.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="No filter, no balance: all that the labels give.")] = False,
    data: Data = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Write training data from runs, or a run's answers as the files of another tool."""
    given = {k: v for k, v in locals().items() if k not in ("runs", "formats", "out", "data", "store", "as_json")}
    from trustgauge.cli.exporting import export_runs

    given |= {"twins": False if given.pop("no_twins") else None}
    given |= {name: given[name] or None for name in ("human_only", "train_only", "raw", "suites", "better")}
    export_runs(runs, formats, out, data, store, given, as_json=as_json)
