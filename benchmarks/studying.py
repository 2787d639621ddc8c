"""Both papers' numbers across models: python -m benchmarks.studying [--write]

The survey's release and TrustLLM's published tables lie in the folder that TRUSTGAUGE_DATA names; none of it is in the
repository. --write puts the tables into docs/study.md; without it they are printed.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import trustgauge
from trustgauge.reports.formats import markdown_section
from trustgauge.reports.page import Page
from trustgauge.reports.section import Section
from trustgauge.store import Store
from trustgauge.studying.page import page_of

PAGE = Path(__file__).parents[1] / "docs" / "study.md"
BEGIN, END = "<!-- tables: python -m benchmarks.studying --write -->", "<!-- end -->"
MISSING = "Set TRUSTGAUGE_DATA to the folder that holds survey2023 and trustllm/results: it is not there."
SHOWN = {
    "Claims, and whether the numbers support them",
    "Behind each claim",
    "Does more alignment mean more trust, and where not?",
    "Scores at each stage",
    "How far the words hang on our conventions",
    "Is over-refusal the price of restraint?",
    "Ranking, and how sure it is",
    "Redundant measures",
    "Known faults",
}


def tables(folder: Path) -> str:
    """As markdown: what `trustgauge study` says of the survey's replies and of TrustLLM's tables."""
    with TemporaryDirectory() as made:
        store = str(Path(made) / "survey.db")
        with Store(store) as opened:
            trustgauge.import_recorded("survey2023", [folder / "survey2023"], opened)
        survey = page_of(trustgauge.study("survey2023", store=store))
    trustllm = page_of(trustgauge.study(tables=[folder / "trustllm/results"]))
    return "\n\n".join((_shown("Survey", survey), _shown("TrustLLM", trustllm)))


def _shown(name: str, page: Page) -> str:
    lines = [f"## {name}: what comes out", "", *(f"- {sentence}" for sentence in page.lead)]
    for block in page.blocks:
        if isinstance(block, Section) and block.title in SHOWN:
            lines += [
                line.replace("## ", f"### {name}: ", 1) if line.startswith("## ") else line
                for line in markdown_section(block)
            ]
    return "\n".join(lines)


def main() -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studying", description=__doc__)
    parser.add_argument("--write", action="store_true", help="into docs/study.md")
    given = parser.parse_args()
    folder = Path(os.environ.get("TRUSTGAUGE_DATA", ""))
    if not os.environ.get("TRUSTGAUGE_DATA") or not (folder / "trustllm/results").is_dir():
        raise SystemExit(MISSING)
    text = tables(folder)
    if not given.write:
        print(text)
        return
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
