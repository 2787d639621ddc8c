"""What a model costs: the user's own word first, then their table, then the package genai-prices.

Unknown is None, never 0. Only the data that genai-prices is installed with are used, never the network.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from math import inf
from typing import Any, cast

import msgspec

from trustgauge.errors import ConfigError
from trustgauge.safe import plain

Table = Mapping[str, tuple[float, float]]
"""Model words, or beginnings of them that end in `*`, and USD per million input and output tokens."""

VENDORS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "azure": "azure",
    "gemini": "google",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "xai": "x-ai",
    "groq": "groq",
    "together": "together",
    "openrouter": "openrouter",
}
"""Our provider words and those of genai-prices; what is not here (your own server, weights) has no known price."""


class Price(msgspec.Struct, frozen=True):
    """What a model costs, in USD per million tokens, and who says so.

    source  "--price", "your table FILE", or the package with its version and date
    date    of the newest price change in force that the package knows (it names no date of its own)
    """

    input_mtok: float
    output_mtok: float
    source: str
    date: str | None = None

    def usd(self, tokens_in: int, tokens_out: int) -> float:
        """The cost of so many tokens."""
        return (tokens_in * self.input_mtok + tokens_out * self.output_mtok) / 1e6


def price_of(model: str, price: str | None = None, table: Table | None = None, file: str = "") -> Price | None:
    """The price of a MODEL word: `price` ("in/out") if given, else by the table (read from `file`), else the package's.

    The package's is the standard price in force today, an estimate: the base tier where prices rise with the
    prompt's length, the dearest hour where they go by the time of day, no discount for cached or batched
    tokens. None where a model is charged by the request too. Raises ConfigError for a price that is none.
    """
    if price is not None:
        return Price(*pair(price), source="--price")
    named = [w for w in table or () if w == model or (w.endswith("*") and model.startswith(w[:-1]))]
    if table and named:  # the word itself counts before its beginnings, and of these the longest
        word = max(named, key=lambda w: (w == model, len(w)))
        return Price(*table[word], source=f"your table {file}")
    provider, _, name = model.partition("/")
    vendor = VENDORS.get(provider.partition(":")[0])
    return _packaged(vendor, name) if vendor and name else None


def pair(text: str) -> tuple[float, float]:
    """Both prices of "in/out". Raises ConfigError."""
    try:
        into, out = (_usd(part) for part in text.split("/"))
    except ValueError:
        raise ConfigError(f"price is '{text}': write USD per million tokens as in/out, e.g. 0.25/2") from None
    return into, out


def parse_table(entries: Mapping[Any, Any], file: str) -> Table:
    """The user's own table: model word -> "in/out" or {input: , output: }. Raises ConfigError naming the entry."""
    found: dict[str, tuple[float, float]] = {}
    for number, (word, value) in enumerate(entries.items(), 1):
        if not isinstance(word, str) or not ("/" in word or word.endswith("*")) or "*" in word[:-1]:
            shown = plain(repr(word), 80) if isinstance(word, str) else f"number {number}"
            raise ConfigError(
                f"the price table {file}: its entry {shown} is no model: write provider/name, "
                "or a beginning of it that ends in *"
            )
        try:
            found[word] = _entry(value)
        except (ValueError, OverflowError):
            raise ConfigError(
                f"the price table {file}: its entry {plain(repr(word), 80)} holds no price: write USD per million "
                "tokens as in/out, e.g. 0.25/2, or as {input: 0.25, output: 2}"
            ) from None
    return found


def _entry(value: object) -> tuple[float, float]:
    if isinstance(value, str):
        into, out = value.split("/")
        return _usd(into), _usd(out)
    if isinstance(value, dict):
        named = cast("dict[object, object]", value)
        if set(named) == {"input", "output"}:
            return _usd(named["input"]), _usd(named["output"])
    raise ValueError


def _usd(value: object) -> float:
    """A price of 0 or more; raises ValueError or OverflowError."""
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        raise ValueError
    price = float(value)
    if not 0 <= price < inf:  # NaN is neither
        raise ValueError
    return price


@cache
def _packaged(vendor: str, name: str) -> Price | None:
    """The package's price, looked up in a process of its own: its data need 80 MB while they load.

    A look-up that goes wrong leaves the price unknown: no measurement may fail for want of it.
    """
    command = [sys.executable, "-P", "-m", "trustgauge.prices", vendor, name]  # -P: nothing from the user's folder
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60)
        return msgspec.json.decode(done.stdout, type=Price | None)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def look_up(vendor: str, name: str) -> Price | None:
    """The price that genai-prices knows for its provider `vendor`, None where it knows none. Loads its data."""
    from datetime import UTC, datetime, timedelta

    from genai_prices import __version__
    from genai_prices.data import providers
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import StartDateConstraint, TieredPrices

    try:
        _, model = DataSnapshot(providers, from_auto_update=False).find_provider_model(name, None, vendor, None)
    except LookupError:
        return None
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    pairs: list[tuple[float, float]] = []
    for quarter in range(96):
        prices = model.get_prices(today + timedelta(minutes=15 * quarter))
        into, out = (p.base if isinstance(p, TieredPrices) else p for p in (prices.input_mtok, prices.output_mtok))
        if into is None or out is None or prices.requests_kcount:
            return None
        pairs.append((float(into), float(out)))
    conditions = [p.constraint for v in providers for m in v.models if isinstance(m.prices, list) for p in m.prices]
    starts = [c.start_date for c in conditions if isinstance(c, StartDateConstraint) and c.active(today)]
    date = max(starts).isoformat() if starts else None
    source = f"genai-prices {__version__}" + (f", {date}" if date else "")
    return Price(max(into for into, _ in pairs), max(out for _, out in pairs), source, date)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(look_up(*sys.argv[1:3])))
