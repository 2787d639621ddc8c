"""The one place for options: precedence is flag, TRUSTGAUGE_* variable, .env, study file, default."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from trustgauge.errors import ConfigError
from trustgauge.prices import Price, Table, pair, parse_table, price_of

PREFIX = "TRUSTGAUGE_"
FLAGS = {"model": "models", "judge": "judges", "suite": "suites", "timeout": "timeout_s", "prices": "prices_file"}
"""Flags whose word is not the field's: as a variable or key either will do."""
_LARGEST = 2**63 - 1  # what the store's manifests can hold


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a run can be told. Field names are the flags, the variables and the keys of study.yaml.

    models       MODEL words; none: the reference panel     suites       suite words (all)
    n            cases per task; None: 200, all of a set     seed         of the cases
    draws        answers per case                            study        a name for all runs together
    split        "train" or "held-out": cases of that side of the wall between training and test; "": all cases
    cases        a file of frozen, written cases, asked in place of a suite's own
    temperature, top_p, max_tokens   how the models write; None leaves the provider's default
    store        file or URL                                 out          folder for the report, None: here
    concurrency  most calls in flight                        timeout_s    seconds for one call
    rpm, tpm     most requests, tokens in any minute         attempts     calls at most for one ask
    budget       most USD to spend, over all models          price        USD per million tokens "in/out"
    prices_file  your own table of prices                    texts        folder of your own protected texts
    data         folder of your copies of public data sets; None: ./trustgauge-data
    fresh        ask everything again                        offline      refuse models that are not on this machine
    toxicity     a Hugging Face text-classification model (org/model or a folder) that scores replies for toxicity in
                 place of the built-in list of words; needs the extra `classifiers`
    embedding    a Hugging Face encoder that gives the survey's cosine for copyright; needs the extra `classifiers`
    judges       MODEL words of judges: rules decide the clear replies of open tasks, these the rest
    judging      "cascade", or "all": the judges decide every readable reply of the open tasks, and rules none
    panel        how several judges come to one verdict: "majority", or "weighted" by their measured accuracy
    until        a policy (YAML): a task ends as soon as the policy's rules on it are decided
    perturb      perturbations: the closed tasks among the suites are measured plain and with each of these
    """

    models: tuple[str, ...] = ()
    suites: tuple[str, ...] = ("all",)
    perturb: tuple[str, ...] = ()
    n: int | None = None
    seed: int = 0
    split: Literal["", "train", "held-out"] = ""
    cases: str | None = None
    draws: int = 1
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    store: str = "trustgauge.db"
    study: str = ""
    concurrency: int = 128
    rpm: int | None = None
    tpm: int | None = None
    budget: float | None = None
    timeout_s: float = 120.0
    attempts: int = 6
    texts: str | None = None
    data: str | None = None
    judges: tuple[str, ...] = ()
    judging: Literal["cascade", "all"] = "cascade"
    panel: Literal["majority", "weighted"] = "majority"
    toxicity: str = ""
    embedding: str = ""
    until: str | None = None
    fresh: bool = False
    offline: bool = False
    price: str | None = None
    prices_file: str | None = None
    out: str | None = None

    def __post_init__(self) -> None:
        for name in ("n", "draws", "concurrency", "rpm", "tpm", "attempts", "max_tokens"):
            self._between(name, 1, _LARGEST)
        self._between("seed", -_LARGEST, _LARGEST)
        self._between("temperature", 0, 2)
        self._between("top_p", 0, 1)
        if not 0 < self.timeout_s < inf:  # NaN is neither
            raise ConfigError(f"timeout_s is {self.timeout_s}: it must be a number of seconds above 0")
        if self.budget is not None and not 0 < self.budget < inf:
            raise ConfigError(f"budget is {self.budget}: it must be an amount of USD above 0")
        if self.price is not None:
            pair(self.price)  # a wrong price must be said before anything is asked

    def _between(self, name: str, least: float, most: float) -> None:
        value = getattr(self, name)
        if value is not None and not least <= value <= most:
            bounds = f"at least {least}" if value < least and most == _LARGEST else f"between {least} and {most}"
            raise ConfigError(f"{name} is {value}: it must be {bounds}")

    def price_for(self, model: str) -> Price | None:
        """What a MODEL word costs, None where unknown. Raises ConfigError for a table that cannot be used."""
        return price_of(model, self.price, self.table, self.prices_file or "")

    def judge_price(self, model: str) -> Price | None:
        """What a judge costs, by the tables alone: --price is that of the models measured."""
        return price_of(model, None, self.table, self.prices_file or "")

    @property
    def table(self) -> Table | None:
        """The user's own prices, None where no file is named. Raises ConfigError."""
        if self.prices_file is None:
            return None
        entries, _ = read_mapping(self.prices_file, "price table", "entries such as openai/gpt-5-mini: 0.25/2")
        return parse_table(entries, self.prices_file)


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
        config = msgspec.convert(merged, Config, strict=False)
        msgspec.json.encode(config)  # half a character could be neither stored nor printed
    except UnicodeEncodeError as error:
        where = f"(flags, {PREFIX}* variables, .env or study file)"
        raise ConfigError(f"options cannot be used: {error.object!a} is not UTF-8 {where}") from None
    except msgspec.ValidationError as error:
        message = str(error).replace("`", "'").replace(" - at '$.", " at '")
        raise ConfigError(
            f"options cannot be used: {message} (flags, {PREFIX}* variables, .env or study file)"
        ) from None
    config.table  # noqa: B018 - a wrong table must be said before anything is asked
    return config


def _study(path: str) -> dict[str, Any]:
    keys, _ = read_mapping(path, "study file", "keys such as models: and suites:")
    words: dict[str, str] = {}
    for key in map(str, keys):
        word = key.replace("-", "_")
        first = words.setdefault(FLAGS.get(word, word), key)
        if first != key:
            raise ConfigError(f"the study file {path} has '{first}' and '{key}', which mean the same: keep one")
    return _listed(dict(zip(words, keys.values(), strict=True)))


def read_mapping(path: str | Path, what: str, holds: str) -> tuple[dict[Any, Any], str]:
    """What a file of YAML, or of JSON where its name says so, holds by key; and its text.

    what and holds are what errors call the file and what belongs into it. Raises ConfigError, for a key that is there
    twice in one place too, of which one would be lost unseen.
    """
    import yaml

    path = str(path)
    kind = "JSON" if path.endswith(".json") else "YAML"
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigError(f"the {what} {path!r} cannot be read: {_reason(error)}") from None
    try:
        if kind == "JSON":
            found: Any = json.loads(text, object_pairs_hook=_once)
        else:
            found = yaml.safe_load(text)
            _check_once(yaml.compose(text, Loader=yaml.SafeLoader))
    except _TwiceError as error:
        raise ConfigError(f"the {what} {path} has {error}: keep one") from None
    except Exception as error:  # PyYAML lets ValueError, LookupError and others out of its constructors
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else getattr(error, "lineno", None)
        where = f" in line {line}" if line else ""
        raise ConfigError(f"the {what} {path} is not valid {kind}{where}: mend it and run again") from None
    if not isinstance(found, dict):
        raise ConfigError(f"the {what} {path} must hold {holds}")
    return cast("dict[Any, Any]", found), text


class _TwiceError(Exception):
    """A key is there twice in one place."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Raises _TwiceError."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(f"'{next(n for n in names if names.count(n) > 1)}' twice in one place")
    return found


def _check_once(root: Any) -> None:
    """Raises _TwiceError for a key of a YAML document that is there twice, with its line."""
    import yaml

    seen, waiting = set[int](), [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen or not isinstance(node, yaml.CollectionNode):
            continue
        seen.add(id(node))  # anchors may make rings
        if isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in cast("list[tuple[Any, Any]]", node.value):
                if str(key.value) in names:
                    raise _TwiceError(f"'{key.value}' twice in one place, again in line {key.start_mark.line + 1}")
                names.add(str(key.value))
                waiting.append(value)
        else:
            waiting.extend(cast("list[Any]", node.value))


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
    for name in ("models", "judges", "suites", "perturb"):
        if isinstance(values.get(name), str):
            values[name] = [word.strip() for word in values[name].split(",") if word.strip()]
    return values
