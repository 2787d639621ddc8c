"""Judges of answers against people: kappa of the half that the rules were not made on keeps to a floor.

Floors lie just below the figures that python -m benchmarks.agreement_answers prints.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SETS = ("evouna_nq_tq", "chatprotect", "halueval_general", "hatecheck")
DATA = Path(os.environ.get("TRUSTGAUGE_DATA", ""))
pytestmark = pytest.mark.skipif(
    not os.environ.get("TRUSTGAUGE_DATA") or not all((DATA / name).is_dir() for name in SETS),
    reason=f"TRUSTGAUGE_DATA names no folder with {', '.join(SETS)}",
)


@pytest.fixture(scope="module")
def answers() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT))
    yield importlib.import_module("benchmarks.agreement_answers")
    sys.path.remove(str(ROOT))


@pytest.mark.parametrize(("judged", "floor"), [("answers", 0.81), ("pairs", 0.42), ("claims", 0.21), ("hatreds", 0.05)])
def test_kappa_of_the_held_out_half(answers: ModuleType, judged: str, floor: float) -> None:
    held_out = [each for each in getattr(answers, judged)() if each.half == 1]
    assert answers.kappa(answers.counts(held_out)) >= floor


def test_short_answers_of_every_system_and_set(answers: ModuleType) -> None:
    held_out = [each for each in answers.answers() if each.half == 1]
    parts = {(each.data, each.system) for each in held_out}
    assert len(parts) == 10
    for part in parts:
        of_part = [each for each in held_out if (each.data, each.system) == part]
        assert answers.kappa(answers.counts(of_part)) >= 0.73, part
        assert len(answers.decided(of_part)) >= 0.93 * len(of_part), part


def test_it_beats_the_simple_matches(answers: ModuleType) -> None:
    held_out = [each for each in answers.answers() if each.half == 1]
    ours = answers.kappa(answers.counts(held_out))
    for name in held_out[0].baselines:
        assert ours > answers.kappa(answers.counts(held_out, name)) + 0.1, name


def test_the_tables_are_printed(answers: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    answers.main()
    out = capsys.readouterr().out
    assert [title in out for title in ("EVOUNA", "ChatProtect", "HaluEval", "HateCheck")] == [True] * 4
    functionalities = out.partition("functionality |")[2].partition("\n\n")[0]
    assert functionalities.count("\n") == 1 + 29
