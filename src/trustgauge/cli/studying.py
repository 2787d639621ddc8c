"""`trustgauge study`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trustgauge.cli.delivering import deliver_page
from trustgauge.config import load
from trustgauge.errors import UsageError
from trustgauge.reports import profile
from trustgauge.store import RunInfo, Store


def study_models(
    runs: Sequence[str],
    tables: Sequence[Path],
    facts: Path | None,
    seed: int,
    format_: str,
    out: Path | None,
    store_url: str | None,
) -> None:
    """The study of the named runs, or of published tables, to the terminal, stdout or a file.

    Raises UsageError where both or neither are named.
    """
    from trustgauge.study.facts import load_facts
    from trustgauge.study.study import study_runs, study_tables

    if bool(runs) == bool(tables):
        raise UsageError("name the runs to study, or published tables with --tables, one of the two")
    known = load_facts(facts)
    if tables:
        found = study_tables(tables, known, seed=seed)
    else:
        with Store(load({"store": store_url}).store, create=False) as store:
            infos: dict[str, RunInfo] = {info.id: info for name in runs for info in store.resolve(name)}
            found = study_runs([profile(store, id_) for id_ in infos], store, known, seed=seed)
    from trustgauge.study.document import document
    from trustgauge.study.page import page_of

    deliver_page(page_of(found), document(found), format_, out, "study")
