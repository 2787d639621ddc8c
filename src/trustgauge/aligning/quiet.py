"""Training libraries, made quiet for a while: their bars, warnings and usage reports; all is as before afterwards."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from trustgauge.errors import missing_extra

VARIABLES = {"HF_HUB_DISABLE_TELEMETRY": "1", "TQDM_DISABLE": "1", "TOKENIZERS_PARALLELISM": "false"}
LOGGERS = ("transformers", "trl", "accelerate", "peft", "datasets", "torch")
NEEDED = ("torch", "transformers", "datasets", "peft", "trl")


@contextmanager
def quiet() -> Generator[None, None, None]:
    """The libraries are there and say nothing. TrustgaugeError names the extra where one is missing."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    os.environ.update(VARIABLES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            modules = _libraries()
            yield from _silenced(modules["datasets"], modules["transformers"].utils.logging)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _libraries() -> dict[str, Any]:
    try:
        return {name: import_module(name) for name in NEEDED}
    except ImportError:
        raise missing_extra("training", "align") from None


def _silenced(datasets: Any, told: Any) -> Generator[None, None, None]:
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    bars = not datasets.are_progress_bars_disabled(), told.is_progress_bar_enabled()
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    datasets.disable_progress_bars()
    told.disable_progress_bar()
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        if bars[0]:
            datasets.enable_progress_bars()
        if bars[1]:
            told.enable_progress_bar()
