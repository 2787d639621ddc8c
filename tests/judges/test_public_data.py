"""The readers on public data: every line of docs/agreement.md keeps to a floor just below its figure there."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
# By how a line begins (data set, what was read, reader): the least share read, the least agreement.
FLOORS = {
    "bbh_code_davinci: code-davinci-002, step by step, yes/no": (0.99, 0.995),
    "bbh_code_davinci: code-davinci-002, step by step, letters": (0.995, 0.995),
    "bbh_code_davinci: code-davinci-002, direct, yes/no": (1.0, 1.0),
    "bbh_code_davinci: code-davinci-002, direct, letters": (1.0, 1.0),
    "bbh_code_davinci: accuracy": (1.0, 1.0),
    "gsm8k_solutions: GPT-3 solutions, whole": (0.999, 0.999),
    "gsm8k_solutions: the same without": (0.995, 0.945),
    "bbq: UnifiedQA-11B predictions": (0.997, 0.999),
    'bbq: wordings of "unknown"': (0.5, 0.5),
    "bbq: wordings of the two people": (1.0, 0.995),
    "bbq: gold options": (0.998, 0.998),
    "emobench: gold options, English": (0.998, 0.998),
    "emobench: gold options, Chinese": (0.998, 0.998),
    "truthfulqa: best answer among": (0.998, 0.998),
    "truthfulqa: best answer of two": (0.998, 0.998),
    "truthfulqa: answers that begin": (0.998, 0.998),
    "truthfulqa: all other answers": (1.0, 0.998),
    "truthfulqa: our misconceptions": (0.25, 1.0),
    "cladder: gold answers": (0.998, 0.998),
    "folio: formulas": (0.36, 1.0),
    "selfaware: gold answers, read_refusal": (0.12, 0.99),
    "selfaware: gold answers, read_ability": (0.84, 0.995),
    "selfaware: gold answers, read_decline": (1.0, 0.995),
    "halueval_general: ChatGPT replies": (0.99, 0.88),
    "halueval_general: all ChatGPT replies": (0.995, 0.0),
    "chatprotect: sentence pairs of four models, even": (0.79, 0.86),
    "chatprotect: sentence pairs of four models, odd": (0.81, 0.87),
    "evouna_nq_tq: short answers of five systems, even": (0.96, 0.94),
    "evouna_nq_tq: short answers of five systems, odd": (0.96, 0.94),
    "do_not_answer: replies of six models, all, decided": (1.0, 0.962),
    "do_not_answer: replies of six models, all, undecided": (0.86, 0.83),
    "do_not_answer: replies of six models, even ids (fitted on), decided": (1.0, 0.97),
    "do_not_answer: replies of six models, even ids (fitted on), undecided": (0.865, 0.845),
    "do_not_answer: replies of six models, odd ids (not fitted on), decided": (1.0, 0.95),
    "do_not_answer: replies of six models, odd ids (not fitted on), undecided": (0.855, 0.82),
}
CHECKS = (
    "bbh", "gsm8k", "bbq", "options", "truthfulqa", "cladder", "folio", "selfaware", "halueval", "chatprotect",
    "do_not_answer", "evouna",
)  # fmt: skip


@pytest.fixture(scope="module")
def agreement() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT))
    yield importlib.import_module("benchmarks.agreement")
    sys.path.remove(str(ROOT))


@pytest.mark.parametrize("name", CHECKS)
def test_every_line_keeps_to_its_floor(agreement: ModuleType, name: str) -> None:
    if lacking := agreement.missing(name):
        pytest.skip(lacking)
    rows = list(agreement.CHECKS[name][0]())
    assert rows
    for row in rows:
        told = f"{row.name}, {row.reader}"
        floors = [floor for begin, floor in FLOORS.items() if told.startswith(begin)]
        assert len(floors) == 1, told
        read, agree = floors[0]
        assert row.n > 0
        assert row.read / row.n >= read, told
        assert not row.of or row.agree / row.of >= agree, told


def test_every_comparison_is_tested(agreement: ModuleType) -> None:
    assert set(CHECKS) == set(agreement.CHECKS)


def test_every_misconception_of_the_comparison_is_ours() -> None:
    gold = importlib.import_module("benchmarks.agreement_gold")
    ours = gold.misconceptions()
    assert [begin for begin in gold.MYTHS if sum(claim.startswith(begin) for claim in ours) != 1] == []


def test_without_the_data_it_says_so_in_one_sentence(agreement: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRUSTGAUGE_DATA", raising=False)
    assert "Set TRUSTGAUGE_DATA" in agreement.missing("bbq")
    monkeypatch.setattr(sys, "argv", ["agreement"])
    with pytest.raises(SystemExit, match="Set TRUSTGAUGE_DATA to the folder"):
        agreement.main()


def test_a_folder_without_the_set_is_named(
    agreement: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRUSTGAUGE_DATA", str(tmp_path))
    (tmp_path / "bbq").mkdir()
    assert agreement.missing("bbq") == ""
    assert agreement.missing("options") == "TRUSTGAUGE_DATA holds no emobench and no truthfulqa."


@pytest.mark.parametrize(
    ("premises", "conclusion", "label"),
    [
        (["∀x (Dog(x) → Animal(x))", "Dog(rex)"], "Animal(rex)", "True"),
        (["∀x (Dog(x) → Animal(x))", "Dog(rex)"], "¬Animal(rex)", "False"),
        (["∀x (Dog(x) → Animal(x))", "Animal(rex)"], "Dog(rex)", "Uncertain"),
        (["∀x (Dog(x) → ¬Cat(x))", "Cat(tom)"], "Dog(tom)", "False"),
        (["Dog(rex) ∧ Old(rex)"], "Old(rex) → Dog(rex)", "True"),
        (["Dog(rex) ⊕ Cat(rex)", "Dog(rex)"], "Cat(rex)", "False"),  # the part with two positives is not needed
        (["Dog(rex) ∨ Cat(rex)", "¬Dog(rex)"], "Cat(rex)", ""),  # beyond chaining
        (["∃x Dog(x)"], "Dog(rex)", ""),
        (["Dog(rex)", "¬Dog(rex)"], "Cat(rex)", ""),  # of what contradicts itself nothing is said
        (["Dog(rex"], "Dog(rex)", ""),
    ],
)
def test_formulas_are_settled(agreement: ModuleType, premises: list[str], conclusion: str, label: str) -> None:
    folio = importlib.import_module("benchmarks.folio")
    assert folio.settle(premises, conclusion) == label
