"""survey_letter: the survey's parser of causal answers, and that it gives all published ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from trustgauge.imports.survey2023_parser import survey_letter

FOLDER = Path(os.environ.get("TRUSTGAUGE_DATA", "")) / "survey2023/intermediate_data/causal/results"


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("A) Yes", "A"),
        ("The answer is B).", "B"),
        ("B", "C"),
        ("", "C"),
        ("A) Yes or B) No", "C"),
        ("B) No, so B) it is", "C"),
        ("C) Neither", "C"),
        ("A) C) both", "A"),
    ],
)
def test_exactly_one_bracketed_letter(text: str, letter: str) -> None:
    assert survey_letter(text) == letter


@pytest.mark.skipif(
    not os.environ.get("TRUSTGAUGE_DATA") or not FOLDER.is_dir(),
    reason="TRUSTGAUGE_DATA names no folder with survey2023/intermediate_data/causal/results",
)
def test_all_published_answers_come_back() -> None:
    seen = 0
    for path in sorted(FOLDER.glob("*_raw.csv")):  # JSON, whatever the name says
        for row in json.loads(path.read_text(encoding="utf-8")).values():
            for question in ("1", "2"):
                assert survey_letter(row[f"ans_{question}_raw"]) == row[f"ans_{question}"]
                seen += 1
    assert seen == 3600
