"""The verb that trains and measures what that changed: align. It imports what it needs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from trustgauge.cli.options import Json, StoreUrl


def add_training(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command(short_help="Train a model on an export, and measure what that changed.")(align)


def align(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="org/name on the Hugging Face hub, or a folder.")],
    export: Annotated[Path, typer.Argument(metavar="EXPORT_DIR", help="The folder that `export` wrote.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the stages: OUT/sft, OUT/dpo ...")] = Path(
        "aligned"
    ),
    steps: Annotated[str, typer.Option(help="sft,dpo - sft,kto - sft - dpo - kto.")] = "sft,dpo",
    lora: Annotated[bool, typer.Option("--lora", help="Train an adapter (LoRA), and merge it.")] = False,
    epochs: Annotated[str | None, typer.Option(help="Times through the rows, as in 2 or sft=3,dpo=1 [these].")] = None,
    batch_size: Annotated[str | None, typer.Option(help="Rows an update; by step too [16].")] = None,
    learning_rate: Annotated[
        str | None, typer.Option(help="By step too [sft=2e-5,dpo=1e-6,kto=1e-6; with --lora ten times that].")
    ] = None,
    max_length: Annotated[
        int, typer.Option(help="Tokens of a row; longer ones are left out [the model's context, at most 1024].")
    ] = 0,
    beta: Annotated[float, typer.Option(help="How near DPO and KTO stay to the model they begin with.")] = 0.1,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the order of rows and of adapters.")] = 0,
    device: Annotated[str, typer.Option(help="cpu, cuda or auto.")] = "auto",
    dtype: Annotated[
        str, typer.Option(help="Type of the weights: float32, bfloat16 or auto (bfloat16 with --lora on a GPU).")
    ] = "auto",
    no_measure: Annotated[bool, typer.Option("--no-measure", help="Train only.")] = False,
    targets: Annotated[
        list[str] | None,
        typer.Option("-s", "--target", metavar="SUITE", help="What training aims at [the export's sub-categories]."),
    ] = None,
    n: Annotated[int, typer.Option("-n", "--n", min=1, help="Held-out cases of each task aimed at.")] = 200,
    rest: Annotated[int, typer.Option(min=0, help="Held-out cases of each other task of the 29; 0: none.")] = 30,
    judges: Annotated[
        list[str] | None,
        typer.Option("--judge", metavar="MODEL", help="An independent judge beside the run's own; or two; repeatable."),
    ] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Longest answer in tokens when measured [256].")] = None,
    store: StoreUrl = None,
    print_commands: Annotated[
        bool, typer.Option("--print-commands", help="Train nothing: write configs, print the commands of TRL.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Train again what was trained before.")] = False,
    as_json: Json = False,
) -> None:
    """Train a model on an export (SFT, then DPO or KTO), then measure base and stages on held-out cases.

    The same command again goes on. Needs the extra 'align'.
    """
    how: dict[str, Any] = {"model": model, "export": export, "out": out, "steps": steps, "lora": lora, "epochs": epochs}
    how |= {"batch_size": batch_size, "learning_rate": learning_rate, "max_length": max_length, "beta": beta}
    how |= {"seed": seed, "device": device, "dtype": dtype, "fresh": fresh}
    from trustgauge.cli.aligning import align_model, print_training

    if print_commands:
        return print_training(how)
    after: dict[str, Any] = {"targets": tuple(targets or ()), "n": n, "rest": rest, "judges": tuple(judges or ())}
    after |= {"flags": {"store": store, "max_tokens": max_tokens, "seed": seed}}
    return align_model(how, None if no_measure else after, as_json=as_json)
