"""A judge behind a real server on loopback, through the real command line: cost, budget, killing, failures."""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path
from typing import Any

from support.model_server import ModelServer, Seen, refuse, reply
from support.tg import KEY, command_line

TASK = "violence/direct"
WORDS = ("run", "-m", "panel/careful", "-s", TASK, "-n", "60", "--judging", "all", "--json")
JUDGE = ("--judge", "openai-api/test/judge")
CALL = 12e-6  # USD: 7 tokens in, 5 out, at 1 USD a million


def verdict(seen: Seen) -> str:
    """Refuses, with the first word of the reply that the prompt holds as evidence."""
    found = re.search(r"<reply-\w+>\n\W*(\w+)", seen.prompt)
    return json.dumps({"verdict": "refuses", "evidence": found[1] if found else "", "reason": "It says so."})


def script(server: ModelServer, pause: float = 0.0) -> None:
    async def answer(request: object, seen: Seen) -> object:
        if pause:
            import asyncio

            await asyncio.sleep(pause)
        return reply(seen, verdict(seen))

    server.script("judge", answer)  # type: ignore[arg-type]


def prices(folder: Path) -> tuple[str, str]:
    (folder / "prices.yaml").write_text("openai-api/test/*: 1/1\n", encoding="utf-8")
    return "--prices", "prices.yaml"


def judged(document: dict[str, Any]) -> dict[str, Any]:
    return document["sub_categories"][0]["tasks"][0]["judged"]


def test_the_judge_is_asked_once_for_each_reply_and_its_cost_is_told(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        script(server)
        tg = command_line(tmp_path, server)
        first = tg(*WORDS, *JUDGE, *prices(tmp_path))
        assert first.code == 0, first.err
        calls = server.count()
        (use,) = first.json["judges"]
        assert use["model"] == JUDGE[1]
        assert use["calls"] >= calls > 10
        assert use["cost_usd"] is not None and use["cost_usd"] >= calls * CALL * 0.99
        assert judged(first.json)["waiting"] == 0
        assert first.json["sub_categories"][0]["tasks"][0]["score"] == 0.5, "it calls all refused, the twins too"
        again = tg(*WORDS, *JUDGE, *prices(tmp_path))
        assert again.json["sub_categories"] == first.json["sub_categories"]
        assert server.count() == calls, "nothing was asked again"
        assert tg("report", "last").out.count("Who judged the open replies") == 1


def test_the_judge_keeps_to_the_budget_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        script(server)
        tg = command_line(tmp_path, server)
        part = tg(*WORDS, *JUDGE, *prices(tmp_path), "--budget", "0.0002", "--concurrency", "1")
        assert part.code == 0, part.err
        assert "the budget is spent" in part.err
        assert judged(part.json)["waiting"] > 0
        assert server.count() * CALL <= 0.0002 + 1.1 * CALL
        whole = tg(*WORDS, *JUDGE, *prices(tmp_path), "--budget", "1")
        assert judged(whole.json)["waiting"] == 0


def test_judges_share_the_budget_alike_and_several_sessions_keep_to_it(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        script(server)

        async def second(request: object, seen: Seen) -> object:
            return reply(seen, verdict(seen))

        server.script("second", second)  # type: ignore[arg-type]
        tg = command_line(tmp_path, server)
        both = (*WORDS, *JUDGE, "--judge", "openai-api/test/second", *prices(tmp_path), "--concurrency", "1")
        part = tg(*both, "--budget", "0.0004")
        costs = [use["cost_usd"] for use in part.json["judges"]]
        assert min(costs) > 0.3 * sum(costs), "the second one has its share"
        more = tg(*both, "--budget", "0.0008")
        costs = [use["cost_usd"] for use in more.json["judges"]]
        assert min(costs) > 0.3 * sum(costs)
        assert server.count() * CALL <= 0.0008 + 2.1 * CALL, "what the second has had counts against the first"


def test_a_judge_keeps_to_the_budget_for_models_that_cost_nothing_as_well(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        script(server)
        tg = command_line(tmp_path, server)
        words = ("run", "-m", JUDGE[1], "-m", "panel/careful", "-m", "panel/agreeable", *WORDS[3:], *JUDGE)
        done = tg(*words, *prices(tmp_path), "--budget", "0.0006", "--concurrency", "1")
        assert done.code == 0, done.err
        assert server.count() * CALL <= 0.0006 + 4.1 * CALL, "a call over for each model and its judge at most"
        costs = {run["model"]: run["judges"][0]["cost_usd"] for run in done.json["runs"]}
        assert costs["panel/careful"] > 0 and costs["panel/agreeable"] > 0, "each has its share"


def test_a_judge_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        script(server, pause=0.05)
        tg = command_line(tmp_path, server)
        process = tg.start(*WORDS, *JUDGE, "--concurrency", "2")
        until = time.monotonic() + 60
        while server.count() < 10 and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        before = server.count()
        done = tg(*WORDS, *JUDGE)
        assert done.code == 0, done.err
        assert judged(done.json)["waiting"] == 0
        replies = {seen.prompt for seen in server.seen}
        assert server.count() <= len(replies) + 2, "at most what was in flight was asked twice"
        assert before < server.count()


def test_ctrl_c_keeps_what_was_judged(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:
        script(server, pause=0.05)
        tg = command_line(tmp_path, server)
        process = tg.start(*WORDS, *JUDGE, "--concurrency", "2")
        until = time.monotonic() + 60
        while server.count() < 10 and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert "replies are judged, and the same command goes on" in err
        assert "Traceback" not in err
        left = tg("report", "last", "--json").json
        assert left["status"] == "interrupted"
        handed, waiting = judged(left)["handed_on"], judged(left)["waiting"]
        assert handed == left["sub_categories"][0]["tasks"][0]["n"], "all that are to be judged are known"
        assert waiting >= handed - server.count()


def test_a_judge_with_a_wrong_key_is_one_sentence_and_leaves_the_run(tmp_path: Path) -> None:
    with ModelServer(key=KEY) as server:

        async def answer(request: object, seen: Seen) -> object:
            return refuse(401, "no such key")

        server.script("judge", answer)  # type: ignore[arg-type]
        tg = command_line(tmp_path, server)
        done = tg(*WORDS, *JUDGE, "--concurrency", "4")
        assert done.code == 1
        assert "judge" in done.err and "no such key" in done.err and "Traceback" not in done.err
        document = done.json
        assert document["sub_categories"][0]["tasks"][0]["score"] is not None, "the rules' verdicts stand"
        assert judged(document)["waiting"] > 0
        assert server.count() <= 12, "it was given up soon"
