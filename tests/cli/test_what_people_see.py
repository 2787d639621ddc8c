"""JSON needs nothing that draws, and the verbs stand in the order of the work, one line each."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from trustgauge.cli import say
from trustgauge.cli.delivering import in_format
from trustgauge.reports.page import Page


def test_json_makes_no_page() -> None:
    def page() -> None:
        raise AssertionError("a page was made")

    assert in_format(page, {"a": 1}, "json") == '{\n "a": 1\n}\n'  # pyright: ignore[reportArgumentType]


def test_a_plan_as_json_loads_no_charts(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom trustgauge.cli.app import app\n"
        "try:\n    app(['plan', '-s', 'sycophancy', '-n', '20', '--json'])\n"
        "except SystemExit:\n    pass\nassert 'altair' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0 and done.stdout.startswith("{"), done.stderr[-500:]


def test_verbs_stand_in_the_order_of_the_work_each_on_a_line(tmp_path: Path) -> None:
    code = "from trustgauge.cli.app import app; app(['--help'])"
    env = {"COLUMNS": "80", "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=env, check=True
    ).stdout
    lines = shown.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    verbs = [line.split()[0] for line in lines]
    assert verbs[0] == "run" and verbs.index("report") < verbs.index("compare") < verbs.index("runs")
    assert all(line.startswith("  ") and line[2] != " " and "..." not in line for line in lines)


@pytest.mark.parametrize(
    ("said", "columns"),
    [
        ("", 140),
        ("80", 80),
        ("20", 20),
        ("200", 200),
        ("0", 140),
        ("19", 140),
        ("-80", 140),
        ("wide", 140),
        ("9" * 9, 140),
    ],
)
def test_pipes_and_files_are_as_wide_as_columns_says_else_140(
    said: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", said)
    monkeypatch.setattr(say.sys, "stdout", io.StringIO())
    assert say.width() == say.console().width == columns
    page = Page(title="t", lead=("word " * 99,), blocks=())
    longest = max(map(len, in_format(lambda: page, {}, "text").splitlines()))
    assert columns - 6 <= longest <= columns


def test_without_columns_a_pipe_has_140(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert say.width() == 140
