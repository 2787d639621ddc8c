"""A run that is not whole says so before anything else, in every format that people read."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.fakes import case
from support.stores import keep, record
from trustgauge.reports import profile
from trustgauge.reports.document import document
from trustgauge.reports.formats import render
from trustgauge.store import RunInfo, Store


@pytest.mark.parametrize("format_", ["text", "md", "html"])
def test_it_says_how_much_is_missing(tmp_path: Path, format_: str) -> None:
    with Store(str(tmp_path / "a.db")) as store:
        manifest = {"cases": {"violence/fake": 10}, "draws": 2}
        store.begin(RunInfo(id="r", model="fake/m", manifest=manifest))
        keep(store, "r", *(record(case(i), "good") for i in range(3)))
        found = profile(store, "r")
        assert found.owed == 17
        assert "INCOMPLETE, 3 of 20 cases (running)" in str(render([found], store, format_))
        assert document(found)["owed"] == 17
