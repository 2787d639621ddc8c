"""The label page: only our own page gets in, what models wrote stays text, and others' labels stay hidden."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from support.stores import EVIL, hostile_case, hostile_store, keep, measured_store, record
from trustgauge.errors import StoreError, UsageError
from trustgauge.labelling import Wanted, candidates, queue, records_at, tasks_to_label
from trustgauge.store import Label, Store
from trustgauge.types import Record

pytest.importorskip("starlette", reason="the label page needs the extra 'label'")

from support.asgi import HOST, ORIGIN, Answer, ask
from trustgauge.web.desk import Desk
from trustgauge.web.page import is_loopback, label_app, own_hosts
from trustgauge.web.serve import serve
from trustgauge.web.view import exhibit

TOKEN = "a-token"
COOKIE = f"trustgauge-token-8123={TOKEN}"


@dataclass
class Site:
    """The application over a run, and its desk."""

    desk: Desk
    app: Any

    def __call__(
        self, path: str, form: dict[str, str] | bytes | None = None, who: str = "Ada", **headers: str
    ) -> Answer:
        cookie = f"{COOKIE}; trustgauge-labeller-8123={who}" if who else COOKIE
        return ask(self.app, path, form, **{"cookie": cookie} | headers)

    def say(self, label: str, who: str = "Ada", note: str = "") -> Answer:
        """A verdict on what this labeller is asked now."""
        wanted = self.desk.next(who)
        assert wanted
        where = {name: str(value) for name, value in wanted.at._asdict().items()}
        return self("/say", where | {"label": label, "note": note}, who=who)


def site(store: Store, run: str, words: tuple[str, ...] = (), n: int = 30, labeller: str = "") -> Site:
    found = candidates(store, run, tasks_to_label(store, run, words))
    asked = queue(run, found, n)
    desk = Desk(store, run, found, asked, records_at(store, run, [wanted.at for wanted in asked]))
    return Site(desk, label_app(desk, TOKEN, own_hosts("127.0.0.1", 8123), labeller))


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Site]:
    path = tmp_path / "t.db"
    (run,) = measured_store(path, "panel/careful", suites=("violence",), n=12)
    with Store(str(path)) as store:
        yield site(store, run)


class Tags(HTMLParser):
    """All tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_token_opens_the_page_once_and_a_cookie_does_from_then_on(page: Site) -> None:
    assert ask(page.app, "/").status == 403
    assert ask(page.app, "/?token=wrong").status == 403
    opened = ask(page.app, f"/?token={TOKEN}")
    assert (opened.status, opened.headers["location"]) == (303, "/")
    assert "HttpOnly" in opened.headers["set-cookie"]
    assert "samesite=strict" in opened.headers["set-cookie"].lower()
    assert page("/").status == 200
    assert ask(page.app, "/static/label.js").status == 403
    assert page("/static/label.js").status == 200
    assert page("/static/../page.py").status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:8123", "origin": "http://evil.example:8123"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"origin": ""},
        {"host": ""},
        {"cookie": ""},
        {"cookie": "trustgauge-token-8123=wrong"},
    ],
)
def test_a_post_from_anywhere_else_is_refused(page: Site, headers: dict[str, str]) -> None:
    wanted = page.desk.next("Ada")
    assert wanted
    form = {name: str(value) for name, value in wanted.at._asdict().items()} | {"label": "good"}
    refused = page("/say", form, **headers)
    assert refused.status == 403
    assert "<" not in refused.text
    assert page.desk.count() == 0
    assert page("/say", form).status == 303
    assert page.desk.count() == 1


def test_a_rebound_name_reads_nothing(page: Site) -> None:
    assert page("/", host="evil.example:8123").status == 403
    for host in (HOST, "localhost:8123"):
        assert page("/", host=host).status == 200


def test_every_answer_carries_the_headers(page: Site) -> None:
    for answer in (page("/"), page("/panel"), page("/static/label.css"), ask(page.app, "/"), page("/nowhere")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"task": "violence/none", "place": "0", "draw": "0", "label": "good"},
        {"task": "violence/none", "place": "x", "draw": "0", "label": "good"},
        {"label": "good"},
        b"\xff%ff" * 100,
        b"label=" + b"g" * 70_000,
        b"&".join(b"a=b" for _ in range(50)),
    ],
)
def test_what_is_no_label_is_refused(page: Site, form: dict[str, str] | bytes) -> None:
    assert page("/say", form).status == 400
    assert page.desk.count() == 0


def test_another_word_than_the_three_is_no_label(page: Site) -> None:
    assert page.say("splendid").status == 400
    assert page.desk.count() == 0


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    run = hostile_store(path)
    with Store(str(path)) as store:
        text = f"{'Rivers and lamps are another matter. ' * 9}</textarea>{EVIL}<a href='javascript:alert(1)'>"
        keep(store, run, *(record(hostile_case(i), ("good", "bad")[i % 2], text, EVIL) for i in range(20, 28)))
        page = site(store, run, ("violence",))
        clean = Tags(page("/").text)
        assert page.desk.queue, "there is something to show"
        store.judged.keep_labels(
            run,
            [Label(task=w.at.task, place=w.at.place, labeller=EVIL, label="good", note=EVIL) for w in page.desk.queue],
        )
        page.say("good")
        shown = page("/")
        found = Tags(shown.text)
        assert "<script>alert(1)" in found.text, "shown as it was written"
        for tags in (clean, found):
            assert [attrs for tag, attrs in tags.tags if tag == "script"] == [
                {"src": "/static/label.js", "defer": None}
            ]
            assert not [a for _, attrs in tags.tags for a in attrs if a.startswith("on") or a == "style"]
            assert not [
                v
                for _, attrs in tags.tags
                for k, v in attrs.items()
                if k in ("href", "src", "action") and v and v[0] != "/"
            ]
        for sign in "\u202e\u2066\u200b\x1b\x00\x7f":
            assert sign not in shown.text
        assert page("/name", {"name": "</textarea><script>x</script>"}).status == 303
        named = Tags(page("/", who="%3Cscript%3Ex%3C/script%3E").text)
        assert sum(tag == "script" for tag, _ in named.tags) == 1


def test_what_the_rubric_goes_by_is_shown_with_the_reply(tmp_path: Path) -> None:
    """A right answer, a premise, what was asked for: without them nobody can judge by the rubric."""
    path = tmp_path / "t.db"
    suites = ("misinformation/short-answer", "misinformation/false-premise", "cyberattack-misuse/incremental")
    (run,) = measured_store(path, "panel/careful", suites=suites, n=6)
    with Store(str(path)) as store:
        asked = {w.at.task: record for w, record in wanted_with_records(site(store, run, suites))}
    assert len(asked) == 3
    answer, premise, steps = (exhibit(asked[task]) for task in suites)
    assert ("Right answer", asked[suites[0]].case.key) in answer.facts
    assert ("Premise", f"The question has a {asked[suites[1]].case.kind}.") in premise.facts
    assert {name for name, _ in steps.facts} & {"Request", "Last request"}
    for task, shown in zip(suites, (answer, premise, steps), strict=True):
        by = shown.criterion
        told = " ".join((by.decide, *by.edges, *by.points, *(means for _, means, _, _ in by.words)))
        assert "-...>" not in told, (task, told)
    assert "“Premise”" in premise.criterion.decide


def wanted_with_records(site: Site) -> list[tuple[Wanted, Record]]:
    return [(wanted, site.desk.records[wanted.at]) for wanted in site.desk.queue]


def test_nobody_sees_others_labels_or_judges_before_their_own(page: Site) -> None:
    page.say("bad", who="Ada", note="Adas-note")
    text = page("/", who="Ben").text
    assert "Ada" not in text
    assert not re.search(r"[a-z]@\d", text)
    assert page.say("good", who="Ben").status == 303
    text = page("/", who="Ben").text
    assert "Ada" in text
    assert re.search(r"[a-z]@\d", text)
    assert "Adas-note" not in text


def test_skip_undo_and_take_up(page: Site) -> None:
    desk = page.desk
    first = desk.next("Ada")
    assert first
    page.say("skip")
    assert desk.next("Ada") != first
    page("/undo", {})
    assert desk.next("Ada") == first
    page.say("good")
    page("/undo", {})
    assert (desk.count(), desk.next("Ada")) == (0, first)
    assert not desk.undo("Ada"), "nothing is left to take back"
    page.say("skip")
    while desk.next("Ada"):
        page.say("unsure")
    assert desk.progress("Ada") == (len(desk.queue) - 1, 1, len(desk.queue))
    assert "Only skipped ones are left" in page("/").text
    page("/again", {})
    assert desk.next("Ada") == first
    page.say("bad")
    assert "All done" in page("/").text


def test_undo_takes_back_only_what_was_done_here(page: Site) -> None:
    wanted = page.desk.queue[0]
    kept = Label(task=wanted.at.task, place=wanted.at.place, draw=wanted.at.draw, labeller="Ada", label="good")
    page.desk.store.judged.keep_labels(page.desk.run, [kept])
    page("/undo", {})
    assert page.desk.count() == 1


def test_a_name_is_asked_for_unless_it_is_given(page: Site) -> None:
    assert "Who labels?" in page("/", who="").text
    assert "Please give a name" in page("/name", {"name": "  "}, who="").text
    assert page("/say", {"label": "good"}, who="").status == 303
    assert page.desk.count() == 0
    named = Site(page.desk, label_app(page.desk, TOKEN, own_hosts("127.0.0.1", 8123), "Eva"))
    assert "Eva" in named("/", who="").text


def test_a_tab_of_somebody_else_keeps_and_undoes_nothing(page: Site) -> None:
    """Two tabs of one browser share its cookies: after a change of name the older one still shows the first name."""
    page.say("good", who="Ben")
    wanted = page.desk.next("Ben")
    assert wanted
    assert '<input type="hidden" name="who" value="Ada">' in page("/", who="Ada").text
    where = {name: str(value) for name, value in wanted.at._asdict().items()}
    for path, form in (("/say", where | {"label": "bad"}), ("/undo", {}), ("/again", {})):
        told = page(path, form | {"who": "Ada"}, who="Ben")
        assert (told.status, "was Ada&#39;s" in told.text) == (409, True)
    assert page.desk.count() == 1
    assert page("/say", where | {"label": "bad", "who": "Ben"}, who="Ben").status == 303
    assert page.desk.count() == 2


def test_joined_writing_is_shown_as_it_was_written(tmp_path: Path) -> None:
    text = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f467"
    path = tmp_path / "t.db"
    run = hostile_store(path)
    with Store(str(path)) as store:
        keep(store, run, *(record(hostile_case(i), "good", text) for i in range(20, 30)))
        assert text in site(store, run, ("violence",))("/").text


def test_a_store_that_fails_is_told_and_nothing_is_lost_of_what_was_kept(
    page: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.say("good")

    def full(*_: object) -> None:
        raise StoreError("the disk of the store t.db is full: make room")

    with monkeypatch.context() as patched:
        patched.setattr(page.desk.store.judged, "keep_labels", full)
        told = page.say("bad")
    assert told.status == 503
    assert "the disk of the store t.db is full" in told.text
    assert page.desk.count() == 1
    assert page.say("bad").status == 303


def test_hosts() -> None:
    assert is_loopback("127.0.0.1") and is_loopback("localhost") and is_loopback("::1") and is_loopback("127.1.2.3")
    assert not is_loopback("0.0.0.0") and not is_loopback("192.168.0.2") and not is_loopback("127.0.0.1.evil.example")
    assert own_hosts("0.0.0.0", 80) is None
    assert own_hosts("::1", 80) == {"[::1]:80", "127.0.0.1:80", "localhost:80"}
    assert ORIGIN.endswith(HOST)


def test_a_port_in_use_is_one_sentence(page: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="cannot listen on 127"):
        serve(page.desk, "127.0.0.1", taken.getsockname()[1], "", lambda address: None)
