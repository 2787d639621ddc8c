"""Limits, budget, several endpoints and a silent server, through the real command line."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

from support.model_server import ModelServer, Seen, refuse, reply
from support.tg import KEY, command_line, sentence

WORDS = ("run", "-m", "openai-api/test/m", "-s", "violence/survey-form", "-s", "hallucination/grounded-choice")


def letter(seen: Seen) -> str:
    return "AB"[len(seen.prompt) % 2]


def script(server: ModelServer) -> None:
    async def answer(request: object, seen: Seen) -> object:
        return reply(seen, letter(seen))  # 7 tokens in, 5 out

    server.script("m", answer)  # type: ignore[arg-type]


def test_a_budget_is_passed_by_one_call_at_most_and_its_part_is_a_fair_sample(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        script(server)
        tg = command_line(tmp_path, server)
        # A call costs 7 + 5 tokens at 1 USD a million: 12e-6. The bound is far above, so the last go one by one.
        done = tg(*WORDS, "-n", "100", "--price", "1/1", "--budget", "0.001", "--max-tokens", "5", "--json")
        assert done.code == 0, done.err
        assert "the budget is spent" in done.err
        cost = done.json["cost_usd"]
        assert 0.001 <= cost <= 0.001 + 12.1e-6
        assert server.count() == round(cost / 12e-6)
        shares = [sub["n"] for sub in done.json["sub_categories"]]
        assert len(shares) == 2
        assert max(shares) - min(shares) <= 4, "both tasks have had the same share"
        again = tg(*WORDS, "-n", "100", "--price", "1/1", "--budget", "0.001", "--max-tokens", "5", "--json")
        assert again.json["cost_usd"] == cost, "the budget is the run's, however often it is resumed"
        more = tg(*WORDS, "-n", "100", "--price", "1/1", "--budget", "1", "--max-tokens", "5", "--json")
        assert more.json["owed"] == 0
        assert server.count() == 200


def test_a_budget_without_a_price_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        sentence(command_line(tmp_path, server)(*WORDS, "--budget", "1"), 1, "price", "--price", "unknown")
        assert server.count() == 0


def test_a_budget_is_shared_between_the_models(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        script(server)
        server.script("other", server.scripts["m"])
        options = ("-n", "100", "--price", "1/1", "--budget", "0.001", "--max-tokens", "5", "--json")
        done = command_line(tmp_path, server)(*WORDS, "-m", "openai-api/test/other", *options)
        assert done.code == 0, done.err
        costs = [run["cost_usd"] for run in done.json["runs"]]
        assert len(costs) == 2
        assert abs(costs[0] - costs[1]) <= 3 * 12e-6
        assert sum(costs) <= 0.001 + 2 * 12.1e-6


@pytest.mark.slow
def test_requests_a_minute_are_never_exceeded(tmp_path: Path) -> None:
    times: list[float] = []
    with ModelServer(key=KEY) as server:
        import time

        async def timed(request: object, seen: Seen) -> object:
            times.append(time.monotonic())
            return reply(seen, letter(seen))

        server.script("m", timed)  # type: ignore[arg-type]
        done = command_line(tmp_path, server)(*WORDS, "-n", "8", "--rpm", "100", "--json")
    assert done.code == 0, done.err
    assert len(times) == 16
    span = times[-1] - times[0]
    assert span >= (16 - 1) * 60 / 100 - 0.7, "an even pace"


def test_several_endpoints_share_the_calls_and_one_that_dies_is_done_without(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as first, ModelServer(key=KEY) as second:
        script(first)

        async def dies(request: object, seen: Seen) -> object:
            return reply(seen, letter(seen)) if seen.number <= 5 else refuse(500, "dead")

        second.script("m", dies)  # type: ignore[arg-type]
        tg = command_line(tmp_path, first)
        tg.url = f"{first.url}*1, {second.url}*3"
        done = tg(*WORDS, "-n", "60", "--concurrency", "8", "--json")
        assert done.code == 0, done.err
        assert sum(sub["failed"] for sub in done.json["sub_categories"]) == 0
        assert second.count() >= 6
        assert first.count() + 5 == 120
        assert second.count() < 40, "the circuit opens: the five answers, eight in flight, and a trial now and then"


def test_the_identity_of_a_model_is_its_first_address(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as first, ModelServer(key=KEY) as second:
        script(first)
        script(second)
        tg = command_line(tmp_path, first)
        alone = tg(*WORDS, "-n", "10", "--json")
        tg.url = f"{first.url}, {second.url}"
        both = tg(*WORDS, "-n", "10", "--json")
        assert both.json["run"] == alone.json["run"]
        assert (first.count(), second.count()) == (20, 0)


def test_a_silent_server_is_spoken_of(tmp_path: Path) -> None:
    """No answer for fifteen seconds: the run says what it waits for, rather than hang without a word."""
    with ModelServer(key=KEY) as server:
        import asyncio

        async def silent(request: object, seen: Seen) -> object:
            await asyncio.sleep(17)
            return reply(seen, "A")

        server.script("m", silent)  # type: ignore[arg-type]
        done = command_line(tmp_path, server)(
            "run", "-m", "openai-api/test/m", "-s", "hallucination/grounded-choice", "-n", "2", "--json"
        )
    assert done.code == 0, done.err
    assert re.search(r"nothing answered for 1\d s: 2 calls are with the server", done.err)


def test_records_are_in_the_store_by_place(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        script(server)
        done = command_line(tmp_path, server)(*WORDS, "-n", "30", "--json")
    assert done.code == 0, done.err
    with sqlite3.connect(tmp_path / "trustgauge.db") as db:
        rows = db.execute("select task, place, draw from records order by task, place").fetchall()
        manifest = json.loads(db.execute("select manifest from runs").fetchone()[0])
    db.close()
    assert [place for task, place, _ in rows if task.startswith("violence")] == list(range(30))
    assert set(manifest["case_hashes"]) == set(manifest["cases"])
