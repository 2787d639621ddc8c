"""Models behind one protocol: APIs, local weights, recorded replies, scripted responders, the reference panel."""

from __future__ import annotations

import os
from collections.abc import Mapping

from trustgauge.errors import UsageError
from trustgauge.models.base import Model
from trustgauge.models.scripted import Guide
from trustgauge.types import Options

__all__ = ["Guide", "Model", "check_word", "open_model"]


def check_word(spec: str, guide: Guide | None = None) -> None:
    """Raises ModelError, as `open_model` does, for a MODEL word that names no model; no key, file or weights needed."""
    provider = spec.partition("/")[0]
    if provider in ("scripted", "panel"):
        open_model(spec, guide=guide)
    elif provider not in ("replay", "hf") and not os.path.isdir(spec):  # noqa: PTH112 - as below
        from trustgauge.models.providers import parse_spec

        parse_spec(spec)


def open_model(
    spec: str,
    options: Options | None = None,
    *,
    guide: Guide | None = None,
    env: Mapping[str, str] | None = None,
    timeout_s: float = 120.0,
    connections: int = 100,
) -> Model:
    """The model of a MODEL word (`provider/name`, see cli.md).

    guide is needed by scripted/ and panel/ models only, and scripted judges take none; env holds keys and addresses
    (default: os.environ).
    Raises ModelError where it cannot be opened.
    """
    chosen = options or Options()
    provider, _, name = spec.partition("/")
    if provider == "scripted":
        from trustgauge.models.scripted_judges import opened_judge

        if judge := opened_judge(name, chosen, for_cases=guide is not None):
            return judge
    if provider in ("scripted", "panel"):
        if guide is None:
            raise UsageError(f"{spec} answers only the cases of trustgauge's own tasks: use it with `trustgauge run`")
        from trustgauge.models.panel import Panelist
        from trustgauge.models.scripted import Scripted

        return (Scripted if provider == "scripted" else Panelist)(name, guide, chosen)
    if provider == "replay":
        from trustgauge.models.replay import open_replay

        return open_replay(spec, chosen)
    if provider == "hf" or os.path.isdir(spec):  # noqa: PTH112 - Path.is_dir raises on a long name
        from trustgauge.models.local import open_local

        return open_local(spec, chosen)
    from trustgauge.models.providers import open_http

    return open_http(spec, chosen, env=os.environ if env is None else env, timeout_s=timeout_s, connections=connections)
