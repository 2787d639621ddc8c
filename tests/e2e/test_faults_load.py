"""A server under load: storms of 429, 503 and 500, absurd advice when to come back, a key that is refused midway."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from support.exported import records_of
from support.nasty import Call, Nasty, http, letter, well
from support.tg import KEY, CommandLine, limited, said, whole

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


def refuses(status: str, *lines: str) -> Callable[[Call], None]:
    return lambda call: call.send(http(b'{"error": {"message": "not now"}}', status, *lines))


def soon() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable"])
def test_a_storm_that_passes_costs_no_case(tmp_path: Path, status: str) -> None:
    """Two calls of three are refused, whichever case they are for, until 60 have been."""

    def behave(call: Call) -> None:
        (refuses(status) if call.number % 3 and call.number < 90 else well)(call)

    with Nasty(behave) as server:
        done = CommandLine(tmp_path, server.url)(*WORDS, "-n", "60", "--concurrency", "60", "--attempts", "6")
        whole(done, 60)
        assert server.count() <= 60 * 6


@pytest.mark.parametrize("advice", ["1", "date", "-1", "1e9", "999999999999", "soon", "0", "nan", ""])
def test_advice_when_to_come_back_is_taken_or_ignored_if_absurd(tmp_path: Path, advice: str) -> None:
    seen: Counter[str] = Counter()

    def behave(call: Call) -> None:
        seen[call.prompt] += 1
        value = soon() if advice == "date" else advice
        (refuses("429 Slow Down", f"Retry-After: {value}") if seen[call.prompt] == 1 and len(seen) <= 4 else well)(call)

    with Nasty(behave) as server:
        whole(CommandLine(tmp_path, server.url)(*WORDS, "-n", "8", "--attempts", "3"), 8)
        assert server.count() == 12


def test_advice_to_wait_for_years_is_not_waited_for(tmp_path: Path) -> None:
    def behave(call: Call) -> None:
        (refuses("429 Slow Down", "Retry-After: 900000000") if call.number == 3 else well)(call)

    with Nasty(behave) as server:
        tg = CommandLine(tmp_path, server.url)
        done = tg(*WORDS, "-n", "8", "--attempts", "3")
        assert done.code == 0, done.err
        if done.json["sub_categories"][0]["failed"]:  # given up; or tried again sooner, which is as good
            said(done, "1 of 8 cases failed", "rate_limit", "run again")
            whole(tg(*WORDS, "-n", "8", "--attempts", "3"), 8)
        assert server.count() == 9


@pytest.mark.parametrize(
    ("status", "kind"),
    [("429 Too Many Requests", "rate_limit"), ("500 Internal Server Error", "server"), ("503 Unavailable", "server")],
)
def test_refused_for_ever(tmp_path: Path, status: str, kind: str) -> None:
    with Nasty(refuses(status)) as server:
        tg = CommandLine(tmp_path, server.url)
        done = tg(*WORDS, "--attempts", "2", "--concurrency", "20")
        assert done.code == 1
        said(done, "could not be measured", status[:3], "not now")
        assert done.json["sub_categories"][0]["score"] is None
        failed = done.json["sub_categories"][0]["tasks"][0]["reasons"]["failed"]
        assert set(failed) == {kind}
        assert server.count() <= 2 * N
        server.behave = well
        before = server.count()
        whole(tg(*WORDS))
        assert server.count() == before + N


def test_a_server_that_fails_for_good_midway_keeps_what_it_answered(tmp_path: Path) -> None:
    def behave(call: Call) -> None:
        (well if call.number <= 20 else refuses("500 Internal Server Error"))(call)

    with Nasty(behave) as server:
        tg = CommandLine(tmp_path, server.url)
        done = tg(*WORDS, "--attempts", "2", "--concurrency", "10")
        said(done, "500")
        kept = sum(r.failure is None for r in records_of(tmp_path / "trustgauge.db"))
        assert kept == 20
        assert server.count() <= 20 + 2 * (N - 20)
        server.behave = well
        before = server.count()
        whole(tg(*WORDS))
        assert server.count() == before + N - 20


def test_a_key_refused_midway_halts_soon_and_keeps_the_rest(tmp_path: Path) -> None:
    n = 200

    def behave(call: Call) -> None:
        (well if call.number <= 30 else refuses("401 Unauthorized"))(call)

    with Nasty(behave) as server:
        tg = CommandLine(tmp_path, server.url)
        done = tg(*WORDS, "-n", str(n))
        assert done.code == 1, done.err
        said(done, "401", "check TEST_API_KEY")
        assert KEY not in done.err + done.out
        assert server.count() <= 30 + 20, "a key that was refused is not tried hundreds of times"
        kept = [r for r in records_of(tmp_path / "trustgauge.db") if r.failure is None]
        assert len(kept) == 30
        server.behave = well
        before = server.count()
        whole(tg(*WORDS, "-n", str(n)), n)
        assert server.count() == before + n - 30


def test_a_long_tail_holds_nobody_up(tmp_path: Path) -> None:
    """One call in a hundred takes a hundred times as long; while one lasts, the other slots go on."""
    done_meanwhile: list[int] = []

    def behave(call: Call) -> None:
        if call.number % 100 == 10:
            before = server.count()
            time.sleep(0.5)
            done_meanwhile.append(server.count() - before)
        else:
            time.sleep(0.005)
        call.answer()

    with Nasty(behave) as server:
        done = CommandLine(tmp_path, server.url)(*WORDS, "-n", "300", "--concurrency", "8")
        whole(done, 300)
        assert server.count() == 300
    assert len(done_meanwhile) == 3
    assert done_meanwhile[0] > 8, "the other slots went on"


@pytest.mark.parametrize("files", [32, 64])
def test_few_open_files_and_many_slots(tmp_path: Path, files: int) -> None:
    n = 120

    def behave(call: Call) -> None:
        time.sleep(0.1)
        call.answer()

    with Nasty(behave) as server:
        tg = CommandLine(tmp_path, server.url)
        tg.before = limited("RLIMIT_NOFILE", files)
        first = tg(*WORDS, "-n", str(n), "--concurrency", "500", "--attempts", "2")
        said(first)
        kept = {r.case.id for r in records_of(tmp_path / "trustgauge.db") if r.failure is None}
        if len(kept) < n:  # then it says so
            said(first, "file")
        tg.before = ()
        before = server.count()
        whole(tg(*WORDS, "-n", str(n)), n)
        assert server.count() - before == n - len(kept)


def test_more_slots_than_cases(tmp_path: Path) -> None:
    with Nasty(well) as server:
        whole(CommandLine(tmp_path, server.url)(*WORDS, "-n", "10", "--concurrency", "400"), 10)
        assert server.count() == 10
    for record in records_of(tmp_path / "trustgauge.db"):
        assert record.replies[0].text == letter(record.case.prompt)
