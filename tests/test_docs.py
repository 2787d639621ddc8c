"""Docs can't go stale: generated pages match the code, and every sub-category, option and public name is on one."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

import trustgauge
from trustgauge.taxonomy import SUB_CATEGORIES

DOCS = Path(__file__).parent.parent / "docs"
spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
assert spec and spec.loader
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)


@pytest.mark.parametrize("name", ["tasks.md", "cli.md", "api.md"])
def test_generated_pages_are_fresh(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == generate.pages()[name], "run `make docs`"


def test_everything_has_its_page() -> None:
    tasks, api = ((DOCS / name).read_text(encoding="utf-8") for name in ("tasks.md", "api.md"))
    assert all(f"### {id_}" in tasks for id_ in SUB_CATEGORIES)
    assert all(f"trustgauge.{name}" in api for name in trustgauge.__all__)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name} links to {link}"
