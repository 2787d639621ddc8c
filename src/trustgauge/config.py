"""The one place for options: precedence is flag, TRUSTGAUGE_* variable, .env, study file, default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any, cast

import msgspec
import yaml

from trustgauge.errors import ConfigError

PREFIX = "TRUSTGAUGE_"
FLAGS = {"model": "models", "suite": "suites", "timeout": "timeout_s"}
"""Flags whose word is not the field's: as a variable or key either will do."""
_LARGEST = 2**63 - 1  # what the store's manifests can hold


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a run can be told. Field names are the flags, the variables and the keys of study.yaml.

    models       MODEL words; none: the reference panel     suites       suite words (all)
    n            cases per task                              seed         of the cases
    draws        answers per case                            study        a name for all runs together
    temperature, top_p, max_tokens   how the models write; None leaves the provider's default
    store        file or URL                                 out          folder for the report, None: here
    concurrency  conversations in flight                     timeout_s    seconds for one call
    attempts     calls at most for one ask                   texts        folder of your own protected texts
    fresh        ask everything again                        offline      refuse models that are not on this machine
    price        USD per million tokens "in/out"
    """

    models: tuple[str, ...] = ()
    suites: tuple[str, ...] = ("all",)
    n: int = 200
    seed: int = 0
    draws: int = 1
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    store: str = "trustgauge.db"
    study: str = ""
    concurrency: int = 32
    timeout_s: float = 120.0
    attempts: int = 6
    texts: str | None = None
    fresh: bool = False
    offline: bool = False
    price: str | None = None
    out: str | None = None

    def __post_init__(self) -> None:
        for name in ("n", "draws", "concurrency", "attempts", "max_tokens"):
            self._between(name, 1, _LARGEST)
        self._between("seed", -_LARGEST, _LARGEST)
        self._between("temperature", 0, 2)
        self._between("top_p", 0, 1)
        if not 0 < self.timeout_s < inf:  # NaN is neither
            raise ConfigError(f"timeout_s is {self.timeout_s}: it must be a number of seconds above 0")
        self.prices  # noqa: B018 - a wrong price must be said before anything is asked

    def _between(self, name: str, least: float, most: float) -> None:
        value = getattr(self, name)
        if value is not None and not least <= value <= most:
            bounds = f"at least {least}" if value < least and most == _LARGEST else f"between {least} and {most}"
            raise ConfigError(f"{name} is {value}: it must be {bounds}")

    @property
    def prices(self) -> tuple[float, float] | None:
        """USD per million input and output tokens, None where unknown."""
        if self.price is None:
            return None
        try:
            into, out = (float(part) for part in self.price.split("/"))
            if not (0 <= into < inf and 0 <= out < inf):
                raise ValueError
        except ValueError:
            raise ConfigError(f"price is '{self.price}': write USD per million tokens as in/out, e.g. 0.25/2") from None
        return into, out


def environment(folder: Path | None = None) -> dict[str, str]:
    """The process's variables over those of a .env file in the folder (default: here). Raises ConfigError."""
    from dotenv import dotenv_values

    path = (folder or Path.cwd()) / ".env"
    try:
        values = dotenv_values(path) if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the file {path} cannot be read: {_reason(error)}") from None
    return {k: v for k, v in values.items() if v is not None} | dict(os.environ)


def load(flags: Mapping[str, Any], study_file: str | None = None, env: Mapping[str, str] | None = None) -> Config:
    """The Config from all sources; flags that are None or empty were not given. Raises ConfigError."""
    merged = _study(study_file) if study_file else {}
    merged |= _variables(env if env is not None else environment())
    merged |= _listed({k: v for k, v in flags.items() if v is not None and v not in ([], ())})
    try:
        return msgspec.convert(merged, Config, strict=False)
    except msgspec.ValidationError as error:
        message = str(error).replace("`", "'").replace(" - at '$.", " at '")
        raise ConfigError(
            f"options cannot be used: {message} (flags, {PREFIX}* variables, .env or study file)"
        ) from None


def _study(path: str) -> dict[str, Any]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigError(f"the study file {path!r} cannot be read: {_reason(error)}") from None
    try:
        found: Any = yaml.safe_load(text)
    except Exception as error:  # PyYAML lets ValueError, LookupError and others out of its constructors
        where = getattr(error, "problem_mark", None)
        line = f" in line {where.line + 1}" if where else ""
        raise ConfigError(f"the study file {path} is not valid YAML{line}: mend it and run again") from None
    if not isinstance(found, dict):
        raise ConfigError(f"the study file {path} must hold keys such as models: and suites:")
    keys = cast("dict[Any, Any]", found)
    named = {str(k).replace("-", "_"): v for k, v in keys.items()}
    return _listed({FLAGS.get(k, k): v for k, v in named.items()})


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _variables(env: Mapping[str, str]) -> dict[str, Any]:
    words = {word: word for word in Config.__struct_fields__} | FLAGS
    named = {field: env.get(PREFIX + word.upper()) for word, field in words.items() if env.get(PREFIX + word.upper())}
    return _listed(dict(named))


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    """Comma-separated words of the list-valued fields as lists."""
    for name in ("models", "suites"):
        if isinstance(values.get(name), str):
            values[name] = [word.strip() for word in values[name].split(",") if word.strip()]
    return values
