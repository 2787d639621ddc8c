"""Our readers against public data that nobody here wrote: python -m benchmarks.agreement [--write]

The data lie in the folder that TRUSTGAUGE_DATA names, one folder for each set; none of it is in the repository.
--write puts the table into docs/agreement.md; without it the table is printed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from benchmarks.agreement_answers import contradiction_rows, short_answer_rows
from benchmarks.agreement_gold import cladder, folio, options, selfaware, truthfulqa
from benchmarks.agreement_replies import bbh, bbq, do_not_answer, gsm8k, halueval
from benchmarks.labelled import Row, folder

PAGE = Path(__file__).parents[1] / "docs" / "agreement.md"
BEGIN, END = "<!-- table: python -m benchmarks.agreement --write -->", "<!-- end -->"
MISSING = "Set TRUSTGAUGE_DATA to the folder that holds the public data sets (bbq, cladder, ...): it is not set."


CHECKS: Mapping[str, tuple[Callable[[], Iterator[Row]], tuple[str, ...]]] = {
    "bbh": (bbh, ("bbh_code_davinci",)),
    "gsm8k": (gsm8k, ("gsm8k_solutions",)),
    "bbq": (bbq, ("bbq",)),
    "options": (options, ("emobench", "truthfulqa", "bbq")),
    "truthfulqa": (truthfulqa, ("truthfulqa",)),
    "cladder": (cladder, ("cladder",)),
    "folio": (folio, ("folio",)),
    "selfaware": (selfaware, ("selfaware",)),
    "halueval": (halueval, ("halueval_general",)),
    "chatprotect": (contradiction_rows, ("chatprotect",)),
    "evouna": (short_answer_rows, ("evouna_nq_tq",)),
    "do_not_answer": (do_not_answer, ("do_not_answer",)),
}
"""Each comparison with the folders it reads."""


def missing(check: str) -> str:
    """What a comparison lacks, in one sentence; "" where all is there."""
    if not os.environ.get("TRUSTGAUGE_DATA"):
        return MISSING
    absent = [name for name in CHECKS[check][1] if not (folder() / name).is_dir()]
    return f"TRUSTGAUGE_DATA holds no {' and no '.join(absent)}." if absent else ""


def table(rows: Iterable[Row]) -> str:
    """As markdown."""
    lines = ["| data set | what was read | reader | reference | n | read | agreement (95 %) | misses |"]
    lines.append("|---|---|---|---|---:|---:|---|---|")
    for each in rows:
        low, high = each.agreement.interval
        share = f"**{each.agree / each.of:.3f}** ({low:.3f}–{high:.3f}) of {each.of:,}" if each.of else "-"
        cells = (each.data, each.what, each.reader, each.reference, f"{each.n:,}", f"{each.read / each.n:.3f}", share)
        lines.append(f"| {' | '.join(cells)} | {each.misses} |")
    return "\n".join(lines)


def main() -> None:
    """All comparisons for which the data are there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agreement", description=__doc__)
    parser.add_argument("--write", action="store_true", help="into docs/agreement.md")
    given = parser.parse_args()
    if not os.environ.get("TRUSTGAUGE_DATA"):
        raise SystemExit(MISSING)
    lacking = {name: lack for name in CHECKS if (lack := missing(name))}
    for name, lack in lacking.items():
        print(f"{name}: {lack}")
    text = table(each for name, (check, _) in CHECKS.items() if name not in lacking for each in check())
    if not given.write or lacking:
        print(text)
        return
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
