"""Between the run and its server: restarts, redirects, TLS, names that don't resolve, connections that hang."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.exported import records_of
from support.nasty import Call, Nasty, chat, http, well
from support.ports import own_port
from support.tg import KEY, CommandLine, Done, said, whole

N = 40
AT_ONCE = 4
WORDS = (
    "run",
    "-m",
    "openai-api/test/x",
    "-s",
    "hallucination/grounded-choice",
    "-n",
    str(N),
    "--concurrency",
    str(AT_ONCE),
    "--json",
)


def failures(done: Done) -> dict[str, int]:
    return done.json["sub_categories"][0]["tasks"][0]["reasons"].get("failed", {})


@pytest.mark.slow
def test_a_server_that_restarts_in_the_middle(tmp_path: Path) -> None:
    reached = threading.Event()

    def behave(call: Call) -> None:
        time.sleep(0.01)
        call.answer()
        if call.number == 20:
            reached.set()

    server = Nasty(behave)
    with server:
        process = CommandLine(tmp_path, server.url).start(*WORDS)
        assert reached.wait(60)
    time.sleep(1)
    with server:
        out, err = process.communicate(timeout=60)
    whole(Done(process.returncode, out, err))
    assert server.count() <= N + AT_ONCE, "only what was in flight is asked again"


@pytest.mark.slow
def test_a_server_that_comes_up_two_seconds_late(tmp_path: Path) -> None:
    server = Nasty(well, port=own_port())
    process = CommandLine(tmp_path, server.url).start(*WORDS)
    time.sleep(3)  # the command itself takes about a second to start
    assert process.poll() is None, process.communicate()
    with server:
        out, err = process.communicate(timeout=90)
    whole(Done(process.returncode, out, err))
    assert server.count() == N


def test_a_hung_connection_costs_one_slot_only(tmp_path: Path) -> None:
    others: list[int] = []

    def behave(call: Call) -> None:
        if call.number == 5:
            call.wait_until_gone()
            others.append(server.count())
        else:
            call.answer()

    with Nasty(behave) as server:
        tg = CommandLine(tmp_path, server.url)
        done = tg(*WORDS, "--timeout", "2", "--attempts", "1")
        assert done.code == 0, done.err
        assert failures(done) == {"timeout": 1}
        said(done, "1 of 40 cases failed")
        server.behave = well
        whole(tg(*WORDS))
        assert server.count() == N + 1
    assert others == [N], "when it was given up, all others had been asked"


def test_a_reply_that_drips_costs_one_slot_only(tmp_path: Path) -> None:
    with ExitStack() as stack:

        def behave(call: Call) -> None:
            if call.number == 5:
                call.drip(http(chat("A")))
            else:
                call.answer()

        server = stack.enter_context(Nasty(behave))
        tg = CommandLine(tmp_path, server.url)
        done = tg(*WORDS, "--timeout", "1", "--attempts", "1")
        assert done.code == 0, done.err
        assert failures(done) == {"timeout": 1}
        server.behave = well
        whole(tg(*WORDS))
        assert server.count() == N + 1


def test_a_server_that_accepts_and_never_answers(tmp_path: Path) -> None:
    with Nasty(lambda call: call.wait_until_gone()) as server:
        tg = CommandLine(tmp_path, server.url)
        words = ("-n", "8", "--timeout", "0.5", "--attempts", "2")
        done = tg(*WORDS, *words)
        assert done.code == 1
        assert set(failures(done)) == {"timeout"}
        said(done, "could not be measured", "no answer", "within 0.5 s")
        tried = server.count()
        assert tried <= 16, "each question twice at most, and not all of them once the server is known to be away"
        server.behave = well
        whole(tg(*WORDS, *words), 8)
        assert server.count() == tried + 8


def test_connections_that_are_never_accepted(tmp_path: Path) -> None:
    """A full queue of connections: the system takes no more, and no answer ever comes."""
    with socket.socket() as listener, ExitStack() as stack:
        listener.bind(("127.0.0.1", own_port()))
        listener.listen(0)
        for _ in range(3):
            other = stack.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        tg = CommandLine(tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
        done = tg(*WORDS, "-n", "4", "--timeout", "0.5", "--attempts", "1")
    assert done.code == 1
    assert set(failures(done)) <= {"connect", "timeout"}
    said(done, "could not be measured", "within 0.5 s")


def test_every_other_connection_is_reset_in_the_body(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()

    def behave(call: Call) -> None:
        seen[call.prompt] += 1
        if len(seen) % 2 and seen[call.prompt] == 1:
            call.send(http(b'{"choices": [{"mess', length=1000))
            call.reset()
        else:
            call.answer()

    with Nasty(behave) as server:
        whole(CommandLine(tmp_path, server.url)(*WORDS, "-n", "20", "--attempts", "6", "--concurrency", "16"), 20)
        assert server.count() <= 20 * 3


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
def test_a_redirect_takes_the_key_to_no_other_host(tmp_path: Path, status: str) -> None:
    with Nasty(well) as other:
        there = f"http://localhost:{other.port}/v1/chat/completions"
        with Nasty(lambda call: call.send(http(b"", status, f"Location: {there}"))) as server:
            tg = CommandLine(tmp_path, server.url)
            done = tg(*WORDS, "--attempts", "2")
            assert done.code == 1
            said(done, "redirect", there, "check the address")
            assert server.count() < N, "the rest is not tried"
            assert KEY in server.calls[0].headers["authorization"]
            assert not any(KEY in str(call.headers) for call in other.calls)
            assert other.count() == 0
            server.behave = well
            whole(tg(*WORDS))


def test_https_to_a_port_that_speaks_http(tmp_path: Path) -> None:
    with Nasty(well) as server:
        tg = CommandLine(tmp_path, server.url.replace("http:", "https:"))
        done = tg(*WORDS, "--attempts", "2")
    assert done.code == 1
    assert set(failures(done)) == {"connect"}
    said(done, "could not be measured", "TLS")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    named = ["-keyout", "key.pem", "-out", "cert.pem", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, *named], cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with Nasty(well, tls=context) as server:
        tg = CommandLine(tmp_path, server.url)
        done = tg(*WORDS, "--attempts", "2")
        assert done.code == 1
        assert set(failures(done)) == {"connect"}
        said(done, "could not be measured", "TLS", "certificate")
        assert server.count() == 0, "nothing was said to a server that nobody vouches for"
        tg.more["SSL_CERT_FILE"] = str(tmp_path / "cert.pem")
        whole(tg(*WORDS))


def test_a_host_name_that_does_not_resolve(tmp_path: Path) -> None:
    tg = CommandLine(tmp_path, "http://no-such-host.invalid/v1")
    done = tg(*WORDS, "--attempts", "2", "-n", "8")
    assert done.code == 1
    assert set(failures(done)) == {"connect"}
    said(done, "could not be measured", "no-such-host.invalid", "check the address")


def test_a_port_where_nothing_listens_then_a_server(tmp_path: Path) -> None:
    server = Nasty(well, port=own_port())
    tg = CommandLine(tmp_path, server.url)
    done = tg(*WORDS, "--attempts", "1")
    assert done.code == 1
    assert set(failures(done)) == {"connect"}
    said(done, "could not be measured", "check that it runs")
    assert len(records_of(tmp_path / "trustgauge.db")) < N, "the rest is not tried"
    with server:
        whole(tg(*WORDS))
        assert server.count() == N
