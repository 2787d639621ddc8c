"""What it costs, through the real command line: whose price counts, and that unknown is said to be unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from support.model_server import ModelServer, Seen, reply
from support.tg import KEY, CommandLine, sentence

RUN = ("run", "-s", "hallucination/grounded-choice", "-n", "4")
TABLE = "openai-api/test/*: 2/10\nopenai/*: {input: 1, output: 1}\n"


async def answer(_: web.Request, seen: Seen) -> web.StreamResponse:
    return reply(seen, "A")


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer(key=KEY) as running:
        for name in ("gpt-4o", "gpt-none"):
            running.script(name, answer)
        yield running


@pytest.fixture
def tg(tmp_path: Path, server: ModelServer) -> CommandLine:
    (tmp_path / "prices.yaml").write_text(TABLE, encoding="utf-8")
    return CommandLine(tmp_path, server.url, more={"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY})


def cost(tg: CommandLine, *words: str) -> tuple[float | None, dict[str, Any], str]:
    """What a run cost, its manifest, and what was said."""
    done = tg(*RUN, *words, "--json")
    assert done.code == 0, done.err
    return done.json["cost_usd"], done.json["manifest"], done.err


def test_the_users_own_prices_go_before_the_known_ones(tg: CommandLine) -> None:
    known, manifest, said = cost(tg, "-m", "openai/gpt-4o")
    assert known is not None and known > 0
    assert re.fullmatch(r"genai-prices \S+, 20\d\d-\d\d-\d\d", manifest["price_source"])
    assert f"${known:.4f}" in said
    assert manifest["price_source"] in tg("report", "-f", "html", "-o", "-").out

    calls = tg("report", "--json").json["calls"]
    tabled, manifest, said = cost(tg, "-m", "openai/gpt-4o", "--prices", "prices.yaml")
    assert tabled == pytest.approx(calls * (7 + 5) / 1e6)  # the server counts 7 tokens in, 5 out
    assert (manifest["prices"], manifest["price_source"]) == ([1, 1], "your table prices.yaml")

    named, manifest, _ = cost(tg, "-m", "openai/gpt-4o", "--prices", "prices.yaml", "--price", "1000/0")
    assert named == pytest.approx(calls * 7 * 1000 / 1e6)
    assert (manifest["prices"], manifest["price_source"]) == ([1000, 0], "--price")


@pytest.mark.parametrize("model", ["openai/gpt-none", "openai-api/test/gpt-4o", "scripted/oracle"])
def test_an_unknown_price_is_null_and_nothing_is_said_of_cost(tg: CommandLine, model: str) -> None:
    found, manifest, said = cost(tg, "-m", model)
    assert found is None
    assert not manifest.get("prices") and not manifest.get("price_source")
    assert "$" not in said


def test_the_table_may_stand_in_a_variable_or_in_the_study(tg: CommandLine) -> None:
    (tg.folder / "study.yaml").write_text("models: openai-api/test/gpt-4o\nprices: prices.yaml\n", encoding="utf-8")
    found, manifest, _ = cost(tg, "-c", "study.yaml")
    assert found is not None and manifest["price_source"] == "your table prices.yaml"
    (tg.folder / ".env").write_text("TRUSTGAUGE_PRICES=prices.yaml\n", encoding="utf-8")
    again, manifest, _ = cost(tg, "-m", "openai-api/test/gpt-4o", "--seed", "5")
    assert again is not None and manifest["price_source"] == "your table prices.yaml"


@pytest.mark.parametrize("verb", [("run", "-m", "openai-api/test/gpt-4o"), ("doctor", "openai-api/test/gpt-4o")])
def test_a_wrong_table_is_said_before_anything_is_asked(
    tg: CommandLine, server: ModelServer, verb: tuple[str, ...]
) -> None:
    (tg.folder / "bad.yaml").write_text("openai/gpt-4o: cheap\n", encoding="utf-8")
    before = server.count()
    sentence(tg(*verb, "--prices", "bad.yaml"), 2, "bad.yaml", "'openai/gpt-4o'", "in/out")
    sentence(tg(*verb, "--prices", "none.yaml"), 2, "none.yaml", "No such file")
    sentence(tg(*verb, "--price", "cheap"), 2, "cheap", "in/out")
    assert server.count() == before


@pytest.mark.parametrize(("flag", "value"), [("--budget", "0"), ("--budget", "nan"), ("--rpm", "0"), ("--tpm", "0")])
def test_a_limit_that_is_none_is_one_sentence(tg: CommandLine, flag: str, value: str) -> None:
    sentence(tg("run", "-m", "scripted/oracle", flag, value), 2, f"{flag[2:]} is {value}")


def test_doctor_says_the_price_and_whose_it_is(tg: CommandLine) -> None:
    known = tg("doctor", "openai/gpt-4o", "--json").json[0]["price"]
    assert known["input_mtok"] > 0 and known["output_mtok"] > 0
    assert known["source"].startswith("genai-prices ") and known["source"].endswith(known["date"])
    assert f"out per million tokens ({known['source']})" in " ".join(tg("doctor", "openai/gpt-4o").out.split())

    named = tg("doctor", "openai/gpt-none", "--prices", "prices.yaml", "--json").json[0]["price"]
    assert named == {"input_mtok": 1, "output_mtok": 1, "source": "your table prices.yaml", "date": None}
    assert "$0.25 in, $2 out per million tokens (--price)" in tg("doctor", "openai/gpt-4o", "--price", "0.25/2").out

    assert tg("doctor", "openai/gpt-none", "--json").json[0]["price"] is None
    said = " ".join(tg("doctor", "openai/gpt-none").out.split())
    assert "price unknown: give it as --price in/out (USD per million tokens) or --prices FILE" in said


def test_doctor_says_the_price_of_a_model_that_does_not_answer(tg: CommandLine) -> None:
    done = tg("doctor", "openai/gpt-4o-mini")
    assert done.code == 1
    assert "cannot be used" in done.out and "out per million tokens (genai-prices" in " ".join(done.out.split())
