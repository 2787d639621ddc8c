"""`trustgauge doctor`: one tiny call to each model, and what it tells."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from trustgauge.cli.say import console, plain, print_json
from trustgauge.config import environment
from trustgauge.errors import TrustgaugeError, UsageError
from trustgauge.models import open_model
from trustgauge.types import Ask, Case, Failure, Options, user


def examine(models: list[str], timeout_s: float, *, as_json: bool) -> int:
    """0 where every model answered, 1 where one did not."""
    if not models:
        raise UsageError("name a model to examine, e.g. trustgauge doctor openai/gpt-5-mini or openai-api/NAME/MODEL")
    findings = [_examine(spec, timeout_s) for spec in models]
    if as_json:
        print_json(findings)
    else:
        for found in findings:
            _print(found)
    return 0 if all(found["answers"] for found in findings) else 1


def _examine(spec: str, timeout_s: float) -> dict[str, Any]:
    began = time.monotonic()
    found: dict[str, Any] = {"model": spec, "answers": False, "problem": "", "log_probabilities": False}
    try:
        model = open_model(spec, Options(max_tokens=16), env=environment(), timeout_s=timeout_s, connections=1)
    except TrustgaugeError as error:
        return found | {"problem": str(error)}

    async def once() -> Any:
        case = Case(messages=(user("Reply with the word ready."),))
        try:
            return await model.reply(Ask(messages=case.messages, logprobs=2), case, 0)
        finally:
            await model.close()

    outcome = asyncio.run(once())
    if isinstance(outcome, Failure):
        return found | {"problem": f"{outcome.kind}: {outcome.message}"}
    return found | {
        "answers": True,
        "latency_s": round(time.monotonic() - began, 3),
        "reported_model": outcome.model,
        "status": outcome.status,
        "log_probabilities": outcome.logprobs is not None,
        "usage_counted": outcome.usage is not None,
        "text": outcome.text[:80],
    }


def _print(found: dict[str, Any]) -> None:
    out = console()
    out.print(found["model"], style="bold")
    if not found["answers"]:
        out.print(f"  cannot be used   {plain(found['problem'])}")
        return
    out.print(f"  answers            yes, in {found['latency_s']} s: {plain(found['text'])!r} ({found['status']})")
    out.print(f"  model reported     {plain(found['reported_model']) or 'none'}")
    out.print(f"  log-probabilities  {'yes' if found['log_probabilities'] else 'no (calibration resamples instead)'}")
    out.print(f"  tokens counted     {'yes' if found['usage_counted'] else 'no (cost stays unknown)'}")
    out.print("  price              unknown: give it as --price in/out (USD per million tokens)")
