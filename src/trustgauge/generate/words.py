"""The words of a suite: a TOML file of the same name beside it, read once and on first use."""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from trustgauge.errors import SuiteError


class Words:
    """Tables and lists of one TOML file: WORDS["templates"], WORDS.strings("names")."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reached: dict[str, Any] = {}

    @cached_property
    def data(self) -> dict[str, Any]:
        """The whole file."""
        try:
            return tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            name = self.path.name
            raise SuiteError(f"{name} is missing beside its suite: create it with the words") from None
        except UnicodeDecodeError:
            raise SuiteError(f"{self.path.name} is not UTF-8: convert it") from None
        except tomllib.TOMLDecodeError as error:
            raise SuiteError(f"{self.path.name} is not valid TOML: {error}") from None

    def __getitem__(self, name: str) -> Any:
        try:
            return self.data[name]
        except KeyError:
            raise SuiteError(f"{self.path.name} has no '{name}': add it") from None

    def strings(self, name: str) -> list[str]:
        """A list of strings; `name` may reach into tables with dots ("templates.plain")."""
        return list(self._reach(name, list, "a list of texts"))

    def table(self, name: str) -> dict[str, str]:
        """A table of named strings, for instance templates by name; dots reach into tables."""
        return dict(self._reach(name, dict, "a table"))

    def rows(self, name: str) -> list[dict[str, Any]]:
        """An array of tables."""
        found: list[Any] = list(self._reach(name, list, "an array of tables"))
        if not all(isinstance(row, dict) for row in found):
            raise SuiteError(f"'{name}' in {self.path.name} is no array of tables: write it as one")
        return found

    def _reach(self, name: str, form: type, called: str) -> Any:
        if name in self._reached:
            return self._reached[name]
        value: Any = self.data
        for part in name.split("."):
            if not isinstance(value, dict) or part not in value:
                raise SuiteError(f"{self.path.name} has no '{name}': add it")
            value = cast("dict[str, Any]", value)[part]
        if not isinstance(value, form):
            raise SuiteError(f"'{name}' in {self.path.name} is not {called}: write it as one")
        self._reached[name] = value
        return value


def words(suite_file: str, part: str = "") -> Words:
    """The TOML file beside a suite: words(__file__), or for one of several words(__file__, "facts")."""
    path = Path(suite_file)
    return Words(path.with_name(f"{path.stem}_{part}.toml") if part else path.with_suffix(".toml"))
