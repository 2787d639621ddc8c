"""The label page in a real browser, by the keyboard alone, through the real command line."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from support.browser import Page, browser
from support.ports import own_port
from support.stores import measured_store
from support.tg import command_line
from trustgauge.store import Label, Store

SUITES = ("violence", "toxicity")


def labels_of(path: Path, run: str) -> list[Label]:
    with Store(str(path), create=False) as store:
        return store.judged.labels(run)


@contextmanager
def labelling(folder: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`trustgauge label`, serving; its address and process. What it says first is in the file `said`."""
    process = command_line(folder).start("label", "--no-open", "--port", str(own_port()), *words)
    assert process.stderr
    address = said = ""
    while not address:
        line = process.stderr.readline()
        assert line, "it ended without an address"
        said += line
        address = line.strip() if "?token=" in line else ""
    (folder / "said").write_text(said)
    try:
        yield address, process
    finally:
        process.kill()
        process.communicate()


def begin(page: Page, name: str) -> None:
    page.wait("document.activeElement.id === 'name'")
    page.type(name)
    page.press_and_load("Enter")
    page.wait("document.activeElement.id === 'case'")


def here(page: Page) -> tuple[str, int]:
    """The record that is asked for."""
    task, place = page.run("['task', 'place'].map((n) => document.querySelector(`[name=${n}]`).value)")
    return task, int(place)


@pytest.mark.slow
def test_ten_cases_by_the_keyboard_alone_and_two_labellers_apart(tmp_path: Path) -> None:
    store = tmp_path / "trustgauge.db"
    (run,) = measured_store(store, "panel/over-cautious", suites=SUITES, n=16)
    with labelling(tmp_path, "-n", "30") as (address, process), browser(tmp_path / "profile") as chromium:
        ada = chromium.page(address)
        assert "token" not in ada.run("location.href"), "the token does not stay in the address bar"
        begin(ada, "Ada")
        said: dict[tuple[str, int], str] = {}
        first = here(ada)
        assert ada.run("document.querySelectorAll('#talk .text:not([inert])').length") == 0, "harmful text is blurred"
        ada.press("v")
        assert ada.run("document.querySelectorAll('#talk .text[inert], .blurred').length") == 0, (
            "and shown when asked for"
        )
        ada.press("n")
        ada.type("gb zus? It's 5 % (& more)")  # in a note keys are letters
        ada.press("Escape")
        assert "judge" not in ada.run("document.querySelector('.last')?.innerText ?? ''")
        words = {"g": "good", "b": "bad", "u": "unsure", "1": "good", "2": "bad", "3": "unsure"}
        for key in "gbu123ggbb":
            said[here(ada)] = words[key]
            ada.press_and_load(key)
        assert ada.run("document.querySelectorAll('.last li').length") >= 2, "judges are shown afterwards"
        assert len(said) == 10
        undone = list(said)[-1]
        ada.press_and_load("z")
        assert here(ada) == undone
        assert len(labels_of(store, run)) == 9
        said[undone] = "good"
        ada.press_and_load("g")
        skipped = here(ada)
        ada.press_and_load("s")
        assert here(ada) != skipped
        ada.press("?")
        assert ada.run("document.getElementById('help').open")
        ada.press("g")  # judges nothing behind the help
        ada.press("Escape")
        ada.wait("!document.getElementById('help').open")

        kept = labels_of(store, run)
        assert {(label.task, label.place): label.label for label in kept} == said
        assert {label.labeller for label in kept} == {"Ada"}
        assert {(label.task, label.place): label.note for label in kept}[first] == "gb zus? It's 5 % (& more)"
        assert sum(label.chosen == "random" for label in kept) >= 5

        ben = chromium.page(address)
        begin(ben, "Ben")
        assert here(ben) == first, "everybody has a place of their own in the same queue"
        assert "Ada" not in ben.run("document.body.innerText")
        ben.press_and_load("b")
        assert "Ada" in ben.run("document.querySelector('.last').innerText"), "shown once it is judged"
        for _ in range(5):
            ben.press_and_load("g")
        assert "Ada – Ben" in ben.run("document.getElementById('panel').innerText")
        assert "Ben" not in ada.run("document.querySelector('main').innerText")
        ada.wait("document.getElementById('panel').innerText.includes('Ada – Ben')")  # live

        for page in (ada, ben):
            assert page.problems == []
            base = address.partition("?")[0]
            assert page.requests
            assert [url for url in page.requests if not url.startswith(base)] == []
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert re.search(r"\b16 labels are kept", err), err


@pytest.mark.slow
def test_a_held_key_judges_once_undo_outlives_a_reload_and_low_windows_show_the_text(tmp_path: Path) -> None:
    store = tmp_path / "trustgauge.db"
    (run,) = measured_store(store, "panel/careful", suites=("violence",), n=16)
    with labelling(tmp_path, "--labeller", "Ada") as (address, _), browser(tmp_path / "profile") as chromium:
        page = chromium.page(address)
        page.wait("document.activeElement.id === 'case'")
        first = here(page)
        page.hold("g")
        page.wait("document.activeElement.id === 'case' && document.title.includes(' 1 of ')")
        assert len(labels_of(store, run)) == 1
        page.open(address.partition("?")[0])
        page.wait("document.activeElement.id === 'case'")
        page.press_and_load("z")
        assert here(page) == first
        assert labels_of(store, run) == []
        page.press("r")
        assert page.run("document.activeElement.id") == "rubric"
        page.press("r")
        assert page.run("document.activeElement.id") == "case"
        for height, position in ((900, "sticky"), (256, "static")):  # 256: a window of 1024 at 400 %
            page.do("Emulation.setDeviceMetricsOverride", width=320, height=height, deviceScaleFactor=1, mobile=False)
            assert page.run("getComputedStyle(document.getElementById('verdict')).position") == position
            assert page.run("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_every_button_is_reached_by_tab_and_labels_survive_a_kill(tmp_path: Path) -> None:
    store = tmp_path / "trustgauge.db"
    (run,) = measured_store(store, "panel/careful", suites=("violence",), n=8)
    with labelling(tmp_path, "--labeller", "Ada") as (address, process), browser(tmp_path / "profile") as chromium:
        page = chromium.page(address)
        page.wait("document.activeElement.id === 'case'")
        seen: list[str] = []
        for _ in range(40):
            page.press("Tab")
            seen.append(page.run("document.activeElement.innerText"))
        for word in ("Show the text", "Good", "Bad", "Unsure", "Skip", "Note", "Help"):
            assert any(text.startswith(word) for text in seen), (word, seen)
        page.run("document.querySelector('button.good').focus()")
        page.press_and_load("Enter")
        process.kill()
        process.wait(20)
        assert [label.label for label in labels_of(store, run)] == ["good"]


def test_ctrl_c_ends_it_quietly_while_a_request_is_open(tmp_path: Path) -> None:
    measured_store(tmp_path / "trustgauge.db", "panel/careful", suites=("violence",), n=8)
    with labelling(tmp_path) as (address, process):
        url = urlsplit(address)
        cookie = f"trustgauge-token-{url.port}={parse_qs(url.query)['token'][0]}"
        with socket.create_connection((url.hostname or "", url.port or 0)) as slow:
            lines = ("POST /say HTTP/1.1", f"Host: {url.netloc}", f"Origin: http://{url.netloc}", f"Cookie: {cookie}")
            slow.sendall("\r\n".join((*lines, "Expect: 100-continue", "Content-Length: 9", "", "")).encode())
            assert b"100" in slow.recv(100), "it waits for the form"
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "0 labels are kept\n")


def test_more_tasks_than_can_be_corrected_are_told(tmp_path: Path) -> None:
    measured_store(tmp_path / "trustgauge.db", "panel/careful", suites=("violence",), n=60)
    for words, told in ((("-n", "9"), True), (("-s", "violence/direct"), False)):
        with labelling(tmp_path, *words):
            pass
        assert ("of no task are 10 random replies" in (tmp_path / "said").read_text()) == told
