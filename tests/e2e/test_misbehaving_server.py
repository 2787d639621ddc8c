"""Every way a server can fail, through the real command line: the right typed outcome, and the run ends by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.model_server import ModelServer
from support.ports import own_port
from support.tg import KEY, CommandLine, Done, command_line

RUN = (
    "-s",
    "hallucination/grounded-choice",
    "-n",
    "4",
    "--concurrency",
    "2",
    "--attempts",
    "2",
    "--timeout",
    "2",
    "--json",
)


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer(key=KEY) as running:
        yield running


@pytest.fixture
def tg(tmp_path: Path, server: ModelServer) -> CommandLine:
    return command_line(tmp_path, server)


def counts(done: Done) -> dict[str, int]:
    (sub,) = done.json["sub_categories"]
    assert sub["n"] == sub["good"] + sub["bad"] + sub["unscored"] + sub["failed"]
    return {name: sub[name] for name in ("good", "bad", "unscored", "failed")}


def reasons(done: Done, label: str) -> dict[str, int]:
    return done.json["sub_categories"][0]["tasks"][0]["reasons"].get(label, {})


@pytest.mark.parametrize(
    ("model", "kind", "code"),
    [
        ("no-such-model", "not_found", 1),
        ("malformed-json", "malformed", 1),
        ("html", "malformed", 1),
        ("bad-utf8", "malformed", 1),
        ("huge", "too_large", 1),
        ("rate", "rate_limit", 1),
        ("status-500", "server", 1),
        ("hang", "timeout", 1),
        ("reset", "connect", 1),
        ("redirect", "not_found", 1),
    ],
)
def test_a_call_that_gives_no_reply_is_a_typed_failure(tg: CommandLine, model: str, kind: str, code: int) -> None:
    done = tg("run", "-m", f"openai-api/test/{model}", *RUN)
    assert done.code == code, done.err
    assert set(reasons(done, "failed")) == {kind}
    found = counts(done)
    assert found["good"] + found["bad"] + found["unscored"] == 0
    assert done.json["sub_categories"][0]["score"] is None
    assert "could not be measured" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("empty", "empty"),
        ("null", "empty"),
        ("filter-stop", "blocked by a content filter"),
        ("filter-400", "blocked by a content filter"),
    ],
)
def test_a_reply_that_answers_nothing_is_unscored_and_never_passes(tg: CommandLine, model: str, reason: str) -> None:
    done = tg("run", "-m", f"openai-api/test/{model}", *RUN)
    assert done.code == 0, done.err
    assert counts(done) == {"good": 0, "bad": 0, "unscored": 4, "failed": 0}
    assert set(reasons(done, "unscored")) == {reason}
    assert done.json["sub_categories"][0]["score"] is None


def test_a_wrong_key_is_said_once_and_the_run_ends(tmp_path: Path, server: ModelServer) -> None:
    before = server.count("ok")
    done = command_line(tmp_path, server, key="sk-wrong-key")(
        "run", "-m", "openai-api/test/ok", "-s", "hallucination/grounded-choice", "-n", "200"
    )
    assert done.code == 1
    assert "auth" in done.err
    assert "sk-wrong-key" not in done.err + done.out
    assert server.count("ok") - before < 60, "the rest is not tried with a key that can't work"


def test_a_missing_key_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    done = command_line(tmp_path)("run", "-m", "openai/gpt-none", *RUN)
    assert done.code == 1
    assert "OPENAI_API_KEY" in done.err
    assert "Traceback" not in done.err


def test_an_unreachable_host(tmp_path: Path) -> None:
    tg = CommandLine(tmp_path, f"http://127.0.0.1:{own_port()}/v1")
    done = tg("run", "-m", "openai-api/test/ok", *RUN)
    assert done.code == 1
    assert set(reasons(done, "failed")) == {"connect"}


def test_failures_that_pass_by_themselves_cost_nothing(tg: CommandLine) -> None:
    done = tg("run", "-m", "openai-api/test/flaky-1", *RUN)
    assert done.code == 0, done.err
    assert counts(done)["failed"] == 0


def test_what_failed_is_asked_again_by_the_same_command(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        tg = command_line(tmp_path, server)
        words = (
            "run",
            "-m",
            "openai-api/test/flaky-3",
            "-s",
            "hallucination/grounded-choice",
            "-n",
            "6",
            "--attempts",
            "1",
            "--json",
        )
        first = tg(*words, "--concurrency", "1")
        assert counts(first)["failed"] == 3
        asked = server.count()
        second = tg(*words, "--concurrency", "1")
        assert counts(second)["failed"] == 0
        assert server.count() - asked == 3, "only what failed is asked again"


def test_no_key_is_kept_anywhere(tg: CommandLine, server: ModelServer) -> None:
    for model in ("ok", "echo-key", "echo-key-in-reply"):
        done = tg("run", "-m", f"openai-api/test/{model}", *RUN)
        assert KEY not in done.out + done.err
    for path in tg.folder.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path.name


def test_a_hostile_reply_is_harmless_in_report_and_terminal(tg: CommandLine) -> None:
    done = tg("run", "-m", "openai-api/test/unicode", "-s", "hallucination/grounded-choice", "-n", "4")
    assert done.code == 0, done.err
    shown = tg("report", "last", "-f", "html", "-o", "-").out
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    for text in (done.out, done.err, shown):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_doctor_says_what_is_wrong(tg: CommandLine) -> None:
    good = tg("doctor", "openai-api/test/ok", "--json")
    assert good.code == 0
    assert '"answers": true' in good.out
    bad = tg("doctor", "openai-api/test/no-such-model")
    assert bad.code == 1
    assert "not_found" in bad.out
