"""`trustgauge label` and `labels`: each problem is one sentence; labels go out and come back."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.stores import blank_store, empty_store, measured_store
from support.tg import Done, sentence
from trustgauge.store import Label, Store

Inside = Callable[..., Done]


def labelled(path: Path) -> str:
    (run,) = measured_store(path, "panel/careful", suites=("violence",), n=8)
    with Store(str(path)) as store:
        task = next(iter(store.tasks(run)))
        said = [Label(task=task, place=p, labeller="Ada", label="good", chosen="disagree") for p in range(3)]
        store.judged.keep_labels(run, said)
    return run


def test_labels_are_exported_and_imported(inside: Inside, tmp_path: Path) -> None:
    run = labelled(tmp_path / "trustgauge.db")
    done = inside("labels", "export", run)
    assert (done.code, done.err) == (0, "")
    assert [json.loads(line)["label"] for line in done.out.splitlines()] == ["good"] * 3
    written = inside("labels", "export", run, "-o", "l.jsonl")
    assert (written.code, written.out) == (0, "")
    assert "3 labels written to l.jsonl" in written.err
    changed = (tmp_path / "l.jsonl").read_text(encoding="utf-8").replace('"label":"good"', '"label":"bad"')
    (tmp_path / "l.jsonl").write_text(changed, encoding="utf-8")
    read = inside("labels", "import", run, "l.jsonl")
    assert read.code == 0, read.err
    assert f"3 labels of the run {run} are kept" in read.err
    with Store(str(tmp_path / "trustgauge.db")) as store:
        assert [label.label for label in store.judged.labels(run)] == ["bad"] * 3, "replaced, not doubled"


def test_a_bad_line_keeps_none_of_the_file(inside: Inside, tmp_path: Path) -> None:
    run = labelled(tmp_path / "trustgauge.db")
    good = inside("labels", "export", run).out.replace('"label":"good"', '"label":"bad"')
    (tmp_path / "l.jsonl").write_text(good + "nonsense\n", encoding="utf-8")
    sentence(inside("labels", "import", run, "l.jsonl"), 1, "l.jsonl, line 4")
    assert '"label":"bad"' not in inside("labels", "export", run).out
    sentence(inside("labels", "import", run, "none.jsonl"), 1, "none.jsonl cannot be read")
    sentence(inside("labels", "export", run, "-o", "no/folder.jsonl"), 1, "no/folder.jsonl")


def test_each_problem_of_the_page_is_one_sentence(inside: Inside, tmp_path: Path) -> None:
    pytest.importorskip("starlette", reason="the label page needs the extra 'label'")
    sentence(inside("label"), 1, "there is no store")
    path = tmp_path / "trustgauge.db"
    labelled(path)
    blank, empty = blank_store(path), empty_store(path)
    sentence(inside("label", "nobody"), 2, "there is no run 'nobody'")
    sentence(inside("label", empty), 2, "holds no replies to label")
    sentence(inside("label", blank), 2, "no open replies", "--suite")
    sentence(inside("label", "panel", "-s", "sycophancy"), 2, "holds no replies of 'sycophancy'")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        sentence(inside("label", "panel", "--no-open", "--port", port), 2, f"port {port}", "name another --port")
    sentence(inside("label", "panel", "--no-open", "--host", "256.1.1.1"), 2, "cannot listen on 256.1.1.1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_store_that_cannot_be_written_is_told_at_once(inside: Inside, tmp_path: Path) -> None:
    path = tmp_path / "trustgauge.db"
    labelled(path)
    path.chmod(0o444)
    sentence(inside("label", "--no-open"), 1, "read-only")


def test_a_store_opened_for_reading_is_told_at_once(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("starlette", reason="the label page needs the extra 'label'")
    labelled(tmp_path / "trustgauge.db")
    monkeypatch.setattr(os, "access", lambda *_: False)
    sentence(inside("label", "--no-open"), 1, "read-only")


def test_without_the_extra_it_says_what_to_install(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(tmp_path / "trustgauge.db")
    for name in [n for n in sys.modules if n.startswith("trustgauge.web.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    sentence(inside("label", "--no-open"), 1, "the label page needs the extra 'label'", "trustgauge[label]")
