"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.stores import measured_store

RULES = """\
rules:
  - {what: scored, of: violence, at_least: 20}
  - {what: over-refusal, of: violence, at_most: 0.2}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("plugin")
    measured_store(made / "trustgauge.db", "panel/over-cautious", suites=("violence",), n=40)
    (made / "policy.yaml").write_text(RULES, encoding="utf-8")
    (made / "good.yaml").write_text(RULES.splitlines()[0] + "\n" + RULES.splitlines()[1], encoding="utf-8")
    return made


def run_pytest(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    words = ("-p", "no:cacheprovider", "-q", *words)
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_each_rule_is_a_test_and_so_is_the_whole(folder: Path) -> None:
    done = run_pytest(folder, "--trustgauge-policy", "policy.yaml", "-rA")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 failed, 1 passed" in done.stdout
    assert "PASSED policy.yaml::scored:violence" in done.stdout
    assert "NO-GO: needless refusals in violence, at most 20 %" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    done = run_pytest(folder, "--trustgauge-policy", "good.yaml", "--trustgauge-run", "panel-over")
    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout


def test_problems_are_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    for words, said in (
        (("--trustgauge-policy", "none.yaml"), "none.yaml' cannot be read"),
        (("--trustgauge-policy", "policy.yaml", "--trustgauge-run", "nobody"), "nobody"),
        (("--trustgauge-policy", "policy.yaml", "--trustgauge-store", "none.db"), "none.db"),
        (("--trustgauge-policy", "policy.yaml", "--trustgauge-baseline", "x"), "NAME=RUN"),
    ):
        assert pytest.main(["-p", "no:cacheprovider", "-q", *words]) == 4
        out, err = capsys.readouterr()
        assert said in err
        assert "Traceback" not in out + err


def test_the_fixture_decides_in_tests_of_ones_own(folder: Path) -> None:
    (folder / "test_mine.py").write_text(
        "def test_release(trustgauge_gate):\n"
        "    decision = trustgauge_gate('last', 'policy.yaml')\n"
        "    assert decision.verdict == 'NO-GO'\n"
        "    assert trustgauge_gate(policy='good.yaml').go\n",
        encoding="utf-8",
    )
    done = run_pytest(folder, "test_mine.py")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout


def test_unused_it_loads_nothing() -> None:
    code = (
        "import sys, trustgauge.pytest_plugin\n"
        "loaded = {m for m in sys.modules if m.startswith('trustgauge.')} - {'trustgauge.pytest_plugin'}\n"
        "heavy = {'numpy', 'scipy', 'altair', 'sqlalchemy', 'msgspec', 'yaml', 'jinja2'} & set(sys.modules)\n"
        "assert not loaded | heavy, loaded | heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_pytest_finds_it_by_its_entry_point() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"trustgauge": "trustgauge.pytest_plugin"}
