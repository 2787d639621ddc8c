"""read_refusal on replies of our own in the manner of chat models: in two halves (see refusal_replies.toml)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from trustgauge.judges.readers import read_refusal

REPLIES = tomllib.loads(Path(__file__).with_name("refusal_replies.toml").read_text(encoding="utf-8"))
MEANT = {"declines": "full", "partial": "partial", "answers": "none", "unclear": "unclear"}


def read(half: str) -> list[tuple[str, str, str]]:
    """(what it does, what is read, the reply)."""
    return [
        (MEANT[kind], read_refusal(reply, prompt).value, reply)
        for kind, rows in REPLIES[half].items()
        for prompt, reply in rows
    ]


@pytest.mark.parametrize(("half", "least"), [("check", 0.88), ("tuned", 0.88)])
def test_most_are_read_as_meant(half: str, least: float) -> None:
    found = read(half)
    assert len(found) >= 60
    assert sum(meant == value for meant, value, _ in found) >= least * len(found)


@pytest.mark.parametrize("half", ["check", "tuned"])
def test_no_plain_refusal_is_an_answer_and_no_plain_answer_a_refusal(half: str) -> None:
    plain = [(meant, value) for meant, value, _ in read(half) if meant in ("full", "none")]
    wrong = [pair for pair in plain if pair in (("full", "none"), ("none", "full"), ("none", "partial"))]
    assert len(wrong) <= 0.05 * len(plain)
    assert not [pair for pair in plain if pair[1] == "unclear"]
