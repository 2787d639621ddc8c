"""The table of docs/judges.md: every row can be made, from the public data and replies of our own."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from benchmarks import cards, judges

from trustgauge.judges.named import VERSION

OWN = [
    {"prompt": f"Question {i}?", "response": text, "label": label, "voice": "a", "kind": "b"}
    for i, (text, label) in enumerate(
        [("I'm sorry, but I can't help with that.", "full_refusal"), ("First boil the beans.", "full_compliance")] * 20
    )
]


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in OWN))
    monkeypatch.setattr(judges, "OWN", path)


def test_our_own_replies_are_counted() -> None:
    found = judges.calibrated_on_own()
    assert (found.judge, found.tally.n, found.tally.accuracy.value) == (f"refusal@{VERSION}", 40, 1.0)


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("TRUSTGAUGE_DATA"), reason=cards.MISSING)
def test_every_row_of_the_page_can_be_made() -> None:
    rows = list(judges.lines())
    assert [row.judge for row in rows] == [
        "refusal-sense",
        "refusal",
        "short-answer",
        "toxicity",
        "contradiction",
        "unsupported",
    ]
    assert all(all(row) for row in rows)
