"""`trustgauge leaks`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trustgauge.cli.delivering import check_format, deliver_page
from trustgauge.cli.say import note
from trustgauge.config import load
from trustgauge.datasets import data_folder
from trustgauge.errors import UsageError
from trustgauge.store import Store

if TYPE_CHECKING:
    from trustgauge.contamination import Asked, Settings
    from trustgauge.contamination.against import Against
    from trustgauge.reports.page import Page


def find_leaks(
    paths: Sequence[Path],
    asked: Asked,
    settings: Settings,
    *,
    format_: str,
    out: Path | None,
    data: str | None,
    store_url: str | None,
) -> int:
    """Show or write what of the tests stands in the files; exit code 1: something does, 3: nothing is known."""
    from trustgauge.contamination import leaks, passages
    from trustgauge.contamination.document import document
    from trustgauge.contamination.reading import data_files
    from trustgauge.reports.section import first_few
    from trustgauge.suites.wall import side_named

    check_format(format_)
    side_named(asked.split)
    if asked.n < 1 or settings.n < 1 or not 0 < settings.overlap <= 1 or not 0 < settings.near <= 1:
        raise UsageError("-n and --ngram are at least 1, --overlap and --near above 0 and at most 1")
    files = [str(path) for path in data_files(paths)]
    note("making the cases of the test ...")
    tests = _tests(asked, data, store_url)
    note(f"looking for {sum(len(test.held) for test in tests):,} texts of it in {first_few(files, 3)} ...")
    found = leaks(files, passages(paths), tests, settings)

    def page() -> Page:
        from trustgauge.contamination.page import page_of

        return page_of(found)

    deliver_page(page, document(found), format_, out, "leaks")
    return 3 if not found.compared else 0 if found.clean else 1


def _tests(asked: Asked, data: str | None, store_url: str | None) -> list[Against]:
    """The store is opened only where a word may be a run's."""
    from trustgauge.contamination import held_against

    url = load({"store": store_url}).store
    if store_url is None and "://" not in url and not Path(url).exists():
        return held_against(asked, data_folder(data))
    with Store(url, create=False) as store:
        return held_against(asked, data_folder(data), store)
