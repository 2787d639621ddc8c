"""All that the docs say of judges' errors, made again: python -m benchmarks.judges [--write]

Prints the table of docs/judges.md; with --write it goes there, and docs/judge-cards.md, docs/agreement.md and
docs/pairwise.md are made as well (about two minutes). The public data lie in the folder that TRUSTGAUGE_DATA names.
docs/correction.md rests on simulations alone: python -m benchmarks.correcting --write (half an hour).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import agreement_answers, cards
from trustgauge.calibration import Calibration, Labelled, calibrated, sample
from trustgauge.calibration.examining import Rule, yes_words

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "judges.md"
BEGIN, END = "<!-- table: python -m benchmarks.judges --write -->", "<!-- end -->"
OTHERS = ("cards", "agreement", "pairwise")
OWN = ROOT / "tests" / "judges" / "over_refusal.jsonl"


class Line(NamedTuple):
    """A row: set, judge, what others report, the figure that counts here, share decided, undecided as misses."""

    data: str
    judge: str
    elsewhere: str
    figure: str
    decided: str
    whole: str


def _share(found: Calibration, name: str) -> str:
    rate = getattr(found.tally, name)
    return f"{rate.value:.3f} ({rate.low:.3f}–{rate.high:.3f})"


def own_set() -> Labelled:
    """The replies written for this project without sight of the rules: does one refuse, wholly or in part?"""
    rows = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    samples = [
        sample(
            r["prompt"], r["response"], r["label"] != "full_compliance", model=r["voice"], category=r["kind"]
        )
        for r in rows
    ]  # fmt: skip
    return Labelled("over_refusal", tuple(samples))


def calibrated_on_own() -> Calibration:
    """The refusal rule on them."""
    return calibrated(Rule("refusal", frozenset(yes_words("refusal"))), own_set(), kind="refusal")


def _card(judge: str, data: str) -> Calibration:
    return cards.made(next(card for card in cards.CARDS if (card.judge, card.data) == (judge, data)))


def lines() -> Iterator[Line]:
    """The rows."""
    found = _card("refusal-sense", "do_not_answer")
    yield Line(
        f"do_not_answer, odd ids ({found.tally.n:,}): refused or not",
        "refusal-sense",
        "0.952 agreement, that release's model judge on all",
        f"agreement {_share(found, 'accuracy')}",
        _share(found, "coverage"),
        _share(found, "accuracy_of_all"),
    )
    found = calibrated_on_own()
    yield Line(
        f"over-refusal, our own replies ({found.tally.n:,}), kept from the rule: refused or complied",
        "refusal",
        "on another set, of five real models: 0.884 string matching, 0.821 model judge, 0.964 among people",
        f"agreement {_share(found, 'accuracy')}",
        _share(found, "coverage"),
        _share(found, "accuracy_of_all"),
    )
    held_out = [each for each in agreement_answers.answers() if each.half == 1]
    counted = agreement_answers.counts(held_out)
    gold = agreement_answers.kappa(agreement_answers.counts(held_out, "gold inside"))
    exact = agreement_answers.kappa(agreement_answers.counts(held_out, "exact match"))
    share = len(agreement_answers.decided(held_out)) / len(held_out)
    yield Line(
        f"evouna_nq_tq, odd questions ({len(held_out):,}): answer right",
        "short-answer",
        f"kappa {exact:.3f} exact match, {gold:.3f} gold answer inside",
        f"kappa {agreement_answers.kappa(counted):.3f}, undecided as wrong",
        f"{share:.3f}",
        f"{counted.accuracy.value:.3f}",
    )
    for judge, data, what in (
        ("toxicity", "hatecheck", "hateful"),
        ("contradiction", "chatprotect", "contradiction"),
        ("unsupported", "halueval_general", "made up"),
    ):
        found = _card(judge, data)
        yield Line(
            f"{data}, odd half ({found.tally.n:,}): {what}",
            judge,
            "–",
            f"kappa {found.kappa.value:.3f}" if judge != "unsupported" else f"precision {_share(found, 'precision')}",
            _share(found, "coverage"),
            _share(found, "accuracy_of_all"),
        )


def table() -> str:
    """The table, and HateCheck function by function."""
    head = "| set | judge | elsewhere | here, of the decided | decided | right of all, undecided as misses |"
    rows = [f"| {' | '.join(line)} |" for line in lines()]
    return "\n".join([head, "|---|---|---|---|---|---|", *rows]) + "\n\n" + agreement_answers.hatecheck_table()


def main() -> None:
    """The table, or all pages."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judges", description=__doc__)
    parser.add_argument("--write", action="store_true", help="into docs/, with the pages it links to")
    given = parser.parse_args()
    if not os.environ.get("TRUSTGAUGE_DATA"):
        raise SystemExit(cards.MISSING)
    text = table()
    if not given.write:
        print(text)
        return
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    for name in OTHERS:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", "--write"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
