"""`trustgauge doctor`: one tiny call to each model, and what it tells."""

from __future__ import annotations

from typing import Any

from trustgauge.api import doctor
from trustgauge.cli.say import console, plain, print_json
from trustgauge.errors import UsageError


def examine(
    models: list[str], timeout_s: float, price: str | None = None, prices_file: str | None = None, *, as_json: bool
) -> int:
    """0 where every model answered, 1 where one did not."""
    if not models:
        raise UsageError("name a model to examine, e.g. trustgauge doctor openai/gpt-5-mini or openai-api/NAME/MODEL")
    findings = [doctor(spec, timeout_s=timeout_s, price=price, prices_file=prices_file) for spec in models]
    if as_json:
        print_json(findings)
    else:
        for found in findings:
            _print(found)
    return 0 if all(found["answers"] for found in findings) else 1


def _print(found: dict[str, Any]) -> None:
    out = console()
    out.print(found["model"], style="bold")
    if not found["answers"]:
        out.print(f"  cannot be used     {plain(found['problem'])}")
        out.print(f"  price              {_price(found['price'])}")
        return
    out.print(f"  answers            yes, in {found['latency_s']} s: {plain(found['text'])!r} ({found['status']})")
    out.print(f"  model reported     {plain(found['reported_model']) or 'none'}")
    out.print(f"  log-probabilities  {'yes' if found['log_probabilities'] else 'no (calibration resamples instead)'}")
    out.print(f"  tokens counted     {'yes' if found['usage_counted'] else 'no (cost stays unknown)'}")
    for line in found["notes"]:
        out.print(f"  note               {plain(line)}")
    out.print(f"  price              {_price(found['price'])}")


def _price(price: dict[str, Any] | None) -> str:
    if price is None:
        return "unknown: give it as --price in/out (USD per million tokens) or --prices FILE"
    return f"${price['input_mtok']:g} in, ${price['output_mtok']:g} out per million tokens ({plain(price['source'])})"
