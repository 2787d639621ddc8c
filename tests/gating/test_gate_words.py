"""What a gate page says first, and the command it gives: the same suites as the run's, with more cases."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from trustgauge.gating.words import ask_command, more_command


def _run(suites: list[str]) -> Any:
    return SimpleNamespace(model="openai/x", manifest={"suites": suites, "n": 60})


@pytest.mark.parametrize(
    ("suites", "command"),
    [
        (["all"], "trustgauge run -m openai/x -n 90"),
        (["all", "utility"], "trustgauge run -m openai/x -s all -s utility -n 90"),
        (["misuse"], "trustgauge run -m openai/x -s misuse -n 90"),
    ],
)
def test_more_cases_are_asked_of_all_suites_of_the_run(suites: list[str], command: str) -> None:
    assert more_command(_run(suites), 90) == command


def test_what_was_not_asked_comes_beside_what_was() -> None:
    assert ask_command(_run(["all"]), ("utility",)) == "trustgauge run -m openai/x -s all -s utility -n 60"
    assert ask_command(_run(["misuse"]), ("safety",)) == "trustgauge run -m openai/x -s misuse -s safety -n 60"


def test_commands_repeat_a_store_that_is_not_the_default() -> None:
    assert more_command(_run(["all"]), 90, "trustgauge.db") == "trustgauge run -m openai/x -n 90"
    assert more_command(_run(["all"]), 90, "my runs/a.db") == "trustgauge run -m openai/x -n 90 --store 'my runs/a.db'"
    asked = ask_command(_run(["misuse"]), ("safety",), "b.db")
    assert asked == "trustgauge run -m openai/x -s misuse -s safety -n 60 --store b.db"
