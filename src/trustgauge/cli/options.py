"""Options that several verbs share, with their words of help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
StoreUrl = Annotated[str | None, typer.Option("--store", help="File or URL of the store [trustgauge.db].")]
Price = Annotated[
    str | None, typer.Option(help="USD per million tokens in/out, e.g. 0.25/2 [by --prices, else by genai-prices].")
]
PricesFile = Annotated[
    str | None, typer.Option("--prices", help="Your own prices: YAML or JSON, provider/name or a beginning*: in/out.")
]
Suites = Annotated[list[str] | None, typer.Argument(help="all, a category, a sub-category, a task, a set.")]
Judges = Annotated[
    list[str] | None,
    typer.Option(
        "--judge",
        metavar="MODEL",
        help="Judges by the rubric of that name; repeatable. Or classifier/ORG/MODEL:LABEL.",
    ),
]
CascadeFlag = Annotated[bool, typer.Option("--cascade", help="The rule first, the judges for what it leaves open.")]
Concurrency = Annotated[int | None, typer.Option(help="Most calls in flight [128].")]
Rpm = Annotated[int | None, typer.Option(help="Most requests in any minute [no limit].")]
Tpm = Annotated[int | None, typer.Option(help="Most tokens in any minute [no limit].")]
BudgetUsd = Annotated[float | None, typer.Option(help="Most to spend in USD, over all judges [no limit].")]
Timeout = Annotated[float | None, typer.Option("--timeout", help="Seconds for one call [120].")]
Offline = Annotated[bool, typer.Option("--offline", help="Refuse judges that are not on this machine.")]
Data = Annotated[str | None, typer.Option("--data", help="Folder of your public data sets [./trustgauge-data].")]
Split = Annotated[
    str | None,
    typer.Option(help="train or held-out: only cases on that side of the wall between training and test [both]."),
]
CasesFile = Annotated[
    str | None, typer.Option("--cases", metavar="FILE", help="Ask the cases that `generate` froze in this file.")
]
Format = Annotated[str, typer.Option("-f", "--format", help="text, html, md or json.")]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="File to write; - for stdout.")]
