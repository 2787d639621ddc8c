"""The verbs and their options. Each imports what it needs when it is called, so that --help is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from trustgauge.cli.app_data import add_data
from trustgauge.cli.app_deciding import add_deciding
from trustgauge.cli.app_finding import add_finding
from trustgauge.cli.app_sharing import add_sharing
from trustgauge.cli.app_training import add_training
from trustgauge.cli.app_writing import add_writing
from trustgauge.cli.options import (
    BudgetUsd,
    CascadeFlag,
    CasesFile,
    Concurrency,
    Data,
    Json,
    Judges,
    Offline,
    Price,
    PricesFile,
    Rpm,
    Split,
    StoreUrl,
    Suites,
    Timeout,
    Tpm,
)

app = typer.Typer(
    name="trustgauge",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Measure how far a language model can be trusted: 7 categories, 29 sub-categories, with error bars.",
    epilog="First steps:  trustgauge run   then   trustgauge run -m openai/gpt-5-mini -n 50",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from trustgauge import __version__

        print(f"trustgauge {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Measure how far a language model can be trusted: 7 categories, 29 sub-categories, with error bars."""


@app.command()
def run(
    models: Annotated[list[str] | None, typer.Option("-m", "--model", help="provider/name; may be repeated.")] = None,
    suites: Annotated[list[str] | None, typer.Option("-s", "--suite", help="What to measure [all].")] = None,
    judges: Annotated[
        list[str] | None,
        typer.Option("--judge", metavar="MODEL", help="Judges the open replies that rules leave unclear; repeatable."),
    ] = None,
    judging: Annotated[
        str | None, typer.Option(help="cascade, or all: the judges decide all open replies [cascade].")
    ] = None,
    panel: Annotated[str | None, typer.Option(help="Several judges: majority or weighted [majority].")] = None,
    perturb: Annotated[
        list[str] | None, typer.Option(help="Measure the closed tasks plain and perturbed, as in typos:0.1.")
    ] = None,
    cases: CasesFile = None,
    n: Annotated[int | None, typer.Option("-n", "--n", help="Cases per task, groups whole [200; of sets all].")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the cases [0].")] = None,
    split: Split = None,
    draws: Annotated[int | None, typer.Option(help="Answers per case [1].")] = None,
    temperature: Annotated[float | None, typer.Option(help="Sampling temperature [the provider's].")] = None,
    top_p: Annotated[float | None, typer.Option(help="Nucleus sampling [the provider's].")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Longest answer in tokens [the provider's].")] = None,
    store: StoreUrl = None,
    study: Annotated[str | None, typer.Option(help="A name for all these runs together.")] = None,
    concurrency: Annotated[
        int | None, typer.Option(help="Most calls in flight; fewer where the server pushes back [128].")
    ] = None,
    rpm: Annotated[int | None, typer.Option(help="Most requests in any minute, per model [no limit].")] = None,
    tpm: Annotated[int | None, typer.Option(help="Most tokens in any minute, per model [no limit].")] = None,
    budget: Annotated[float | None, typer.Option(help="Most to spend in USD, over all models [no limit].")] = None,
    timeout_s: Annotated[float | None, typer.Option("--timeout", help="Seconds for one call [120].")] = None,
    attempts: Annotated[int | None, typer.Option(help="Calls at most for one question [6].")] = None,
    texts: Annotated[str | None, typer.Option(help="Folder of your own protected texts (copyright).")] = None,
    data: Data = None,
    toxicity: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Hugging Face classifier to score toxicity with [a list of words]."),
    ] = None,
    embedding: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Hugging Face encoder (copyright; TrustLLM's persona, AdvInstruction)."),
    ] = None,
    price: Price = None,
    prices_file: PricesFile = None,
    until: Annotated[
        str | None, typer.Option(metavar="POLICY", help="policy.yaml: end a task once its rules are decided.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask everything again.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Refuse models that are not on this machine.")] = False,
    study_file: Annotated[str | None, typer.Option("-c", "--config", help="study.yaml with these options.")] = None,
    out: Annotated[str | None, typer.Option(help="Folder for the HTML report [here; with --json none].")] = None,
    as_json: Json = False,
) -> None:
    """Measure models. With no model, the built-in reference panel; the same command again resumes."""
    from trustgauge.cli.measure import measure

    given: dict[str, Any] = {k: v for k, v in locals().items() if k not in ("measure", "study_file", "as_json")}
    given |= {"fresh": fresh or None, "offline": offline or None}
    raise typer.Exit(measure(given, study_file, as_json=as_json))


@app.command("list")
def list_(
    view: Annotated[str | None, typer.Option(help="Group by another view: trustllm.")] = None,
    as_json: Json = False,
) -> None:
    """Show the taxonomy: all 29 sub-categories and their tasks."""
    from trustgauge.cli.explore import show_taxonomy

    show_taxonomy(view, as_json=as_json)


@app.command(short_help="Show a sub-category, a task or a set: definition, cases, judge.")
def show(
    name: Annotated[str, typer.Argument(help="A sub-category, a task or a set.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show a sub-category, a task or a set: definition, sources, example cases, judge, chance level."""
    from trustgauge.cli.explore import show_one

    show_one(name, data, as_json=as_json)


@app.command()
def cases(
    task: Annotated[str, typer.Argument(help="A task, e.g. hallucination/grounded-choice.")],
    n: Annotated[int, typer.Option("-n", "--n", help="How many.")] = 10,
    seed: Annotated[int, typer.Option(help="Seed.")] = 0,
    split: Split = None,
    data: Data = None,
) -> None:
    """Print generated cases as JSON lines."""
    from trustgauge.cli.explore import print_cases

    print_cases(task, n, seed, split, data)


@app.command(short_help="Prove the instruments with scripted responders.")
def validate(
    suites: Suites = None,
    n: Annotated[int, typer.Option("-n", "--n", help="Cases per task.")] = 400,
    seed: Annotated[int, typer.Option(help="Seed.")] = 0,
    split: Split = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Prove the instruments: scripted responders against every task; exit 1 if one lands wrong."""
    from trustgauge.cli.explore import show_proofs

    raise typer.Exit(0 if show_proofs(list(suites or []), n, seed, split, data, as_json=as_json) else 1)


@app.command(short_help="Judge your own replies: one JSON line each.")
def judge(
    name: Annotated[
        str, typer.Argument(help="refusal, short-answer, choice, yes-no, number, toxicity ...; a wrong one lists all.")
    ],
    file: Annotated[Path, typer.Argument(help="JSON lines with prompt, response (and options, key); - for stdin.")],
    judges: Judges = None,
    cascade: CascadeFlag = False,
    store: StoreUrl = None,
    concurrency: Concurrency = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    budget: BudgetUsd = None,
    timeout_s: Timeout = None,
    prices_file: PricesFile = None,
    offline: Offline = False,
) -> None:
    """Judge your own replies by rule, or by models: one JSON line out per line in."""
    options = {"store": store, "concurrency": concurrency, "rpm": rpm, "tpm": tpm, "budget": budget}
    options |= {"timeout_s": timeout_s, "prices_file": prices_file, "offline": offline or None}
    from trustgauge.cli.judging import judge_file, judge_file_by_models

    if judges or cascade:
        raise typer.Exit(judge_file_by_models(name, file, list(judges or []), options, cascade=cascade))
    judge_file(name, file)


@app.command(short_help="Hold a judge against people's labels.")
def calibrate(
    name: Annotated[str, typer.Argument(help="The kind of verdict: refusal, toxicity, short-answer, yes-no ...")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="JSON lines, JSON, CSV, or folders of them.")],
    judges: Judges = None,
    cascade: CascadeFlag = False,
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="field=column, e.g. prompt=question; repeatable.")
    ] = None,
    labels: Annotated[
        list[str] | None, typer.Option("--label", help="positive=VALUES: the labels by which people say yes.")
    ] = None,
    yes: Annotated[str | None, typer.Option(help="The judge's words that count as yes [those of the rubric].")] = None,
    split: Annotated[str, typer.Option(help="odd or even: every second question only.")] = "",
    again: Annotated[int, typer.Option(help="Judge all so many times more: how often verdicts flip.")] = 0,
    attack: Annotated[bool, typer.Option("--attack", help="Judge replies that talk to their judge.")] = False,
    most_flipped: Annotated[
        float | None, typer.Option(help="Exit 1 where attacks flip a larger share of verdicts.")
    ] = None,
    examples: Annotated[int, typer.Option(help="Show so many disagreements.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of samples and resamples.")] = 0,
    store: StoreUrl = None,
    concurrency: Concurrency = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    budget: BudgetUsd = None,
    timeout_s: Timeout = None,
    prices_file: PricesFile = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """Hold a judge against people's labels: its error, where it errs, how steady it is; stored for correction."""
    options = {"store": store, "concurrency": concurrency, "rpm": rpm, "tpm": tpm, "budget": budget}
    options |= {"timeout_s": timeout_s, "prices_file": prices_file, "offline": offline or None}
    from trustgauge.cli.calibrating import calibrate_files

    words = [word.strip() for word in (yes or "").split(",") if word.strip()]
    given = {"judges": judges or [], "cascade": cascade, "columns": columns or [], "labels": labels or []}
    given |= {"yes": words, "split": split, "again": again, "attack": attack, "examples": examples, "seed": seed}
    raise typer.Exit(calibrate_files(name, files, given | options, most_flipped, as_json=as_json))


@app.command()
def report(
    runs: Annotated[list[str] | None, typer.Argument(metavar="RUN...", help="Ids, last, or a study [last].")] = None,
    format_: Annotated[
        str, typer.Option("-f", "--format", help="text, html, md, json, csv, parquet, junit, svg or png.")
    ] = "text",
    interval: Annotated[
        str, typer.Option(metavar="METHOD", help="wilson, exact, bootstrap, robust or bayes [each measure's own].")
    ] = "",
    cluster: Annotated[
        str, typer.Option(metavar="KIND", help="What goes together in intervals: group or template [group].")
    ] = "",
    weights: Annotated[
        Path | None, typer.Option(help="Weights of sub-categories or tasks, YAML or JSON [equal].")
    ] = None,
    view: Annotated[str, typer.Option(help="Means by another view too: trustllm, its dimensions.")] = "",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write; - for stdout.")] = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Report on runs that the store holds."""
    from trustgauge.cli.reporting import report_runs
    from trustgauge.reports.estimating import how
    from trustgauge.reports.weighing import load_weights

    chosen = how(interval, cluster, load_weights(weights) if weights else None, view)
    report_runs(list(runs or ["last"]), "json" if as_json else format_, out, store, chosen)


add_data(app)
add_deciding(app)
add_finding(app)
add_sharing(app)
add_training(app)
add_writing(app)


@app.command("runs")
def runs_(store: StoreUrl = None, as_json: Json = False) -> None:
    """Show what the store holds."""
    from trustgauge.cli.reporting import show_runs

    show_runs(store, as_json=as_json)


@app.command(short_help="Judge replies yourself, in a page on this machine.")
def label(
    run: Annotated[str, typer.Argument(metavar="RUN", help="An id, or last.")] = "last",
    suites: Annotated[
        list[str] | None, typer.Option("-s", "--suite", help="What of it to label [its tasks with open replies].")
    ] = None,
    n: Annotated[int, typer.Option("-n", "--n", min=1, help="Most replies to ask each labeller for.")] = 100,
    limit: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Tolerated share of bad replies: tasks that may lie on it come early."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the order.")] = 0,
    labeller: Annotated[str, typer.Option(help="Your name [the page asks for it].")] = "",
    host: Annotated[
        str, typer.Option(help="Address to listen on: beyond 127.0.0.1 others can reach it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any that is free.")] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    store: StoreUrl = None,
) -> None:
    """Judge replies yourself, in a page on this machine: the keyboard is enough. Needs the extra 'label'."""
    from trustgauge.cli.labelling import label_run

    label_run(
        run, store, list(suites or []), n=n, seed=seed, limit=limit, labeller=labeller, host=host, port=port,
        browser=not no_open,
    )  # fmt: skip


labels = typer.Typer(no_args_is_help=True, help="What people said of a run's replies, as JSON lines.")
app.add_typer(labels, name="labels")


@labels.command("export")
def labels_export(
    run: Annotated[str, typer.Argument(metavar="RUN", help="An id, or last.")] = "last",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write; - for stdout.")] = None,
    store: StoreUrl = None,
) -> None:
    """Print the labels of a run, each with the prompt and the response it is about."""
    from trustgauge.cli.labelling import export_labels

    export_labels(run, out, store)


@labels.command("import")
def labels_import(
    run: Annotated[str, typer.Argument(metavar="RUN", help="An id, or last.")],
    file: Annotated[Path, typer.Argument(help="JSON lines with task, place, draw, labeller, label; - for stdin.")],
    store: StoreUrl = None,
) -> None:
    """Keep labels from a file; the same labeller's earlier one on a reply is replaced."""
    from trustgauge.cli.labelling import import_labels

    import_labels(run, file, store)


@app.command(short_help="Check models with one tiny call each: key, limits, price.")
def doctor(
    models: Annotated[list[str] | None, typer.Argument(metavar="MODEL...", help="provider/name.")] = None,
    timeout_s: Annotated[float, typer.Option("--timeout", help="Seconds for one call.")] = 30.0,
    price: Price = None,
    prices_file: PricesFile = None,
    as_json: Json = False,
) -> None:
    """Check models with one tiny call each: reachable, key accepted, log-probabilities, latency, price known."""
    from trustgauge.cli.checkup import examine

    raise typer.Exit(examine(list(models or []), timeout_s, price, prices_file, as_json=as_json))
