"""Guards that keep the shape of the house: floors, sizes, start-up, public names."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import trustgauge

ROOT = Path(trustgauge.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

FLOORS = [
    {"types", "errors", "safe"},
    {"taxonomy", "stats", "config", "prices"},
    {"generate", "judges", "models", "datasets"},
    {"suites"},
    {"engine", "store", "trustllm"},
    {"reports", "proof", "imports", "exports"},
    {"comparison", "gating", "planning", "studying", "disclosure", "standings", "weakness", "contamination"},
    {"jobs", "until", "manifest", "judging", "calibration", "labelling", "frozen", "signals"},
    {"runner"},
    {"aligning", "writing"},
    {"api", "comparing", "loop"},
    {"web"},
    {"cli", "pytest_plugin", "__main__"},
]
# Who may import whom inside one floor: the toolboxes build on each other in this order.
WITHIN = {
    ("errors", "types"),
    ("config", "prices"),
    ("judges", "generate"),
    ("models", "generate"),
    ("models", "judges"),
    ("calibration", "judging"),
    ("until", "judging"),
    ("frozen", "manifest"),
    ("gating", "comparison"),
    ("planning", "gating"),
    ("imports", "reports"),
    ("exports", "reports"),
    ("standings", "studying"),
    ("standings", "disclosure"),
    ("__main__", "cli"),
}


def floor_of(package: str) -> int:
    return next(i for i, floor in enumerate(FLOORS) if package in floor)


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("trustgauge."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("trustgauge.")}
    return found


@pytest.mark.parametrize(
    "path",
    [f for f in FILES if f.parent != ROOT or f.stem != "__init__"],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_a_module_imports_only_from_floors_below(path: Path) -> None:
    mine = package_of(path)
    for other in imported(path) - {mine}:
        below = floor_of(other) < floor_of(mine)
        assert below or (mine, other) in WITHIN, f"{path.name} of '{mine}' imports '{other}', which is not below it"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400, f"{path} is too long"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{path}:{node.lineno} {node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_and_public_function_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not tree.body:
        return
    assert ast.get_docstring(tree), f"{path} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path}:{node.lineno} {node.name} has no docstring"


def test_suites_do_no_io_and_use_no_clock() -> None:
    banned = {"open", "time", "datetime", "os", "requests", "aiohttp", "socket", "pathlib"}
    for path in (ROOT / "suites").glob("*/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names.append(node.module)
                assert not (node.module == "random" and any(a.name != "Random" for a in node.names)), path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                names.append(node.func.id)
            assert not {n.split(".")[0] for n in names} & banned, f"{path} uses {names}"


def test_import_is_light() -> None:
    code = (
        "import sys, trustgauge\n"
        "heavy = {'numpy', 'scipy', 'altair', 'sqlalchemy', 'aiohttp', 'torch', 'rich', 'typer'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom trustgauge.cli.app import app\n"
        "heavy = {'numpy', 'scipy', 'altair', 'sqlalchemy', 'aiohttp', 'torch'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_public_names_are_pinned() -> None:
    assert trustgauge.__all__ == [
        "Case", "Failure", "Gold", "Judge", "Message", "Options", "Profile", "Record", "Reply", "Store",
        "SubCategory", "Task", "TrustgaugeError", "Verdict", "align", "calibrate", "compare", "disclose", "doctor", "export",
        "gate", "generate_cases", "import_recorded", "judge", "leaderboard", "leaks", "plan", "report", "run", "study", "tasks", "validate",
        "weak",
    ]  # fmt: skip
    for name in trustgauge.__all__:
        assert getattr(trustgauge, name).__doc__, name
