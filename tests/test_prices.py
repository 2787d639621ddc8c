"""What a model costs: who is asked first, the user's own table, and that unknown stays unknown."""

from __future__ import annotations

import re
import socket
import sys
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustgauge import prices
from trustgauge.errors import ConfigError
from trustgauge.models.providers import PROVIDERS
from trustgauge.prices import VENDORS, Price, look_up, pair, parse_table, price_of

KNOWN = {
    "openai/gpt-4o": ("openai", "gpt-4o"),
    "openai:completions/davinci-002": ("openai", "davinci-002"),
    "anthropic/claude-haiku-4-5": ("anthropic", "claude-haiku-4-5"),
    "azure/gpt-4o": ("azure", "gpt-4o"),
    "gemini/gemini-2.5-flash": ("google", "gemini-2.5-flash"),
    "mistral/mistral-small-latest": ("mistral", "mistral-small-latest"),
    "deepseek/deepseek-chat": ("deepseek", "deepseek-chat"),
    "xai/grok-4": ("x-ai", "grok-4"),
    "groq/llama-3.3-70b-versatile": ("groq", "llama-3.3-70b-versatile"),
    "together/meta-llama/Llama-3.3-70B-Instruct-Turbo": ("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
    "openrouter/openai/gpt-4o": ("openrouter", "openai/gpt-4o"),
}
"""A model of every vendor, and what genai-prices calls it."""
UNKNOWN = [
    *("ollama/llama3.2", "vllm/gpt-4o", "vllm:completions/gpt-4o", "lmstudio/gpt-4o", "llamacpp/gpt-4o"),
    *("hf/openai/gpt-4o", "replay/gpt-4o", "scripted/oracle", "panel/careful", "openai-api/openai/gpt-4o"),
    *("gpt-4o", "openai/", "openai", "", "/gpt-4o", "OPENAI/gpt-4o"),
]


# what genai-prices knows


@pytest.mark.parametrize(("vendor", "name"), KNOWN.values(), ids=KNOWN)
def test_a_model_of_every_vendor_has_a_price_with_its_source_and_date(vendor: str, name: str) -> None:
    found = look_up(vendor, name)
    assert found is not None
    assert 0 < found.input_mtok <= found.output_mtok < 1000
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", found.date or "")
    assert re.fullmatch(rf"genai-prices \d+\.\d+\S*, {found.date}", found.source)


@pytest.mark.parametrize("word", KNOWN)
def test_our_words_become_those_of_the_package(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(prices, "_packaged", lambda *of: asked.append(of))
    price_of(word)
    assert asked == [KNOWN[word]]


def test_every_vendor_is_looked_at_here_and_is_a_provider_with_a_key() -> None:
    paid = {word for word, provider in PROVIDERS.items() if provider.needs_key}
    assert paid == set(VENDORS) == {word.split("/")[0].split(":")[0] for word in KNOWN}


def test_through_a_process_of_its_own_the_price_is_the_same_and_nothing_is_loaded_here() -> None:
    before = set(sys.modules)
    found = price_of("openai/gpt-4o")
    assert not {name for name in set(sys.modules) - before if name.startswith(("genai_prices", "pydantic", "httpx"))}
    assert found == look_up("openai", "gpt-4o")


@pytest.mark.parametrize("word", UNKNOWN)
def test_what_no_vendor_sells_has_no_price(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices, "_packaged", lambda *_: pytest.fail("looked up"))
    assert price_of(word) is None


@pytest.mark.parametrize("name", ["no-such-model-at-all", "-h", "--version", "a\0b", "x" * 200_000, "\ud800", "é b"])
def test_a_name_that_the_package_does_not_know_is_unknown_and_no_error(name: str) -> None:
    assert price_of(f"openai/{name}") is None


def test_an_unknown_vendor_is_unknown() -> None:
    assert look_up("no-such-vendor-at-all", "gpt-4o") is None


def test_the_network_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("connected"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("resolved"))
    assert look_up("openai", "gpt-4o") is not None


def test_without_the_package_the_price_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    prices._packaged.cache_clear()
    try:
        assert price_of("openai/gpt-4o") is None
    finally:
        prices._packaged.cache_clear()


def priced(monkeypatch: pytest.MonkeyPatch, price: Any) -> Price | None:
    """What is made of one model whose prices the package would have so."""
    from genai_prices import data
    from genai_prices.types import ClauseEquals, ModelInfo, Provider

    model = ModelInfo("m", ClauseEquals("m"), prices=price)
    monkeypatch.setattr(data, "providers", [Provider("v", "V", "https://v", models=[model])])
    return look_up("v", "m")


def test_tiers_count_by_their_base_and_times_of_day_by_the_dearest(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date, time
    from decimal import Decimal

    from genai_prices import types as t

    tiered = t.TieredPrices(base=Decimal(2), tiers=[t.Tier(start=1000, price=Decimal(9))])
    found = priced(monkeypatch, t.ModelPrice(input_mtok=tiered, output_mtok=Decimal(4), cache_read_mtok=Decimal(1)))
    assert found and (found.input_mtok, found.output_mtok, found.date) == (2, 4, None)
    assert re.fullmatch(r"genai-prices \S+", found.source), "where no date is known none is said"

    def at(constraint: Any, into: int, out: int) -> Any:
        return t.ConditionalPrice(constraint, prices=t.ModelPrice(input_mtok=Decimal(into), output_mtok=Decimal(out)))

    past, future = t.StartDateConstraint(date(2020, 5, 1)), t.StartDateConstraint(date(9000, 1, 1))
    peak = t.TimeOfDateConstraint(time(1, 30), time(2, 0))
    found = priced(monkeypatch, [at(None, 50, 50), at(past, 1, 3), at(peak, 5, 6), at(future, 70, 70)])
    assert found and (found.input_mtok, found.output_mtok, found.date) == (5, 6, "2020-05-01")


def test_half_a_price_and_a_charge_by_the_request_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    from decimal import Decimal

    from genai_prices.types import ModelPrice

    one = Decimal(1)
    assert priced(monkeypatch, ModelPrice(input_mtok=one)) is None
    assert priced(monkeypatch, ModelPrice(output_mtok=one)) is None
    assert priced(monkeypatch, ModelPrice()) is None
    assert priced(monkeypatch, ModelPrice(input_mtok=one, output_mtok=one, requests_kcount=one)) is None
    free = priced(monkeypatch, ModelPrice(input_mtok=Decimal(0), output_mtok=Decimal(0)))
    assert free and (free.input_mtok, free.output_mtok) == (0, 0), "known to be free is not unknown"


# who is asked first


TABLE = parse_table(
    {"openai/gpt-4o": "1/2", "openai/gpt-4o*": "3/4", "openai/*": "5/6", "*": {"input": 7, "output": "8e0"}}, "t.yaml"
)


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        ("openai/gpt-4o", (1, 2)),
        ("openai/gpt-4o-mini", (3, 4)),
        ("openai/gpt-5-mini", (5, 6)),
        ("openai-api/lab/own", (7, 8)),
        ("panel/careful", (7, 8)),
    ],
)
def test_the_whole_word_counts_before_the_longest_beginning(model: str, wanted: tuple[float, float]) -> None:
    assert price_of(model, table=TABLE, file="t.yaml") == Price(*wanted, "your table t.yaml")
    assert price_of(model, "9/10", TABLE, "t.yaml") == Price(9, 10, "--price")


def test_what_the_table_does_not_name_is_looked_up() -> None:
    table = parse_table({"openai/gpt-4o-mini": "1/2"}, "t.yaml")
    known = price_of("openai/gpt-4o", table=table, file="t.yaml")
    assert known and known.source.startswith("genai-prices ")
    assert price_of("openai-api/lab/own", table=table, file="t.yaml") is None


def test_the_cost_is_tokens_times_price() -> None:
    assert Price(2, 10, "").usd(1_000_000, 500_000) == 7.0
    assert Price(2, 10, "").usd(0, 0) == 0.0


# tables and prices that cannot be used


@pytest.mark.parametrize(
    "value",
    [
        *("1", "1/2/3", "/", "1/", "a/b", "-1/2", "nan/2", "1/inf", "", None, 1, 1.5, True, ["1/2"], [1, 2], {}),
        *({"input": 1}, {"input": 1, "output": None}, {"input": True, "output": 1}, {"input": 10**400, "output": 1}),
        *({"input": 1, "output": -2}, {"input": 1, "output": 2, "cached": 3}, {"in": 1, "out": 2}, {1: 2, 3: 4}),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_an_entry_without_a_price_is_named(value: Any) -> None:
    with pytest.raises(ConfigError, match=r"^the price table t\.yaml: its entry 'a/b' holds no price: write USD"):
        parse_table({"x/y": "1/2", "a/b": value}, "t.yaml")


@pytest.mark.parametrize("word", ["gpt-5", "", "a/*b", "a/**", "a\nb", 5, None, True, 10**5000], ids=type)
def test_an_entry_that_is_no_model_is_named(word: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_table({"x/y": "1/2", word: "1/2"}, "t.yaml")
    shown = repr(word) if isinstance(word, str) else "number 2"
    assert str(caught.value).startswith(f"the price table t.yaml: its entry {shown} is no model: write provider/name")


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates()
amounts = st.floats(0, 1e6) | st.integers(0, 10**6) | st.from_regex(r"\d{1,5}(\.\d{1,3})?", fullmatch=True)
pairs = st.fixed_dictionaries({"input": amounts | leaves, "output": amounts | leaves})
values = st.recursive(leaves | pairs, lambda v: st.lists(v, max_size=2) | st.dictionaries(leaves, v, max_size=2))
slashed = st.tuples(leaves | amounts, leaves | amounts).map(lambda two: f"{two[0]}/{two[1]}")
words = st.sampled_from(["openai-api/a/b", "openai-api/*", "*"]) | slashed | leaves


@given(st.dictionaries(words, values | slashed, max_size=4))
def test_a_table_gives_prices_or_one_sentence(entries: dict[Any, Any]) -> None:
    try:
        table = parse_table(entries, "t.yaml")
    except ConfigError as error:
        assert "\n" not in str(error)
        assert "t.yaml" in str(error)
        return
    assert len(table) == len(entries)
    for model in ("openai-api/a/b", "openai-api/a/c"):
        found = price_of(model, table=table, file="t.yaml")
        assert found is None or (0 <= found.input_mtok < inf and 0 <= found.output_mtok < inf)


@given(st.text(max_size=12) | slashed)
def test_a_price_is_two_numbers_or_one_sentence(text: str) -> None:
    try:
        into, out = pair(text)
    except ConfigError as error:
        assert "in/out" in str(error)
    else:
        assert into >= 0 and out >= 0
