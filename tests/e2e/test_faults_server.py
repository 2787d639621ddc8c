"""A server that answers every third case with another kind of rubbish: one run meets it all, and nothing is lost."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from support.exported import records_of
from support.nasty import Call, Nasty, chat, http, letter
from support.tg import CommandLine, Done, said
from trustgauge.types import Record

MEGABYTE = 2**20
EXTREMES = (
    "\x00 \u202eRTL\u202c \u200f\u2067 \U0001f9d1\u200d\U0001f4bb \U0010ffff \ufdd0 Z\u0351\u036b\u0343 \x1b[2J\u2028"
)
LINE = "A " + "x" * MEGABYTE
SSE = b'data: {"choices": [{"index": 0, "delta": {"content": "A"}}]}\n\ndata: [DONE]\n\n'
Fault = Callable[[Call], None]


def sends(data: bytes) -> Fault:
    """These bytes, and the connection ends."""

    def behave(call: Call) -> None:
        call.send(data)
        call.close()

    return behave


def says(body: bytes, status: str = "200 OK", *lines: str) -> Fault:
    return lambda call: call.send(http(body, status, *lines))


def usage(**said: object) -> Fault:
    return lambda call: call.answer(usage=said)


def reset_in_the_body(call: Call) -> None:
    call.send(http(b'{"choices": [{"mess', length=1000))
    time.sleep(0.02)
    call.reset()


def chunk_after_chunk(call: Call) -> None:
    call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        call.send(b"10000\r\n" + b" " * 65536 + b"\r\n")


def header_after_header(call: Call) -> None:
    call.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        call.send(b"X-More: and more\r\n" * 1000)


FAILS: dict[str, tuple[str, Fault]] = {
    "no-json": ("malformed", says(b"Hello!")),
    "html": ("malformed", says(b"<!doctype html><title>Log in</title>", "200 OK", "Content-Type: text/html")),
    "empty-200": ("malformed", says(b"")),
    "no-content-204": ("malformed", sends(b"HTTP/1.1 204 No Content\r\n\r\n")),
    "another-shape": ("malformed", says(b'{"answer": "A"}')),
    "a-list": ("malformed", says(b"[]")),
    "json-null": ("malformed", says(b"null")),
    "deep-json": ("malformed", says(b'{"choices":' + b"[" * 100_000)),
    "event-stream": ("malformed", says(SSE, "200 OK", "Content-Type: text/event-stream")),
    "bad-gzip": ("malformed", says(b"this is no gzip", "200 OK", "Content-Encoding: gzip")),
    "gzip-bomb": ("too_large", says(gzip.compress(b" " * 40 * MEGABYTE), "200 OK", "Content-Encoding: gzip")),
    "another-protocol": ("malformed", sends(b"SSH-2.0-OpenSSH_9.6\r\n")),
    "no-status": ("malformed", sends(b"HTTP/1.1 fine\r\n\r\n")),
    "negative-length": ("malformed", sends(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}")),
    "two-lengths": ("malformed", sends(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}")),
    "bad-chunk-size": (
        "malformed",
        sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
    ),
    "truncated-body": ("connect", sends(http(b'{"choices": [', length=100))),
    "truncated-chunks": ("connect", sends(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"cho\r\n')),
    "truncated-header": ("connect", sends(b"HTTP/1.1 200 OK\r\nContent-Le")),
    "reset-in-the-body": ("connect", reset_in_the_body),
    "reset-at-once": ("connect", lambda call: call.reset()),
    "closed-without-a-byte": ("connect", lambda call: call.close()),
    "too-large-by-length": ("too_large", sends(http(b"{", length=10**9))),
    "too-large-in-chunks": ("too_large", chunk_after_chunk),
    "hangs": ("timeout", lambda call: call.wait_until_gone()),
    "drips": ("timeout", lambda call: call.drip(http(chat("A")))),
    "status-999": ("server", says(b"{}", "999 Odd")),
    "endless-headers": ("malformed", header_after_header),
}
"""Each ends as a failure of this kind."""

PASSES: dict[str, tuple[str | None, Fault]] = {
    "early-hints-first": (None, lambda c: (c.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), c.answer())[0]),
    "continue-first": (None, lambda c: (c.send(b"HTTP/1.1 100 Continue\r\n\r\n"), c.answer())[0]),
    "ends-with-the-connection": (None, lambda c: sends(b"HTTP/1.0 200 OK\r\n\r\n" + chat(letter(c.prompt)))(c)),
    "same-ids-1": (None, lambda call: call.answer(None, "X-Request-Id: same", id="same")),
    "same-ids-2": (None, lambda call: call.answer(None, "X-Request-Id: same", id="same")),
    "id-of-another-kind": (None, lambda call: call.answer(id={"a": 1}, model=7)),
    "null-content": ("", says(chat(None))),
    "lone-surrogate": ("A \ufffd", lambda c: c.send(http(chat("A !").replace(b"!", rb"\ud83d")))),
    "extremes": (EXTREMES, lambda call: call.answer(EXTREMES)),
    "a-line-of-1-MB": (LINE, lambda call: call.answer(LINE)),
    "nan-inside": (None, lambda c: c.send(http(chat(letter(c.prompt)).replace(b'"total_tokens": 12', b'"total_tokens": NaN')))),
    "usage-negative": (None, usage(prompt_tokens=-5, completion_tokens=-7)),
    "usage-1e30": (None, usage(prompt_tokens=1e30, completion_tokens=10**30)),
    "usage-strings": (None, usage(prompt_tokens="many", completion_tokens=None)),
    "usage-of-another-kind": (None, lambda call: call.answer(usage=[1, 2])),
}  # fmt: skip
"""Each is a sound reply all the same; its text, None for the letter."""

HEADERS: dict[str, Fault] = {
    "a-header-of-100-KB": lambda call: call.answer(None, "X-Long: " + "x" * 100_000),
    "10000-header-lines": lambda call: call.answer(None, *(f"X-{i}: y" for i in range(10_000))),
    "header-of-odd-bytes": lambda call: call.answer(None, "X-Odd: \xff\x01\xe9", "X-Request-Id: \xfe\x1b[31m"),
}
"""Each may be taken or refused, as long as it ends at once."""

FAULTS: dict[str, Fault] = {n: f for n, (_, f) in (FAILS | PASSES).items()} | HEADERS
EVERY = 3  # healthy answers lie between: who only meets broken connections takes the server to be away
N = EVERY * len(FAULTS)
WORDS = (
    "run",
    "-m",
    "openai-api/test/x",
    "-s",
    "hallucination/grounded-choice",
    "-n",
    str(N),
    "--concurrency",
    "16",
    "--attempts",
    "1",
    "--timeout",
    "1",
    "--json",
)


@dataclass
class Met:
    """What the run came to: its end, and which case met which fault."""

    tg: CommandLine
    done: Done
    server: Nasty
    records: dict[str, Record]  # by fault
    healthy: list[Record]
    failed: int


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Met:
    order: dict[str, int] = {}
    names = list(FAULTS)

    def behave(call: Call) -> None:
        place = order.setdefault(call.prompt, len(order))
        if place % EVERY == EVERY - 1:
            FAULTS[names[place // EVERY]](call)
        else:
            call.answer()

    folder = tmp_path_factory.mktemp("gauntlet")
    with Nasty(behave) as server:
        tg = CommandLine(folder, server.url)
        done = tg(*WORDS)
    assert done.code == 0, done.err
    records = {r.case.prompt: r for r in records_of(folder / "trustgauge.db")}
    assert set(order) == set(records), done.err
    placed = {place: records[prompt] for prompt, place in order.items()}
    by_fault = {name: placed[i * EVERY + EVERY - 1] for i, name in enumerate(names)}
    healthy = [record for place, record in placed.items() if place % EVERY != EVERY - 1]
    return Met(tg, done, server, by_fault, healthy, sum(r.failure is not None for r in records.values()))


def test_the_run_ends_and_says_how_many_failed(met: Met) -> None:
    assert met.done.code == 0, met.done.err
    said(met.done, f"{met.failed} of {N} cases failed", "run again")
    assert met.server.count() <= N + len(FAULTS), "a connection that broke may be tried once more"
    (sub,) = met.done.json["sub_categories"]
    assert sub["failed"] == met.failed
    assert sub["n"] == N


def test_what_was_answered_well_beside_it_is_kept(met: Met) -> None:
    assert len(met.healthy) == N - len(FAULTS)
    for record in met.healthy:
        assert record.failure is None, record.failure
        assert record.replies[0].text == letter(record.case.prompt)


@pytest.mark.parametrize("name", FAILS)
def test_what_is_no_reply_is_a_typed_failure(met: Met, name: str) -> None:
    record = met.records[name]
    assert record.failure is not None, record.replies
    assert record.failure.kind == FAILS[name][0], record.failure
    assert not record.replies
    assert 10 < len(record.failure.message) < 500
    assert record.failure.message.isprintable()


@pytest.mark.parametrize("name", PASSES)
def test_what_is_odd_but_sound_is_a_reply(met: Met, name: str) -> None:
    record = met.records[name]
    assert record.failure is None, record.failure
    (reply,) = record.replies
    text = PASSES[name][0]
    assert reply.text == (letter(record.case.prompt) if text is None else text)
    if reply.usage:
        assert 0 <= reply.usage.input_tokens < 2**53
        assert 0 <= reply.usage.output_tokens < 2**53


@pytest.mark.parametrize("name", HEADERS)
def test_absurd_headers_are_taken_or_refused(met: Met, name: str) -> None:
    record = met.records[name]
    if record.failure:
        assert record.failure.kind in ("malformed", "too_large"), record.failure
    else:
        assert record.replies[0].text == letter(record.case.prompt)
        assert record.replies[0].request_id.isprintable()


def test_the_report_of_it_is_sound(met: Met) -> None:
    for form in ("json", "md", "html"):
        done = met.tg("report", "last", "-f", form, "-o", "-")
        assert done.code == 0, done.err
        assert "\x1b" not in done.out
        assert "\u202e" not in done.out
        if form == "json":
            json.loads(done.out)


def test_the_same_command_asks_a_healthy_server_only_for_what_failed(met: Met) -> None:
    met.server.behave = lambda call: call.answer()
    before = met.server.count()
    with met.server:
        done = met.tg(*WORDS)
    assert done.code == 0, done.err
    (sub,) = done.json["sub_categories"]
    assert (sub["n"], sub["failed"]) == (N, 0)
    assert met.server.count() - before == met.failed
