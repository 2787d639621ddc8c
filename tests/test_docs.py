"""Docs can't go stale: generated pages match the code, and every sub-category, option and public name is on one."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

import trustgauge
from trustgauge.taxonomy import PLACES

DOCS = Path(__file__).parent.parent / "docs"
spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
assert spec and spec.loader
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return generate.pages()


def test_generated_pages_are_fresh(pages: dict[str, str]) -> None:
    written = {name: (DOCS / name).read_text(encoding="utf-8") for name in pages if (DOCS / name).is_file()}
    stale = [name for name, text in pages.items() if written.get(name) != text]
    assert not stale, "run `make docs`"
    assert {page.name for page in (DOCS / "tasks").glob("*.md")} == {f"{id_}.md" for id_ in PLACES}


def test_everything_has_its_page() -> None:
    tasks, api = ((DOCS / name).read_text(encoding="utf-8") for name in ("tasks.md", "api.md"))
    assert all(f"### {id_}" in tasks for id_ in PLACES)
    assert all(f"trustgauge.{name}" in api for name in trustgauge.__all__)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name} links to {link}"
